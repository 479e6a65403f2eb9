"""Where our errors become nox's verdicts, for our own sessions and for those that call `shipwheel.run`."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import Any

from shipwheel.console.errors import print_error
from shipwheel.errors import JobSkipped, ShipwheelError, unexpected


@contextlib.contextmanager
def as_verdict(session: Any) -> Iterator[None]:
    """Turn what the block raises into a skipped or failed session of nox's, the error told before."""
    try:
        yield
    except JobSkipped as skipped:
        session.skip(f"{skipped.what}; {skipped.hint}" if skipped.hint else skipped.what)
    except Exception as error:  # noqa: BLE001 - the boundary
        told = error if isinstance(error, ShipwheelError) else unexpected(error)
        print_error(told, sys.stderr)
        session.error(told.what)
