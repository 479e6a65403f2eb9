"""What an installer made of a wheel: files, scripts and the note on their origin, held against it."""

from __future__ import annotations

import base64
import json
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from packaging.utils import canonicalize_name

from shipwheel.dists.modules import site_path
from shipwheel.files import sha256
from shipwheel.verification.dependencies import Installed
from shipwheel.verification.facts import SCRIPTS, WheelFacts
from shipwheel.verification.modules import script_name
from shipwheel.verification.seen import SharedFile

_SHEBANG = 512  # bytes that are looked at


def compare_files(wheel: WheelFacts, site: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the wheel's files that are installed with other bytes, and those that are not there."""
    altered, absent = [], []
    for path, digest in _promised(wheel):
        there = site.joinpath(*path.split("/"))
        if not there.is_file():
            absent.append(path)
        elif digest and sha256(there) != digest:
            altered.append(path)
    return tuple(altered), tuple(absent)


def _promised(wheel: WheelFacts) -> Iterator[tuple[str, str]]:
    for member in wheel.members:
        path = site_path(member.name)
        if member.kind == "file" and path and not path.endswith(".dist-info/RECORD"):
            yield path, member.sha256


def shared_files(
    wheel: WheelFacts, installed: Mapping[str, Installed], altered: Collection[str]
) -> tuple[SharedFile, ...]:
    """Give the wheel's files that other distributions list as theirs too.

    The `__init__` of a namespace that is declared as such is meant to be everybody's.
    """
    others: dict[str, list[Installed]] = {}
    for name, each in installed.items():
        for path in each.files if name != wheel.file.name else ():
            others.setdefault(path, []).append(each)
    meant = {f"{name.replace('.', '/')}/__init__.py" for name in wheel.namespaces}
    return tuple(
        SharedFile(
            path,
            tuple(f"{each.name} {each.version}" for each in others[path]),
            same=path not in altered and _is_same(path, digest, others[path]),
        )
        for path, digest in _promised(wheel)
        if path in others and path not in meant
    )


def _is_same(path: str, digest: str, others: list[Installed]) -> bool:
    """Say whether the others have the file with these bytes too, whoever was installed last."""
    if not digest:
        return True  # nobody knows
    own = base64.urlsafe_b64encode(bytes.fromhex(digest)).decode("ascii").rstrip("=")
    return all(each.digests.get(path) in {None, "", own} for each in others)


def recorded_hash(site: Path, name: str) -> str:
    """Give the sha256 that the installer recorded of the file it took (PEP 610), or nothing.

    pip writes it into archive_info; uv keeps the fragment of the URL that it was given.
    """
    for path in site.glob("*.dist-info/direct_url.json"):
        stem = path.parent.name.removesuffix(".dist-info").rpartition("-")[0]
        if canonicalize_name(stem) == name:
            return _origin_hash(json.loads(path.read_text(encoding="utf-8")))
    return ""


def _origin_hash(told: Mapping[str, Any]) -> str:
    archive = told.get("archive_info") or {}
    hashes = archive.get("hashes") or {}
    if "sha256" in hashes:
        return str(hashes["sha256"])
    algorithm, _, value = str(archive.get("hash", "")).partition("=")
    if algorithm == "sha256":
        return value
    fragment = parse_qs(urlsplit(str(told.get("url", ""))).fragment)
    return next(iter(fragment.get("sha256", ())), "")


def absent_scripts(wheel: WheelFacts, folder: Path) -> tuple[str, ...]:
    """Give the scripts, of entry points and of files, for which there is no program."""
    names = {name for group in SCRIPTS for name in wheel.entry_points.get(group, {})}
    names |= {script_name(each.name) for each in wheel.members} - {""}
    return tuple(
        name
        for name in sorted(names)
        if not any((folder / f"{name}{suffix}").is_file() for suffix in ("", ".exe"))
    )


def broken_scripts(wheel: WheelFacts, folder: Path) -> tuple[str, ...]:
    """Say of each script file that cannot be started why: as its first line has it, once installed."""
    found = []
    for member in wheel.members:
        name = script_name(member.name)
        path = folder / name
        if name and path.is_file():
            with path.open("rb") as file:
                fault = _shebang_fault(file.read(_SHEBANG))
            if fault:
                found.append(f"{name} {fault}")
    return tuple(found)


def _shebang_fault(head: bytes) -> str:
    """Say what is wrong with a script's first line; a program that is no script has none."""
    if not head.startswith(b"#!"):
        return ""
    line = head[2:].partition(b"\n")[0]
    if line.endswith(b"\r"):
        return r"begins with a line that ends in \r\n: the system looks for a program of that name"
    program = line.strip().split(b" ")[0].decode("utf-8", "replace")
    # what an installer writes for a path with spaces begins with /bin/sh
    if program.startswith("/") and not Path(program).exists():
        return f"begins with `#!{program}`, which is not there"
    return ""
