"""What a value in someone's Python source can be without running it, and the library calls that we know."""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

_LONGEST = 1 << 20  # characters or items; a source that makes more of them is not configuration


class Unknown:
    """The value that only running the source would tell; there is one, `UNKNOWN`."""

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN = Unknown()


@dataclass(frozen=True, slots=True)
class Symbol:
    """A thing with a dotted name: an imported module, a session, an environment."""

    name: str


@dataclass(frozen=True, slots=True)
class ExtensionCall:
    """An extension module that a source declares; `name` is empty where it is computed."""

    name: str = ""
    optional: bool = False
    maker: str = "Extension"


@dataclass(frozen=True, slots=True)
class FindPackages:
    """A call of setuptools' `find_packages` or `find_namespace_packages`."""

    where: str = "."
    include: tuple[str, ...] = ("*",)
    exclude: tuple[str, ...] = ()
    namespaces: bool = False


@dataclass(frozen=True, slots=True)
class OpenFile:
    """An open file of the tree: its text."""

    text: str


# how the source would see a usual CPython on Linux with an empty environment
ATTRIBUTES: dict[str, Any] = {
    "os.name": "posix",
    "os.sep": "/",
    "os.curdir": ".",
    "os.linesep": "\n",
    "os.environ": {},
    "sys.platform": "linux",
    "sys.implementation.name": "cpython",
    "sys.argv": ["setup.py", "bdist_wheel"],
    "sys.byteorder": "little",
    "typing.TYPE_CHECKING": False,
    # nox: a session that is given no arguments
    "<session>.posargs": [],
    "<session>.interactive": False,
}


def _environ(*args: Any, **_kwargs: Any) -> Any:
    return args[1] if len(args) > 1 else None


def _has_attribute(thing: Any, name: Any) -> Any:
    if isinstance(thing, Symbol) and thing.name == "sys" and str(name).startswith("pypy"):
        return False
    return UNKNOWN


def _path_join(*parts: str) -> str:
    return posixpath.normpath(posixpath.join(*(part or "." for part in parts)))


def _path(*parts: Any) -> Any:
    texts = [str(part) for part in parts if isinstance(part, str)]
    return _path_join(*texts) if texts and len(texts) == len(parts) else UNKNOWN


def _search(method: str) -> Callable[..., Any]:
    def search(pattern: Any, text: Any, flags: Any = 0) -> Any:
        if isinstance(pattern, str) and isinstance(text, str) and len(text) < _LONGEST:
            return getattr(re, method)(pattern, text, flags)
        return UNKNOWN

    return search


def _same(value: Any, *_args: Any, **_kwargs: Any) -> Any:
    return value


CALLS: dict[str, Callable[..., Any]] = {
    "os.environ.get": _environ,
    "os.getenv": _environ,
    "os.path.join": _path,
    "os.path.abspath": _same,
    "os.path.realpath": _same,
    "os.path.normpath": _path,
    "os.path.normcase": _same,
    "os.path.dirname": lambda path: posixpath.dirname(path) or ".",
    "os.path.basename": posixpath.basename,
    "os.fspath": _same,
    "pathlib.Path": _path,
    "pathlib.PurePath": _path,
    "platform.python_implementation": lambda: "CPython",
    "platform.system": lambda: "Linux",
    "platform.machine": lambda: "x86_64",
    "hasattr": _has_attribute,
    "str": lambda value="": str(value) if isinstance(value, str | int | float) else UNKNOWN,
    "int": lambda value=0: int(value) if isinstance(value, str | int) else UNKNOWN,
    "bool": lambda value=False: bool(value),
    "list": lambda value=(): list(value) if isinstance(value, list | tuple | dict) else UNKNOWN,
    "tuple": lambda value=(): tuple(value) if isinstance(value, list | tuple | dict) else UNKNOWN,
    "len": lambda value: len(value) if isinstance(value, str | list | tuple | dict) else UNKNOWN,
    "sorted": lambda value: sorted(value) if isinstance(value, list | tuple) else UNKNOWN,
    "set": lambda value=(): (
        list(dict.fromkeys(value)) if isinstance(value, list | tuple) else UNKNOWN
    ),
    "re.search": _search("search"),
    "re.match": _search("match"),
    "re.findall": _search("findall"),
    "compile": _same,
    "re.compile": lambda pattern, flags=0: re.compile(pattern, flags),
    "ast.literal_eval": lambda text: ast.literal_eval(text) if len(text) < _LONGEST else UNKNOWN,
}

_FLAGS = {"re.M", "re.MULTILINE", "re.I", "re.IGNORECASE", "re.S", "re.DOTALL", "re.VERBOSE"}
ATTRIBUTES.update({name: getattr(re, name.removeprefix("re.")).value for name in _FLAGS})

_STRING_METHODS = frozenset(
    [
        "strip",
        "lstrip",
        "rstrip",
        "split",
        "rsplit",
        "splitlines",
        "lower",
        "upper",
        "replace",
        "startswith",
        "endswith",
        "format",
        "join",
        "removeprefix",
        "removesuffix",
        "partition",
        "rpartition",
        "title",
        "capitalize",
    ]
)
_FAULTS = (
    TypeError,
    ValueError,
    KeyError,
    IndexError,
    AttributeError,
    OverflowError,
    SyntaxError,
    re.error,
)


def call_method(target: Any, name: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Call a method of a known value that changes nothing but lists and dicts; UNKNOWN where we can't."""
    try:
        return _call_method(target, name, args, kwargs)
    except _FAULTS:
        return UNKNOWN


def _call_method(target: Any, name: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
    if isinstance(target, str):
        return _call_on_text(target, name, args, kwargs)
    if isinstance(target, OpenFile):
        return {"read": target.text, "readlines": target.text.splitlines(keepends=True)}.get(
            name, UNKNOWN
        )
    if isinstance(target, re.Pattern | re.Match):
        return _call_on_regex(target, name, args)
    if isinstance(target, list):
        return _call_on_list(target, name, args)
    if isinstance(target, dict):
        return _call_on_dict(target, name, args, kwargs)
    return UNKNOWN


def _call_on_regex(target: re.Pattern[str] | re.Match[str], name: str, args: list[Any]) -> Any:
    if isinstance(target, re.Pattern):
        return _search(name)(target.pattern, args[0], target.flags)
    return {"group": target.group, "groups": target.groups}[name](*args)


def _call_on_text(text: str, name: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
    if any(isinstance(each, Unknown) for each in (*args, *kwargs.values())):
        return UNKNOWN
    if name in {"joinpath", "resolve", "absolute", "as_posix", "with_name", "expanduser"}:
        parent = posixpath.dirname(text) if name == "with_name" else text
        return _path_join(parent, *args) if args else text
    if name in _STRING_METHODS:
        return getattr(text, name)(*args, **kwargs)
    return UNKNOWN


def _call_on_list(items: list[Any], name: str, args: list[Any]) -> Any:
    if name == "append":
        items.append(args[0])
    elif name == "insert":
        items.insert(0, args[1])
    elif name == "extend":
        items.extend(args[0] if isinstance(args[0], list | tuple) else [UNKNOWN])
    elif name == "copy":
        return list(items)
    else:
        return UNKNOWN
    return None


def _call_on_dict(
    mapping: dict[Any, Any], name: str, args: list[Any], kwargs: dict[str, Any]
) -> Any:
    if name == "update":
        mapping.update(args[0] if args and isinstance(args[0], dict) else {})
        mapping.update(kwargs)
        return None
    if name in {"get", "pop", "setdefault"}:
        return getattr(mapping, name)(*args)
    if name in {"keys", "values", "items"}:
        return list(getattr(mapping, name)())
    return dict(mapping) if name == "copy" else UNKNOWN


def call_known(name: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Call a library function by its dotted name; UNKNOWN for what we do not know."""
    function = CALLS.get(name)
    if function is None or any(isinstance(each, Unknown) for each in args):
        return UNKNOWN
    try:
        return function(*args, **kwargs)
    except _FAULTS:
        return UNKNOWN


def add(left: Any, right: Any) -> Any:
    """Add two values; an unknown side is kept as one unknown item of a list."""
    if isinstance(left, list | tuple) and isinstance(right, list | tuple | Unknown):
        more = [UNKNOWN] if isinstance(right, Unknown) else list(right)
        return type(left)([*left, *more]) if len(left) < _LONGEST else UNKNOWN
    if isinstance(left, Unknown) and isinstance(right, list):
        return [UNKNOWN, *right]
    if isinstance(left, str) and isinstance(right, str):
        return left + right if len(left) + len(right) < _LONGEST else UNKNOWN
    if isinstance(left, int) and isinstance(right, int):
        return left + right
    return UNKNOWN


def is_known(value: Any) -> bool:
    """Say whether nothing in a value is unknown."""
    if isinstance(value, Unknown):
        return False
    if isinstance(value, list | tuple):
        return all(is_known(each) for each in value)
    if isinstance(value, dict):
        return all(is_known(each) for pair in value.items() for each in pair)
    return True


def attribute(value: Any, name: str) -> Any:
    """Give an attribute of a known value: the parts of a path."""
    if isinstance(value, str) and name == "parent":
        return posixpath.dirname(value) or "."
    if isinstance(value, str) and name == "name":
        return posixpath.basename(value)
    return UNKNOWN
