"""shipwheel's own sessions: the tool's, run on itself, and what is particular to this project."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import nox

HERE = Path(__file__).resolve().parent
# the checkout is its own first user: the sessions come from this tree, not from an installed release
sys.path.insert(0, str(HERE / "src"))

import shipwheel  # noqa: E402

shipwheel.register(nox)

STARTERS = ("pure", "c-extension")
THIS = f"{sys.version_info.major}.{sys.version_info.minor}"


@nox.session(venv_backend="none", default=False, requires=["test", "integration"])
def tests(session: nox.Session) -> None:
    """Run all tests: the unit tests on every Python here, then the real engines."""


@nox.session(venv_backend="none", default=False, requires=["build"])
def integration(session: nox.Session) -> None:
    """Test the built wheel with the real engines: builds, indexes, nox, projects from PyPI."""
    shipwheel.run(
        session,
        f"test-{THIS}",
        name="integration",
        command=["pytest", "-n", "2", "--dist", "worksteal", "tests/integration"],
        requires=nox.project.dependency_groups(nox.project.load_toml("pyproject.toml"), "engines"),
    )


@nox.session(venv_backend="none", default=False)
def demo(session: nox.Session) -> None:
    """Run the whole main job on both starters, on every Python here, and show what came of it."""
    from shipwheel.console.layout import show
    from shipwheel.console.tables import records_table
    from shipwheel.console.terminal import look_of
    from shipwheel.dists.record import read_record
    from shipwheel.workspace import Workspace

    tables = []
    for name in STARTERS:
        project = _starter(session, name)
        with session.chdir(project):
            call = [sys.executable, "-P", "-m", "nox", "-j2"]
            session.run(*call, env=_clean(), external=True)
            session.run(*call, "--no-dependencies", "-s", "rehearse", env=_clean(), external=True)
        jobs = shipwheel.plan(project).jobs
        found = (read_record(Workspace(project).record(job.id)) for job in jobs)
        tables.append(records_table(f"templates/{name}", [each for each in found if each]))
    show(sys.stdout, tables, look_of(sys.stdout))


@nox.session(venv_backend="none", default=False)
def bench(session: nox.Session) -> None:
    """Measure the main job against a hand-written shell, tox and a plain noxfile."""
    session.run(sys.executable, "benchmarks/main_job.py", *session.posargs, external=True)


@nox.session(venv_backend="none", default=False)
def picture(session: nox.Session) -> None:
    """Draw the terminal at work for the README, from a real run of the demo."""
    drawn = [
        "--title",
        "nox -s demo",
        "--output",
        "docs/demo.svg",
        "--last",
        "46",
        "--columns",
        "118",
    ]
    beside = {"PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])}
    command = [sys.executable, "docs/picture.py", *drawn, "--", "nox", "-s", "demo"]
    session.run(*command, env={**_clean(), **beside}, external=True)


@nox.session(venv_backend="none", default=False)
def refresh(session: nox.Session) -> None:
    """Bring the Catalog (Pythons, runners, actions, images) up to date with the world and show it."""
    command = [sys.executable, ".ci/refresh_catalog.py", *session.posargs]
    # register sets PYTHONSAFEPATH: a script's own folder is not looked into
    where = os.pathsep.join([str(HERE / "src"), str(HERE / ".ci")])
    session.run(*command, env={"PYTHONPATH": where}, external=True)


@nox.session(venv_backend="none", default=False)
def starters(session: nox.Session) -> None:
    """Write the starters' workflows anew, as `shipwheel render` does for those who copy them."""
    for folder in sorted(path.parent for path in (HERE / "templates").glob("*/pyproject.toml")):
        command = [sys.executable, "-P", "-m", "shipwheel", "-C", str(folder), "render"]
        session.run(*command, env=_clean(), external=True)


def _starter(session: nox.Session, name: str) -> Path:
    """Copy a starter to a fresh folder of ours and make it a git repository with one commit."""
    project = HERE / ".shipwheel" / "demo" / name
    if project.exists():
        shutil.rmtree(project)
    shutil.copytree(HERE / "templates" / name, project)
    git = ["git", "-C", str(project)]
    who = ["-c", "user.name=demo", "-c", "user.email=demo@example.org"]
    for words in (["init", "-q"], ["add", "-A"], [*who, "commit", "-qm", "Start"]):
        session.run(*git, *words, external=True, silent=True)
    return project


def _clean() -> dict[str, str | None]:
    """Give the environment changes for a nox in a nox: it must not take this one's settings."""
    own = {name: None for name in os.environ if name.startswith("NOX")}
    return {**own, "PYTHONPATH": str(HERE / "src")}
