"""cibuildwheel's failure, told so that a person knows what to mend."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from shipwheel.building.failure import last_lines
from shipwheel.errors import ConfigurationError, JobError, MachineError, ShipwheelError
from shipwheel.machine.failures import full_disk_error

_REFUSED = 2  # cibuildwheel's exit code for a wrong configuration
_DEPRECATED = 4
_LINES = 12
_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_CLOCK = re.compile(r"^\s*\S* ?[\d.]+s$", re.MULTILINE)  # how long a step took
_STEP = re.compile(
    r"^(?P<step>Starting container image|Copying project into container|Installing Python|"
    r"Running before_all|Setting up build environment|Running before_build|Building wheel|"
    r"Repairing wheel|Auditing wheel|Running before_test|Testing wheel|Copying wheels back to host)"
    r"\b.*\.\.\.\s*$",
    re.MULTILINE,
)
_SAYS = re.compile(r"^cibuildwheel: error: (?P<text>.+?)(?=\n\s*\n|\Z)", re.MULTILINE | re.DOTALL)
_TELLING = re.compile(
    r"\berror\b[:\s]|Error: |fatal|^E   |No such file|not found|FAILED|cannot |could not|unable to",
    re.IGNORECASE,
)
_OWN = (
    "another container engine or image is named by CIBW_CONTAINER_ENGINE and CIBW_MANYLINUX_*_IMAGE"
)


class _Cause(msgspec.Struct, frozen=True):
    """What of the machine the output shows to be the cause, and what mends it."""

    pattern: re.Pattern[str]
    what: str
    hint: str


_CAUSES = (
    _Cause(
        re.compile(
            r"Cannot connect to the Docker daemon|docker daemon is not running|"
            r"Is the docker daemon running|failed to connect to the docker API|"
            r"Cannot connect to Podman|unable to connect to Podman",
            re.IGNORECASE,
        ),
        "the container engine does not run",
        "start it (`systemctl start docker`, `podman machine start`, Docker Desktop)",
    ),
    _Cause(
        re.compile(r"permission denied while trying to connect to the docker", re.IGNORECASE),
        "the container engine refuses this user",
        "add yourself to its group (`usermod -aG docker $USER`, then log in again), or use podman:\n"
        "CIBW_CONTAINER_ENGINE=podman",
    ),
    _Cause(
        re.compile(r"exec(?:ve)?[^\n]{0,80}format error", re.IGNORECASE),
        "this machine's processor cannot run that image",
        "QEMU does: `apt-get install qemu-user-static`, or\n"
        "`docker run --privileged --rm tonistiigi/binfmt --install all`",
    ),
    _Cause(
        re.compile(
            r"initializing source docker://|pinging container registry|manifest unknown|"
            r"pull access denied|Error response from daemon: (?:Get|Head) |toomanyrequests|"
            r"failed to resolve reference|error pulling image|image not known",
            re.IGNORECASE,
        ),
        "the container image could not be had",
        f"let this machine reach the image's registry (quay.io);\n{_OWN}",
    ),
    _Cause(
        re.compile(
            r"OCI runtime|crun: |runc (?:create|run) failed|error creating container|"
            r"error mounting|netavark|slirp4netns failed|setrlimit"
        ),
        "the container engine could not start a container",
        "try `podman run --rm IMAGE true`, or docker's, by itself: where that fails too, the engine's\n"
        "setting is to be mended; CIBW_CONTAINER_ENGINE takes arguments, as in\n"
        '"podman; create_args: --network=host"',
    ),
    _Cause(
        re.compile(r"is too old or is not working properly|because \w+ is too old"),
        "the container engine is too old, or does not work",
        f"its own command `version` says more; {_OWN}",
    ),
)
_HINTS = {
    "Running before_all": "[tool.cibuildwheel] before-all failed: that command is the project's own",
    "Running before_build": "[tool.cibuildwheel] before-build failed: that command is the project's own",
    "Building wheel": "mend what the lines above name; a library that the image lacks comes with\n"
    "[tool.cibuildwheel] before-all, an option with its config-settings or environment",
    "Repairing wheel": "the wheel needs a library that cannot be put into it, or a newer system than its tag:\n"
    "[tool.cibuildwheel] repair-wheel-command and manylinux-*-image decide",
    "Auditing wheel": "the wheel uses what its ABI tag does not promise: compile it with\n"
    "Py_LIMITED_API, or set [tool.cibuildwheel] audit-command",
    "Testing wheel": "the tests fail on the wheel that was made: it is not shipped;\n"
    "[tool.cibuildwheel] test-command, test-sources and test-requires say how it is tested",
}
_WHAT = {
    "Running before_all": "the preparation failed",
    "Running before_build": "the preparation failed",
    "Building wheel": "the wheel could not be built",
    "Repairing wheel": "the wheel could not be repaired",
    "Auditing wheel": "the wheel did not pass its audit",
    "Testing wheel": "the tests failed",
}

_UNRESOLVED = re.compile(
    r"No solution found when resolving|Could not find a version that satisfies|"
    r"No matching distribution found|Failed to fetch: |Max retries exceeded"
)
_NOT_HAD = "what is installed there could not be had"
_INDEX = (
    "let the container reach an index that has it: its variables are those of [tool.cibuildwheel]\n"
    "environment and environment-pass; dependency-versions decides what cibuildwheel itself installs"
)


def release_failure(
    output: str, returncode: int, *, identifier: str, log: Path | None
) -> ShipwheelError:
    """Give the error for a call of cibuildwheel that failed: what, at which step, and what mends it.

    A MachineError where the container or a full disk is the trouble, a ConfigurationError where it refuses its
    options, else a JobError with the first line that tells of an error and what follows it.
    """
    text = _CLOCK.sub("", _ANSI.sub("", output))
    where = f"the full log: {log}" if log else "cibuildwheel"
    if returncode in {_REFUSED, _DEPRECATED}:
        return ConfigurationError(
            f"cibuildwheel refuses {identifier}",
            where="[tool.cibuildwheel], or a variable CIBW_*",
            evidence=_told(text),
            hint="cibuildwheel.pypa.io/en/stable/options lists what it takes",
        )
    if (full := full_disk_error(text, where)) is not None:
        return full
    step, said = _last(text)
    cause = _cause(said) if step in {"", "Starting container image"} else None
    if cause is not None:
        return MachineError(cause.what, where=where, evidence=_told(text), hint=cause.hint)
    what = _WHAT.get(step, "cibuildwheel failed")
    hint = _HINTS.get(step, "mend what the lines above name")
    if _UNRESOLVED.search(said):
        what, hint = f"{what}: {_NOT_HAD}", _INDEX
    return JobError(
        f"{identifier}: {what}",
        where=where,
        evidence=first_errors(said) or _told(text),
        hint=hint,
    )


def made_nothing(identifier: str, output: str, log: Path | None) -> JobError:
    """Give the error for a call that ended well and left no wheel."""
    return JobError(
        f"asked for {identifier}, cibuildwheel made nothing",
        where=f"the full log: {log}" if log else "cibuildwheel",
        evidence=last_lines(_ANSI.sub("", output), _LINES),
        hint="its repair-wheel-command must leave the wheel in {dest_dir}",
    )


def first_errors(said: str) -> str:
    """Give the first line that tells of an error with those behind it, and how it ended; empty for none."""
    lines = [line.rstrip() for line in said.splitlines() if line.strip()]
    first = next((i for i, line in enumerate(lines) if _TELLING.search(line)), None)
    if first is None:
        return ""
    shown = lines[first : first + _LINES]
    return last_lines("\n".join(shown), _LINES)


def last_step(text: str) -> re.Match[str] | None:
    """Give the place at which the next of cibuildwheel's steps begins."""
    return _STEP.search(text)


def _last(text: str) -> tuple[str, str]:
    """Give the last step that began, and what was said from there on."""
    found = list(_STEP.finditer(text))
    if not found:
        return "", text
    return found[-1]["step"], text[found[-1].end() :]


def _cause(text: str) -> _Cause | None:
    return next((cause for cause in _CAUSES if cause.pattern.search(text)), None)


def _told(text: str) -> str:
    """Give cibuildwheel's own error where it has one, else its last lines."""
    found = list(_SAYS.finditer(text))
    return last_lines(found[-1]["text"] if found else text, _LINES)
