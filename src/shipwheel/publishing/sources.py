"""Where an upload's credentials come from, told without asking anybody for a token."""

from __future__ import annotations

import os
from collections.abc import Mapping

from requests.utils import get_netrc_auth
from twine import auth, exceptions

from shipwheel.errors import ShipwheelError
from shipwheel.indexes.known import Index
from shipwheel.publishing.credentials import (
    NOBODY,
    PYPIRC,
    Identity,
    identify,
    is_trusted_job,
    repository_config,
    username_for,
)


def as_reader(index: Index) -> Identity:
    """Give who we are to an index that we only read.

    PyPI and TestPyPI show their pages to anybody: for these nothing is looked up, and no token is minted.
    Where the pages lie elsewhere than the uploads go, the credentials of the one are none of the other.
    Raises as `credentials.identify` does.
    """
    if not index.shares_origin or is_public(index):
        return NOBODY
    return identify(index, trusted=False)


def is_public(index: Index) -> bool:
    """Say whether the index is PyPI or TestPyPI, which are read without a name and want a token."""
    return _resolver(index, {}, {}).is_pypi()


def source_of(
    index: Index,
    environ: Mapping[str, str] | None = None,
    *,
    pypirc: str = PYPIRC,
    trusted: bool | None = None,
) -> str:
    """Say in words where `credentials.identify` finds what an upload needs; no secret is in them.

    Looks at the same places in the same order, and asks nobody but the keyring. `trusted` as there.
    """
    environ = os.environ if environ is None else environ
    if index.anonymous:
        place = (
            "it is a folder" if index.folder else "it takes uploads from anybody on this machine"
        )
        return f"none: {place}"
    if trusted or (trusted is None and is_trusted_job(index, environ)):
        return "trusted publishing: a token for this job, minted when it uploads"
    try:
        config = repository_config(index.upload, pypirc)
    except ShipwheelError as error:
        return f"{pypirc} cannot be read: {error.what}"
    found = _password(index, environ, config, pypirc)
    if found:
        return found
    if get_netrc_auth(index.upload):
        return "~/.netrc"
    return "none found: the upload would be refused" if is_public(index) else "none found"


def _password(
    index: Index, environ: Mapping[str, str], config: dict[str, str | None], pypirc: str
) -> str:
    """Give where user name and password come from in twine's order, empty where one of them is nowhere."""
    resolver = _resolver(index, environ, config)
    try:
        username = resolver.username
    except exceptions.NonInteractive:
        return ""
    if not username:
        return ""
    if environ.get("TWINE_PASSWORD"):
        return f"TWINE_PASSWORD, as {username}"
    if config.get("password"):
        return f"{pypirc}, as {username}"
    return f"the keyring, as {username}" if resolver.get_password_from_keyring() else ""


def _resolver(
    index: Index, environ: Mapping[str, str], config: Mapping[str, str | None]
) -> auth.Resolver:
    settings = {"username": None, "password": None, **config, "repository": index.upload}
    username = username_for(index, environ, config)
    return auth.Private(settings, auth.CredentialInput(username, None))
