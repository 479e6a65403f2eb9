"""Who we are to an index, found the way the ecosystem does: twine's, without asking anybody."""

from __future__ import annotations

import base64
import configparser
import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

import requests
from requests.auth import AuthBase, HTTPBasicAuth
from requests.utils import get_netrc_auth
from twine import auth, exceptions, utils

from shipwheel.errors import ConfigurationError, JobError, ShipwheelError
from shipwheel.indexes.answers import clean, password_missing, unreachable
from shipwheel.indexes.known import Index, origin_of

# twine tells what it tries through logging, which would print where nobody has set that up
logging.getLogger("twine").addHandler(logging.NullHandler())

PYPIRC = "~/.pypirc"
_TOKEN_USERS = (utils.DEFAULT_REPOSITORY, utils.TEST_REPOSITORY)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who we are to an index; `authenticator` is None where we are nobody. Its text holds no secret.

    `basic` are user name and password for the index's own reading side, where the two share an origin.
    """

    authenticator: AuthBase | None = field(default=None, repr=False)
    basic: tuple[str, str] | None = field(default=None, repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)  # what must not be shown anywhere


NOBODY = Identity()


def identify(
    index: Index,
    environ: Mapping[str, str] | None = None,
    *,
    pypirc: str = PYPIRC,
    trusted: bool | None = None,
) -> Identity:
    """Find the credentials for an index: TWINE_*, `.pypirc`, keyring, trusted publishing, netrc.

    Nobody is asked. A section of `.pypirc` counts only where its URL is the index's. An index other
    than PyPI may take uploads from anybody: then there is nothing to find. `trusted`: with trusted
    publishing and nothing else, so that no token that lies about takes its place; False: never with it;
    None: where the job has what it takes for PyPI or TestPyPI (`is_trusted_job`). Raises MachineError
    where PyPI's token is not there, JobError where trusted publishing fails, ConfigurationError where
    `.pypirc` cannot be read.
    """
    if index.anonymous:
        return NOBODY
    environ = os.environ if environ is None else environ
    if trusted is None:
        trusted = is_trusted_job(index, environ)
    if trusted:
        return _trusted(index)
    password = environ.get("TWINE_PASSWORD") or None
    config = repository_config(index.upload, pypirc)
    username = username_for(index, environ, config)
    resolver = auth.Private(config, auth.CredentialInput(username, password))
    try:
        return _identity(resolver)
    except exceptions.NonInteractive:
        return _from_netrc(index)
    except exceptions.TrustedPublishingFailure as error:
        raise _untrusted(index, str(error)) from None
    except requests.RequestException as error:
        raise unreachable(index.upload, error) from None


def is_trusted_job(index: Index, environ: Mapping[str, str]) -> bool:
    """Say whether the workflow asks for trusted publishing: it let this job have an identity token.

    On GitHub that is `permissions: id-token: write`, on GitLab an `id_tokens` entry of the index's name.
    """
    if not index.upload.startswith(_TOKEN_USERS):
        return False
    gitlab = "TESTPYPI_ID_TOKEN" if index.upload.startswith(_TOKEN_USERS[1]) else "PYPI_ID_TOKEN"
    return bool(environ.get("ACTIONS_ID_TOKEN_REQUEST_URL") or environ.get(gitlab))


def _trusted(index: Index) -> Identity:
    """Have the index mint a token for this job; whatever else could serve is not looked at."""
    config = {"repository": index.upload, "username": None, "password": None}
    resolver = auth.Private(config, auth.CredentialInput(auth.TOKEN_USERNAME))
    try:
        token = resolver.make_trusted_publishing_token()
    except exceptions.TrustedPublishingFailure as error:
        raise _untrusted(index, str(error)) from None
    except requests.HTTPError as error:
        raise _untrusted(index, f"the index knows no trusted publishing: {error}") from None
    except requests.RequestException as error:
        raise unreachable(index.upload, error) from None
    except (KeyError, TypeError, ValueError) as error:
        raise _untrusted(index, f"the index's answer cannot be read: {error!r}") from None
    if not token:
        raise _untrusted(index, "this job has no identity token")
    authenticator = auth.TrustedPublishingAuthenticator(resolver)
    return Identity(authenticator, None, _forms(auth.TOKEN_USERNAME, token))


def username_for(
    index: Index, environ: Mapping[str, str], config: Mapping[str, str | None]
) -> str | None:
    """Give the user that is named for an upload, None where it is left to twine's order.

    Behind a bare TWINE_PASSWORD stands a token: the index's kind knows the name that goes with one.
    """
    told = environ.get("TWINE_USERNAME") or index.username
    if told or config.get("username") or not environ.get("TWINE_PASSWORD"):
        return told
    return index.capabilities.username


def _untrusted(index: Index, said: str) -> ShipwheelError:
    return JobError(
        "trusted publishing failed",
        where=index.upload,
        evidence=clean(said),
        hint="compare the publisher that the index knows with the workflow and environment, and let the"
        " job ask for a token (GitHub: `id-token: write`, GitLab: `id_tokens`)",
        reference="trusted-publishing",
    )


def repository_config(url: str, pypirc: str = PYPIRC) -> dict[str, str | None]:
    """Give what `.pypirc` says of the index at `url`: user name and password, or neither."""
    nothing = {"repository": url, "username": None, "password": None}
    try:
        sections = utils.get_config(pypirc)
    except (configparser.Error, exceptions.TwineException, OSError):
        # the parser's message quotes the line, and that may hold the token
        raise _unreadable(pypirc) from None
    for section in sections.values():
        if _same_url(section.get("repository") or "", url):
            return {
                "repository": url,
                "username": section.get("username"),
                "password": section.get("password"),
            }
    return nothing


def _identity(resolver: auth.Resolver) -> Identity:
    """Ask twine for user name and password, each of which may raise NonInteractive."""
    username, password = resolver.username, resolver.password
    if not username or not password:
        raise exceptions.NonInteractive
    authenticator = resolver.authenticator
    basic = (username, password) if isinstance(authenticator, HTTPBasicAuth) else None
    return Identity(authenticator, basic, _forms(username, password))


def _forms(username: str, password: str) -> tuple[str, ...]:
    """Give a password in the forms in which a server could send it back."""
    encoded = base64.b64encode(f"{username}:{password}".encode()).decode()
    return password, quote(password, safe=""), encoded


def _from_netrc(index: Index) -> Identity:
    found = get_netrc_auth(index.upload)
    if found:
        return Identity(HTTPBasicAuth(*found), found, _forms(*found))
    if index.upload.startswith(_TOKEN_USERS):
        raise password_missing(index.upload)
    return NOBODY


def reading(index: Index, identity: Identity) -> tuple[str, str] | None:
    """Give the credentials for the index's reading side: those of the upload, on the same origin."""
    if index.shares_origin:
        return identity.basic
    return None


def _same_url(one: str, other: str) -> bool:
    try:
        same_origin = origin_of(one) == origin_of(other)
    except ValueError:
        return False
    return same_origin and _path(one) == _path(other)


def _path(url: str) -> str:
    return url.partition("://")[2].partition("/")[2].rstrip("/")


def _unreadable(pypirc: str) -> ShipwheelError:
    return ConfigurationError(
        "the file with the indexes' credentials cannot be read",
        where=pypirc,
        hint="https://packaging.python.org/specifications/pypirc/ describes it",
    )
