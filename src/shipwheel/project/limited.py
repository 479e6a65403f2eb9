"""setuptools and the limited API: what gives a wheel its abi3 tag, and modules that lack one."""

from __future__ import annotations

import re

from shipwheel.project.facts import Kind
from shipwheel.project.pyproject import PYPROJECT
from shipwheel.project.sources import Sources

_LIMITED_KEYS = ("py_limited_api", "py-limited-api")
_LIMITED_MODULE = re.compile(r"\bpy_limited_api\s*=\s*True\b")


def limited_tag(sources: Sources) -> tuple[str | None, str]:
    """Find the tag of an abi3 wheel and where it stands: bdist_wheel's option, in each of its places."""
    options = sources.setup("options")
    wheel = options.get("bdist_wheel") if isinstance(options, dict) else None
    if isinstance(wheel, dict) and isinstance(wheel.get("py_limited_api"), str):
        return wheel["py_limited_api"], "setup.py setup(options=…) bdist_wheel py_limited_api"
    for key in _LIMITED_KEYS:
        if sources.ini("bdist_wheel").get(key):
            return sources.ini("bdist_wheel")[key], f"setup.cfg [bdist_wheel] {key}"
        given = sources.tool("distutils", "bdist_wheel").get(key)
        if isinstance(given, str):
            return given, f"{PYPROJECT} [tool.distutils.bdist_wheel] {key}"
    text = sources.tree.read("setup.py") or ""
    found = re.search(r"""return\s+\(?\s*["'](cp3\d+)["']\s*,\s*["']abi3["']""", text)
    if found:
        return found[1], "setup.py: its own get_tag() gives abi3"
    return None, ""


def limited_note(sources: Sources, kind: Kind) -> str | None:
    """Say where modules are built against the limited API and the wheel's tag is that of one Python.

    setuptools takes the tag from bdist_wheel alone; setuptools-rust's `py-limited-api = "auto"` asks it too.
    """
    if kind is not Kind.EXTENSION or sources.family != "setuptools":
        return None
    modules = sources.tool("setuptools-rust").get("ext-modules")
    crates = modules if isinstance(modules, list) else []
    rust = any(isinstance(each, dict) and each.get(_LIMITED_KEYS[1]) for each in crates)
    if not rust and not _LIMITED_MODULE.search(sources.tree.read("setup.py") or ""):
        return None
    return (
        "modules are built against the limited API where the wheel is, and nothing says that it is: each"
        ' wheel is for one Python; [tool.distutils.bdist_wheel] py-limited-api = "cp39" makes it abi3'
    )
