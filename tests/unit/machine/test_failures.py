"""What the outputs of uv 0.13 and pip 26 mean; each was seen in a real run."""

from __future__ import annotations

import textwrap

import pytest

from shipwheel.errors import JobError, MachineError
from shipwheel.machine.failures import installation_failure

OUTPUTS = {
    "uv: no solution": """
        error: No solution found when resolving dependencies
          cause: Because there is no version of iniconfig==99 and you require iniconfig==99, we can conclude that your requirements are unsatisfiable.
    """,
    "uv: no wheel": """
        error: No solution found when resolving dependencies
          cause: Because pyyaml==5.3 has no usable wheels and you require pyyaml==5.3, we can conclude that your requirements are unsatisfiable.

        hint: Wheels are required for `pyyaml` because building from source is disabled for all packages (i.e., with `--no-build`)
    """,
    "uv: 401": """
        error: No solution found when resolving dependencies
          cause: Because iniconfig was not found in the package registry and you require iniconfig, we can conclude that your requirements are unsatisfiable.

        hint: An index URL (http://127.0.0.1:18401/simple) could not be queried due to a lack of valid authentication credentials (401 Unauthorized)
    """,
    "uv: 403": """
        error: No solution found when resolving dependencies
          cause: Because iniconfig was not found in the package registry and you require iniconfig, we can conclude that your requirements are unsatisfiable.

        hint: An index (http://127.0.0.1:18403/simple) returned a 403 Forbidden error. Check that the index URL is correct and the credentials are valid.
    """,
    "uv: refused": """
        error: Request failed after 3 retries in 10.1s
          cause: Failed to fetch: http://127.0.0.1:9/simple/iniconfig/
          cause: tcp connect error
          cause: Connection refused (os error 111)
    """,
    "uv: 500": """
        error: Request failed after 3 retries in 10.8s
          cause: Failed to fetch: http://127.0.0.1:18500/simple/iniconfig/
          cause: HTTP status server error (500 Internal Server Error) for url (http://127.0.0.1:18500/simple/iniconfig/)
    """,
    "uv: offline": """
        error: No solution found when resolving dependencies
          cause: Because iniconfig was not found in the cache and you require iniconfig, we can conclude that your requirements are unsatisfiable.

        hint: Packages were unavailable because the network was disabled. When the network is disabled, registry packages may only be read from the cache.
    """,
    "uv: hash": """
        error: Failed to read `iniconfig @ file:///tmp/iniconfig-2.0.0-py3-none-any.whl#sha256=00`
          cause: Hash mismatch for `iniconfig @ file:///tmp/iniconfig-2.0.0-py3-none-any.whl#sha256=00`
    """,
    "uv: no file": """
        error: Distribution not found at: file:///tmp/nope-2.0.0-py3-none-any.whl
    """,
    "pip: nothing": """
        ERROR: Could not find a version that satisfies the requirement docopt (from versions: none)
        ERROR: No matching distribution found for docopt
    """,
    "pip: conflict": """
        ERROR: Cannot install flask==3.0.0 and itsdangerous<2 because these package versions have conflicting dependencies.

        The conflict is caused by:
            The user requested itsdangerous<2
            flask 3.0.0 depends on itsdangerous>=2.1.2

        ERROR: ResolutionImpossible: for help visit https://pip.pypa.io/
    """,
    "pip: hash": """
        ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.
            Expected sha256 00
                 Got        b6
    """,
    "compiler": """
        Failed to build `ext`
        error: The build backend returned an error
              error: command 'gcc' failed: No such file or directory
    """,
    "uv: full": """
        error: Failed to install: six-1.17.0-py2.py3-none-any.whl (six==1.17.0)
          cause: Failed to copy to `/p/site-packages/six.py`
          cause: failed to copy file from /c/six.py to /p/.tmp1: No space left on device (os error 28)
    """,
    "build": """
        error: Failed to build `ext`
          cause: The build backend returned an error
              error: ext.c:1: nonsense
    """,
}


@pytest.mark.parametrize(
    ("name", "kind", "what"),
    [
        ("uv: no solution", JobError, "the requirements could not be resolved for Python 3.12"),
        ("uv: no wheel", JobError, "no wheel that fits is there of pyyaml"),
        ("uv: 401", MachineError, "an index asks for a password that is missing or wrong"),
        ("uv: 403", MachineError, "an index asks for a password that is missing or wrong"),
        ("uv: refused", MachineError, "an index is out of reach"),
        ("uv: 500", MachineError, "an index is out of reach"),
        ("uv: offline", MachineError, "an index is out of reach"),
        ("uv: hash", JobError, "a file is not the one that was named: its bytes have another hash"),
        ("uv: no file", JobError, "the requirements could not be installed for Python 3.12"),
        ("pip: nothing", JobError, "no wheel that fits is there of docopt"),
        ("pip: conflict", JobError, "the requirements could not be resolved for Python 3.12"),
        (
            "pip: hash",
            JobError,
            "a file is not the one that was named: its bytes have another hash",
        ),
        ("compiler", MachineError, "a C compiler is missing"),
        ("uv: full", MachineError, "a disk is full"),
        ("build", JobError, "a dependency could not be built for Python 3.12"),
    ],
)
def test_whose_fault_it_is(name, kind, what):
    output = textwrap.dedent(OUTPUTS[name]).strip()
    failure = installation_failure(output, python="3.12", only_binary=True)
    assert type(failure) is kind
    assert failure.what == what
    assert failure.evidence


@pytest.mark.parametrize(
    ("name", "reference"),
    [
        ("uv: 401", "index-password"),
        ("uv: 403", "index-password"),
        ("uv: refused", "index"),
        ("uv: 500", "index"),
        ("uv: offline", "index"),
    ],
)
def test_a_cache_may_stand_in_for_an_index_out_of_reach_alone(name, reference):
    output = textwrap.dedent(OUTPUTS[name]).strip()
    assert installation_failure(output, python="3.12").reference == reference


def test_without_only_binary_nothing_is_said_of_wheels():
    failure = installation_failure(OUTPUTS["pip: nothing"], python="3.12")
    assert failure.what == "the requirements could not be resolved for Python 3.12"


@pytest.mark.parametrize(
    ("line", "what"),
    [
        (
            "2026-11-21T09:56:44,535 Could not fetch URL http://h/: 401 Client Error: Unauthorized",
            "an index asks for a password that is missing or wrong",
        ),
        (
            "2026-11-21T09:56:45,284 Could not fetch URL http://h/: connection error: [Errno 111]",
            "an index is out of reach",
        ),
        # an index beside the one that has it says so of each package that it lacks
        (
            "2026-11-21T09:56:45,284 Could not fetch URL http://h/: 404 Client Error: Not Found",
            "the requirements could not be resolved for Python 3.12",
        ),
    ],
)
def test_what_pip_writes_into_its_log_alone(line, what):
    failure = installation_failure(OUTPUTS["pip: nothing"], details=line, python="3.12")
    assert failure.what == what
    assert not failure.evidence.startswith("2026")


def test_the_evidence_begins_at_the_error():
    output = "Resolved 1 package\nDownloading x\n" + textwrap.dedent(OUTPUTS["uv: hash"])
    evidence = installation_failure(output, python="3.12").evidence
    assert evidence.startswith("error: Failed to read")
