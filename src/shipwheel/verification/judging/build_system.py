"""What pyproject.toml says of the build, against what backends are, and against PKG-INFO."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from shipwheel.verification.evidence import sample
from shipwheel.verification.facts import MetadataFacts

# by the package that a backend lies in: the distributions that bring it, and the backends in it
_BACKENDS = {
    "setuptools": (
        {"setuptools"},
        {"setuptools.build_meta", "setuptools.build_meta:__legacy__"},
    ),
    "flit_core": ({"flit-core", "flit"}, {"flit_core.buildapi"}),
    "hatchling": ({"hatchling"}, {"hatchling.build", "hatchling.ouroboros"}),
    "poetry": ({"poetry-core", "poetry"}, {"poetry.core.masonry.api", "poetry.masonry.api"}),
    "pdm": ({"pdm-backend", "pdm-pep517", "pdm"}, {"pdm.backend", "pdm.pep517.api"}),
    "maturin": ({"maturin"}, {"maturin"}),
    "mesonpy": ({"meson-python"}, {"mesonpy"}),
    "scikit_build_core": (
        {"scikit-build-core"},
        {"scikit_build_core.build", "scikit_build_core.setuptools.build_meta"},
    ),
    "uv_build": ({"uv-build"}, {"uv_build"}),
}
# backends that write dependencies in forms of their own: of these the names are compared
_REWRITING = ("poetry", "pdm", "maturin", "uv_build")
_RELIABLE = ("2.2", "2.3", "2.4", "2.5")  # PEP 643: what is not dynamic is the wheel's too


def backend_faults(table: Mapping[str, Any]) -> Iterator[str]:
    """Tell of a well-known backend that does not exist, or that the requirements do not bring.

    `table` is [build-system]; a backend of the project's own (`backend-path`) is left alone.
    """
    backend, requires = table.get("build-backend"), table.get("requires")
    if not isinstance(backend, str) or "backend-path" in table:
        return
    root = backend.partition(":")[0].partition(".")[0]
    if root not in _BACKENDS:
        return
    brought_by, known = _BACKENDS[root]
    if backend not in known:
        yield f"[build-system] build-backend {backend!r} does not exist; there is {sample(sorted(known))}"
    names = [_name(each) for each in requires] if isinstance(requires, list) else None
    # a plug-in may require the backend itself
    if names is not None and not any(
        name in brought_by or any(part in name for part in brought_by) for name in names
    ):
        extending = [name for name in names if name and name not in _TOOLS]
        if not extending:
            wanted = " or ".join(sorted(brought_by))
            yield f"[build-system] requires has no {wanted}, which brings {backend}"


_TOOLS = {
    *("setuptools", "wheel", "cython", "numpy", "packaging", "ninja", "cmake", "pybind11", "cffi"),
    *(name for brought_by, _ in _BACKENDS.values() for name in brought_by),
}


def dependency_faults(
    tables: Mapping[str, Any], told: MetadataFacts, backend: str
) -> Iterator[str]:
    """Tell of dependencies that only one of [project] and PKG-INFO has, where PKG-INFO is reliable."""
    project = tables.get("project")
    if not isinstance(project, Mapping) or not isinstance(project.get("dependencies"), list):
        return
    if told.metadata_version not in _RELIABLE or "requires-dist" in told.dynamic:
        return
    spelled = _name if backend.startswith(_REWRITING) else _plain
    stated = {spelled(each) for each in project["dependencies"]}
    packed = {spelled(each) for each in told.requires_dist if "extra" not in each.partition(";")[2]}
    if "" in stated | packed:
        return
    for where, found in (
        ("pyproject.toml", stated - packed),
        ("PKG-INFO", packed - stated),
    ):
        if found:
            yield f"dependencies that only {where} has: {sample(sorted(found))}"


def _name(requirement: object) -> str:
    try:
        return canonicalize_name(Requirement(str(requirement)).name)
    except InvalidRequirement:
        return ""


def _plain(requirement: object) -> str:
    """Give a requirement in one spelling, empty for what is none."""
    try:
        found = Requirement(str(requirement))
    except InvalidRequirement:
        return ""
    extras = ",".join(sorted(map(canonicalize_name, found.extras)))
    parts = ",".join(sorted(map(str, found.specifier)))
    marker = f"; {found.marker}" if found.marker else ""
    return f"{canonicalize_name(found.name)}{f'[{extras}]' if extras else ''}{parts}{marker}"
