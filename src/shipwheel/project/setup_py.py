"""`setup.py`, read without running it."""

from __future__ import annotations

from typing import Any

from shipwheel.project.declared import Declared, parse_entry_points
from shipwheel.project.expressions import unhandled
from shipwheel.project.facts import Fact
from shipwheel.project.source import Script
from shipwheel.project.tree import Tree
from shipwheel.project.values import UNKNOWN, ExtensionCall, FindPackages, Unknown, is_known

SETUP_PY = "setup.py"
_COMPILERS = frozenset({"cythonize", "mypycify", "new_build_ext"})


def read_setup_py(tree: Tree) -> Declared | None:
    """Give what the call of `setup()` says; None where there is no setup.py.

    A value that the file computes is a weak fact, or None. `raw` holds the call's known arguments
    (`packages`, `py_modules`, `package_dir`, `ext_modules`, `tests_require` …) and `called`.
    """
    if not tree.is_file(SETUP_PY):
        return None
    calls: list[dict[str, Any]] = []
    script = Script(tree, SETUP_PY, _watch(calls))
    script.run()
    arguments = calls[0] if calls else {}
    return Declared(
        file=SETUP_PY,
        name=_text(arguments, "name"),
        version=_text(arguments, "version"),
        requires_python=_text(arguments, "python_requires"),
        classifiers=_listed(arguments, "classifiers"),
        dependencies=_listed(arguments, "install_requires"),
        extras=_extras(arguments),
        entry_points=_entry_points(arguments),
        raw={**arguments, "called": bool(calls)},
    )


def _watch(calls: list[dict[str, Any]]) -> Any:
    def on_call(name: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
        last = name.rpartition(".")[2]
        if last == "setup":
            calls.append(kwargs)
            return None
        if last.endswith("Extension") and last != "Extension_":
            return _extension(last, args, kwargs)
        if last in _COMPILERS:
            return _compiled(last, args, kwargs)
        if last in {"find_packages", "find_namespace_packages"}:
            return _find_packages(last, args, kwargs)
        return unhandled()

    return on_call


def _extension(maker: str, args: list[Any], kwargs: dict[str, Any]) -> ExtensionCall:
    name = kwargs.get("name", kwargs.get("target", args[0] if args else ""))
    return ExtensionCall(
        name=name if isinstance(name, str) else "",
        optional=bool(kwargs.get("optional")),
        maker=maker,
    )


def _compiled(maker: str, args: list[Any], kwargs: dict[str, Any]) -> list[Any]:
    """Give the extensions of a compiler's call; one without a name where it is given patterns."""
    given = args[0] if args else kwargs.get("module_list", kwargs.get("paths", UNKNOWN))
    items = given if isinstance(given, list | tuple) else [given]
    found = [each for each in items if isinstance(each, ExtensionCall)]
    if not items:
        return []
    return found or [ExtensionCall(maker=maker)]


def _find_packages(name: str, args: list[Any], kwargs: dict[str, Any]) -> FindPackages:
    values = dict(zip(("where", "exclude", "include"), args, strict=False)) | kwargs
    where, include, exclude = (values.get(key) for key in ("where", "include", "exclude"))
    return FindPackages(
        where=where if isinstance(where, str) and where else ".",
        include=_patterns(include) or ("*",),
        exclude=_patterns(exclude),
        namespaces="namespace" in name,
    )


def _patterns(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        return ()
    return tuple(each for each in value if isinstance(each, str))


def _origin(key: str) -> str:
    return f"{SETUP_PY} setup({key}=…)"


def _computed(value: Any, key: str) -> Fact[Any]:
    return Fact(value=value, origin=f"{_origin(key)} is computed: only a build knows it", weak=True)


def _text(arguments: dict[str, Any], key: str) -> Fact[Any] | None:
    value = arguments.get(key)
    if isinstance(value, str) and value.strip():
        return Fact(value=value.strip(), origin=_origin(key))
    return None


def _listed(arguments: dict[str, Any], key: str) -> Fact[tuple[str, ...]] | None:
    if key not in arguments:
        return None
    value = arguments[key]
    found = _requirements(value)
    if is_known(value):
        return Fact(value=found, origin=_origin(key))
    return _computed(found, key)


def _requirements(value: Any) -> tuple[str, ...]:
    items = value.splitlines() if isinstance(value, str) else value
    if not isinstance(items, list | tuple):
        return ()
    stripped = (each.strip() for each in items if isinstance(each, str))
    return tuple(each for each in stripped if each and each[0] not in "#-")


def _extras(arguments: dict[str, Any]) -> Fact[dict[str, tuple[str, ...]]] | None:
    value = arguments.get("extras_require")
    if value is None:
        return None
    if isinstance(value, Unknown) or not isinstance(value, dict):
        return _computed({}, "extras_require")
    # `test:python_version<"3.8"` is setuptools' old way to write a marker
    found = {str(name): _requirements(each) for name, each in value.items() if ":" not in str(name)}
    if is_known(value):
        return Fact(value=found, origin=_origin("extras_require"))
    return _computed(found, "extras_require")


def _entry_points(arguments: dict[str, Any]) -> Fact[dict[str, dict[str, str]]] | None:
    value = arguments.get("entry_points")
    if value is None:
        return None
    found = parse_entry_points(value)
    return (
        Fact(value=found, origin=_origin("entry_points"))
        if is_known(value)
        else _computed(found, "entry_points")
    )
