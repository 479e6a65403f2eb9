"""Who may use an index that is served here: one name and its password, for uploads or for everything.

The password comes from the environment or a file, and goes to the server's process through its environment:
what stands in a command can be read by everybody on the machine.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from shipwheel.errors import ConfigurationError

PASSWORD = "SHIPWHEEL_INDEX_PASSWORD"  # noqa: S105 - the variable's name
_USER, _READING = "SHIPWHEEL_INDEX_USER", "SHIPWHEEL_INDEX_GUARDS_READING"
_VARIABLES = frozenset({PASSWORD, _USER, _READING})
_LONGEST = 4096  # bytes of a password's file that are looked at


@dataclass(frozen=True, slots=True)
class Guard:
    """A name and its password; `reading`: pages and files are for those alone who have them too."""

    user: str
    password: str = field(repr=False)
    reading: bool = False

    def admits(self, user: str | None, password: str | None) -> bool:
        """Say whether these are they, in a time that does not tell how much of them was right."""
        given = f"{user}:{password}".encode()
        return hmac.compare_digest(given, f"{self.user}:{self.password}".encode())


def told_to(guard: Guard | None, environ: Mapping[str, str]) -> dict[str, str]:
    """Give the environment of the server's process: what it is to ask for, and of this one all else."""
    kept = {name: value for name, value in environ.items() if name not in _VARIABLES}
    if guard is None:
        return kept
    reading = {_READING: "1"} if guard.reading else {}
    return {**kept, _USER: guard.user, PASSWORD: guard.password, **reading}


def guard_in(environ: Mapping[str, str]) -> Guard | None:
    """Give what `told_to` told, None where nobody is to be asked."""
    user = environ.get(_USER)
    if not user:
        return None
    return Guard(user, environ.get(PASSWORD, ""), reading=bool(environ.get(_READING)))


def guard_for(
    user: str | None, password_file: Path | None, environ: Mapping[str, str], *, reading: bool
) -> Guard | None:
    """Give the guard that a call asks for, None where it names no user.

    Raises ConfigurationError for a name that HTTP cannot say, and where there is no password for it.
    """
    if user is None:
        if password_file is not None or reading:
            raise ConfigurationError(
                "a password is of use with a name alone",
                hint="say whose it is: --user NAME",
                where="--user",
            )
        return None
    if not user or ":" in user or not user.isprintable():
        raise ConfigurationError(
            f"{user!r} cannot be a user's name",
            where="--user",
            hint="take one without a colon, which ends it in HTTP (RFC 7617)",
        )
    password = environ.get(PASSWORD, "") if password_file is None else _read(password_file)
    if not password:
        raise ConfigurationError(
            f"there is no password for {user}",
            where=str(password_file or PASSWORD),
            hint=f"set {PASSWORD}, or name a file that holds it: --password-file FILE",
        )
    return Guard(user, password, reading=reading)


def _read(path: Path) -> str:
    """Give the first line of a file: editors end it with a line feed."""
    try:
        with path.open("rb") as file:
            text = file.read(_LONGEST).decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no UTF-8"
        raise ConfigurationError(
            "the password cannot be read", where=str(path), evidence=why
        ) from None
    return text.partition("\n")[0].rstrip("\r")
