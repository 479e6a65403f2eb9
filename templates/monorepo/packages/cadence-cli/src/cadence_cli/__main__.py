"""The command `cadence`."""

from __future__ import annotations

import argparse
from datetime import date

from cadence import dates, parse


def main(arguments: list[str] | None = None) -> int:
    """Print dates, one a line; exits with 2 for what is no cadence or no date."""
    parser = argparse.ArgumentParser("cadence", description="Print the dates that recur.")
    parser.add_argument("words", nargs="+", metavar="WORD", help="every 2 weeks")
    parser.add_argument("--from", dest="start", type=date.fromisoformat, default=date.today())
    parser.add_argument("--count", type=int, default=5)
    asked = parser.parse_args(arguments)
    try:
        cadence = parse(" ".join(asked.words))
    except ValueError as error:
        parser.error(str(error))
    for each in dates(asked.start, cadence, asked.count):
        print(each.isoformat())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
