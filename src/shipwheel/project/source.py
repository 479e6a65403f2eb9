"""Someone's Python source read as far as it can be without running it: `setup.py`, noxfiles.

Constants, lists, paths, simple functions and branches are followed as a usual CPython with an empty
environment would; where a branch cannot be decided both sides are taken. What cannot be known is
UNKNOWN. Nothing of the source is executed, and the work is bounded.
"""

from __future__ import annotations

import ast
import operator
import posixpath
from collections.abc import Callable, Iterable
from typing import Any

from shipwheel.project.tree import Tree
from shipwheel.project.values import (
    ATTRIBUTES,
    UNKNOWN,
    OpenFile,
    Symbol,
    Unknown,
    add,
    attribute,
    call_known,
    call_method,
    is_known,
)

_STEPS = 20_000
_DEPTH = 8
_ITEMS = 60
_UNHANDLED = object()
OnCall = Callable[[str, list[Any], dict[str, Any]], Any]
_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.In: lambda left, right: left in right,
    ast.NotIn: lambda left, right: left not in right,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
}


def unhandled() -> object:
    """Give the answer of an `on_call` that leaves a call to us."""
    return _UNHANDLED


class Script:
    """One Python file and what its module level says.

    `on_call(name, args, kwargs)` sees each call by its dotted name and may give its value, or
    `unhandled()`. `names` are the module's variables after `run`.
    """

    def __init__(self, tree: Tree, path: str, on_call: OnCall | None = None) -> None:
        self.tree = tree
        self.path = path
        self.names: dict[str, Any] = {"__file__": path, "__name__": "__main__"}
        self.functions: dict[str, ast.FunctionDef] = {}
        self._on_call = on_call
        self._scopes: list[dict[str, Any]] = [self.names]
        self._returns: list[list[Any]] = []
        self._steps = _STEPS
        self.module = _parse(tree.read(path))

    def run(self) -> None:
        """Follow the module level."""
        if self.module is not None:
            self._block(self.module.body)

    def call(self, function: ast.FunctionDef, scope: dict[str, Any]) -> Any:
        """Follow a function's body with its parameters bound, and give what it returns."""
        if len(self._returns) >= _DEPTH:
            return UNKNOWN
        self._scopes.append(scope)
        self._returns.append([])
        self._block(function.body)
        self._scopes.pop()
        return _best(self._returns.pop() or [None])

    def evaluate(self, node: ast.expr | None) -> Any:
        """Give an expression's value, UNKNOWN where only running it would tell."""
        if node is None:
            return None
        self._steps -= 1
        handler = _EXPRESSIONS.get(type(node))
        if handler is None or self._steps < 0:
            return UNKNOWN
        return handler(self, node)

    # statements

    def _block(self, body: Iterable[ast.stmt]) -> str:
        """Follow statements; gives how the block ended early (`break`, `continue`, `end`), or ""."""
        for statement in body:
            self._steps -= 1
            if self._steps < 0:
                return "end"
            handler = _STATEMENTS.get(type(statement))
            if handler is not None and (ended := handler(self, statement)):
                return ended
        return ""

    def _if(self, node: ast.If) -> str:
        test = self.evaluate(node.test)
        if not isinstance(test, Unknown):
            return self._block(node.body if test else node.orelse)
        return self._both(node)

    def _both(self, node: ast.If) -> str:
        """Take both sides of a branch that cannot be decided, and keep what says most."""
        scope = self._scopes[-1]
        before = _copied(scope)
        self._block(node.body)
        one = _copied(scope)
        scope.clear()
        scope.update(before)
        self._block(node.orelse)
        for name, value in one.items():
            scope[name] = _best([value, scope.get(name, UNKNOWN)])
        return ""

    def _try(self, node: ast.Try) -> str:
        ended = self._block(node.body)
        if not ended:
            ended = self._block(node.orelse)
        return self._block(node.finalbody) or ended

    def _for(self, node: ast.For) -> str:
        for item in _items(self.evaluate(node.iter)):
            self._assign(node.target, item)
            ended = self._block(node.body)
            if ended == "end":
                return ended
            if ended == "break":
                break
        return ""

    def _while(self, node: ast.While) -> str:
        self._block(node.body)
        return ""

    def _with(self, node: ast.With) -> str:
        for item in node.items:
            value = self.evaluate(item.context_expr)
            if item.optional_vars is not None:
                self._assign(item.optional_vars, value)
        return self._block(node.body)

    def _function(self, node: ast.FunctionDef) -> str:
        self.functions[node.name] = node
        return ""

    def _return(self, node: ast.Return) -> str:
        if self._returns:
            self._returns[-1].append(self.evaluate(node.value))
        return "end"

    def _raise(self, _node: ast.Raise) -> str:
        return "end"

    def _break(self, _node: ast.Break) -> str:
        return "break"

    def _continue(self, _node: ast.Continue) -> str:
        return "continue"

    def _assignment(self, node: ast.Assign) -> str:
        value = self.evaluate(node.value)
        for target in node.targets:
            self._assign(target, value)
        return ""

    def _annotated(self, node: ast.AnnAssign) -> str:
        if node.value is not None:
            self._assign(node.target, self.evaluate(node.value))
        return ""

    def _augmented(self, node: ast.AugAssign) -> str:
        value = UNKNOWN
        if isinstance(node.op, ast.Add):
            value = add(self.evaluate(node.target), self.evaluate(node.value))
        self._assign(node.target, value)
        return ""

    def _expression(self, node: ast.Expr) -> str:
        self.evaluate(node.value)
        return ""

    def _import(self, node: ast.Import) -> str:
        for alias in node.names:
            name = alias.asname or alias.name.partition(".")[0]
            self._scopes[-1][name] = Symbol(alias.name if alias.asname else name)
        return ""

    def _import_from(self, node: ast.ImportFrom) -> str:
        for alias in node.names:
            name = alias.asname or alias.name
            value: Any = Symbol(f"{node.module}.{alias.name}")
            if node.module and not node.level:
                value = module_literal(self.tree, node.module, alias.name, default=value)
            self._scopes[-1][name] = value
        return ""

    def _assign(self, target: ast.expr, value: Any) -> None:
        if isinstance(target, ast.Name):
            self._scopes[-1][target.id] = value
        elif isinstance(target, ast.Tuple | ast.List):
            parts = value if isinstance(value, list | tuple) else []
            for index, each in enumerate(target.elts):
                self._assign(each, parts[index] if len(parts) == len(target.elts) else UNKNOWN)
        elif isinstance(target, ast.Subscript):
            mapping, key = self.evaluate(target.value), self.evaluate(target.slice)
            if isinstance(mapping, dict) and isinstance(key, str):
                mapping[key] = value

    # expressions

    def _constant(self, node: ast.Constant) -> Any:
        return node.value

    def _name(self, node: ast.Name) -> Any:
        for scope in (self._scopes[-1], self.names):
            if node.id in scope:
                return scope[node.id]
        return UNKNOWN

    def _sequence(self, node: ast.List | ast.Tuple | ast.Set) -> Any:
        items: list[Any] = []
        for each in node.elts:
            if isinstance(each, ast.Starred):
                value = self.evaluate(each.value)
                items += value if isinstance(value, list | tuple) else [UNKNOWN]
            else:
                items.append(self.evaluate(each))
        return tuple(items) if isinstance(node, ast.Tuple) else items

    def _dict(self, node: ast.Dict) -> Any:
        mapping: dict[Any, Any] = {}
        for key, value in zip(node.keys, node.values, strict=True):
            found = self.evaluate(value)
            if key is None:
                mapping.update(found if isinstance(found, dict) else {})
            elif isinstance(name := self.evaluate(key), str | int | tuple):
                mapping[name] = found
        return mapping

    def _comprehension(self, node: ast.ListComp | ast.GeneratorExp | ast.SetComp) -> Any:
        loop = node.generators[0]
        items = _items(self.evaluate(loop.iter) if len(node.generators) == 1 else UNKNOWN)
        self._scopes.append(dict(self._scopes[-1]))
        found = []
        for item in items:
            self._assign(loop.target, item)
            tests = [self.evaluate(test) for test in loop.ifs]
            if all(isinstance(test, Unknown) or test for test in tests):
                found.append(self.evaluate(node.elt))
        self._scopes.pop()
        return found

    def _binary(self, node: ast.BinOp) -> Any:
        left, right = self.evaluate(node.left), self.evaluate(node.right)
        if isinstance(node.op, ast.Add):
            return add(left, right)
        if not is_known(left) or not is_known(right) or not isinstance(left, str):
            return UNKNOWN
        if isinstance(node.op, ast.Div) and isinstance(right, str):
            return posixpath.normpath(posixpath.join(left or ".", right))
        if isinstance(node.op, ast.Mod):
            return _formatted(left, right)
        return UNKNOWN

    def _boolean(self, node: ast.BoolOp) -> Any:
        values = [self.evaluate(each) for each in node.values]
        wanted = isinstance(node.op, ast.Or)
        for value in values[:-1]:
            if isinstance(value, Unknown):
                continue
            if bool(value) is wanted:
                return value
        unknown = any(isinstance(value, Unknown) for value in values[:-1])
        return UNKNOWN if unknown else values[-1]

    def _unary(self, node: ast.UnaryOp) -> Any:
        value = self.evaluate(node.operand)
        if isinstance(value, Unknown) or not isinstance(node.op, ast.Not):
            return UNKNOWN
        return not value

    def _compare(self, node: ast.Compare) -> Any:
        left, right = self.evaluate(node.left), self.evaluate(node.comparators[0])
        function = _COMPARE.get(type(node.ops[0]))
        if len(node.ops) > 1 or function is None or not is_known(left) or not is_known(right):
            return UNKNOWN
        try:
            return function(left, right)
        except TypeError:
            return UNKNOWN

    def _conditional(self, node: ast.IfExp) -> Any:
        test = self.evaluate(node.test)
        if isinstance(test, Unknown):
            return _best([self.evaluate(node.body), self.evaluate(node.orelse)])
        return self.evaluate(node.body if test else node.orelse)

    def _joined(self, node: ast.JoinedStr) -> Any:
        parts = [
            self.evaluate(each.value if isinstance(each, ast.FormattedValue) else each)
            for each in node.values
        ]
        return "".join(map(str, parts)) if all(map(is_known, parts)) else UNKNOWN

    def _subscript(self, node: ast.Subscript) -> Any:
        value, key = self.evaluate(node.value), self.evaluate(node.slice)
        try:
            return value[key]
        except (TypeError, KeyError, IndexError):
            return UNKNOWN

    def _attribute(self, node: ast.Attribute) -> Any:
        value = self.evaluate(node.value)
        if isinstance(value, Symbol):
            dotted = f"{value.name}.{node.attr}"
            if dotted in ATTRIBUTES:
                known = ATTRIBUTES[dotted]
                return known.copy() if isinstance(known, list | dict) else known
            return module_literal(self.tree, value.name, node.attr, default=Symbol(dotted))
        return attribute(value, node.attr)

    def _call(self, node: ast.Call) -> Any:
        args = list(self._sequence(ast.List(elts=list(node.args), ctx=ast.Load())))
        kwargs = self._keywords(node.keywords)
        function = node.func
        if isinstance(function, ast.Attribute):
            target = self.evaluate(function.value)
            if not isinstance(target, Symbol):
                return self._method(target, function.attr, args, kwargs)
            name = f"{target.name}.{function.attr}"
        elif isinstance(function, ast.Name):
            found = self._name(function)
            name = found.name if isinstance(found, Symbol) else function.id
        else:
            return UNKNOWN
        return self._named_call(name, args, kwargs)

    def _keywords(self, keywords: list[ast.keyword]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for keyword in keywords:
            value = self.evaluate(keyword.value)
            if keyword.arg is not None:
                found[keyword.arg] = value
            elif isinstance(value, dict):
                found.update({key: each for key, each in value.items() if isinstance(key, str)})
        return found

    def _named_call(self, name: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
        if self._on_call is not None:
            answer = self._on_call(name, args, kwargs)
            if answer is not _UNHANDLED:
                return answer
        if name in self.functions:
            return self.call(self.functions[name], _bound(self, self.functions[name], args, kwargs))
        if name == "dict":
            return {**(args[0] if args and isinstance(args[0], dict) else {}), **kwargs}
        if name in {"open", "io.open", "codecs.open"}:
            return self._open(args[0] if args else UNKNOWN)
        return call_known(name, args, kwargs)

    def _method(self, target: Any, name: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
        if isinstance(target, str) and name in {"read_text", "open"}:
            file = self._open(target)
            return file.text if name == "read_text" and isinstance(file, OpenFile) else file
        if isinstance(target, str) and name in {"exists", "is_file"}:
            return self.tree.is_file(posixpath.normpath(target))
        return call_method(target, name, args, kwargs)

    def _open(self, path: Any) -> Any:
        if not isinstance(path, str) or posixpath.isabs(path):
            return UNKNOWN
        text = self.tree.read(posixpath.normpath(path))
        return UNKNOWN if text is None else OpenFile(text)


def module_literal(tree: Tree, module: str, name: str, default: Any = UNKNOWN) -> Any:
    """Give a literal that a module of the tree assigns to `name`; `default` where there is none."""
    base = module.replace(".", "/")
    for path in (f"{base}.py", f"{base}/__init__.py", f"src/{base}.py", f"src/{base}/__init__.py"):
        if tree.is_file(path):
            found = file_literal(tree, path, name)
            return default if isinstance(found, Unknown) else found
    return default


def file_literal(tree: Tree, path: str, name: str) -> Any:
    """Give a literal that a file assigns to `name` at its module level; UNKNOWN where there is none."""
    text = tree.read(path)
    if text is None or name not in text:
        return UNKNOWN
    module = _parse(text)
    found: Any = UNKNOWN
    for node in module.body if module is not None else ():
        targets = node.targets if isinstance(node, ast.Assign) else ()
        if isinstance(node, ast.AnnAssign):
            targets = [node.target]
        if any(isinstance(each, ast.Name) and each.id == name for each in targets):
            found = _literal(getattr(node, "value", None))
    return found


def _literal(node: ast.expr | None) -> Any:
    try:
        return UNKNOWN if node is None else ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return UNKNOWN


def _parse(text: str | None) -> ast.Module | None:
    import warnings  # noqa: PLC0415 - an old source's escapes warn, and that is not our business

    if text is None:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None


def _bound(
    script: Script, function: ast.FunctionDef, args: list[Any], kwargs: dict[str, Any]
) -> dict[str, Any]:
    parameters = [each.arg for each in (*function.args.posonlyargs, *function.args.args)]
    scope: dict[str, Any] = dict.fromkeys(parameters, UNKNOWN)
    scope.update({each.arg: UNKNOWN for each in function.args.kwonlyargs})
    defaults = function.args.defaults
    for name, node in zip(parameters[len(parameters) - len(defaults) :], defaults, strict=True):
        scope[name] = script.evaluate(node)
    scope.update(zip(parameters, args, strict=False))
    scope.update(kwargs)
    return scope


def _items(value: Any) -> list[Any]:
    """Give what a loop goes over: one unknown item where it cannot be known."""
    if isinstance(value, OpenFile):
        value = value.text.splitlines(keepends=True)
    known = isinstance(value, list | tuple) and len(value) <= _ITEMS
    return list(value) if known else [UNKNOWN]


def _copied(scope: dict[str, Any]) -> dict[str, Any]:
    return {name: list(each) if isinstance(each, list) else each for name, each in scope.items()}


def _best(values: list[Any]) -> Any:
    """Of what several branches give, take what says most: known and not empty before empty."""
    known = [value for value in values if not isinstance(value, Unknown)]
    for value in known:
        if value:
            return value
    return UNKNOWN if len(known) < len(values) or not known else known[0]


def _formatted(template: str, values: Any) -> Any:
    try:
        return template % values
    except (TypeError, ValueError, KeyError):
        return UNKNOWN


_STATEMENTS: dict[type[ast.stmt], Callable[[Script, Any], str]] = {
    ast.If: Script._if,
    ast.Try: Script._try,
    ast.For: Script._for,
    ast.While: Script._while,
    ast.With: Script._with,
    ast.FunctionDef: Script._function,
    ast.Return: Script._return,
    ast.Raise: Script._raise,
    ast.Break: Script._break,
    ast.Continue: Script._continue,
    ast.Assign: Script._assignment,
    ast.AnnAssign: Script._annotated,
    ast.AugAssign: Script._augmented,
    ast.Expr: Script._expression,
    ast.Import: Script._import,
    ast.ImportFrom: Script._import_from,
}
_EXPRESSIONS: dict[type[ast.expr], Callable[[Script, Any], Any]] = {
    ast.Constant: Script._constant,
    ast.Name: Script._name,
    ast.List: Script._sequence,
    ast.Tuple: Script._sequence,
    ast.Set: Script._sequence,
    ast.Dict: Script._dict,
    ast.ListComp: Script._comprehension,
    ast.GeneratorExp: Script._comprehension,
    ast.SetComp: Script._comprehension,
    ast.BinOp: Script._binary,
    ast.BoolOp: Script._boolean,
    ast.UnaryOp: Script._unary,
    ast.Compare: Script._compare,
    ast.IfExp: Script._conditional,
    ast.JoinedStr: Script._joined,
    ast.Subscript: Script._subscript,
    ast.Attribute: Script._attribute,
    ast.Call: Script._call,
}
