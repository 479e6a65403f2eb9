"""What lies at the top level of site-packages, where every distribution puts its packages."""

from __future__ import annotations

from collections.abc import Iterator

from shipwheel.dists.modules import site_path
from shipwheel.verification.facts import WheelFacts

_MODULES = (".py", ".pyi", ".so", ".pyd", ".pth", ".pyc")
_LIBRARIES = (".dll", ".dylib", ".so")
# Python runs these at each start, or in place of a package that there is none of
_STARTED = {"sitecustomize.py", "usercustomize.py", "__init__.py", "__main__.py"}


def foreign_files(facts: WheelFacts) -> list[str]:
    """Give what is certainly not meant to lie there: hidden things, papers, and folders without code.

    What begins with the distribution's own name is left out, and folders of libraries (`NAME.libs`).
    """
    paths = facts.importable
    own = facts.file.name.replace("-", "_")
    tops: dict[str, list[str]] = {}
    for path in paths:
        tops.setdefault(path.partition("/")[0], []).append(path)
    found = []
    for top, inside in tops.items():
        if top.lower().replace("-", "_").startswith(own) or top.endswith((".libs", ".dylibs")):
            continue
        code = any(path.endswith((*_MODULES, *_LIBRARIES)) or ".so." in path for path in inside)
        if top.startswith(".") or top in _STARTED or not code:
            found.append(top)
    return sorted(found)


def hidden_modules(facts: WheelFacts) -> Iterator[str]:
    """Give modules beside a package of the same name, which is what every import finds."""
    paths = set(facts.importable)
    for path in sorted(paths):
        stem, dot, _ = path.rpartition(".py")
        if dot and path.endswith(".py") and f"{stem}/__init__.py" in paths:
            yield path


def twice_inside(facts: WheelFacts) -> Iterator[str]:
    """Give packages that lie in themselves again, with the same `__init__` (`good/good/`)."""
    digests = {site_path(m.name): m.sha256 for m in facts.payload if m.size and m.sha256}
    for path, digest in sorted(digests.items()):
        top, _, rest = path.partition("/")
        if rest == "__init__.py" and digests.get(f"{top}/{top}/__init__.py") == digest:
            yield f"{top}/{top}"
