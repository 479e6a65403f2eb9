"""Someone's Python source read as far as it can be without running it: `setup.py`, noxfiles.

Constants, lists, paths, simple functions and branches are followed as a usual CPython with an empty
environment would; where a branch cannot be decided both sides are taken. What cannot be known is
UNKNOWN. Nothing of the source is executed, and the work is bounded.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import Any

from shipwheel.project.expressions import Expressions, best, items_of
from shipwheel.project.literals import module_literal, parse_source
from shipwheel.project.values import UNKNOWN, Symbol, Unknown, add

_DEPTH = 8


class Script(Expressions):
    """One Python file and what its module level says.

    `on_call(name, args, kwargs)` sees each call by its dotted name and may give its value, or
    `unhandled()`. `names` are the module's variables after `run`.
    """

    def run(self) -> None:
        """Follow the module level."""
        module = parse_source(self.tree.read(self.path))
        if module is not None:
            self._block(module.body)

    def call(self, function: ast.FunctionDef, scope: dict[str, Any]) -> Any:
        """Follow a function's body with its parameters bound, and give what it returns."""
        if len(self.returns) >= _DEPTH:
            return UNKNOWN
        self.scopes.append(scope)
        self.returns.append([])
        self._block(function.body)
        self.scopes.pop()
        return best(self.returns.pop() or [None])

    def _block(self, body: Iterable[ast.stmt]) -> str:
        """Follow statements; gives how the block ended early (`break`, `continue`, `end`), or ""."""
        for statement in body:
            self.steps -= 1
            if self.steps < 0:
                return "end"
            handler = _STATEMENTS.get(type(statement))
            if handler is not None and (ended := str(getattr(self, handler)(statement))):
                return ended
        return ""

    def _if(self, node: ast.If) -> str:
        test = self.evaluate(node.test)
        if not isinstance(test, Unknown):
            return self._block(node.body if test else node.orelse)
        return self._both(node)

    def _both(self, node: ast.If) -> str:
        """Take both sides of a branch that cannot be decided, and keep what says most."""
        scope = self.scopes[-1]
        before = _copied(scope)
        self._block(node.body)
        one = _copied(scope)
        scope.clear()
        scope.update(before)
        self._block(node.orelse)
        for name, value in one.items():
            scope[name] = best([value, scope.get(name, UNKNOWN)])
        return ""

    def _try(self, node: ast.Try) -> str:
        ended = self._block(node.body)
        if not ended:
            ended = self._block(node.orelse)
        return self._block(node.finalbody) or ended

    def _for(self, node: ast.For) -> str:
        for item in items_of(self.evaluate(node.iter)):
            self.assign(node.target, item)
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
                self.assign(item.optional_vars, value)
        return self._block(node.body)

    def _function(self, node: ast.FunctionDef) -> str:
        self.functions[node.name] = node
        return ""

    def _return(self, node: ast.Return) -> str:
        if self.returns:
            self.returns[-1].append(self.evaluate(node.value))
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
            self.assign(target, value)
        return ""

    def _annotated(self, node: ast.AnnAssign) -> str:
        if node.value is not None:
            self.assign(node.target, self.evaluate(node.value))
        return ""

    def _augmented(self, node: ast.AugAssign) -> str:
        value = UNKNOWN
        if isinstance(node.op, ast.Add):
            value = add(self.evaluate(node.target), self.evaluate(node.value))
        self.assign(node.target, value)
        return ""

    def _expression(self, node: ast.Expr) -> str:
        self.evaluate(node.value)
        return ""

    def _import(self, node: ast.Import) -> str:
        for alias in node.names:
            name = alias.asname or alias.name.partition(".")[0]
            self.scopes[-1][name] = Symbol(alias.name if alias.asname else name)
        return ""

    def _import_from(self, node: ast.ImportFrom) -> str:
        for alias in node.names:
            name = alias.asname or alias.name
            value: Any = Symbol(f"{node.module}.{alias.name}")
            if node.module and not node.level:
                value = module_literal(self.tree, node.module, alias.name, default=value)
            self.scopes[-1][name] = value
        return ""


def _copied(scope: dict[str, Any]) -> dict[str, Any]:
    return {name: list(each) if isinstance(each, list) else each for name, each in scope.items()}


_STATEMENTS: dict[type[ast.stmt], str] = {
    ast.If: "_if",
    ast.Try: "_try",
    ast.For: "_for",
    ast.While: "_while",
    ast.With: "_with",
    ast.FunctionDef: "_function",
    ast.Return: "_return",
    ast.Raise: "_raise",
    ast.Break: "_break",
    ast.Continue: "_continue",
    ast.Assign: "_assignment",
    ast.AnnAssign: "_annotated",
    ast.AugAssign: "_augmented",
    ast.Expr: "_expression",
    ast.Import: "_import",
    ast.ImportFrom: "_import_from",
}
