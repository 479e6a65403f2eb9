"""From commit to published wheels: one Plan for the sessions, the built files and the release."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shipwheel.rendering.offer import render as render
    from shipwheel.sessions.api import run as run
    from shipwheel.sessions.offer import plan as plan
    from shipwheel.sessions.offer import publish as publish
    from shipwheel.sessions.register import register as register
    from shipwheel.verification.run import verify as verify

__version__ = "0.1.0"
__all__ = ["__version__", "plan", "publish", "register", "render", "run", "verify"]

# what a noxfile imports costs at every session: each name is fetched when it is asked for
_OFFERED = {
    "plan": "shipwheel.sessions.offer",
    "publish": "shipwheel.sessions.offer",
    "register": "shipwheel.sessions.register",
    "render": "shipwheel.rendering.offer",
    "run": "shipwheel.sessions.api",
    "verify": "shipwheel.verification.run",
}


def __getattr__(name: str) -> Any:
    if name not in _OFFERED:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_OFFERED[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
