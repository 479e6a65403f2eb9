"""What a project may ask of its workflows, and what is refused with the key and how it is written."""

from __future__ import annotations

import msgspec
import pytest

from shipwheel.data.catalog import load_catalog
from shipwheel.errors import ConfigurationError
from shipwheel.project.config import CiConfig
from shipwheel.rendering.needs import check_needs
from shipwheel.rendering.triggers import check_cron

COMMIT = "a" * 40
DIGEST = "b" * 64
USES = f"owner/action@{COMMIT} # v1.2.3"
IMAGE = f"docker.io/library/postgres:17@sha256:{DIGEST}"


def check(provider="github", **told) -> None:
    ci = msgspec.convert({key.replace("_", "-"): value for key, value in told.items()}, CiConfig)
    check_needs(ci, load_catalog(), provider)


def step(**told) -> dict:
    return {"name": "prepare", "jobs": ["test"], **told}


GOOD = {
    "nothing": {},
    "a command": {"steps": [step(run="python tools/prepare.py --fast")]},
    "a command with the shell's own variables": {"steps": [step(run='echo "$HOME" | cat')]},
    "a value that the command reads": {
        "steps": [step(run="echo $REF", environment={"REF": "${{ github.ref }}"})]
    },
    "an action": {"steps": [step(uses=USES, **{"with": {"key": "${{ github.ref }}"}})]},
    "an action in a folder": {"steps": [step(uses=f"owner/action/sub@{COMMIT} # v8")]},
    "a step of a job of one's own": {
        "jobs": {"bench": {"session": "bench"}},
        "steps": [step(jobs=["bench"], run="make")],
    },
    "a service": {"services": {"db": {"image": IMAGE, "ports": ["5432:5432"]}}},
    "an image without a tag": {"services": {"db": {"image": f"postgres@sha256:{DIGEST}"}}},
    "a registry with a port": {"services": {"db": {"image": f"host:5000/a/b:1@sha256:{DIGEST}"}}},
    "a job of a session": {"jobs": {"bench": {"session": "bench", "after": ["build", "wheels"]}}},
    "a session of a member": {"jobs": {"bench": {"session": "pkg-a:bench-3.12"}}},
    "a job before the upload": {
        "jobs": {"audit": {"run": "make audit", "before": "publish", "workflows": ["release"]}}
    },
    "a job that nothing waits for": {"jobs": {"bench": {"run": "make", "before": None}}},
    "another hosted runner": {"runners": {"ubuntu-24.04": "ubuntu-26.04"}},
    "a machine of one's own": {"runners": {"manylinux_x86_64": ["self-hosted", "linux", "big"]}},
    "a job on such a machine": {
        "runners": {"macosx_arm64": ["self-hosted", "mac"]},
        "jobs": {"bench": {"run": "make", "runner": "macosx_arm64"}},
    },
    "schedules": {"schedules": ["30 4 * * 1", "*/15 0-6 1,15 JAN-MAR SUN"]},
    "paths": {"paths": ["src/**", "!docs/*"]},
    "secrets of a kind": {"secrets": {"test": ["DB_PASSWORD"], "publish": ["TOKEN"]}},
    "secrets of a job": {"jobs": {"bench": {"run": "make"}}, "secrets": {"bench": ["TOKEN"]}},
    "environments": {"environments": {"publish": "Production / pypi"}},
    "time limits": {"timeouts": {"test": 360, "gate": 1}},
    "packages": {"packages": {"linux": ["libpq-dev", "g++"], "windows": ["openssl"]}},
    "workflow names": {"workflows": {"ci": "tests.yaml", "release": "publish.yml"}},
}


@pytest.mark.parametrize("name", GOOD)
def test_what_can_be_had(name: str) -> None:
    check(**GOOD[name])


BAD = {
    "an expression in a command": (
        {"steps": [step(run="echo ${{ github.ref }}")]},
        "would be run as the shell's text",
        "put it into a variable",
    ),
    "one in a job's command": (
        {"jobs": {"bench": {"run": "make ${{ inputs.x }}"}}},
        "would be run as the shell's text",
        "put it into a variable",
    ),
    "several commands": (
        {"steps": [step(run="make\nmake check")]},
        "a step is one command",
        "write a step for each",
    ),
    "no command": ({"steps": [step(run=" ")]}, "says what to run", "make check"),
    "a step without anything": ({"steps": [step()]}, "and one of them", "uses ="),
    "a step with both": ({"steps": [step(run="make", uses=USES)]}, "and one of them", "uses ="),
    "a command with inputs": (
        {"steps": [step(run="make", **{"with": {"a": "b"}})]},
        "`with` goes with `uses`",
        "environment",
    ),
    "a step nowhere": ({"steps": [step(jobs=[], run="make")]}, "some kinds of jobs", '"test"'),
    "a kind mistyped": (
        {"steps": [step(jobs=["tests"], run="make")]},
        "'tests' is no kind of job",
        "did you mean 'test'?",
    ),
    "a service for a kind mistyped": (
        {"services": {"db": {"image": IMAGE, "jobs": ["tset"]}}},
        "'tset' is no kind of job",
        "did you mean 'test'?",
    ),
    "a job after one that is none": (
        {"jobs": {"bench": {"run": "make", "after": ["publish"]}}},
        "'publish' is no kind of job",
        "known are build",
    ),
    "an action at a tag": (
        {"steps": [step(uses="owner/action@v4")]},
        "'v4', which is no commit",
        "with the 40 digits",
    ),
    "an action without a version": (
        {"steps": [step(uses=f"owner/action@{COMMIT}")]},
        "no comment `# vX.Y.Z`",
        "with the 40 digits",
    ),
    "a local action": ({"steps": [step(uses="./action")]}, "no pinned action", "owner/action"),
    "an image as an action": (
        {"steps": [step(uses="docker://alpine:3")]},
        "names no commit",
        "owner/action",
    ),
    "an action without an owner": (
        {"steps": [step(uses=f"action@{COMMIT} # v1")]},
        "no pinned action",
        "owner/action",
    ),
    "an action and a line more": (
        {"steps": [step(uses=f"{USES}\n    run: evil")]},
        "",
        "owner/action",
    ),
    "a secret in a variable": (
        {"steps": [step(run="make", environment={"T": "${{ secrets.TOKEN }}"})]},
        "takes a secret past the jobs",
        "[tool.shipwheel.ci.secrets]",
    ),
    "a secret in all variables": (
        {"environment": {"T": "${{secrets['TOKEN']}}"}},
        "takes a secret past the jobs",
        "[tool.shipwheel.ci.secrets]",
    ),
    "a secret in an input": (
        {"steps": [step(uses=USES, **{"with": {"t": "x ${{ toJSON(secrets) }}"}})]},
        "takes a secret past the jobs",
        "[tool.shipwheel.ci.secrets]",
    ),
    "a variable that is none": ({"environment": {"A-B": "1"}}, "no name of a variable", "letters"),
    "a variable of ours": (
        {"environment": {"SHIPWHEEL_TIER": "release"}},
        "is not yours to set",
        "SHIPWHEEL_",
    ),
    "a variable of the provider's": (
        {"jobs": {"bench": {"run": "make", "environment": {"GITHUB_TOKEN": "x"}}}},
        "is not yours to set",
        "GITHUB_",
    ),
    "a runner that nobody has": (
        {"jobs": {"bench": {"run": "make", "runner": "ubuntu-24.4"}}},
        "GitHub has no runner 'ubuntu-24.4'",
        "did you mean 'ubuntu-24.04'?",
    ),
    "a label that nobody has": (
        {"runners": {"ubuntu-24.04": "ubuntu-99.04"}},
        "GitHub has no runner 'ubuntu-99.04'",
        "self-hosted",
    ),
    "labels without the word": (
        {"runners": {"win_amd64": ["windows", "gpu"]}},
        "GitHub has no runner 'windows'",
        "self-hosted",
    ),
    "a platform mistyped": (
        {"runners": {"manylinux_x86-64": "ubuntu-24.04"}},
        "neither a runner nor a platform",
        "did you mean 'manylinux_x86_64'?",
    ),
    "no label": ({"runners": {"win_amd64": []}}, "a runner has a label", "self-hosted"),
    "a tag as an image": (
        {"services": {"db": {"image": "postgres:17"}}},
        "not named by its digest",
        "@sha256:",
    ),
    "a short digest": (
        {"services": {"db": {"image": "postgres:17@sha256:abc"}}},
        "not named by its digest",
        "@sha256:",
    ),
    "a service's name": (
        {"services": {"My DB": {"image": IMAGE}}},
        "no name of a service",
        "small letters",
    ),
    "a port": ({"services": {"db": {"image": IMAGE, "ports": ["http"]}}}, "is no port", "5432"),
    "an expression in options": (
        {"services": {"db": {"image": IMAGE, "options": "--name ${{ github.ref }}"}}},
        "in `options`",
        "plain text",
    ),
    "both kinds of paths": (
        {"paths": ["src/**"], "paths_ignore": ["docs/**"]},
        "cannot stand together",
        "leading `!`",
    ),
    "an expression in a branch": ({"branches": ["${{ x }}"]}, "no pattern for branches", "`*`"),
    "no tag": ({"tags": []}, "no release begins", "v*"),
    "a job of ours": (
        {"jobs": {"test": {"run": "make"}}},
        "'test' is a job of shipwheel's own",
        "own-test",
    ),
    "a part of a job of ours": (
        {"jobs": {"test-more-2": {"run": "make"}}},
        "is a job of shipwheel's own",
        "own-test",
    ),
    "a job's id": ({"jobs": {"my job": {"run": "make"}}}, "is no id of a job", "letters"),
    "a job without anything": ({"jobs": {"bench": {}}}, "and one of them", "session ="),
    "a job with both": (
        {"jobs": {"bench": {"run": "make", "session": "bench"}}},
        "and one of them",
        "session =",
    ),
    "a job nowhere": ({"jobs": {"bench": {"run": "x", "workflows": []}}}, "in a workflow", "both"),
    "a job before the upload in CI alone": (
        {"jobs": {"bench": {"run": "make", "before": "publish"}}},
        "stands in the release's workflow",
        '"release"',
    ),
    "a Python that is none": (
        {"jobs": {"bench": {"run": "make", "pythons": ["3.99"]}}},
        "'3.99' is no Python",
        "",
    ),
    "a secret's name": ({"secrets": {"test": ["A B"]}}, "no name of a secret", "GITHUB_"),
    "a secret of GitHub's": (
        {"secrets": {"test": ["GITHUB_TOKEN"]}},
        "no name of a secret",
        "are GitHub's",
    ),
    "secrets of no kind": (
        {"secrets": {"pubish": ["TOKEN"]}},
        "'pubish' is no kind of job",
        "did you mean 'publish'?",
    ),
    "an environment": ({"environments": {"test": "a:b"}}, "no name of an environment", "pypi"),
    "no time": ({"timeouts": {"test": 0}}, "a time limit of 0 minutes", "from 1 to 360"),
    "too much time": ({"timeouts": {"test": 361}}, "a time limit of 361 minutes", "1 to 360"),
    "an option as a package": (
        {"packages": {"linux": ["-y"]}},
        "no name of a system package",
        "libpq-dev",
    ),
    "two packages as one": (
        {"packages": {"linux": ["a b"]}},
        "no name of a system package",
        "one name an item",
    ),
    "a workflow in a folder": (
        {"workflows": {"ci": "sub/ci.yml"}},
        "no name of a workflow's file",
        "shipwheel-ci.yml",
    ),
    "a workflow that is none": (
        {"workflows": {"release": "release.txt"}},
        "no name of a workflow's file",
        "shipwheel-release.yml",
    ),
    "a secret behind braces of the expression's own": (
        {"steps": [step(run="make", environment={"T": "${{ format('{0}', secrets.TOKEN) }}"})]},
        "takes a secret past the jobs",
        "[tool.shipwheel.ci.secrets]",
    ),
    "an expression as a session": (
        {"jobs": {"bench": {"session": "${{ github.head_ref }}"}}},
        "no name of a session",
        'session = "benchmark"',
    ),
    "a command as a session": (
        {"jobs": {"bench": {"session": "bench; make"}}},
        "no name of a session",
        "run =",
    ),
    "an option as a session": (
        {"jobs": {"bench": {"session": "--install-only"}}},
        "no name of a session",
        "run =",
    ),
    "no action at all": ({"steps": [step(uses="$(id)/x")]}, "names no commit", "owner/action"),
    "an expression as an action's input": (
        {"steps": [step(uses=USES, **{"with": {"${{ github.ref }}": "x"}})]},
        "no name of an action's input",
        "letters",
    ),
    "a step without a name": (
        {"steps": [{"name": " ", "jobs": ["test"], "run": "make"}]},
        "a step has a name",
        "name =",
    ),
    "a command that reads another way than it runs": (
        {"steps": [step(run="make \u202echeck")]},
        "U+202E, which nobody sees",
        "take it out",
    ),
    "a bell in a step's name": (
        {"steps": [{"name": "x\x07", "jobs": ["test"], "run": "make"}]},
        "U+0007, which nobody sees",
        "take it out",
    ),
    "an expression as a runner's label": (
        {"runners": {"ubuntu-24.04": ["self-hosted", "${{ secrets.LABEL }}"]}},
        "or a second line in `label`",
        "plain text",
    ),
    "two lines as a runner's label": (
        {"runners": {"ubuntu-24.04": ["self-hosted", "a\nb"]}},
        "or a second line in `label`",
        "plain text",
    ),
    "a branch that nobody sees": (
        {"branches": ["main\u202e"]},
        "is no pattern for branches",
        "write a name",
    ),
    "one name for both": ({"workflows": {"ci": "release.yml"}}, "both workflows", "two names"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_had_is_refused(name: str) -> None:
    told, what, hint = BAD[name]
    with pytest.raises(ConfigurationError) as caught:
        check(**told)
    assert what in caught.value.what
    assert hint in (caught.value.hint or "")
    assert "tool.shipwheel.ci" in (caught.value.where or "")


def test_gitlab_has_no_actions() -> None:
    with pytest.raises(ConfigurationError, match="GitLab has no actions"):
        check(provider="gitlab", steps=[step(uses=USES)])


def test_gitlabs_tags_are_anybodys() -> None:
    check(provider="gitlab", providers=["gitlab"], runners={"macosx_arm64": ["my-mac"]})


def test_one_providers_runner_is_not_judged_by_the_others_names() -> None:
    runners = {"saas-linux-small-amd64": ["docker", "big"], "win_amd64": ["my-windows"]}
    for provider in ("github", "gitlab"):
        check(provider=provider, providers=["github", "gitlab"], runners=runners)


@pytest.mark.parametrize(
    "text", ["* * * * *", "0 0 1 1 0", "5,10 */2 1-7 jan mon-fri", "0 0 * * 7"]
)
def test_schedules(text: str) -> None:
    check_cron(text)


@pytest.mark.parametrize(
    "text",
    [
        *("", "@daily", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *"),
        *("* * * 13 *", "* * * * 8", "a * * * *", "*/0 * * * *", "5-1 * * * *", "*-5 * * * *"),
        "1,, * * * *",
    ],
)
def test_what_is_no_schedule(text: str) -> None:
    with pytest.raises(ConfigurationError, match="is no schedule") as caught:
        check_cron(text)
    assert "five fields" in str(caught.value.hint)
