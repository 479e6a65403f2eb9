"""Numbers as a person says them."""

from __future__ import annotations


def seconds_text(seconds: float) -> str:
    """Give a duration as a person says it: `0.3 s`, `12 s`, `2 min 5 s`."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def size_text(size: int) -> str:
    """Give a size in bytes as a person says it: `512 B`, `23 kB`, `1.4 MB`."""
    if size < 1000:
        return f"{size} B"
    if size < 999_500:
        return f"{size / 1000:.0f} kB"
    return f"{size / 1_000_000:.1f} MB"


def counted(count: int, noun: str) -> str:
    """Give a count with its noun: `1 file`, `3 files`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def often(count: int) -> str:
    """Give how often something was done: `once`, `3 times`."""
    return "once" if count == 1 else f"{count} times"


def times(count: int, noun: str) -> str:
    """Give several of a kind that stand as one, such as nine times `wheels`."""
    return f"{count} \N{MULTIPLICATION SIGN} {noun}"
