"""uv's trace with times: the phases add up, and what a package took is told from its locks."""

from __future__ import annotations

import pytest

from shipwheel.deps.profile.answer import Phases
from shipwheel.deps.profile.trace import Line, Own, read_packages, read_phases

WHEEL = "/c/wheels-v8/pypi/numpy/2.5.5-cp313-cp313-manylinux_2_28_x86_64.lock"
PRIVATE = "/c/wheels-v8/index/0f3a/Charset.Normalizer/3.5.2-py3-none-any.lock"
SDIST = "/c/sdists-v11/pypi/docopt/0.6.2"
# as uv 0.13 wrote them, shortened; two packages at once, and a build with an environment of its own
LINES = [
    Line(0.01, "DEBUG uv 0.13.9"),
    Line(0.10, f"TRACE Acquired exclusive lock for `{SDIST}`"),
    Line(0.15, "DEBUG Preparing metadata for: docopt==0.6.2"),
    Line(0.20, 'TRACE Extracting wheel files name=PackageName("setuptools")'),
    Line(0.21, 'TRACE Extracting wheel files name=PackageName("numpy")'),
    Line(0.22, 'TRACE Writing record name=PackageName("numpy")'),
    Line(0.40, f"TRACE Released lock at `{SDIST}/.lock`"),
    Line(0.50, "Resolved 3 packages in 480ms"),
    Line(0.60, f"TRACE Acquired exclusive lock for `{WHEEL}`"),
    Line(0.60, f"TRACE Acquired exclusive lock for `{PRIVATE}`"),
    Line(0.70, f"TRACE Acquired exclusive lock for `{SDIST}`"),
    Line(0.80, "DEBUG Building: docopt==0.6.2"),
    Line(0.85, f"TRACE Acquired exclusive lock for `{SDIST}/8gOK/src`"),
    Line(0.90, f"TRACE Released lock at `{PRIVATE}`"),
    Line(1.10, f"TRACE Released lock at `{WHEEL}`"),
    Line(1.70, f"TRACE Released lock at `{SDIST}/.lock`"),
    Line(1.71, f"TRACE Acquired exclusive lock for `{SDIST}/8gOK/0.6.2-py2.py3-none-any.lock`"),
    Line(1.72, f"TRACE Released lock at `{SDIST}/8gOK/0.6.2-py2.py3-none-any.lock`"),
    Line(1.75, "Prepared 3 packages in 1.2s"),
    Line(1.80, 'TRACE Extracting wheel files name=PackageName("numpy")'),
    Line(1.81, 'TRACE Extracting wheel files name=PackageName("docopt")'),
    Line(1.82, 'TRACE Writing record name=PackageName("docopt")'),
    Line(1.95, 'TRACE Writing record name=PackageName("numpy")'),
    Line(2.00, "Installed 3 packages in 230ms"),
    Line(2.90, "Bytecode compiled 570 files in 890ms"),
    Line(2.91, " + docopt==0.6.2"),
]
NAMES = ("numpy", "docopt", "charset-normalizer")


def test_phases_add_up_to_the_whole() -> None:
    found = read_phases(LINES, 3.0)
    assert found.total == pytest.approx(3.0)
    assert found.resolve == pytest.approx(0.50)
    assert found.prepare == pytest.approx(1.25)
    assert found.install == pytest.approx(0.25)
    assert found.compile == pytest.approx(0.90)
    assert found.rest == pytest.approx(0.10)


def test_what_each_package_took() -> None:
    found = read_packages(LINES, NAMES)
    assert set(found) == set(NAMES)
    assert found["numpy"].download == pytest.approx(0.5)
    assert found["numpy"].install == pytest.approx(0.15)  # not what went into a build's environment
    assert not found["numpy"].built
    assert found["charset-normalizer"].download == pytest.approx(0.3)
    assert found["docopt"].built
    assert found["docopt"].download == pytest.approx(0.05 + 0.10)
    assert found["docopt"].build == pytest.approx(0.25 + 0.90)
    assert found["docopt"].install == pytest.approx(0.01)


@pytest.mark.parametrize(
    ("texts", "phases"),
    [
        ([], Phases(rest=2.0)),
        (["Resolved 1 package in 3ms", "Installed 1 package in 1ms"], Phases(resolve=1, install=1)),
        (["something else"], Phases(rest=2.0)),
    ],
    ids=["nothing was said", "nothing to prepare: a warm cache", "a uv that words it otherwise"],
)
def test_what_uv_leaves_out_took_no_time(texts: list[str], phases: Phases) -> None:
    lines = [Line(float(at), text) for at, text in enumerate(texts, start=1)]
    assert read_phases(lines, 2.0) == phases


@pytest.mark.parametrize(
    "text",
    [
        "TRACE Released lock at `/c/wheels-v8/pypi/numpy/2.lock`",  # never acquired
        "TRACE Acquired exclusive lock for `wheels-v8`",
        "TRACE Acquired exclusive lock for ``",
        "TRACE Acquired exclusive lock for `/c/.lock`",
        'TRACE Writing record name=PackageName("numpy")',
        "DEBUG Building: ",
    ],
)
def test_a_trace_that_is_not_as_known_gives_no_times(text: str) -> None:
    assert read_packages([Line(1.0, text)], ["numpy"]) == {"numpy": Own()}


def test_windows_paths() -> None:
    path = r"C:\u\uv\wheels-v8\pypi\numpy\2.5-cp313-win_amd64.lock"
    lines = [
        Line(1.0, f"TRACE Acquired exclusive lock for `{path}`"),
        Line(1.5, f"TRACE Released lock at `{path}`"),
    ]
    assert read_packages(lines, ["numpy"])["numpy"].download == pytest.approx(0.5)
