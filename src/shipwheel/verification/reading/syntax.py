"""Which Pythons take a source file: by this Python's own parser, and by what newer Pythons brought."""

from __future__ import annotations

import ast
import hashlib
import io
import re
import symtable
import sys
import threading
import tokenize
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

HERE = sys.version_info[:2]
EVERY = "3"  # of a fault that no Python 3 takes
_NAME = "<verified>"  # what the parser calls a stranger's file
# The parser takes up to 700 bytes of memory a token (measured on 3.11): 100 MB at most. One file at a
# time, since threads that read other archives wait for the interpreter anyway.
_MOST_TOKENS = 150_000
_MOST = 1 << 20  # bytes
_FEW = 128 << 10  # bytes that cannot hold more tokens than that
_TURN = threading.Lock()
_MOST_KNOWN = 300_000  # names in files that were parsed before: 40 MB
_TOKEN = re.compile(rb"\w+|[^\w\s]|\n")

_TEMPLATES = (3, 14)
_STARRED = re.compile(rb"\w\[(?:[^\]\n]*,)? ?\*[\w(]")
# What is newer than 3.8, and may be in a file where its pattern matches the code; the parser then says.
# PEP 572's successors in order: 617, 634, 646, 654, 695, 701, 758, 750.
_CONSTRUCTS = (
    ((3, 14), "a template string", re.compile(rb"""(?<!\w)[tT][rR]?["']|(?<!\w)[rR][tT]["']""")),
    (
        (3, 14),
        "`except` of several classes without parentheses",
        re.compile(rb"^[ \t]*except\*?[ \t][^\n:(]*,", re.MULTILINE),
    ),
    (
        (3, 13),
        "a default of a type parameter",
        re.compile(rb"^[ \t]*(?:type|class|(?:async +)?def)[ \t]+\w+\[[^\n]*=", re.MULTILINE),
    ),
    ((3, 12), "a `type` statement", re.compile(rb"^[ \t]*type[ \t]+\w+[^\n]*=", re.MULTILINE)),
    (
        (3, 12),
        "type parameters",
        re.compile(rb"^[ \t]*(?:class|(?:async +)?def)[ \t]+\w+[ \t]*\[", re.MULTILINE),
    ),
    ((3, 11), "`except*`", re.compile(rb"^[ \t]*except[ \t]*\*", re.MULTILINE)),
    ((3, 11), "a starred index", _STARRED),
    ((3, 10), "a `match` statement", re.compile(rb"^[ \t]+case\b[^\n]*:", re.MULTILINE)),
    (
        (3, 9),
        "`with` in parentheses",
        re.compile(rb"^[ \t]*(?:async[ \t]+)?with[ \t]*\(", re.MULTILINE),
    ),
)
# those that begin a line, in one pass: most files hold none
_BEGINNING = re.compile(
    rb"^[ \t]*+(?:case\b|except[ \t]*\*|except\b[^\n:(]*,|type[ \t]+\w|(?:async[ \t]+)?with[ \t]*\("
    rb"|(?:class|(?:async[ \t]+)?def)[ \t]+\w++[ \t]*\[)",
    re.MULTILINE,
)
_STARS = (b"[*", b", *", b",*")
_WITH = _CONSTRUCTS[-1][2]
_LONGEST_WITH = 2000  # bytes
_STEP = re.compile(rb"[()\[\]]|\bas\b")
# statements that have no place outside of a function or loop
_LATE = re.compile(
    rb"^(?:return|break|continue|yield|await)\b|\b__debug__[ \t]*=[^=]", re.MULTILINE
)
_FUTURE = re.compile(rb"^from __future__ import[ \t]*+(?:\([^)]*+\)|[^\n]*+)", re.MULTILINE)
_NESTED_QUOTE = re.compile(rb"""\b[fF][rR]?(?:"[^"\n]*\{[^}"\n]*"|'[^'\n]*\{[^}'\n]*')""")
_FORMATTED = re.compile(rb"""(?<!\w)(?:[fF][rR]?|[rR][fF])["']""")


@dataclass(frozen=True, slots=True)
class Syntax:
    """What was found: `faults`, `needs` and `bound` as in `Source`."""

    faults: tuple[tuple[str, str], ...] = ()
    needs: tuple[str, str] | None = None
    bound: frozenset[str] | None = None


class _Known:
    """Files that were parsed already: the wheels of a release hold the same ones."""

    def __init__(self) -> None:
        self._found: dict[bytes, Syntax] = {}
        self._names = 0

    def get(self, digest: bytes) -> Syntax | None:
        """Give what was found in a file of that digest."""
        return self._found.get(digest)

    def keep(self, digest: bytes, syntax: Syntax) -> None:
        """Remember a file; beyond a bound all that was before is forgotten."""
        size = 10 + len(syntax.bound or ())
        if self._names + size > _MOST_KNOWN:
            self._found.clear()
            self._names = 0
        self._found[digest] = syntax
        self._names += size


_KNOWN = _Known()


def syntax_of(data: bytes, code: bytes) -> Syntax:
    """Parse a source file; `code` is the same without strings and comments.

    What is too large to be parsed within 100 MB is not, and nothing is said of it.
    """
    if len(data) > _MOST or (len(data) > _FEW and _tokens(code) > _MOST_TOKENS):
        return Syntax()
    digest = hashlib.sha256(data).digest()
    with _TURN:
        found = _KNOWN.get(digest)
        if found is None:
            found = _parsed(data, code)
            _KNOWN.keep(digest, found)
    return found


def _parsed(data: bytes, code: bytes) -> Syntax:
    warnings.filterwarnings("ignore", module=re.escape(_NAME))
    try:
        table = symtable.symtable(_source(data), _NAME, "exec")
    except (SyntaxError, ValueError) as error:
        return _refused(data, code, error)
    except (MemoryError, RecursionError, OverflowError):
        return Syntax()  # too deep for this Python's parser: no fault of the file's
    if refusal := _refused_late(data, code):
        return _refused(data, code, refusal)
    return Syntax(needs=_needs(data, code), bound=frozenset(map(sys.intern, _bound(table))))


def _refused_late(data: bytes, code: bytes) -> SyntaxError | None:
    """Give what the compiler alone refuses; it is asked where a line looks like it, being slow."""
    if not (_LATE.search(code) or _late_future(code)):
        return None
    try:
        compile(_source(data), _NAME, "exec", dont_inherit=True)
    except SyntaxError as error:
        return error
    except (ValueError, MemoryError, RecursionError, OverflowError):
        return None
    return None


def _late_future(code: bytes) -> bool:
    """Say whether a `from __future__` stands behind other statements."""
    last = code.rfind(b"\nfrom __future__")
    if last < 0:
        return False
    before = _FUTURE.sub(b"", code[:last]).replace(b'""', b"").strip(b"rRuU \t\n;\f\xef\xbb\xbf")
    return bool(before)


def _bound(table: symtable.SymbolTable) -> Iterator[str]:
    return iter(table.get_identifiers())


def _tokens(code: bytes) -> int:
    return len(_TOKEN.findall(code))


def _source(data: bytes) -> str:
    """Give the text as Python reads it; raises SyntaxError for an encoding that is not what it says."""
    encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    try:
        text = data.decode(encoding)
    except LookupError as error:  # a codec of bytes to bytes
        raise SyntaxError(f"unknown encoding: {encoding}") from error
    if "\0" in text:
        raise SyntaxError("source code holds null bytes")
    return text


def _refused(data: bytes, code: bytes, error: SyntaxError | ValueError) -> Syntax:
    """Say which Pythons refuse what this one does: all, unless it holds what newer ones may take."""
    told = _told(error)
    newer = HERE < (3, 12) and _in_formatted(data, error)
    newer = newer or any(v > HERE and pattern.search(code) for v, _, pattern in _CONSTRUCTS)
    whose = f"{HERE[0]}.{HERE[1]}" if newer else EVERY
    return Syntax(faults=((whose, told),))


def _in_formatted(data: bytes, error: SyntaxError | ValueError) -> bool:
    """Say whether it may be an f-string that stops the parser: 3.12 takes more of them (PEP 701)."""
    if "f-string" in str(error):
        return True
    line = getattr(error, "lineno", None) or 1
    before = data.split(b"\n")[max(0, line - 10) : line]
    return _FORMATTED.search(b"\n".join(before)) is not None


def _told(error: SyntaxError | ValueError) -> str:
    line = getattr(error, "lineno", None)
    message = getattr(error, "msg", None) or str(error)
    message = message.replace(f" for {_NAME!r}", "")
    text = (getattr(error, "text", None) or "").strip()[:80]
    where = f"line {line}: " if line else ""
    return f"{where}{message}" + (f" (`{text}`)" if text else "")


def _needs(data: bytes, code: bytes) -> tuple[str, str] | None:
    """Give the oldest Python that takes the file and why, None where 3.8 does."""
    if HERE >= (3, 12) and (line := _nested_quote(data)):
        return "3.12", f"line {line}: the quotes of an f-string used again within it"
    beginning = _BEGINNING.search(code) is not None
    starred = any(mark in code for mark in _STARS)
    for version, what, pattern in _CONSTRUCTS:
        if version > HERE or not (
            starred if pattern is _STARRED else beginning or version == _TEMPLATES
        ):
            continue
        if not pattern.search(code):
            continue
        line = _named_in_with(data, code) if pattern is _WITH else _refused_before(data, version)
        if line:
            return f"3.{version[1]}", f"line {line}: {what}"
    return None


def _named_in_with(data: bytes, code: bytes) -> int:
    """Give the line of a `with` that names what it opens within its parentheses, `with (a as b):`, or 0.

    In parentheses alone it is an expression. The parser of 3.13 takes it whatever version it is asked for.
    """
    every = (_names(code, match.end()) for match in _WITH.finditer(code))
    at = next((at for at, names in enumerate(every) if names), None)
    if at is None:
        return 0
    lines = data.splitlines()
    try:
        nodes = ast.walk(ast.parse(_source(data), _NAME))
        starts = {node.lineno for node in nodes if isinstance(node, ast.With | ast.AsyncWith)}
    except (ValueError, MemoryError, RecursionError, OverflowError):
        return 1  # too deep for a tree
    found = [line for line in sorted(starts) if _WITH.match(lines[line - 1])]
    return found[min(at, len(found) - 1)] if found else 1  # fewer where a backslash ends a line


def _names(code: bytes, start: int) -> bool:
    """Say whether an `as` stands in the parentheses that open before `start`, and in no others."""
    depth = 1
    for token in _STEP.finditer(code, start, start + _LONGEST_WITH):
        depth += {b"(": 1, b"[": 1, b")": -1, b"]": -1}.get(token[0], 0)
        if depth == 0:
            return False
        if depth == 1 and token[0] == b"as":
            return True
    return False


def _refused_before(data: bytes, version: tuple[int, int]) -> int:
    """Give the line at which Pythons before `version` stop, 0 where they do not."""
    try:
        tree = ast.parse(_source(data), _NAME, feature_version=(3, version[1] - 1))
    except SyntaxError as error:
        return error.lineno or 1
    except (ValueError, MemoryError, RecursionError, OverflowError):
        return 0
    return _starred_index(tree) if version == (3, 11) else 0


def _starred_index(tree: ast.AST) -> int:
    """Give the line of `a[*b]`, which the parser takes whatever version it is asked for (PEP 646)."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Subscript) or not isinstance(node.slice, ast.Tuple):
            continue
        parts = node.slice.elts
        # a tuple in parentheses of its own begins before its first part, and is none
        bare = bool(parts) and node.slice.col_offset == parts[0].col_offset
        if bare and any(isinstance(each, ast.Starred) for each in parts):
            return node.lineno
    return 0


def _nested_quote(data: bytes) -> int:
    """Give the line of an f-string that holds its own quotes (PEP 701), 0 where none does."""
    if not _NESTED_QUOTE.search(data):
        return 0
    open_quotes: list[str] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(_source(data)).readline):
            name = tokenize.tok_name[token.type]
            if name in {"STRING", "FSTRING_START"}:
                quote = _quote(token.string)
                if quote in open_quotes:
                    return token.start[0]
                if name == "FSTRING_START":
                    open_quotes.append(quote)
            elif name == "FSTRING_END" and open_quotes:
                open_quotes.pop()
    except (tokenize.TokenError, SyntaxError, ValueError):
        return 0
    return 0


def _quote(text: str) -> str:
    """Give the quotes that a string begins with: three, or one."""
    body = text.lstrip("rRbBfFuUtT")
    return body[:3] if body[:3] in {'"""', "'''"} else body[:1]
