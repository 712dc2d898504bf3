"""The calls in the cells of a chapter, made with the data of one side.

A chapter holds calls and no code. So a cell is not executed but read: an import from the package,
a call of a table, a figure or a fact. Whatever else stands there is refused, since a revision to
compare may come from anybody.
"""

from __future__ import annotations

import ast
import importlib
from collections.abc import Callable
from types import FunctionType, ModuleType

import matplotlib.pyplot as plt

from livingreview import facts
from livingreview.data import Review, load
from livingreview.figures.drawing import Drawing
from livingreview.tables.base import BookTable
from livingreview.tables.front_page import Answers, ClockFace

Output = BookTable | Answers | ClockFace | Drawing
PACKAGE = __name__.partition(".")[0]
# Rooms of the package whose functions a chapter may call.
CALLED = tuple(f"{PACKAGE}.{room}" for room in ("facts", "figures", "tables"))


class CallError(Exception):
    """A cell holds something else than a call that this version of the package can make."""


class Calls:
    """What the cells of one chapter give.

    Parameters
    ----------
    review : Review
        The data; it stands in for what the chapter would load.

    Attributes
    ----------
    facts : dict of str
        Texts that the prose may glue in, by key.
    outputs : dict of Output
        Tables and figures by the call that makes them.
    failed : dict of str
        Why a statement could not be carried out, by the statement.
    """

    def __init__(self, review: Review):
        self._review = review
        self._names: dict[str, object] = {}
        self.facts: dict[str, str] = {}
        self.outputs: dict[str, Output] = {}
        self.failed: dict[str, str] = {}

    def run(self, source: str) -> str:
        """Carry out one cell, and return its last statement as text."""
        try:
            statements = ast.parse(source).body
        except SyntaxError as error:
            self.failed[source] = f"it is not Python: {error.msg}"
            return source
        text = ""
        for statement in statements:
            text = ast.unparse(statement)
            self._tried(text, lambda statement=statement: self._statement(statement))
        return text

    def _tried(self, text: str, action: Callable[[], object]) -> object:
        try:
            return action()
        except Exception as error:  # a figure may stop at data that it was not made for
            self.failed[text] = " ".join(f"{error or type(error).__name__}".split())
            return None
        finally:
            plt.close("all")

    def _statement(self, statement: ast.stmt) -> None:
        if isinstance(statement, ast.ImportFrom):
            self._import(statement)
        elif isinstance(statement, ast.Assign):
            for target in statement.targets:
                self._names[ast.unparse(target)] = self._value(statement.value)
        elif isinstance(statement, ast.Expr):
            result = self._value(statement.value)
            if isinstance(result, Output):
                self.outputs[ast.unparse(statement)] = result
        else:
            raise CallError("it is no import, assignment or call")

    def _import(self, statement: ast.ImportFrom) -> None:
        module = statement.module or ""
        if module.split(".")[0] != PACKAGE or statement.level or "__" in module:
            raise CallError(f"{module or 'it'} is no module of {PACKAGE}")
        found = importlib.import_module(module)
        for alias in statement.names:
            if not hasattr(found, alias.name):
                raise CallError(f"this version of the package has no {alias.name} in {module}")
            self._names[alias.asname or alias.name] = getattr(found, alias.name)

    def _value(self, node: ast.expr) -> object:
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.Name):
            if node.id not in self._names:
                raise CallError(f"{node.id} is not known")
            return self._names[node.id]
        if isinstance(node, ast.Attribute):
            return self._attribute(node)
        if isinstance(node, ast.Call):
            return self._call(node)
        raise CallError(f"{ast.unparse(node)} is no call, name or constant")

    def _attribute(self, node: ast.Attribute) -> object:
        owner = self._value(node.value)
        if not isinstance(owner, ModuleType) or node.attr.startswith("_"):
            raise CallError(f"{ast.unparse(node)} is no name of a module")
        if not hasattr(owner, node.attr):
            raise CallError(f"this version of the package has no {ast.unparse(node)}")
        return getattr(owner, node.attr)

    def _call(self, node: ast.Call) -> object:
        function = self._value(node.func)
        if function is load:
            about = [self._value(word.value) for word in node.keywords if word.arg == "about"]
            return self._review.about(*about) if about else self._review
        if function is facts.glue_facts:
            return self._glue(node.args)
        arguments = [self._value(argument) for argument in node.args]
        named = {keyword.arg: self._value(keyword.value) for keyword in node.keywords}
        module = function.__module__ if isinstance(function, FunctionType) else ""
        if not module.startswith(CALLED):
            raise CallError(f"{ast.unparse(node.func)} is no table, figure or fact of the package")
        return function(*arguments, **named)

    def _glue(self, groups: list[ast.expr]) -> None:
        # one by one: a fact that this version no longer has must not take the others with it
        for group in groups:
            found = self._tried(ast.unparse(group), lambda group=group: self._value(group))
            self.facts.update(found or {})
