"""What all answers about dependencies have in common."""

from __future__ import annotations

from typing import Protocol


class Answer(Protocol):
    """An answer for one project: a frozen record, which is its JSON too.

    `ok` is false where a person has to do something: the command then exits with 1, the session fails.
    """

    @property
    def project(self) -> str:
        """Give the project's name."""

    @property
    def ok(self) -> bool:
        """Say whether there is nothing to do."""
