"""The tag's release on GitHub's pages: made where there is none, and given what the gate wrote.

`gh` is on all of GitHub's machines. The page is a draft until it has its files: what GitHub was told to
make immutable takes none once it is published.
"""

from __future__ import annotations

from pathlib import PurePosixPath

from shipwheel.rendering.closing import TOLD
from shipwheel.rendering.github.matrix import Spread
from shipwheel.rendering.github.model import Step

_GH = {"GH_TOKEN": "${{ github.token }}", "GH_REPO": "${{ github.repository }}"}
_NAMES = " ".join(PurePosixPath(path).name for path in TOLD)
# whether it is a prerelease stands in the record: GitHub would call a candidate its latest release
_MADE = """\
gh release view "$SHIPWHEEL_TAG" --json url || gh release create "$SHIPWHEEL_TAG" \\
  --draft --verify-tag --generate-notes --prerelease="$(jq .prerelease release.json)"
"""
_FILLED = f'gh release upload "$SHIPWHEEL_TAG" --clobber {_NAMES}\n'
_SHOWN = 'gh release edit "$SHIPWHEEL_TAG" --draft=false\n'


def page_step(spread: Spread) -> Step:
    """Give the step that shows a release beside its tag; run again it ends in the same."""
    return Step(
        name="Attach the record",
        environment=_GH,
        folder=spread.path(str(PurePosixPath(TOLD[0]).parent)),
        run=_MADE + _FILLED + (_SHOWN if spread.lane.page == "published" else ""),
    )
