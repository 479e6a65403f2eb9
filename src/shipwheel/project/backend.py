"""Asking the backend (PEP 517) for the metadata that no file holds as it stands."""

from __future__ import annotations

import os
import re
import tempfile
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec

from shipwheel import process
from shipwheel.errors import JobError, MachineError, ShipwheelError
from shipwheel.events import Emit, StepDone, StepStarted, silent
from shipwheel.files import digest_of, write_bytes
from shipwheel.machine.environment import Environment, create_environment, environment_variables
from shipwheel.machine.installer import Installation, install
from shipwheel.machine.interpreter import Interpreter
from shipwheel.project.declared import parse_entry_points
from shipwheel.project.facts import Fact, Project
from shipwheel.project.pkg_info import parse_metadata
from shipwheel.project.tree import Tree
from shipwheel.workspace import Workspace

T = TypeVar("T")
_LINES = 15
# where git keeps what a version is made of
_GIT = (".git/HEAD", ".git/index", ".git/packed-refs", ".git/refs/tags", ".git/refs/heads")
_CAUSES: tuple[tuple[re.Pattern[str], str, str], ...] = (
    (
        re.compile(
            r"unable to detect version|LookupError: .*setuptools.scm|source.*vcs.*version|"
            r"Versioning for this project requires either an sdist tarball|NotVCSError|NoTagError|No tag available|"
            r"neither .*PKG-INFO nor",
            re.IGNORECASE | re.DOTALL,
        ),
        "the version comes from git, and git has no tag here to take it from",
        (
            "fetch the tags (`git fetch --tags --unshallow`), or tag a commit; in a tree without\n"
            "git set SETUPTOOLS_SCM_PRETEND_VERSION to the version"
        ),
    ),
    (
        re.compile(
            r"cargo metadata|index\.crates\.io|static\.crates\.io|`cargo`|rustup", re.IGNORECASE
        ),
        "cargo could not read the Rust project: the toolchain or crates.io is out of reach",
        "install Rust, or run `cargo fetch` where there is a network; what stands in the files is used meanwhile",
    ),
    (
        re.compile(r"dubious ownership|safe\.directory"),
        "git refuses the tree: it belongs to another user",
        "`git config --global --add safe.directory PATH`, or unpack the tree as yourself",
    ),
    (
        re.compile(
            r"name resolution|getaddrinfo failed|Network is unreachable|Could not resolve host|URLError"
        ),
        "the backend wants the network, and it is out of reach",
        "run it where there is a network; what stands in the files is used meanwhile",
    ),
)


class Metadata(msgspec.Struct, frozen=True, kw_only=True):
    """What the backend says of the project: its core metadata and entry points.

    `dependencies` and `extras` hold PEP 508 strings, an extra's without its `extra ==` marker.
    """

    name: str
    version: str | None
    requires_python: str | None = None
    classifiers: tuple[str, ...] = ()
    dependencies: tuple[str, ...] = ()
    extras: dict[str, tuple[str, ...]] = {}
    entry_points: dict[str, dict[str, str]] = {}


def ask_backend(
    project: Project,
    interpreter: Interpreter,
    *,
    fresh: bool = False,
    emit: Emit = silent,
    log: Path | None = None,
) -> Metadata:
    """Give the metadata that the project's backend prepares, in an isolated environment.

    Kept in the workspace's cache as long as the files that were looked at, git's state and the
    interpreter are the same; `fresh` asks again. Raises JobError with the backend's last lines and
    what mends it, MachineError where the environment cannot be made or the tree not written to.
    """
    workspace = Workspace(Path(project.root))
    kept = workspace.cache / f"metadata-{_key(project, interpreter)}.json"
    found = None if fresh else _read(kept)
    if found is not None:
        return found
    emit(StepStarted("metadata", project.backend.value))
    workspace.prepare()
    metadata = _ask(project, interpreter, workspace, emit=emit, log=log)
    write_bytes(kept, msgspec.json.encode(metadata))
    emit(StepDone("metadata", 0.0, f"{metadata.name} {metadata.version}"))
    return metadata


def complete(project: Project, *, emit: Emit = silent) -> Project:
    """Give the project with the name, and what else was computed, as its backend says it.

    Raises MachineError where there is no interpreter to ask with, JobError where the backend fails.
    """
    from shipwheel.machine.interpreters import find_interpreters  # noqa: PLC0415 - seldom needed

    interpreters = find_interpreters(emit=emit)
    usable = [each for each in interpreters if each.implementation == "cpython"] or interpreters
    if not usable:
        raise MachineError(
            "the project's name is computed by setup.py, and there is no Python to ask it with",
            where=project.root,
            hint="install a Python, or write the name into [project] of pyproject.toml",
        )
    return with_metadata(project, ask_backend(project, _suiting(project, usable), emit=emit))


def with_metadata(project: Project, metadata: Metadata) -> Project:
    """Put what the backend said in place of facts that are weak or missing."""
    origin = f"asked of {project.backend.value}"
    changed: dict[str, Fact[object]] = {}
    for field in ("name", "version", "requires_python", "dependencies", "extras", "entry_points"):
        fact: Fact[object] = getattr(project, field)
        value = getattr(metadata, field)
        if (fact.weak or not fact.value) and value:
            changed[field] = Fact(value=value, origin=origin)
    return msgspec.structs.replace(project, **changed)


def _suiting(project: Project, interpreters: Sequence[Interpreter]) -> Interpreter:
    """Choose the newest release that requires-python allows; the newest of all where none does."""
    from packaging.specifiers import InvalidSpecifier, SpecifierSet  # noqa: PLC0415

    ordered = sorted(interpreters, key=lambda each: _release(each.version), reverse=True)
    ordered = [each for each in ordered if not each.free_threaded] or ordered
    try:
        allowed = SpecifierSet(project.requires_python.value or "")
    except InvalidSpecifier:
        return ordered[0]
    return next((each for each in ordered if allowed.contains(each.version)), ordered[0])


def _release(version: str) -> tuple[int, ...]:
    return tuple(int(each) for each in re.findall(r"\d+", version)[:3])


def _key(project: Project, interpreter: Interpreter) -> str:
    tree = Tree(project.root)
    for path in _GIT:
        tree.is_file(path)
    seen = {**project.witnesses, **tree.witnesses}
    parts = [f"{path}={state}" for path, state in sorted(seen.items())]
    pretended = [
        f"{key}={value}" for key, value in sorted(os.environ.items()) if "PRETEND_VERSION" in key
    ]
    return digest_of(project.root, interpreter.build, *parts, *pretended)[:24]


def _read(path: Path) -> Metadata | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Metadata)
    except (OSError, msgspec.DecodeError):
        return None


def _ask(
    project: Project,
    interpreter: Interpreter,
    workspace: Workspace,
    *,
    emit: Emit,
    log: Path | None,
) -> Metadata:
    place = workspace.environments / "metadata"
    environment = create_environment(
        place, interpreter, installer=project.config.installer, emit=emit, log=log
    )
    calls = _Calls(environment, emit, log)
    _install(environment, project, project.build_requires, emit=emit, log=log)
    # `build` repeats a backend's warnings as its own; they stand in the log, and here they help nobody
    with (
        tempfile.TemporaryDirectory(prefix="shipwheel-metadata-") as folder,
        warnings.catch_warnings(action="ignore"),
    ):
        return _prepare(project, calls, environment, folder)


def _install(
    environment: Environment,
    project: Project,
    requirements: tuple[str, ...],
    *,
    emit: Emit,
    log: Path | None,
) -> None:
    if requirements:
        wanted = Installation(requirements=requirements)
        install(environment, wanted, installer=project.config.installer, emit=emit, log=log)


def _prepare(project: Project, calls: _Calls, environment: Environment, folder: str) -> Metadata:
    """Call the hooks: what else is needed, then the metadata (built whole where the hook is missing)."""
    from build import BuildBackendException, BuildException, ProjectBuilder  # noqa: PLC0415 - seldom needed

    try:
        builder = ProjectBuilder(project.root, str(environment.python), calls)
        more = tuple(builder.get_requires_for_build("wheel"))
        _install(environment, project, more, emit=calls.emit, log=calls.log)
        found = Path(builder.metadata_path(folder))
        return read_metadata(found)
    except ShipwheelError:
        raise
    except (BuildBackendException, BuildException, OSError, ValueError) as error:
        raise asking_failed(project, calls.output or str(error), calls.log) from error


class _HookFailed(Exception):  # noqa: N818 - the backend's fault, told by asking_failed
    """A hook's process ended with an error; its output says which."""


class _Calls:
    """Runs the hooks' processes for `build`, and keeps the last output."""

    def __init__(self, environment: Environment, emit: Emit, log: Path | None) -> None:
        self.environment = environment
        self.emit = emit
        self.log = log
        self.output = ""

    def __call__(
        self,
        cmd: Sequence[str],
        cwd: str | None = None,
        extra_environ: Mapping[str, str] | None = None,
    ) -> None:
        """Run one hook; raises _HookFailed, which `build` hands on as its own error."""
        variables = environment_variables(
            self.environment, extra=dict(extra_environ or {}), network=True
        )
        done = process.run(
            cmd, cwd=Path(cwd) if cwd else None, env=variables, log=self.log, emit=self.emit
        )
        self.output = done.output
        if not done.ok:
            raise _HookFailed


def read_metadata(folder: Path) -> Metadata:
    """Read a `.dist-info` folder: METADATA and entry_points.txt."""
    declared = parse_metadata((folder / "METADATA").read_text(encoding="utf-8"), "METADATA")
    points = folder / "entry_points.txt"
    if declared.name is None:
        raise ValueError("METADATA names no project")
    return Metadata(
        name=declared.name.value,
        version=_value(declared.version),
        requires_python=_value(declared.requires_python),
        classifiers=_value(declared.classifiers) or (),
        dependencies=_value(declared.dependencies) or (),
        extras=_value(declared.extras) or {},
        entry_points=parse_entry_points(points.read_text(encoding="utf-8"))
        if points.is_file()
        else {},
    )


def _value(fact: Fact[T] | None) -> T | None:
    return None if fact is None else fact.value


def asking_failed(project: Project, output: str, log: Path | None = None) -> JobError:
    """Give the error for a backend that would not say its metadata: its last lines, and what mends it."""
    kept = [line.rstrip() for line in output.splitlines() if line.strip()]
    cause, hint = next(
        ((what, mend) for pattern, what, mend in _CAUSES if pattern.search(output)),
        ("", "the lines above are the backend's own; mend what they name"),
    )
    what = f"{project.backend.value} could not say the project's metadata"
    return JobError(
        f"{what}: {cause}" if cause else what,
        where=str(log) if log else project.root,
        evidence=process.redact("\n".join(kept[-_LINES:])),
        hint=hint,
    )
