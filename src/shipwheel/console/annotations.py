"""GitHub's log: folded groups, and annotations that it shows beside the change."""

from __future__ import annotations

from shipwheel.console.terminal import printable


def group(title: str) -> str:
    """Open a fold of the log; `endgroup` closes it, and folds do not nest."""
    return f"::group::{_data(title)}"


def endgroup() -> str:
    """Close the open fold."""
    return "::endgroup::"


def annotation(level: str, message: str, *, title: str = "", file: str = "") -> str:
    """Give an annotation; `level` is error, warning or notice, `file` a path in the repository."""
    properties = [
        f"{name}={_property(value)}" for name, value in (("title", title), ("file", file)) if value
    ]
    head = f"::{level} {','.join(properties)}" if properties else f"::{level}"
    return f"{head}::{_data(message)}"


def defused(line: str) -> str:
    """Give a tool's line such that the runner takes no command from it.

    It obeys `::set-env …` and the like from any line that begins so, whoever printed it, also after
    blanks; and `##[…]` anywhere at the start.
    """
    return f"| {line}"


def _data(text: str) -> str:
    return _oneline(printable(text))


def _property(text: str) -> str:
    return _oneline(printable(text)).replace(":", "%3A").replace(",", "%2C")


def _oneline(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
