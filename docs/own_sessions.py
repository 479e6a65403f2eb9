"""A noxfile with sessions of its own beside shipwheel's; the documentation shows it and runs it."""

import nox

import shipwheel

shipwheel.register(nox, skip=["lint"])


@nox.session(venv_backend="none", default=False, requires=["build"])
def fast(session: nox.Session) -> None:
    """Run the command's tests alone, on one Python, and stop one that hangs."""
    shipwheel.run(
        session,
        "test-3.12",
        name="test-fast",
        command=["pytest", "-q", "tests/test_command.py"],
        requires=["pytest-timeout"],
        environment={"PYTEST_TIMEOUT": "60"},
    )


@nox.session(venv_backend="none", default=False)
def lint(session: nox.Session) -> None:
    """Run the linter as this project likes it."""
    session.run("ruff", "check", external=True)
