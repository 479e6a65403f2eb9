"""PLAN TO NOX: one job kind a file; `register` is the only contact with nox.

Each job kind's module has a `run` that takes a JobRun, and what a session of the user's may say otherwise
(`api.run`):

    @nox.session(venv_backend="none", requires=["build"])
    def slow(session):
        shipwheel.run(session, "test-3.12", args=["-m", "slow"], requires=["numpy"])
"""
