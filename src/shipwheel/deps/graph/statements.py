"""The imports of a source file, and the private names that it takes from others, by its syntax tree."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator, Sequence

import msgspec

from shipwheel.deps.graph.answer import When

MOST_SOURCE = 2 << 20  # bytes of a file that is parsed
_CAUGHT = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"}


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """An import statement: `level` dots, `module`, and the `names` taken from it, none for `import module`.

    `line` to `last`: where it stands. `guarded`: a failure is caught; `conditional`: below another `if`.
    `aliases` are the names that it binds, in the order of `names`, or the one of `module`.
    """

    line: int
    last: int
    module: str
    names: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    level: int = 0
    when: When = When.ALWAYS
    guarded: bool = False
    conditional: bool = False


class Taken(msgspec.Struct, frozen=True):
    """An attribute `name` of a name that an import bound."""

    base: str
    name: str
    line: int


class Read(msgspec.Struct, frozen=True, kw_only=True):
    """What a file says.

    `privates` are attributes with one leading underscore; `rebound` the names that it binds otherwise
    too, of which nothing is certain; `words` its short strings: what is imported or run by name;
    `bound` the names at the top level, each with the line behind which it is there.
    """

    statements: tuple[Statement, ...] = ()
    privates: tuple[Taken, ...] = ()
    rebound: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    bound: dict[str, int] = {}


def read_source(data: bytes) -> Read | None:
    """Parse a file; None for one that is too large, or that this Python does not take."""
    if len(data) > MOST_SOURCE:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a stranger's escapes
            tree = ast.parse(data)
        reader = _Reader()
        reader.body(tree.body, _Where())
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return Read(
        statements=tuple(reader.statements),
        privates=tuple(reader.privates),
        rebound=frozenset(reader.rebound),
        words=frozenset(reader.words),
        bound=_bound(tree.body),
    )


def is_private(name: str) -> bool:
    """Say whether a name begins with an underscore and is neither `_` nor a dunder."""
    return name.startswith("_") and name.strip("_") != "" and not name.endswith("__")


class _Where(msgspec.Struct, frozen=True):
    when: When = When.ALWAYS
    guarded: bool = False
    conditional: bool = False


class _Reader:
    def __init__(self) -> None:
        self.statements: list[Statement] = []
        self.privates: list[Taken] = []
        self.rebound: set[str] = set()
        self.words: set[str] = set()

    def body(self, nodes: Sequence[ast.stmt], where: _Where) -> None:
        """Read statements in order."""
        for node in nodes:
            self.statement(node, where)

    def statement(self, node: ast.stmt, where: _Where) -> None:
        """Read one statement with what is below it."""
        match node:
            case ast.Import():
                self._plain(node, where)
            case ast.ImportFrom():
                self._from(node, where)
            case ast.Try() | ast.TryStar():
                self._try(node, where)
            case ast.If():
                self._if(node, where)
            case ast.With() if any(_suppresses(each.context_expr) for each in node.items):
                self.body(node.body, msgspec.structs.replace(where, guarded=True))
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self.rebound.add(node.name)
                late = where.when if where.when is When.TYPES else When.LATER
                self._below(node, msgspec.structs.replace(where, when=late))
            case _:
                self._below(node, where)

    def _plain(self, node: ast.Import, where: _Where) -> None:
        for each in node.names:
            bound = each.asname or each.name.partition(".")[0]
            self._add(node, where, module=each.name, aliases=(bound,))

    def _from(self, node: ast.ImportFrom, where: _Where) -> None:
        names = tuple(each.name for each in node.names)
        aliases = tuple(each.asname or each.name for each in node.names)
        module = node.module or ""
        self._add(node, where, module=module, names=names, aliases=aliases, level=node.level)

    def _add(self, node: ast.stmt, where: _Where, **fields: object) -> None:
        made = {"line": node.lineno, "last": node.end_lineno or node.lineno, "when": where.when}
        held = {"guarded": where.guarded, "conditional": where.conditional}
        self.statements.append(Statement(**made, **held, **fields))  # type: ignore[arg-type]

    def _try(self, node: ast.Try | ast.TryStar, where: _Where) -> None:
        caught = any(_catches(handler) for handler in node.handlers)
        held = msgspec.structs.replace(where, guarded=True) if caught else where
        for part in (node.body, node.orelse):
            self.body(part, held)
        for handler in node.handlers:
            for each in filter(None, [handler.type]):
                self._expression(each)
            self.body(handler.body, held)  # the other of two that do
        self.body(node.finalbody, where)

    def _if(self, node: ast.If, where: _Where) -> None:
        self._expression(node.test)
        if _for_types(node.test):
            self.body(node.body, msgspec.structs.replace(where, when=When.TYPES))
            self.body(node.orelse, where)
            return
        below = msgspec.structs.replace(where, conditional=True)
        program = _is_program(node.test) and where.when is When.ALWAYS
        self.body(node.body, msgspec.structs.replace(below, when=When.LATER) if program else below)
        self.body(node.orelse, below)

    def _below(self, node: ast.AST, where: _Where) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.stmt):
                self.statement(child, where)
            elif isinstance(child, ast.expr):
                self._expression(child)
            else:  # arguments, handlers, cases of a match, items of a with
                self._below(child, where)
        if isinstance(node, ast.arg):
            self.rebound.add(node.arg)
        elif isinstance(node, ast.ClassDef):
            self.rebound.add(node.name)

    def _expression(self, top: ast.expr) -> None:
        for node in ast.walk(top):
            match node:
                case ast.Attribute(attr=name) if is_private(name):
                    if base := _dotted(node.value):
                        self.privates.append(Taken(base, name, node.lineno))
                case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                    self.rebound.add(name)
                case ast.arg(arg=name):  # of a lambda
                    self.rebound.add(name)
                case ast.Constant(value=str(text)) if 0 < len(text) <= 80:
                    self.words.update(_words(text))


def _bound(body: Sequence[ast.stmt]) -> dict[str, int]:
    """Give the names that statements bind, each with the last line of the first that does."""
    found: dict[str, int] = {}
    for node in body:
        for name in _names_of(node):
            found.setdefault(name, node.end_lineno or node.lineno)
        for part in ("body", "orelse", "finalbody"):
            inner = getattr(node, part, ())
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                found = {**_bound(inner), **found}
    return found


def _names_of(node: ast.stmt) -> Iterator[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Import() | ast.ImportFrom():
            yield from (each.asname or each.name.partition(".")[0] for each in node.names)
        case ast.Assign() | ast.AnnAssign() if node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for each in targets:
                yield from (n.id for n in ast.walk(each) if isinstance(n, ast.Name))


def _words(text: str) -> Iterator[str]:
    """Give a string whole, and its first parts: `yaml.CLoader` names `yaml`, `ruff check` names `ruff`."""
    yield text
    yield text.split(maxsplit=1)[0] if text.strip() else text
    yield text.partition(".")[0].partition(":")[0]


def _dotted(node: ast.expr) -> str:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


def _catches(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(_dotted(each).rpartition(".")[2] in _CAUGHT for each in kinds)


def _is_program(test: ast.expr) -> bool:
    """Say whether a condition is `__name__ == "__main__"`."""
    return isinstance(test, ast.Compare) and _dotted(test.left) == "__name__"


def _suppresses(opened: ast.expr) -> bool:
    """Say whether a `with` opens `contextlib.suppress(ImportError)`."""
    if not isinstance(opened, ast.Call) or _dotted(opened.func).rpartition(".")[2] != "suppress":
        return False
    return any(_dotted(each).rpartition(".")[2] in _CAUGHT for each in opened.args)


def _for_types(test: ast.expr) -> bool:
    """Say whether a condition holds for type checkers alone: `TYPE_CHECKING`, with or without `typing.`, or `and` more."""
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        return any(_for_types(each) for each in test.values)
    return _dotted(test).rpartition(".")[2] in {"TYPE_CHECKING", "MYPY"}
