"""The gate's rules that a reason may set aside, by id: none of them is about the bytes.

They stand in the same table of the configuration as verify's; the gate applies them. They lie here alone,
because what judges a release needs their names and not the catalogue of all checks.
"""

from __future__ import annotations

GATE_RULES = frozenset(
    {
        "dirty-tree",
        "extra-file",
        "no-commit",
        "other-commit",
        "project-full",
        "too-large",
        "version-tag",
        "window-closed",
    }
)
