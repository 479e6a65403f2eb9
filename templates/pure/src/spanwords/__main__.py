"""The command line: ``spanwords 1h30m``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from spanwords import parse, say


def main(argv: Sequence[str] | None = None) -> int:
    """Print a span in words, or in seconds; 2 is the exit code of what cannot be read."""
    parser = argparse.ArgumentParser(prog="spanwords", description="Say a time span in words.")
    parser.add_argument("span", help="1h30m, 90 minutes, '2 days and 4 hours'")
    parser.add_argument("--seconds", action="store_true", help="print the number of seconds")
    options = parser.parse_args(argv)
    try:
        span = parse(options.span)
    except ValueError as error:
        parser.error(str(error))
    print(f"{span.total_seconds():g}" if options.seconds else say(span))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
