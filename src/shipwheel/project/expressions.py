"""Expressions of someone's Python source, evaluated as far as they can be without running it."""

from __future__ import annotations

import ast
import operator
import posixpath
from collections.abc import Callable
from typing import Any

from shipwheel.project.literals import literals_of, module_literal
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


class Expressions:
    """The names that a source has bound so far, and the value of an expression in them."""

    def __init__(self, tree: Tree, path: str, on_call: OnCall | None = None) -> None:
        self.tree = tree
        self.path = path
        self.names: dict[str, Any] = {"__file__": path, "__name__": "__main__"}
        self.functions: dict[str, ast.FunctionDef] = {}
        self._on_call = on_call
        self.scopes: list[dict[str, Any]] = [self.names]
        self.returns: list[list[Any]] = []
        self.steps = _STEPS

    def evaluate(self, node: ast.expr | None) -> Any:
        """Give an expression's value, UNKNOWN where only running it would tell."""
        if node is None:
            return None
        self.steps -= 1
        handler = _EXPRESSIONS.get(type(node))
        if handler is None or self.steps < 0:
            return UNKNOWN
        return getattr(self, handler)(node)

    def call(self, function: ast.FunctionDef, scope: dict[str, Any]) -> Any:
        """Follow a function's body; the statements' business."""
        raise NotImplementedError

    def assign(self, target: ast.expr, value: Any) -> None:
        """Bind a target's names to a value."""
        if isinstance(target, ast.Name):
            self.scopes[-1][target.id] = value
        elif isinstance(target, ast.Tuple | ast.List):
            parts = value if isinstance(value, list | tuple) else []
            for index, each in enumerate(target.elts):
                self.assign(each, parts[index] if len(parts) == len(target.elts) else UNKNOWN)
        elif isinstance(target, ast.Subscript):
            mapping, key = self.evaluate(target.value), self.evaluate(target.slice)
            if isinstance(mapping, dict) and isinstance(key, str):
                mapping[key] = value

    def _constant(self, node: ast.Constant) -> Any:
        return node.value

    def _name(self, node: ast.Name) -> Any:
        for scope in (self.scopes[-1], self.names):
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
        items = items_of(self.evaluate(loop.iter) if len(node.generators) == 1 else UNKNOWN)
        self.scopes.append(dict(self.scopes[-1]))
        found = []
        for item in items:
            self.assign(loop.target, item)
            tests = [self.evaluate(test) for test in loop.ifs]
            if all(isinstance(test, Unknown) or test for test in tests):
                found.append(self.evaluate(node.elt))
        self.scopes.pop()
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
            return best([self.evaluate(node.body), self.evaluate(node.orelse)])
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
        if name == "exec":
            return self._executed(*args[:2])
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

    def _executed(self, text: Any = UNKNOWN, into: Any = None) -> Any:
        """Take the literals of a source that is executed for its names: `exec(f.read(), about)`."""
        target = into if isinstance(into, dict) else self.scopes[-1]
        if isinstance(text, str):
            target.update(literals_of(text))
        return None

    def _open(self, path: Any) -> Any:
        if not isinstance(path, str) or posixpath.isabs(path):
            return UNKNOWN
        text = self.tree.read(posixpath.normpath(path))
        return UNKNOWN if text is None else OpenFile(text)


def _bound(
    script: Expressions, function: ast.FunctionDef, args: list[Any], kwargs: dict[str, Any]
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


def items_of(value: Any) -> list[Any]:
    """Give what a loop goes over: one unknown item where it cannot be known."""
    if isinstance(value, OpenFile):
        value = value.text.splitlines(keepends=True)
    known = isinstance(value, list | tuple) and len(value) <= _ITEMS
    return list(value) if known else [UNKNOWN]


def best(values: list[Any]) -> Any:
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


_EXPRESSIONS: dict[type[ast.expr], str] = {
    ast.Constant: "_constant",
    ast.Name: "_name",
    ast.List: "_sequence",
    ast.Tuple: "_sequence",
    ast.Set: "_sequence",
    ast.Dict: "_dict",
    ast.ListComp: "_comprehension",
    ast.GeneratorExp: "_comprehension",
    ast.SetComp: "_comprehension",
    ast.BinOp: "_binary",
    ast.BoolOp: "_boolean",
    ast.UnaryOp: "_unary",
    ast.Compare: "_compare",
    ast.IfExp: "_conditional",
    ast.JoinedStr: "_joined",
    ast.Subscript: "_subscript",
    ast.Attribute: "_attribute",
    ast.Call: "_call",
}
