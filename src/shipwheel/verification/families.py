"""Which family a rule belongs to: what a person looks for together, over the modules that hold the rules."""

from __future__ import annotations

# family -> the modules of its checks; a module that is not here is a family of its own name
FAMILIES: dict[str, tuple[str, ...]] = {
    "archive": ("archive", "archive_names"),
    "record": ("record",),
    "names and metadata": (
        "metadata",
        "filenames",
        "wheel_headers",
        "declared",
        "contacts",
        "description",
        "classifiers",
        "licenses",
        "python_versions",
        "requirements",
        "import_names",
        "entry_points",
    ),
    "tags and binaries": (
        "tags",
        "tag_pythons",
        "binaries",
        "linkage",
        "manylinux",
        "macos",
        "windows",
        "stable_abi",
    ),
    "contents": (
        "contents",
        "leftovers",
        "packages",
        "package_data",
        "sources",
        "undeclared",
        "startup",
    ),
    "sdist": ("sdist", "build_inputs", "sdist_sources", "sdist_strays"),
    "set": ("completeness", "set_contents"),
    "install": ("install", "imports", "extras"),
    "build": ("build",),
}
_FAMILY_OF = {module: family for family, modules in FAMILIES.items() for module in modules}


def family_of(module: str) -> str:
    """Give the family of the checks of a module, by its dotted name."""
    stem = module.rpartition(".")[2]
    return _FAMILY_OF.get(stem, stem.replace("_", " "))
