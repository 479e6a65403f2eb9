from __future__ import annotations

import pytest

from shipwheel.cli.rendered import rendering_tables, summary
from shipwheel.console.layout import plain_lines
from shipwheel.console.terminal import Look, Tone
from shipwheel.rendering.offer import FileState, Rendering
from shipwheel.rendering.rendered import Drift

DIFF = "--- ci.yml\n+++ ci.yml\n@@ -1 +1 @@\n" + "".join(f"-a{n}\n+b{n}\n" for n in range(30))
SAME = FileState(path="release.yml", action="unchanged", drifts=(Drift.NONE,))
EDITED = FileState(
    path="ci.yml",
    action="refused",
    drifts=(Drift.EDITED, Drift.PROJECT),
    message="it is not as it was written",
    mend="say it in pyproject.toml\nor keep it",
    diff=DIFF,
)
ABSENT = FileState(
    path="new.yml", action="pending", drifts=(Drift.ABSENT,), message="no", diff="+x"
)
WRITTEN = FileState(path="new.yml", action="written", drifts=(Drift.ABSENT,), diff="+x")
YOURS = FileState(path="ci.yml", action="yours", drifts=(Drift.UNMANAGED,), message="it is yours")


def lines(*files: FileState, ok: bool = False, written: bool = False, whole: bool = False) -> list:
    found = Rendering(ok=ok, written=written, files=files, notices=("Python 3.9 is old",))
    tables = rendering_tables(found, whole_diffs=whole)
    return [line for table in tables for line in plain_lines(table, Look())]


def test_each_file_with_its_state_reason_and_mend() -> None:
    shown = lines(SAME, EDITED)

    assert shown[:5] == [
        "workflows",
        "  release.yml  unchanged",
        "  ci.yml       left alone  edited by hand, project changed: it is not as it was written",
        "                           next: say it in pyproject.toml",
        "                                 or keep it",
    ]
    assert "diff of ci.yml" in shown
    assert "  ! Python 3.9 is old" in shown
    assert shown[-1] == "  drift: 1 file is not as it should be"


def test_a_long_diff_is_cut_until_it_is_asked_for() -> None:
    cut, whole = lines(EDITED), lines(EDITED, whole=True)

    assert "  … 23 more lines: `shipwheel render --diff`" in cut
    assert "  +b29" not in cut
    assert "  +b29" in whole


def test_a_new_files_text_is_shown_on_demand_alone() -> None:
    assert "diff of new.yml" not in lines(ABSENT)
    assert "diff of new.yml" in lines(ABSENT, whole=True)
    assert "diff of new.yml" not in lines(WRITTEN, written=True, whole=True)


def test_what_is_not_managed_is_said() -> None:
    assert "  ci.yml  yours  unmanaged: it is yours" in lines(YOURS, ok=True)


@pytest.mark.parametrize(
    ("files", "written", "text", "tone"),
    [
        ((SAME,), False, "no drift: every file is as it should be", Tone.GOOD),
        ((SAME,), True, "nothing to write: every file is as it should be", Tone.GOOD),
        ((SAME, WRITTEN), True, "1 file written", Tone.GOOD),
        ((EDITED, WRITTEN), True, "1 file left alone: see above", Tone.BAD),
        ((EDITED, ABSENT), False, "drift: 2 files are not as they should be", Tone.BAD),
    ],
)
def test_the_sum(files, written, text: str, tone: Tone) -> None:
    ok = tone is Tone.GOOD
    assert summary(Rendering(ok=ok, written=written, files=files)) == (text, tone)
