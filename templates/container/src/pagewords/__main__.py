"""`pagewords TEXT`, and `pagewords --serve`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from pagewords import application, count


def main(arguments: Sequence[str] | None = None) -> int:
    """Count the words of a text, or serve the page that does."""
    parser = argparse.ArgumentParser(prog="pagewords", description="Count the words of a text.")
    parser.add_argument("text", nargs="*", help="the text; standard input where there is none")
    parser.add_argument("--serve", action="store_true", help="serve a page that counts")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    options = parser.parse_args(arguments)
    if options.serve:
        import waitress

        waitress.serve(application, host=options.host, port=options.port)
        return 0
    for word, number in count(" ".join(options.text) or sys.stdin.read()):
        print(f"{number:5} {word}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
