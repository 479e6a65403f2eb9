"""An upload as the index's server takes it: judged by its form, kept aside, named in one step."""

from __future__ import annotations

import contextlib
import os
import re
from pathlib import Path
from typing import Any

import msgspec
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from shipwheel.files import sha256, to_json, write_bytes
from shipwheel.indexes.shelf import PROVENANCE, distributions, named

ASIDE = ".incoming-"  # how a file is called while it is written

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+!-]{0,254}\Z")


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """What an upload says of its file (the legacy upload API); None where it says nothing."""

    action: str | None = None
    filename: str | None = None
    name: str | None = None
    version: str | None = None
    sha256: str | None = None
    attestations: str | None = None


def refusal(form: Form) -> str | None:
    """Give what is wrong with an upload before its bytes are looked at, None where nothing is."""
    if form.action != "file_upload":
        return f"unknown :action {(form.action or '')[:40]!r}, this index takes file_upload"
    if not form.filename:
        return "there is no file in the field `content`"
    if form.attestations is not None and _attestations(form.attestations) is None:
        return "the field `attestations` is no JSON list of attestations (PEP 740)"
    return _misnamed(form.filename, form)


def _misnamed(filename: str, form: Form) -> str | None:
    parsed = named(filename) if _NAME.match(filename) else None
    if parsed is None:
        return f"{filename[:300]!r} is the name of no wheel or sdist"
    if not form.name or canonicalize_name(form.name) != parsed[0]:
        return f"the file is of {parsed[0]}, the form says {(form.name or '')[:100]!r}"
    if not form.version or _version(form.version) != parsed[1]:
        return f"the file is of version {parsed[1]}, the form says {(form.version or '')[:100]!r}"
    return None


class _Attestation(msgspec.Struct):
    """What every attestation has, whatever else (PEP 740); nothing in it is believed here."""

    version: int
    verification_material: dict[str, Any]
    envelope: dict[str, Any]


def provenance(attestations: str) -> bytes:
    """Give the provenance object (PEP 740) for an upload's attestations, which were judged by `refusal`.

    PyPI holds them to the publisher that it knows. This index knows none, and says so: who wants to rely on
    them verifies them.
    """
    publisher = {"kind": "unverified", "claims": None}
    bundle = {"publisher": publisher, "attestations": msgspec.json.decode(attestations)}
    return to_json({"version": 1, "attestation_bundles": [bundle]})


def _attestations(text: str) -> list[_Attestation] | None:
    try:
        return msgspec.json.decode(text, type=list[_Attestation]) or None
    except (msgspec.DecodeError, RecursionError):
        return None


def place(aside: Path, folder: Path, where: str, form: Form) -> str | None:
    """Give a file that came its name, below `where` in `folder`; give a refusal, or None.

    The same bytes under that name are fine and stay; others are refused, wherever below the folder they
    lie. Two at once under one name cannot both win.
    """
    assert form.filename is not None, "the form was judged"
    digest = sha256(aside)
    if form.sha256 and form.sha256.lower() != digest:
        return f"the bytes that came have sha256 {digest}, the form says {form.sha256[:64]}"
    there = next((path for path, _ in distributions(folder) if path.name == form.filename), None)
    target = there or folder / where / form.filename
    if there is None:
        target.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            _name_it(aside, target)
    found = sha256(target)
    if found == digest:
        _keep_attestations(target, form)
        return None
    return f"File already exists: {form.filename} with sha256 {found}, what came has {digest}"


def _keep_attestations(path: Path, form: Form) -> None:
    """Write the attestations beside their file; those that are there already stay."""
    beside = path.with_name(path.name + PROVENANCE)
    if form.attestations is not None and not beside.exists():
        write_bytes(beside, provenance(form.attestations))


def _name_it(aside: Path, target: Path) -> None:
    """Give a file its name where nothing has that; raises FileExistsError where something does."""
    try:
        os.link(aside, target)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if target.exists():
            raise FileExistsError(str(target)) from None
        aside.rename(target)


def _version(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None
