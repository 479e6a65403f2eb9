"""What a package's environments take from its siblings: the wheels that were just built beside it."""

from __future__ import annotations

import os

from shipwheel.dists.record import FileRef, Made, Status, read_record
from shipwheel.dists.sibling import Sibling, Supply
from shipwheel.dists.wheel import open_wheel
from shipwheel.errors import JobError
from shipwheel.files import sha256
from shipwheel.planning.job import Job, JobKind
from shipwheel.planning.plan import Plan
from shipwheel.project.facts import Kind
from shipwheel.project.layout import find_root
from shipwheel.sessions.ci import JOB
from shipwheel.sessions.context import Opened
from shipwheel.sessions.members import Member, Packages, open_packages
from shipwheel.sessions.replay import making_command
from shipwheel.sessions.workspace_specs import served


def siblings_for(
    opened: Opened, python: str | None, platform: str | None = None
) -> tuple[Sibling, ...]:
    """Give the wheels of the packages that `opened` needs, for a Python; none where it stands alone.

    `platform` is a CI job's: a 32-bit Python's wheels are not the machine's own.
    Raises JobError for one that was not built, or whose bytes are not those of its record.
    """
    found = _place(opened)
    if found is None:
        return ()
    packages, member = found
    return tuple(
        _built(packages.member(name), member, python, platform) for name in member.siblings
    )


def supply_of(opened: Opened) -> Supply:
    """Give the siblings' wheels for each Python of the project's that is here.

    Raises JobError as `siblings_for` does.
    """
    here = opened.machine.interpreter
    pythons = [each for each in opened.plan.project.pythons if here(each) is not None]
    found = _place(opened)
    if found is None or not found[1].siblings:
        return {}
    packages, member = found
    return {
        python: tuple(_built(packages.member(name), member, python) for name in member.siblings)
        for python in pythons
    }


def names_in_workspace(opened: Opened) -> tuple[str, tuple[str, ...]] | None:
    """Give the package's name in its workspace and those of all packages, None where it stands alone."""
    found = _place(opened)
    if found is None:
        return None
    packages, member = found
    return member.name, tuple(each.name for each in packages.members)


def _place(opened: Opened) -> tuple[Packages, Member] | None:
    root = find_root(opened.workspace.root)
    packages = open_packages(root) if root is not None else None
    member = packages.at(opened.workspace.root) if packages is not None else None
    return (packages, member) if packages is not None and member is not None else None


def _built(
    sibling: Member, member: Member, python: str | None, platform: str | None = None
) -> Sibling:
    file_id, makers = makers_of(sibling.opened.plan, python, platform)
    for job in makers:
        record = read_record(sibling.opened.workspace.record(job.id))
        made = record.made if record is not None and record.status is Status.PASSED else ()
        for each in made:
            if each.id == file_id:
                return _checked(sibling, each, job)
    raise _not_built(sibling, member, python, makers, platform)


def makers_of(plan: Plan, python: str | None, platform: str | None = None) -> tuple[str, list[Job]]:
    """Give the planned file that serves a Python, and the jobs that may have made it, best first.

    In CI that is the release's maker; on a laptop its own.
    """
    if plan.project.kind is Kind.PURE:
        return "any", [plan.job("build")]
    cells = [job for job in plan.of_kind(JobKind.TEST) if job.python == python and not job.lowest]
    cells.sort(key=lambda job: (job.platform != platform, job.platform is not None))
    consumed = cells[0].consumes if cells else ()
    file = next((each for each in plan.files if each.id in consumed), None)
    if file is None:
        return "", []
    local, released = file.local_job or file.job, file.job
    ordered = (released, local) if os.environ.get(JOB) else (local, released)
    return file.id, [plan.job(each) for each in dict.fromkeys(ordered)]


def _checked(sibling: Member, made: Made, job: Job) -> Sibling:
    path = sibling.opened.workspace.dist / made.filename
    if not path.is_file() or sha256(path) != made.sha256:
        raise JobError(
            f"{made.filename} is not the file that {sibling.name}:{job.id} made",
            where=str(path),
            hint=f"run `{making_command(job, sibling.name)}` at the workspace's root",
        )
    opened = open_wheel(path)
    return Sibling(
        name=sibling.name,
        version=opened.metadata.get("Version") or opened.artifact.version,
        path=path,
        file=FileRef(
            id=f"{sibling.name}:{made.id}",
            filename=made.filename,
            sha256=made.sha256,
            size=made.size,
        ),
        requires=opened.metadata.all("Requires-Dist"),
    )


def _not_built(
    sibling: Member, member: Member, python: str | None, makers: list[Job], platform: str | None
) -> JobError:
    if not makers:
        return JobError(
            f"{member.name} needs {sibling.name}, which has no wheel for Python {python}",
            where=str(sibling.opened.workspace.root),
            hint="let both support the same Pythons",
        )
    maker = served(sibling.opened.plan, python) or makers[0]
    if platform not in {None, sibling.opened.machine.platform} and not os.environ.get(JOB):
        maker = makers[0]  # this machine makes it for another architecture, or nobody does here
        if maker.platform == platform and maker.kind is not JobKind.WHEEL:
            return JobError(
                f"{member.name} needs {sibling.name}, which makes no wheel for {platform} here",
                where=str(sibling.opened.workspace.root),
                hint=f'let its [tool.shipwheel.wheels] say `zig = true` and `cross = ["{platform}"]` too',
            )
    command = making_command(maker, sibling.name)
    return JobError(
        f"{member.name} needs {sibling.name}, which has not been built",
        where=str(sibling.opened.workspace.dist),
        hint=f"run `{command}` at the workspace's root first (without --no-dependencies nox does it"
        " by itself); in CI, hand over that job's files and record",
    )
