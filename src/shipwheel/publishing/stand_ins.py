"""Tiny valid files under every planned name and tag, and the records of the jobs that would make them."""

from __future__ import annotations

import base64
import hashlib
import io
import re
import tarfile
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from shipwheel.dists.artifact import PURE_ID, SDIST_ID
from shipwheel.dists.manifest import Manifest, refs
from shipwheel.dists.record import Made, Proof, Record, Status
from shipwheel.files import sha256
from shipwheel.planning.job import JobKind, PlannedFile, Scope
from shipwheel.planning.plan import Plan
from shipwheel.project.facts import Kind
from shipwheel.publishing.case import BUILDERS

_INTERPRETER = re.compile(r"(?P<name>cp|pp)(?P<version>\d+)(?P<threads>t?)")
# what stands between a system and an architecture in a platform tag, and not in cibuildwheel's identifier;
# any version that installers know serves a stand-in
_SYSTEMS = (("manylinux_", "2_28_"), ("musllinux_", "1_2_"), ("macosx_", "11_0_"))
_WHEN = (1980, 1, 1, 0, 0, 0)


class Named(msgspec.Struct, frozen=True):
    """What all stand-ins of a release say of themselves: project, version, `Requires-Python`."""

    project: str
    version: str
    requires_python: str | None

    @property
    def stem(self) -> str:
        """Give name and version as they begin a filename (PEP 427, PEP 625)."""
        return f"{re.sub(r'[-_.]+', '_', self.project).lower()}-{self.version}"

    @property
    def metadata(self) -> str:
        """Give METADATA, which is PKG-INFO too."""
        pythons = f"Requires-Python: {self.requires_python}\n" if self.requires_python else ""
        head = f"Metadata-Version: 2.1\nName: {self.project}\nVersion: {self.version}\n"
        return f"{head}Summary: A stand-in, made by a rehearsal.\n{pythons}"


def make_stand_ins(plan: Plan, version: str, folder: Path) -> Manifest:
    """Write a stand-in for each planned file of the release, and give the records that real ones would have.

    Each job of the Plan that makes one has made it, from the stand-in of the sdist; each test job has tested
    those that it consumes. The files hold no code: archives, names, tags, metadata and RECORD are valid.
    """
    named = Named(plan.project.name, version, plan.project.requires_python)
    planned = plan.in_scope(Scope.RELEASE)
    builders = {job.id: BUILDERS.get(job.kind, job.id) for job in plan.jobs}
    made = {
        file.id: _made(_write(file, plan.project.kind, named, folder), file, builders[file.job])
        for file in planned
    }
    return Manifest(records=(*_making(plan, planned, made), *_testing(plan, made)))


def tag_of(file_id: str, kind: Kind) -> str:
    """Give the tag of the wheel that a planned file is (`cp312-cp312-manylinux_2_28_x86_64`)."""
    if file_id == PURE_ID:
        return "py3-none-any"
    interpreter, _, platform = file_id.partition("-")
    for system, version in _SYSTEMS:
        if platform.startswith(system):
            platform = f"{system}{version}{platform.removeprefix(system)}"
    return f"{_python_tag(interpreter, kind)}-{platform}"


def _python_tag(interpreter: str, kind: Kind) -> str:
    found = _INTERPRETER.fullmatch(interpreter)
    if found is None:
        return f"{interpreter}-none"
    plain = f"{found['name']}{found['version']}"
    if found["name"] == "pp":
        return f"{plain}-pypy{found['version']}_pp73"
    if kind is Kind.ABI3 and not found["threads"]:
        return f"{plain}-abi3"
    return f"{plain}-{interpreter}"


def _made(path: Path, file: PlannedFile, builder: str) -> Made:
    return Made(
        id=file.id,
        filename=path.name,
        sha256=sha256(path),
        size=path.stat().st_size,
        builder=builder,
    )


def _making(plan: Plan, planned: Iterable[PlannedFile], made: dict[str, Made]) -> Iterator[Record]:
    """Give the record of each job that makes files: a wheel's consumed the sdist.

    cibuildwheel tries those itself that no job of CI tests.
    """
    elsewhere = {
        each for job in plan.of_kind(JobKind.TEST) if job.platform for each in job.consumes
    }
    jobs: dict[str, list[Made]] = {}
    for file in planned:
        jobs.setdefault(file.job, []).append(made[file.id])
    sdist = refs(tuple(each for each in made.values() if each.id == SDIST_ID))
    for job, files in jobs.items():
        own = any(each.id == SDIST_ID for each in files)
        inside = [
            each for each in files if each.builder == "cibuildwheel" and each.id not in elsewhere
        ]
        proofs = tuple(Proof(what="imports", sha256=each.sha256) for each in inside)
        yield _record(job, consumed=() if own else sdist, made=tuple(files), proofs=proofs)


def _testing(plan: Plan, made: dict[str, Made]) -> Iterator[Record]:
    for job in plan.of_kind(JobKind.TEST):
        files = [made[each] for each in job.consumes if each in made]
        proofs = tuple(Proof(what="tests", sha256=each.sha256) for each in files)
        record = _record(job.id, consumed=refs(tuple(files)), proofs=proofs)
        yield msgspec.structs.replace(
            record, session=job.session, python=job.python, platform=job.platform
        )


def _record(job: str, **fields: object) -> Record:
    return msgspec.structs.replace(Record(job=job, session=job, status=Status.PASSED), **fields)


def _write(file: PlannedFile, kind: Kind, named: Named, folder: Path) -> Path:
    if file.id == SDIST_ID:
        return _write_sdist(named, folder)
    return _write_wheel(named, tag_of(file.id, kind), folder)


def _write_sdist(named: Named, folder: Path) -> Path:
    path = folder / f"{named.stem}.tar.gz"
    members = {"PKG-INFO": named.metadata, "pyproject.toml": "[build-system]\nrequires = []\n"}
    with tarfile.open(path, "w:gz", format=tarfile.PAX_FORMAT) as archive:
        for name, text in members.items():
            member = tarfile.TarInfo(f"{named.stem}/{name}")
            member.size = len(text.encode())
            archive.addfile(member, io.BytesIO(text.encode()))
    return path


def _write_wheel(named: Named, tag: str, folder: Path) -> Path:
    path = folder / f"{named.stem}-{tag}.whl"
    info = f"{named.stem}.dist-info"
    pure = "true" if tag.endswith("-any") else "false"
    headers = f"Wheel-Version: 1.0\nGenerator: shipwheel\nRoot-Is-Purelib: {pure}\nTag: {tag}\n"
    members = {f"{info}/METADATA": named.metadata, f"{info}/WHEEL": headers}
    lines = [
        f"{name},sha256={_urlsafe(text)},{len(text.encode())}" for name, text in members.items()
    ]
    members[f"{info}/RECORD"] = "\n".join([*lines, f"{info}/RECORD,,"]) + "\n"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(zipfile.ZipInfo(name, _WHEN), text)
    return path


def _urlsafe(text: str) -> str:
    """Give a hash as RECORD holds it (PEP 376): urlsafe base64 without padding."""
    digest = hashlib.sha256(text.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
