"""The gate's rules: each looks at the whole case and gives its reasons against the release.

A rule is a generator over a `Case`; its reasons carry its id. Nothing here reads a file or asks a server.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from packaging.utils import canonicalize_name
from packaging.version import Version

from shipwheel.indexes.named import named_in
from shipwheel.planning.job import PlannedFile, Scope
from shipwheel.publishing.case import Case, Identified
from shipwheel.publishing.index_rules import excuse, index_reasons, there_reasons
from shipwheel.publishing.named import version_of, versions_in
from shipwheel.publishing.refusal import Reason
from shipwheel.publishing.tested import tested
from shipwheel.verification.gate_rules import GATE_RULES
from shipwheel.verification.report import Level

Rule = Callable[[Case], Iterator[Reason]]

# rules that a reason in the configuration may set aside: none of them is about the bytes
EXCUSABLE = GATE_RULES


def missing_file(case: Case) -> Iterator[Reason]:
    """Every planned file of the scope is there, from the builder that the scope accepts."""
    there = set().union(*map(case.served, case.shipped))
    others = {each.id: each for each in case.identified}
    for file_id, planned in case.planned.items():
        if file_id in there:
            continue
        other = others.get(file_id)
        if other is not None:
            yield Reason(
                rule="other-builder",
                message=f"{other.file.filename} was made by {other.builder}; "
                f"a release takes {file_id} from {case.planned_builder(file_id)} alone",
                hint=_makes(case, planned),
            )
        else:
            yield Reason(
                rule="missing-file",
                message=f"{file_id} is planned and not in dist/",
                hint=_makes(case, planned),
            )


def foreign_file(case: Case) -> Iterator[Reason]:
    """Nothing lies in `dist/` but what our records made."""
    known = {each.file.filename for each in case.identified}
    names: dict[str, list[str]] = {}
    for each in case.manifest.made():
        names.setdefault(each.made.filename, []).append(f"{each.made.sha256} ({each.job})")
    for file in case.dist:
        if file.filename in known:
            continue
        if file.filename in names:
            yield Reason(
                rule="changed-file",
                message=f"{file.filename} has sha256 {file.sha256}, "
                f"made was {', '.join(names[file.filename])}",
                hint="remove it and build again",
            )
        else:
            yield Reason(
                rule="foreign-file",
                message=f"{file.filename} lies in dist/ and no job of ours made it",
                hint="move it away; shipwheel does not touch it",
            )


def unplanned_file(case: Case) -> Iterator[Reason]:
    """No file that we once made and that the Plan no longer names, and no planned one twice."""
    planned = {file.id for file in case.plan.files}
    seen: dict[str, Identified] = {}
    for each in case.identified:
        if each.id not in planned:
            yield Reason(
                rule="unplanned-file",
                message=f"{each.file.filename} ({each.id}) is not in the Plan",
                hint="`shipwheel plan` shows the planned files; move it away or plan it",
            )
        elif each.id in seen and each in case.shipped:
            yield Reason(
                rule="duplicate-file",
                message=f"{seen[each.id].file.filename} and {each.file.filename} are both {each.id}",
                hint="move the older one away",
            )
        seen[each.id] = each


def other_sdist(case: Case) -> Iterator[Reason]:
    """Each wheel was built from the sdist that ships."""
    sdists = {each.file.sha256 for each in case.shipped if each.id == "sdist"}
    for each in case.shipped:
        used = {ref.sha256 for ref in each.record.consumed if ref.id == "sdist"}
        if sdists and used and not used & sdists:
            yield Reason(
                rule="other-sdist",
                message=f"{each.file.filename} was built from an sdist with sha256 {min(used)}, "
                f"shipped is {min(sdists)}",
                hint=f"run `nox -s {each.record.session}` again",
            )


def verified(case: Case) -> Iterator[Reason]:
    """Verification looked at these bytes, whole, and found no error."""
    if case.report is None:
        yield Reason(
            rule="not-verified", message="nothing was verified yet", hint="run `nox -s verify`"
        )
        return
    if case.report.static:
        yield Reason(
            rule="not-verified",
            message="the files were verified without installing them (--static)",
            hint="run `nox -s verify`",
        )
    seen = {(file.filename, file.sha256) for file in case.report.files}
    for each in case.shipped:
        if (each.file.filename, each.file.sha256) not in seen:
            yield Reason(
                rule="not-verified",
                message=f"{each.file.filename} was not verified with these bytes",
                hint="run `nox -s verify`",
            )
    errors = [each for each in case.report.findings if each.level is Level.ERROR]
    for finding in errors:
        name = f"{finding.file}: " if finding.file else ""
        yield Reason(
            rule="verify-error",
            message=f"{finding.rule}: {name}{finding.message}",
            hint=finding.hint,
        )
    if not case.report.ok and not errors:
        yield Reason(rule="verify-error", message="verification failed", hint="run `nox -s verify`")


def one_version(case: Case) -> Iterator[Reason]:
    """All files carry the project's name and one version, which is the Plan's where it knows it."""
    wanted = canonicalize_name(case.plan.project.name)
    versions: dict[Version, str] = {}
    for each in case.shipped:
        parsed = named_in(each.file.filename)
        if parsed is None:
            yield Reason(
                rule="file-name", message=f"{each.file.filename} is no distribution's name"
            )
            continue
        if parsed[0] != wanted:
            yield Reason(
                rule="file-name",
                message=f"{each.file.filename} is of {parsed[0]}, the project is {wanted}",
            )
        versions.setdefault(parsed[1], each.file.filename)
    planned = case.plan.project.version
    if planned is not None:
        versions.setdefault(version_of(planned) or Version("0"), "the Plan")
    if len(versions) > 1:
        told = ", ".join(f"{version} ({where})" for version, where in versions.items())
        yield Reason(
            rule="versions-differ",
            message=f"a release has one version, found {told}",
            hint="move the files of the other version away, or build again",
        )


def index_takes_it(case: Case) -> Iterator[Reason]:
    """Nothing is there that the index refuses: the scope, a version, a size, a number, a classifier."""
    files = tuple((each.filename, each.size) for each in case.sent)
    yield from index_reasons(case.index, case.scope, files, private=case.private)


def index_lacks_it(case: Case) -> Iterator[Reason]:
    """Nothing that the index has stands against the release.

    Such are other bytes under a file's name, other files of the version, a version that it has closed
    (PyPI's take no file two weeks after their first), and a project that has no room left. Publishing
    asks again before the first upload.
    """
    if case.there is not None:
        yield from there_reasons(case.index, case.scope, case.sent, case.there, case.now)


def from_a_commit(case: Case) -> Iterator[Reason]:
    """Nothing but a clean tree at a tag of its version makes a release; a local one may be any."""
    if case.scope is not Scope.RELEASE:
        return
    commit = case.commit
    if commit is None:
        yield Reason(
            rule="no-commit",
            message="no commit is known that this release is made from",
            hint=f"commit the project, then build again; or {excuse('no-commit')}",
        )
        return
    if commit.dirty:
        yield Reason(
            rule="dirty-tree",
            message=f"the tree differs from the commit: {', '.join(commit.changed) or 'changed'}",
            hint="commit or stash it, then build again",
        )
    for each in case.shipped:
        if each.record.commit not in {None, commit.id}:
            yield Reason(
                rule="other-commit",
                message=f"{each.file.filename} was made from commit {each.record.commit}, "
                f"this is {commit.id}",
                hint="run `nox -s build`: bytes that come out the same keep their tests",
            )
    yield from _tag_is_version(case, commit.tags)


def _tag_is_version(case: Case, tags: tuple[str, ...]) -> Iterator[Reason]:
    parsed = (named_in(each.file.filename) for each in case.shipped)
    versions = {each[1] for each in parsed if each is not None}
    tagged = {version for tag in tags for version in versions_in(tag)}
    for version in sorted(versions - tagged):
        told = f"its tags are {', '.join(tags)}" if tags else "it has no tag"
        yield Reason(
            rule="version-tag",
            message=f"the version is {version}, and no tag of the commit says so: {told}",
            hint=f"tag it `v{version}`; or {excuse('version-tag')}",
        )


def _makes(case: Case, planned: PlannedFile) -> str:
    """Say what makes a planned file in the scope."""
    wanted = planned.local_job if case.scope is Scope.LOCAL else planned.job
    job = next((each for each in case.plan.jobs if each.id == wanted), None)
    if job is None:
        return ""
    args = f" -- {' '.join(job.args)}" if job.args else ""
    return f"`nox -s {job.session}{args}` makes it"


RULES: tuple[Rule, ...] = (
    missing_file,
    foreign_file,
    unplanned_file,
    other_sdist,
    verified,
    tested,
    one_version,
    index_takes_it,
    index_lacks_it,
    from_a_commit,
)
