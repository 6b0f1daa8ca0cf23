"""The responses, phrases and placeholders that the code in `bot/` and `actions/` names."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from bot.core.errors import ConfigurationError
from bot.settings import ROOT

RESPONSE = "utter_"
_FOLDERS = ("bot", "actions")
_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Use:
    """A name in the code."""

    name: str
    is_prefix: bool  # `name` is the beginning of an f-string
    at: str  # "file:line"
    given: frozenset[str] | None = None  # placeholders that the call fills; `None` if unknown

    def means(self, name: str) -> bool:
        """True when the code may ask for `name`."""
        return name.startswith(self.name) if self.is_prefix else name == self.name


@lru_cache(maxsize=1)
def responses() -> tuple[Use, ...]:
    """The texts that begin with `utter_`, without the keys of dicts (Rasa's `utter_action`)."""
    return tuple(use for path, _, nodes in _modules() for use in _responses(path, nodes))


@lru_cache(maxsize=1)
def phrases() -> tuple[Use, ...]:
    """The first argument of each call of `phrase`."""
    return tuple(use for path, _, nodes in _modules() for use in _phrases(path, nodes))


@lru_cache(maxsize=1)
def placeholders() -> frozenset[str]:
    """All names that the code gives a value: keys of dicts, keys of items set, and named arguments."""
    nodes = [node for _, _, within in _modules() for node in within]
    keys = [key for node in nodes if isinstance(node, ast.Dict) for key in node.keys]
    keys += [node.slice for node in nodes if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store)]
    named = {word.arg for node in nodes if isinstance(node, ast.Call) for word in node.keywords if word.arg}
    texts = {key.value for key in keys if isinstance(key, ast.Constant) and isinstance(key.value, str)}
    return frozenset(named | texts)


@lru_cache(maxsize=8)
def constant(name: str) -> tuple[str, ...]:
    """The texts of a module's constant (of a dict, its keys), read without importing the module."""
    for _, tree, _ in _modules():
        for node in tree.body:
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            if any(isinstance(target, ast.Name) and target.id == name for target in targets):
                value = getattr(node, "value", None)
                parts = value.keys if isinstance(value, ast.Dict) else ast.walk(value) if value else ()
                return tuple(p.value for p in parts if isinstance(p, ast.Constant) and isinstance(p.value, str))
    raise ConfigurationError(f"{_HERE}:1: no module has the constant {name} any more. Name its successor here.")


@lru_cache(maxsize=1)
def _modules() -> tuple[tuple[Path, ast.Module, list[ast.AST]], ...]:
    """The path of each module, its tree, and all nodes of that."""
    found = (path for folder in _FOLDERS for path in sorted((ROOT / folder).rglob("*.py")))
    paths = [path for path in found if _HERE not in path.parents and path.parent.name != "tests"]
    trees = ((path, ast.parse(path.read_text(encoding="utf-8"), str(path))) for path in paths)
    return tuple((path, tree, list(ast.walk(tree))) for path, tree in trees)


def _responses(path: Path, nodes: Sequence[ast.AST]) -> Iterator[Use]:
    skipped = {id(key) for node in nodes if isinstance(node, ast.Dict) for key in node.keys}
    skipped.update(id(part) for node in nodes if isinstance(node, ast.JoinedStr) for part in node.values)
    for node in nodes:
        if isinstance(node, (ast.Constant, ast.JoinedStr)) and id(node) not in skipped:
            name, is_prefix = _name(node)
            if name.startswith(RESPONSE) and name.isidentifier():
                yield Use(name, is_prefix, f"{path}:{node.lineno}")


def _phrases(path: Path, nodes: Sequence[ast.AST]) -> Iterator[Use]:
    functions = [node for node in nodes if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    calls = [(function, node) for function in functions for node in ast.walk(function) if isinstance(node, ast.Call)]
    for function, call in calls:
        if isinstance(call.func, ast.Attribute) and call.func.attr == "phrase" and call.args:
            names = {word.arg for word in call.keywords}
            given = None if None in names else frozenset(str(name) for name in names)
            for node in _possible(call.args[0], function):
                name, is_prefix = _name(node)
                yield Use(name, is_prefix, f"{path}:{call.lineno}", given)


def _possible(node: ast.expr, function: ast.AST) -> Iterable[ast.expr]:
    """The texts that an argument can be; a variable is looked up in `function`."""
    if isinstance(node, (ast.Constant, ast.JoinedStr)):
        return [node]
    if isinstance(node, ast.IfExp):
        return [*_possible(node.body, function), *_possible(node.orelse, function)]
    if isinstance(node, ast.Name):
        assigned = [n.value for n in ast.walk(function) if isinstance(n, ast.Assign)
                    and any(isinstance(target, ast.Name) and target.id == node.id for target in n.targets)]
        if assigned:
            return [text for value in assigned for text in _possible(value, function)]
        return [n for n in ast.walk(function) if isinstance(n, ast.JoinedStr)]
    return []


def _name(node: ast.expr) -> tuple[str, bool]:
    """(the text of a node, whether the text is only the beginning)."""
    is_prefix = isinstance(node, ast.JoinedStr)
    first = node.values[0] if isinstance(node, ast.JoinedStr) and node.values else node
    return (first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else "", is_prefix)
