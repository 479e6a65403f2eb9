"""Which of the installed packages none of the project's own modules imports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from shipwheel.verification.dependencies import Installed
from shipwheel.verification.judging.providers import provider_of, providers
from shipwheel.verification.modules import is_test
from shipwheel.verification.reading.sources import source_of

_MOST_FILES = 20_000
_LARGEST = 4 << 20  # bytes of a module


def not_imported(paths: Iterable[Path], installed: Mapping[str, Installed]) -> frozenset[str]:
    """Give the normalized names of what no module below `paths` imports; guarded imports count as imports.

    Where no module is found, nothing can be said, and nothing is named.
    """
    names = {name for path in _modules(paths) for name in _imports(path)}
    if not names:
        return frozenset()
    known = providers(installed)
    used = {owner for name in names for owner in provider_of(name, known)}
    return frozenset(installed) - used


def _modules(paths: Iterable[Path]) -> Iterator[Path]:
    count = 0
    for path in paths:
        for each in [path] if path.is_file() else sorted(path.rglob("*.py")):
            count += 1
            if count > _MOST_FILES:
                return
            below = each.relative_to(path.parent).with_suffix("")
            if each.suffix == ".py" and not is_test(".".join(below.parts)):
                yield each


def _imports(path: Path) -> Iterable[str]:
    try:
        data = path.read_bytes()
    except OSError:
        return ()
    return source_of(path.name, data, parse=False).imports if len(data) <= _LARGEST else ()
