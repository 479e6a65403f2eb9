"""Leftovers: nothing came along of the build, of somebody's work, or of his secrets."""

from __future__ import annotations

import re
from collections.abc import Iterator

from shipwheel.verification.check import Context, Problem, WheelCheck
from shipwheel.verification.evidence import sample
from shipwheel.verification.facts import WheelFacts
from shipwheel.verification.report import Level

# what no archive is meant to hold, sdist or wheel
LEFT_FOLDERS = {
    *("__pycache__", ".git", ".hg", ".svn", ".mypy_cache", ".pytest_cache", ".ruff_cache"),
    *(".tox", ".nox", ".venv", "node_modules", ".eggs", "htmlcov", ".idea", ".hypothesis"),
    *(".ipynb_checkpoints",),
}
LEFT_FILES = {".DS_Store", "Thumbs.db", ".coverage", "pyvenv.cfg", "desktop.ini"}
LEFT_ENDS = (".pyc", ".pyo", ".o", ".swp", ".swo", "~", ".rej")
# by their names passwords and keys
CREDENTIALS = {
    *(".pypirc", ".netrc", ".git-credentials", ".htpasswd"),
    *("id_rsa", "id_dsa", "id_ecdsa", "id_ed25519", ".dockercfg"),
}
# a project may track these, but no user of its wheel has a use for them
_FOLDERS = LEFT_FOLDERS | {
    *(".aws", ".ssh", ".gnupg", ".kube"),
    *(".bzr", "CVS", ".vscode", ".vs", ".benchmarks", ".ropeproject", ".shipwheel", "__MACOSX"),
}
_FILES = {
    *LEFT_FILES,
    *CREDENTIALS,
    *("_netrc", ".npmrc", ".envrc", ".python-version", ".gitlab-ci.yml", "nohup.out"),
    *(".bash_history", ".python_history"),
}
_ENDS = (
    *LEFT_ENDS,
    *(".orig", ".py.bak", ".egg-link", ".gcda", ".gcno", ".log", ".prof", ".pid", ".kate-swp"),
)
_MEANT = {"package.json.orig"}  # JupyterLab's builder keeps what an extension stated
# how file managers name a second one
_COPY = re.compile(r".+(?: copy(?: \d+)?| \(\d+\)|- Copy)\.\w+")
# what installers write beside what the wheel holds (PEP 376, PEP 610)
_INSTALLERS = {"INSTALLER", "REQUESTED", "direct_url.json"}


class Leftovers(WheelCheck):
    """No caches, version control data, settings or secrets came along."""

    id = "contents-leftovers"
    level = Level.WARNING
    hint = "exclude them from the wheel in the backend's table, and clean the tree before the build"

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        left = [m.name for m in facts.payload if is_leftover(m.name)]
        if left:
            yield f"left over from somebody's work: {sample(left)}"


def is_leftover(name: str) -> bool:
    """Say whether a path is of a cache, of version control, or of one person's settings."""
    *folders, file = name.split("/")
    return (
        any(folder in _FOLDERS or folder.endswith(".egg-info") for folder in folders)
        or file in _FILES
        or (file.endswith(_ENDS) and file not in _MEANT)
        or file.startswith(("._", ".#", ".coverage."))
        or is_environment(file)
        or _COPY.fullmatch(file) is not None
        or (bool(folders) and folders[0] in {".github", ".circleci", ".devcontainer"})
    )


def is_environment(file: str) -> bool:
    """Say whether a file holds a deployment's own settings: `.env`, `.env.local`, not `.env.example`."""
    if file != ".env" and not file.startswith(".env."):
        return False
    return not file.endswith((".example", ".sample", ".template", ".dist", ".defaults"))


class Secrets(WheelCheck):
    """No credentials are in any file.

    Only what bears its issuer's mark counts, and private keys; tests are left out. The value itself is
    never shown.
    """

    id = "contents-secrets"
    hint = (
        "revoke it now: whoever builds from the same tree has published it; then leave the file out"
    )

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[Problem]:
        """See Check."""
        del context
        for name, text in sorted(facts.texts.items()):
            for kind in text.secrets:
                # a server for development may come with a key that everybody has
                level = Level.WARNING if "private key" in kind else None
                yield Problem(f"{name} holds {kind}", level=level)


class Nested(WheelCheck):
    """No built distribution or environment of Python's lies in the wheel.

    A backend that collects every folder takes `dist/` and the virtual environment along.
    """

    id = "contents-nested"
    level = Level.WARNING
    hint = "build from a clean tree; exclude the folder in the backend's table"

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        name = facts.file.name.replace("-", "_")
        nested = [m.name for m in facts.payload if is_built(m.name, name)]
        nested += [m.name for m in facts.payload if "/site-packages/" in m.name]
        foreign = {m.name.partition("/")[0] for m in facts.payload if _in_dist_info(m.name)}
        nested += sorted(foreign)
        if nested:
            yield f"built or installed things within the wheel: {sample(nested)}"


def is_built(path: str, name: str) -> bool:
    """Say whether a file is a distribution of the project's own."""
    file = path.rpartition("/")[2].lower().replace("-", "_").replace(".", "_")
    return file.startswith(f"{name}_") and file.endswith(("_whl", "_tar_gz", "_egg"))


def _in_dist_info(path: str) -> bool:
    return path.partition("/")[0].endswith(".dist-info")


class Installers(WheelCheck):
    """The wheel leaves to installers what installers write.

    `INSTALLER`, `REQUESTED` and `direct_url.json` say how a distribution came into one environment. They
    come along where a wheel was packed from an installed copy.
    """

    id = "contents-installer"
    level = Level.WARNING
    hint = "build the wheel from the project, not from what is installed"

    def problems(self, facts: WheelFacts, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        own = [m.name for m in facts.members if _in_dist_info(m.name)]
        written = [name for name in own if name.partition("/")[2] in _INSTALLERS]
        if written:
            yield f"written by an installer: {sample(written)}"


CHECKS = (Leftovers, Nested, Secrets, Installers)
