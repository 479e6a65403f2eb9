"""The Plan as JSON: the design's fields, `schema` first."""

from __future__ import annotations

import msgspec

from shipwheel.planning.plan import Plan


def to_json(plan: Plan) -> bytes:
    """Give the Plan as indented JSON, UTF-8, with a final line end; the same Plan gives the same bytes."""
    return msgspec.json.format(msgspec.json.encode(plan), indent=2) + b"\n"


def from_json(data: bytes) -> Plan:
    """Read a Plan; raises msgspec.DecodeError for anything else."""
    return msgspec.json.decode(data, type=Plan)
