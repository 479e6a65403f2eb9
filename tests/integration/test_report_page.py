"""The page of a Report in a real browser: it opens, filters, fits a phone, and a file's words stay words."""

from __future__ import annotations

import sys

import msgspec
import pytest

if sys.platform == "win32":
    pytest.skip("the browser is driven over inherited pipes", allow_module_level=True)

from browser import browser, browser_command

from shipwheel.console.reports.page import report_html
from shipwheel.verification.report import (
    CheckResult,
    CheckStatus,
    Finding,
    Level,
    Report,
    Step,
    VerifiedFile,
)

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(browser_command() is None, reason="needs Chromium (apt install chromium)"),
]

SDIST, WHEEL = "good-1.0.tar.gz", "good-1.0-py3-none-any.whl"
ATTACK = """"'><script>window.broken=1</script><img src=x onerror="window.broken=1">\u202e<!--"""
SHOWN = "[...document.querySelectorAll('{}')].filter(e => e.getClientRects().length).length"
SET = """(() => {{ const c = document.querySelector('#filters [name="{}"]'); c.value = {!r};
    c.dispatchEvent(new Event("input", {{bubbles: true}})); }})()"""


def finding(rule, file, *, level=Level.ERROR, python=None, message="it broke", hint="mend it"):
    return Finding(rule=rule, level=level, file=file, python=python, message=message, hint=hint)


def result(rule, file, status=CheckStatus.PASSED, *, python=None, reason=None, warnings=0):
    return CheckResult(
        id=rule, file=file, status=status, python=python, reason=reason, warnings=warnings
    )


def small() -> Report:
    """Two files: an error on one Python, a warning in the other file, a family without any."""
    failed, skipped = CheckStatus.FAILED, CheckStatus.SKIPPED
    return Report(
        ok=False,
        files=(
            VerifiedFile(filename=SDIST, kind="sdist", sha256="ab" * 32, size=12345),
            VerifiedFile(filename=WHEEL, kind="wheel", sha256="cd" * 32, size=54321),
        ),
        checks=(
            result("archive-readable", SDIST),
            result("archive-readable", WHEEL),
            result("archive-mode", SDIST, warnings=1),
            result("record-hash", WHEEL),
            *(result("install", WHEEL, python=python) for python in ("3.11", "3.12")),
            result("import", WHEEL, python="3.11"),
            result("import", WHEEL, failed, python="3.12"),
            result("install-smoke", WHEEL, skipped, python="3.12", reason="no smoke command"),
        ),
        findings=(
            finding("archive-mode", SDIST, level=Level.WARNING, message="setup.py is a secret"),
            finding("import", WHEEL, python="3.12", message="good.core does not load"),
        ),
        steps=(
            Step(name="read", file=WHEEL, started=0, seconds=0.1),
            Step(name="import", file=WHEEL, python="3.12", started=0.1, seconds=1.4),
        ),
    )


@pytest.fixture(scope="module")
def tab():
    with browser() as page:
        yield page


@pytest.fixture
def opened(tab, tmp_path):
    """Give an opener of a Report's page."""

    def opened(report=None, fragment="", **how):
        path = tmp_path / "report.html"
        path.write_text(report_html(report or small()), encoding="utf-8")
        tab.open(path, fragment, **how)
        return tab

    return opened


def shown(page, selector):
    return page.ask(SHOWN.format(selector))


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_it_opens_and_fits(opened, tmp_path, width, dark):
    page = opened(width=width, dark=dark)
    assert page.troubles == []
    assert [url.rpartition("/")[2] for url in page.requests] == ["report.html"]
    assert page.ask("document.documentElement.scrollWidth") == width
    assert shown(page, "#filters") == 1
    assert shown(page, "#findings article") == 2
    assert page.ask("document.querySelector('.verdict').textContent") == "✗ 1 error, 1 warning"
    paper = page.ask("getComputedStyle(document.body).backgroundColor")
    assert paper == ("rgb(20, 23, 26)" if dark else "rgb(255, 255, 255)")
    page.picture(tmp_path / "page.png")
    assert (tmp_path / "page.png").stat().st_size > 10_000
    assert contrasts(page) == []


def contrasts(page) -> list[str]:
    """Give the texts whose colour stands out from their ground by less than WCAG's 4.5."""
    return page.ask(
        """(() => {
        const parse = (c) => c.match(/[\\d.]+/g).map(Number);
        const light = (c) => { const [r, g, b] = c.map((v) => (v /= 255) <= .03928 ? v / 12.92
            : ((v + .055) / 1.055) ** 2.4); return .2126 * r + .7152 * g + .0722 * b; };
        const ground = (e) => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor);
            if (c.length === 3 || c[3] === 1) return c; } return [255, 255, 255]; };
        return [...document.querySelectorAll("main *")].filter((e) => e.getClientRects().length
            && [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim())).filter((e) => {
            const [a, b] = [light(parse(getComputedStyle(e).color)), light(ground(e))];
            return (Math.max(a, b) + .05) / (Math.min(a, b) + .05) < 4.5;
        }).map((e) => `${e.tagName}.${e.className} ${e.textContent}`); })()"""
    )


@pytest.mark.parametrize(
    ("fragment", "findings", "rules"),
    [
        ("", 2, 2),  # what is wrong is always shown
        ("#status=failed", 1, 1),
        ("#status=warned", 1, 1),
        ("#status=skipped", 0, 1),
        ("#level=warning", 1, 1),
        ("#family=record", 0, 1),
        ("#file=1", 1, 2),
        ("#file=2&status=passed", 0, 4),
        ("#text=secret", 1, 0),
        ("#text=RECORD-hash", 0, 1),
        ("#status=nonsense", 2, 2),
    ],
)
def test_a_fragment_filters(opened, fragment, findings, rules):
    page = opened(fragment=fragment)
    assert (shown(page, "#findings article"), shown(page, "tr.rule")) == (findings, rules)
    assert page.troubles == []


def test_controls_filter_and_keep_their_state_in_the_address(opened):
    page = opened()
    page.ask(SET.format("level", "error"))
    assert shown(page, "#findings article") == 1
    assert page.ask("location.hash") == "#level=error"
    assert page.ask("document.getElementById('shown').textContent").startswith("1 of 2 findings")
    page.ask(SET.format("text", "nothing says this"))
    assert shown(page, "#findings article") == 0
    assert shown(page, "#no-finding") == 1
    page.ask("document.getElementById('reset').click()")
    assert (shown(page, "#findings article"), shown(page, "#no-finding")) == (2, 0)


def test_a_family_unfolds_and_a_mark_leads_to_its_finding(opened):
    page = opened()
    fold = "[...document.querySelectorAll('button.fold')].find(b => b.textContent === 'record')"
    assert page.ask(f"{fold}.getAttribute('aria-expanded')") == "false"
    page.ask(f"{fold}.click()")
    assert page.ask(f"{fold}.getAttribute('aria-expanded')") == "true"
    assert shown(page, "tr.rule") == 3
    page.ask(f"{fold}.click()")
    assert shown(page, "tr.rule") == 2
    page.ask("document.querySelector('td.failed a').click()")
    assert page.ask("document.querySelector(':target h3').textContent").endswith("import")
    page.ask("document.querySelector('#findings h3 a').click()")
    assert page.ask("document.querySelector(':target h3').textContent") == "import"
    assert shown(page, "#rules .rule") > 0


def test_without_the_script_all_is_shown(opened):
    page = opened(script=False)
    assert page.troubles == []
    assert shown(page, "#filters") == 0
    assert (shown(page, "#findings article"), shown(page, "tr.rule")) == (2, 6)


def test_what_a_file_says_stays_text(opened):
    """A stranger's words in every field that a page shows."""
    file = f"{ATTACK}.whl"
    hostile = Report(
        ok=False,
        files=(VerifiedFile(filename=file, kind=ATTACK, sha256=ATTACK, size=1),),
        checks=(
            result(ATTACK, file, CheckStatus.FAILED, python=ATTACK),
            result("record-hash", file, CheckStatus.SKIPPED, reason=ATTACK),
            result("archive-mode", file, reason=ATTACK, warnings=1),
        ),
        findings=(finding(ATTACK, file, python=ATTACK, message=f"`{ATTACK}`", hint=ATTACK),),
        ignored={ATTACK: ATTACK},
        scope=ATTACK,
        steps=(Step(name=ATTACK, file=file, python=ATTACK, started=0, seconds=1),),
    )
    for fragment in ("", "#text=<img src=x onerror=window.broken=1>"):
        page = opened(hostile, fragment)
        assert page.troubles == []
        assert page.ask("window.broken") is None
        assert page.ask("document.querySelectorAll('script, img').length") == 1
        assert page.ask("document.body.innerText.includes('\\u202e')") is False
    assert ATTACK.replace("\u202e", "\\u202e") in page.ask("document.body.textContent")


def test_three_hundred_files_filter_at_once(opened):
    report = small()
    names = [f"good-1.0-cp312-cp312-p{number}.whl" for number in range(300)]
    many = msgspec.structs.replace(
        report,
        files=tuple(VerifiedFile(filename=n, kind="wheel", sha256="0" * 64, size=1) for n in names),
        checks=tuple(result(f"{r.id}", n) for n in names for r in report.checks if not r.python),
    )
    page = opened(many, width=360)
    assert page.ask("document.documentElement.scrollWidth") == 360
    took = page.ask(
        f"(() => {{ const s = performance.now(); {SET.format('file', '7')}; return performance.now() - s; }})()"
    )
    assert took < 1000  # milliseconds
    assert shown(page, ".grid tbody:first-of-type tr:first-child td") == 1
