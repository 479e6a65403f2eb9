"""Strays in an sdist: what a build, a tool or a person left in the tree, and what git does not know."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from shipwheel.verification.check import Context, Problem, SdistCheck
from shipwheel.verification.evidence import sample
from shipwheel.verification.facts import SdistFacts
from shipwheel.verification.modules import extension_stem
from shipwheel.verification.report import Level
from shipwheel.verification.rules.archive import folders_above
from shipwheel.verification.rules.leftovers import CREDENTIALS, LEFT_ENDS, LEFT_FILES, LEFT_FOLDERS

# of one person, who would not show them
_SECRETS = {
    *CREDENTIALS,
    *(".env", ".env.local", ".env.production", ".npmrc", "credentials.json"),
}
_KEYS = (".pem", ".key", ".p12", ".pfx", ".jks")
_TESTS = re.compile(r"(^|/)[^/]*(test|example|fixture|doc|sample|demo|vendor)[^/]*/", re.IGNORECASE)
_BUILT = re.compile(r"^(build/(lib|temp|bdist|scripts)|dist/.*\.(whl|tar\.gz|zip|egg)$)")


class Strays(SdistCheck):
    """The sdist holds sources, and nothing that was built or left over.

    Caches, compiled modules and earlier builds are of the machine that made them; a build from the
    sdist may take them for its own.
    """

    id = "sdist-strays"
    level = Level.WARNING
    hint = "clean the tree before the build, and exclude them (MANIFEST.in, or the backend's own table)"

    def problems(self, facts: SdistFacts, context: Context) -> Iterator[str]:
        """See Check."""
        del context
        left = [path for path in facts.paths if is_stray(path)]
        if left:
            yield f"left over: {sample(left)}"


def is_stray(path: str) -> bool:
    """Say whether a path below the root is a cache's, a build's or a tool's, outside any tests."""
    if _TESTS.search(path):
        return False
    *folders, file = path.split("/")
    # bears a Python's own suffix, or lies among the sources of a package
    compiled = bool(extension_stem(file)[1]) or (
        folders[:1] == ["src"] and file.endswith((".so", ".pyd"))
    )
    return (
        not LEFT_FOLDERS.isdisjoint(folders)
        or file in LEFT_FILES
        or file.endswith(LEFT_ENDS)
        or compiled
        or bool(_BUILT.match(path))
    )


class Secrets(SdistCheck):
    """The sdist holds no passwords and keys.

    Who publishes one has to take it for known. Files count that are called so, and texts outside of
    tests and docs with what bears its issuer's mark; the value itself is never shown.
    """

    id = "sdist-secrets"
    level = Level.WARNING
    hint = "exclude it, and change the password or key if the file was ever published"

    def problems(self, facts: SdistFacts, context: Context) -> Iterator[Problem]:
        """See Check."""
        del context
        found = [path for path in facts.paths if is_secret(path)]
        if found:
            yield Problem(f"settings and keys of one person: {sample(found)}")
        for path, text in sorted(facts.seen.items()):
            for kind in text.secrets:
                private = "private key" in kind
                if not (private and is_secret(path)):
                    level = Level.WARNING if private else Level.ERROR
                    yield Problem(f"{path} holds {kind}", level=level)


def is_secret(path: str) -> bool:
    """Say whether a path is by its name a password's or a private key's, outside any tests."""
    if _TESTS.search(path):
        return False
    folder, file = posixpath.split(path)
    return file in _SECRETS or (not folder and file.endswith(_KEYS))


class Tracked(SdistCheck):
    """The sdist holds what git tracks of the packages, and nothing that git ignores.

    A module that is tracked and not in the sdist is missing for all who build from it.
    """

    id = "sdist-tracked"
    level = Level.WARNING
    hint = "see what the backend puts into the sdist (MANIFEST.in, or its own table); commit what belongs there"

    def applies(self, facts: SdistFacts, context: Context) -> str:
        """See Check."""
        if context.project is None or facts.tree is None:
            return "no checkout to compare with"
        return ""

    def problems(self, facts: SdistFacts, context: Context) -> Iterator[Problem]:
        """See Check."""
        assert facts.tree is not None
        assert context.project is not None
        # a submodule is tracked as a folder
        there = facts.paths | {f for path in facts.paths for f in folders_above(path)}
        packages = tuple(p.path for p in context.project.packages.value if p.path)
        own = [
            path
            for path in facts.tree.tracked
            if path.startswith(tuple(f"{each}/" for each in packages)) or path in packages
        ]
        lost = [path for path in own if path not in there and not _TESTS.search(path)]
        if lost:
            yield Problem(f"tracked by git and not in the sdist: {sample(lost)}")
        strays = [path for path in facts.tree.ignored if not _generated(path)]
        if strays:
            yield Problem(f"ignored by git and in the sdist: {sample(strays)}")


def _generated(path: str) -> bool:
    """Say whether a path is of what builds write on purpose: versions, Cython's output, their own notes."""
    return path.endswith((".py", ".pyi", ".c", ".cc", ".cpp", ".h")) or ".egg-info/" in path


CHECKS = (Strays, Secrets, Tracked)
