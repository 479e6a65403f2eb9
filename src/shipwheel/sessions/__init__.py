"""PLAN TO NOX: one job kind a file; `register` is the only contact with nox.

Each job kind's module has a plain function that a session of your own can call with other arguments:

    @nox.session(venv_backend="none")
    def test_slow(session):
        shipwheel.run("test-3.12", args=["-m", "slow"], requires=["numpy"])
"""
