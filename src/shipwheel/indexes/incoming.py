"""An upload as the index's server takes it: judged by its form, kept aside, named in one step."""

from __future__ import annotations

import contextlib
import os
import re
from pathlib import Path

import msgspec
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from shipwheel.files import sha256
from shipwheel.indexes.shelf import distributions, named

ASIDE = ".incoming-"  # how a file is called while it is written

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+!-]{0,254}\Z")


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """What an upload says of its file (the legacy upload API); None where it says nothing."""

    action: str | None = None
    filename: str | None = None
    name: str | None = None
    version: str | None = None
    sha256: str | None = None


def refusal(form: Form) -> str | None:
    """Give what is wrong with an upload before its bytes are looked at, None where nothing is."""
    if form.action != "file_upload":
        return f"unknown :action {(form.action or '')[:40]!r}, this index takes file_upload"
    if not form.filename:
        return "there is no file in the field `content`"
    parsed = named(form.filename) if _NAME.match(form.filename) else None
    if parsed is None:
        return f"{form.filename[:300]!r} is the name of no wheel or sdist"
    if not form.name or canonicalize_name(form.name) != parsed[0]:
        return f"the file is of {parsed[0]}, the form says {(form.name or '')[:100]!r}"
    if not form.version or _version(form.version) != parsed[1]:
        return f"the file is of version {parsed[1]}, the form says {(form.version or '')[:100]!r}"
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
            return None
    found = sha256(target)
    if found == digest:
        return None
    return f"File already exists: {form.filename} with sha256 {found}, what came has {digest}"


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
