"""What an installer's failure means: whose fault it is, the lines that tell it, and the next step."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from shipwheel.errors import JobError, MachineError, ShipwheelError
from shipwheel.machine.toolchain import missing_compiler_error

INDEX = "index"  # the reference of an error that says that one is out of reach
FULL_DISK = "disk"  # the reference of an error that says that one is full
NO_WHEEL = "no-wheel"  # the reference of an error that says of what there is no wheel
# Texts of uv 0.13 and pip 26, each seen in a real run (tests/integration/test_machine.py).
_REFUSED = re.compile(
    r"lack of valid authentication credentials|40[13] (?:Unauthorized|Forbidden)|40[13] Client Error"
    r"|Missing credentials|User for \S+:|HTTP error 40[13]",
    re.IGNORECASE,
)
_OUT_OF_REACH = re.compile(
    r"error sending request|Request failed after \d+ retr|dns error|Failed to fetch: "
    r"|Connection refused|NewConnectionError|Failed to establish a new connection"
    r"|Name or service not known|Temporary failure in name resolution|[Rr]ead timed out"
    r"|operation timed out|: connection error: |network was disabled|HTTP status server error|50[0234] Server Error"
    r"|certificate verify failed|invalid peer certificate|UnknownIssuer",
    re.IGNORECASE,
)
_CERTIFICATE = re.compile(r"certificate verify failed|invalid peer certificate|UnknownIssuer")
_WRONG_BYTES = re.compile(r"Hash mismatch|DO NOT MATCH THE HASHES")
_NO_WHEEL = (
    re.compile(r"Wheels are required for `([^`]+)`"),
    re.compile(
        r"(?:all versions of )?([A-Za-z0-9._-]+)(?:[=<>!~][^ ]*)? ha(?:s|ve) no usable wheels"
    ),
    re.compile(r"([A-Za-z0-9._-]+)(?:[=<>!~][^ ]*)? has no wheels with a matching"),
)
_PIP_NOTHING = re.compile(r"No matching distribution found for ([A-Za-z0-9._-]+)")
_NO_SOLUTION = re.compile(
    r"No solution found|ResolutionImpossible|No matching distribution found|Could not find a version"
)
_BUILD = re.compile(
    r"Failed to build|The build backend returned an error|subprocess-exited-with-error"
    r"|metadata-generation-failed|Failed building wheel"
)

# what the C library, Rust's and Windows say of ENOSPC and EDQUOT; and a Python that finds the half of
# what an earlier one wrote as bytecode
_FULL = re.compile(
    r"No space left on device|\(os error (?:28|112|122)\)|Disk quota exceeded"
    r"|not enough space on the disk|^EOFError: marshal data too short",
    re.IGNORECASE | re.MULTILINE,
)

_PIP_TIME = re.compile(r"^\d{4}-\d\d-\d\dT\S+ ")  # what pip's own log puts before each line


def installation_failure(
    output: str,
    *,
    python: str,
    details: str = "",
    only_binary: bool = False,
    log: Path | None = None,
) -> ShipwheelError:
    """Give the error for an installer's output, and `details` that it wrote elsewhere; both clean.

    MachineError (exit 3) where an index is out of reach or refuses us, a disk is full, or a compiler is
    missing; else JobError (exit 1).
    """
    evidence = _last(output)
    where = f"Python {python}" + (f"; the whole log: {log}" if log else "")
    for failure in (
        full_disk_error(output, where),
        _bytes_failure(output, evidence, where),
        _index_failure(f"{details}\n{output}", evidence, where),
        _wheel_failure(packages_without_wheel(output, only_binary=only_binary), evidence, where),
    ):
        if failure:
            return failure
    if _BUILD.search(output) and (failure := missing_compiler_error(output, python=python)):
        return failure
    if _BUILD.search(output):
        return JobError(
            f"a dependency could not be built for Python {python}", where=where, evidence=evidence
        )
    what = "could not be resolved" if _NO_SOLUTION.search(output) else "could not be installed"
    return JobError(f"the requirements {what} for Python {python}", where=where, evidence=evidence)


def full_disk_error(output: str, where: str | None) -> MachineError | None:
    """Recognize in a tool's output, clean, that a disk is full; None for another fault."""
    if not _FULL.search(output):
        return None
    return MachineError(
        "a disk is full",
        where=where,
        evidence=_lines_with(output, _FULL),
        hint="free some space there (temporary files lie where TMPDIR says) and run again:\n"
        "nothing half-written is kept",
        reference=FULL_DISK,
    )


def packages_without_wheel(output: str, *, only_binary: bool) -> tuple[str, ...]:
    """Give the packages that have no wheel for this Python, as far as the output names them.

    pip says only that it found nothing, which under `--only-binary` is the same.
    """
    if not only_binary:
        return ()
    patterns = _NO_WHEEL if any(each.search(output) for each in _NO_WHEEL) else (_PIP_NOTHING,)
    names = (name.lower() for pattern in patterns for name in pattern.findall(output))
    return tuple(dict.fromkeys(names))


def _index_failure(output: str, evidence: str, where: str) -> ShipwheelError | None:
    if _REFUSED.search(output):
        return MachineError(
            "an index asks for a password that is missing or wrong",
            where=where,
            evidence=_lines_with(output, _REFUSED) or evidence,
            hint="give it by keyring, ~/.netrc, UV_INDEX_<NAME>_PASSWORD or PIP_INDEX_URL; never in a file"
            " of the project",
            reference="index-password",
        )
    if not _OUT_OF_REACH.search(output):
        return None
    certificate = _CERTIFICATE.search(output)
    return MachineError(
        "an index is out of reach",
        where=where,
        evidence=_lines_with(output, _OUT_OF_REACH) or evidence,
        hint="its certificate is not trusted here: SSL_CERT_FILE names the file of your organisation's"
        if certificate
        else "is the network there, and the index's address right?",
        reference=INDEX,
    )


def _bytes_failure(output: str, evidence: str, where: str) -> ShipwheelError | None:
    if not _WRONG_BYTES.search(output):
        return None
    return JobError(
        "a file is not the one that was named: its bytes have another hash",
        where=where,
        evidence=evidence,
        hint="it was changed since it was recorded; build it anew",
    )


def _wheel_failure(names: tuple[str, ...], evidence: str, where: str) -> ShipwheelError | None:
    if not names:
        return None
    return JobError(
        f"no wheel that fits is there of {', '.join(names)}",
        where=where,
        evidence=evidence,
        hint="whoever installs the project on this Python has to build that, or waits for its wheel",
        reference=NO_WHEEL,
    )


def _last(output: str, lines: int = 15) -> str:
    """Give the end that tells it: from the first error on where that is near the end."""
    kept = [line for line in output.splitlines() if line.strip()]
    starts = [at for at, line in enumerate(kept) if re.match(r"\s*(error|ERROR)\b", line)]
    first = next((at for at in starts if len(kept) - at <= lines), max(0, len(kept) - lines))
    return "\n".join(kept[first:])


def _lines_with(output: str, pattern: re.Pattern[str]) -> str:
    lines = (_PIP_TIME.sub("", line).strip() for line in output.splitlines())
    found: Iterable[str] = (line for line in lines if pattern.search(line))
    return "\n".join(list(dict.fromkeys(found))[-4:])
