"""From commit to published wheels: one Plan for the sessions, the built files and the release."""

from __future__ import annotations

__version__ = "0.1.0"
