"""Which of the terminal's environment variables reach a tool or a test, and why not the others.

A test must give the same result here, in a colleague's terminal and in CI. So what a person or an
outer tool has set for themselves, and what nobody's clean CI terminal has, is left out; a project that
needs one of these says so in `[tool.shipwheel.test] environment`, where everybody gets it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

# Another interpreter's modules, options and files. PYTHONOPTIMIZE drops asserts, PYTHONWARNINGS and
# PYTHONDONTWRITEBYTECODE change results; PYTHONHASHSEED is how a person repeats an order of a set.
_PYTHON_KEPT = frozenset({"PYTHONHASHSEED"})

_PREFIXES = (
    "PYTHON",
    "__PYVENV",
    "NOX_",  # nox's own, meant for the outer nox; a project may test with nox
    "TOX_",
    "COVERAGE_",  # an outer measurement would write into its own data file
    "COV_CORE_",
    "PYTEST_",  # PYTEST_ADDOPTS deselects tests unseen; arguments go behind `--`
    "SHIPWHEEL_",
    "TWINE_",  # credentials to publish with are no business of a test
    "UV_PUBLISH_",
    "ACTIONS_ID_TOKEN_",
)

_NAMES = frozenset(
    {
        # colours and widths: results differ between a terminal and CI
        "NO_COLOR",
        "FORCE_COLOR",
        "CLICOLOR",
        "CLICOLOR_FORCE",
        "PY_COLORS",
        "TTY_COMPATIBLE",
        "TTY_INTERACTIVE",
        "COLUMNS",
        "LINES",
        # the environment that was active before
        "VIRTUAL_ENV",
        "VIRTUAL_ENV_PROMPT",
        "VIRTUAL_ENV_DISABLE_PROMPT",
        "CONDA_PREFIX",
        "CONDA_DEFAULT_ENV",
        "CONDA_PROMPT_MODIFIER",
        "CONDA_PYTHON_EXE",
        "UV",
        "UV_RUN_RECURSION_DEPTH",
        # git's, set while a hook runs: every git command would work on the outer repository
        "GIT_DIR",
        "GIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_OBJECT_DIRECTORY",
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_COMMON_DIR",
        "GIT_PREFIX",
        "GIT_NAMESPACE",
    }
)

# Where pip and uv would put things, and which Python they would take: never anything but the
# environment at hand. Where they get things from stays the user's.
_INSTALLER_TARGETS = frozenset(
    {
        "PIP_TARGET",
        "PIP_PREFIX",
        "PIP_ROOT",
        "PIP_USER",
        "PIP_PYTHON",
        "PIP_REQUIRE_VIRTUALENV",
        "PIP_NO_DEPS",
        "PIP_DRY_RUN",
        "PIP_REQUIREMENT",
        "PIP_EDITABLE",
        "UV_PYTHON",
        "UV_SYSTEM_PYTHON",
        "UV_MANAGED_PYTHON",
        "UV_NO_MANAGED_PYTHON",
        "UV_PYTHON_PREFERENCE",
        "UV_PROJECT",
        "UV_PROJECT_ENVIRONMENT",
        "UV_WORKING_DIR",
        "UV_WORKING_DIRECTORY",
        "UV_TARGET",
        "UV_PREFIX",
        "UV_BREAK_SYSTEM_PACKAGES",
        "UV_VENV_SEED",
        "UV_VENV_CLEAR",
        "UV_VENV_RELOCATABLE",
        "VIRTUALENV_CLEAR",
        "VIRTUALENV_PYTHON",
        "VIRTUALENV_SYSTEM_SITE_PACKAGES",
        "VIRTUALENV_NO_SEED",
        "VIRTUALENV_NO_PIP",
    }
)

# Libraries' own overrides of where certificates lie: `requests` behaves differently with them, and
# its users' tests too. SSL_CERT_FILE and SSL_CERT_DIR stay: they are OpenSSL's, and say what this
# machine trusts, as the system's store does elsewhere.
_NETWORK = frozenset({"REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"})

_YES = frozenset({"1", "true", "yes", "on", "t", "y"})

# Where an installer gets things from: set aside when one index alone shall answer.
_SOURCES = frozenset(
    {
        "PIP_INDEX_URL",
        "PIP_EXTRA_INDEX_URL",
        "PIP_FIND_LINKS",
        "PIP_NO_INDEX",
        "PIP_CONSTRAINT",
        "UV_INDEX",
        "UV_DEFAULT_INDEX",
        "UV_INDEX_URL",
        "UV_EXTRA_INDEX_URL",
        "UV_FIND_LINKS",
        "UV_NO_INDEX",
        "UV_OFFLINE",
        "UV_CONFIG_FILE",
        "UV_EXCLUDE_NEWER",
    }
)


def without_outer(base: Mapping[str, str], *, network: bool = False) -> dict[str, str]:
    """Give the variables without those of the tools around us; `network` keeps libraries' certificates."""
    dropped = _NAMES | _INSTALLER_TARGETS | (frozenset() if network else _NETWORK)
    return {
        name: value
        for name, value in base.items()
        if name not in dropped and (name in _PYTHON_KEPT or not name.startswith(_PREFIXES))
    }


def for_installer(base: Mapping[str, str], *, one_index: bool = False) -> dict[str, str]:
    """Give the variables for pip and uv: the user's indexes, certificates and proxies, plain output.

    `one_index` also takes the user's indexes away, for an install that must come from the index named
    on the command line.
    """
    kept = without_outer(base, network=True)
    if one_index:
        kept = {name: value for name, value in kept.items() if name not in _SOURCES}
        kept |= {"PIP_CONFIG_FILE": os.devnull, "UV_NO_CONFIG": "1"}
    return kept | {
        "NO_COLOR": "1",
        "UV_NO_PROGRESS": "1",
        "UV_PYTHON_DOWNLOADS": "never",  # a Plan names what is here; nothing arrives by itself
        "PIP_NO_COLOR": "1",
        "PIP_NO_INPUT": "1",
        "PIP_PROGRESS_BAR": "off",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "VIRTUALENV_NO_VENV_REDIRECT": "1",  # 21.15 writes a .venv file beside a pyproject.toml
        "VIRTUALENV_NO_PERIODIC_UPDATE": "1",
    }


def is_offline(variables: Mapping[str, str]) -> bool:
    """Say whether uv is told to ask its cache alone; it reads its switches as clap does."""
    return variables.get("UV_OFFLINE", "").lower() in _YES
