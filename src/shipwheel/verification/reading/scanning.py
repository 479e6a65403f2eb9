"""Python source as bytes: what it imports, without a parser.

A parser's tree of a large wheel takes seconds and hundreds of megabytes. Imports stand at the start of
a line, and a string or comment is told by one regular expression; what is left is exact for every
import that is not indented, and only those are ever held against a file.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field

# strings and comments, prefixes apart. Possessive, and an unclosed quote takes all that it may: linear
# in the length of whatever a stranger wrote.
_LITERAL = re.compile(
    rb"#[^\n]*+"
    rb'|"""(?:[^"\\]++|\\.|"(?!""))*+(?:""")?'
    rb"|'''(?:[^'\\]++|\\.|'(?!''))*+(?:''')?"
    rb'|"(?:[^"\\\n]++|\\.)*+"?'
    rb"|'(?:[^'\\\n]++|\\.)*+'?",
    re.DOTALL,
)
_IMPORT = re.compile(rb"^([ \t]*+)(import|from)\b([^\n;(]*+)(\([^)]{0,4000}+\))?", re.MULTILINE)
_WORD_IMPORT = re.compile(rb"(?<=[\s.])import\b")
_IDENTIFIER = re.compile(rb"[^\W\d][\w.]*\Z")
_CONTINUED = re.compile(rb"\\\r?\n")
# by these a module may come to submodules that are no files, and by the others to names, which nothing
# in it spells out
_MAKES_MODULES = (b"__path__", b"sys.modules", b"meta_path", b"declare_namespace")
_MAKES_NAMES = (
    b"__getattr__",
    b"globals()",
    b"vars()",
    b"locals()",
    b"__dict__",
    b"exec(",
    b"setattr(",
    b"import *",
    b"import (*",
    b"lazy",
)


@dataclass
class Imports:
    """What a module imports: see `Source`, whose fields these become."""

    unguarded: dict[str, None] = field(default_factory=dict)
    guarded: dict[str, None] = field(default_factory=dict)
    names: dict[tuple[str, str], None] = field(default_factory=dict)
    relative: set[str] = field(default_factory=set)

    def add(self, module: str, *, guarded: bool, relative: bool) -> None:
        """Note one imported module."""
        (self.guarded if guarded else self.unguarded)[module] = None
        if relative:
            self.relative.add(module)

    @property
    def all(self) -> tuple[str, ...]:
        """Give each imported module once, those imported unguarded first."""
        return tuple(dict.fromkeys([*self.unguarded, *self.guarded]))


def code_of(data: bytes) -> bytes:
    """Give source without its strings and comments, lines joined where a backslash says so."""
    if b"\\\n" in data or b"\\\r" in data:
        # within a string that changes nothing that is looked for here
        data = _CONTINUED.sub(b" ", data)
    return _LITERAL.sub(b'""', data)


def imports_of(code: bytes, package: str) -> Imports:
    """Give what source without strings imports; `package` is what a leading dot means, or empty.

    A relative import that leads nowhere (no package, or beyond the top) is left out.
    """
    found = Imports()
    for indent, word, rest, names in _IMPORT.findall(code):
        if word == b"import":
            for module in _names_in(rest):
                found.add(module, guarded=bool(indent), relative=False)
        elif at := _WORD_IMPORT.search(rest):
            origin = rest[: at.start()].strip()
            module = absolute(_text(origin), package)
            if module:
                found.add(module, guarded=bool(indent), relative=origin.startswith(b"."))
                if not indent:
                    taken = _names_in(names.strip(b"()") or rest[at.end() :])
                    found.names |= {(module, name): None for name in taken}
    return found


def own_submodules(code: bytes, package: str, found: Imports) -> tuple[str, ...]:
    """Give what an `__init__` takes from its own package and nothing else in it can have bound.

    `from . import a` binds `a` itself. It is a submodule for certain where the name stands there once,
    apart from uses of what is in it (`a.b`).
    """
    taken = [name for module, name in found.names if module == package]
    return tuple(
        name
        for name in taken
        if len(re.findall(rb"\b%s\b(?!\s*\.)" % re.escape(name.encode()), code)) == 1
    )


def absolute(origin: str, package: str) -> str:
    """Give the absolute name of what stands after `from`; empty where it leads nowhere."""
    module = origin.replace(" ", "").replace("\t", "")
    stem = module.lstrip(".")
    level = len(module) - len(stem)
    if level == 0:
        return module
    parts = package.split(".") if package else []
    if level > len(parts):
        return ""
    base = parts[: len(parts) - level + 1]
    return ".".join([*base, stem] if stem else base)


def makes_modules(data: bytes) -> bool:
    """Say whether a module may make modules while it runs."""
    return any(mark in data for mark in _MAKES_MODULES)


def makes_names(data: bytes) -> bool:
    """Say whether a module may make names of its own while it runs."""
    return any(mark in data for mark in _MAKES_NAMES)


def _names_in(text: bytes) -> Iterator[str]:
    """Give the first word of each part between commas, where it is a dotted name."""
    for part in text.split(b","):
        word = part.split(maxsplit=1)[:1]
        if word and _IDENTIFIER.match(word[0]):
            yield _text(word[0])


def _text(data: bytes) -> str:
    return sys.intern(data.decode("utf-8", "replace").strip())
