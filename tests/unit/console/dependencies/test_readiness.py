from __future__ import annotations

from shipwheel.console.dependencies.readiness import readiness_section, readiness_tables
from shipwheel.console.layout import plain_lines
from shipwheel.console.terminal import Look
from shipwheel.deps.readiness.answer import (
    AskedCell,
    Gap,
    PackageGaps,
    Readiness,
    There,
    Use,
    Why,
    is_ok,
)


def cell(python: str, platform: str, state: str = "ready", **more: str) -> AskedCell:
    return AskedCell(
        python=python, platform=platform, state=state, **{"asked": "uv", "reason": "", **more}
    )


def gap(python: str, platform: str, **more: object) -> Gap:
    told = {"state": "missing", "why": Why.SDIST, **more}
    return Gap(python=python, platform=platform, **told)


CELLS = (
    cell("3.14", "win32"),
    cell("3.14", "win_amd64"),
    cell("3.15", "win32", "missing"),
    cell("3.15", "win_amd64", "missing"),
    cell("3.15t", "win32", "missing", asked="listing", reason="uv resolves for no such Python"),
)
THERE = tuple(
    There(python="3.14", platform=platform, since=since, newest="6.0.3")
    for platform, since in (("win32", "6.0.9"), ("win_amd64", "6.0.10"))
)
FOUND = Readiness(
    project="demo",
    ok=False,
    dependencies=5,
    cells=CELLS,
    packages=(
        PackageGaps(
            name="fast",
            version="2.0",
            gaps=(
                gap("3.15", "win32", state="older", used="1.0", newest="1.0", since="0.9"),
                gap("3.15t", "win32", why=Why.NEWER_SYSTEM, needs="macosx_15_0_arm64"),
            ),
        ),
        PackageGaps(
            name="pyyaml",
            version="6.0.3",
            gaps=(gap("3.15", "win32"), gap("3.15", "win_amd64")),
            there=THERE,
        ),
    ),
    set_aside=("own",),
    may_fail=("3.15t",),
    seconds=12.3,
)

NEWER = "a newer system (macosx_15_0_arm64)"


def lines(found: Readiness) -> list[str]:
    return [line for table in readiness_tables(found) for line in plain_lines(table, Look())]


def test_a_row_a_package_that_is_not_ready() -> None:
    assert lines(FOUND) == [
        "wheels of what demo depends on",
        "  package  version  3.15        3.15t",
        "  fast     2.0      1.0: win32  win32",
        "  pyyaml   6.0.3    all",
        "  fast on 3.15 (win32): an sdist alone; the older 1.0 has a wheel; wheels from 0.9 to 1.0",
        f"  fast on 3.15t (win32): its wheel wants {NEWER}; no version has a wheel",
        "    nor is there a wheel in any other of these cells",
        "  pyyaml on 3.15: an sdist alone; no version has a wheel",
        "    elsewhere: 3.14 since 6.0.10",
        "  3.15t: by the index's files, since uv resolves for no such Python",
        "  not asked, for they come from a URL: own",
        "  3.15t may fail, and does not count",
        "  3 of 5 packages have wheels in all 5 cells; 3 of the cells lack something (12 s)",
    ]


def test_all_ready_is_counted_in_a_line() -> None:
    found = Readiness(project="demo", ok=True, dependencies=1, cells=CELLS[:2], seconds=1.0)
    assert lines(found)[1:] == ["  1 of 1 package have wheels in all 2 cells (1.0 s)"]


def test_no_dependencies() -> None:
    found = Readiness(project="demo", ok=True, dependencies=0)
    assert lines(found)[1:] == ["  no dependency that an index has: nothing to ask"]


def test_versions_that_do_not_fit_together_are_told_in_uvs_words() -> None:
    words = "error: No solution found\ncause: a wants b"
    cells = (cell("3.14", "win32", "unresolved", reason=words),)
    found = Readiness(project="demo", ok=False, dependencies=0, cells=cells)
    assert "  3.14 on win32: no versions fit together" in lines(found)
    assert "    | cause: a wants b" in lines(found)


def test_a_python_that_may_fail_does_not_count() -> None:
    assert is_ok(CELLS, ["3.15", "3.15t"])
    assert not is_ok(CELLS, ["3.15"])


def test_what_the_cache_answered_is_marked_and_what_it_does_not_know_is_told() -> None:
    words = "error: no\ncause: x was not found in the cache"
    lacking = gap("3.14", "win32", why=Why.UNLISTED)
    found = Readiness(
        project="demo",
        ok=False,
        dependencies=2,
        cells=(
            cell("3.14", "win32", "missing"),
            *(cell("3.15", f"win{at}", "unknown", reason=words) for at in range(8)),
        ),
        packages=(PackageGaps(name="x", version="", gaps=(lacking,)),),
        offline=True,
    )
    named = ", ".join(f"3.15 on win{at}" for at in range(6))
    cached = "no index was reached: answered from uv's cache, which does not tell of older versions"
    cached += " taken for want of a wheel"
    assert lines(found)[3:] == [
        "  x on 3.14 (win32): uv finds no wheel; why, only the index tells",
        f"  {named}, 2 more: not known to uv's cache",
        "    | error: no",
        "    | cause: x was not found in the cache",
        f"  {cached}",
        "  1 of 2 packages have wheels in all 1 known cell; 1 of the cells lack something (0.0 s)",
    ]


def test_the_own_code_is_told_where_nothing_else_is_known() -> None:
    found = Readiness(
        project="demo",
        ok=False,
        dependencies=0,
        cells=(cell("3.15", "win32", "unknown", reason="not cached"),),
        own_python="3.15",
        own=(
            Use(
                name="cgi",
                file="demo.py",
                line=1,
                state="removed",
                removed="3.13",
                instead="legacy-cgi",
                source="",
            ),
        ),
        offline=True,
    )
    text = lines(found)
    assert "  not known: no index was reached, and uv's cache does not know" in text
    assert any(line.split()[:2] == ["cgi", "3.13"] for line in text)
    assert readiness_section(found).title.startswith("readiness: 1 cell not known, 1 name in")
