"""`python -m shipwheel`: the command line."""

from __future__ import annotations

from shipwheel.cli.main import main

if __name__ == "__main__":
    main()
