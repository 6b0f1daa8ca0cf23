"""Every regular expression takes steps in proportion to the length of a text, whatever a stranger writes.

Counted, not timed (`regex_steps.py`). The expressions are found in the syntax trees of all modules, and in the text of
the widget and the console, so a new one is held to it without being listed. What a function puts together is listed in
`BUILT`, and nothing else may be.
"""

from __future__ import annotations

import ast
import importlib
import re
import sys
import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from regex_steps import Counter, TooMany, hostile
from ruamel.yaml import YAML

from bot.adapters.sql.email_search import mention
from bot.core.question import CueFinder
from bot.settings import ROOT

ALPHABET = "a0 -._@/:,'\n\tZ(+=é"
SHORT, LONG, FULL = 16, 60, 300
GROWTH = 2.3
MOST_STEPS_A_SIGN = 400
PAIRS = ["a ", "a.", "a@", "a-", "a/", "a0", "0 ", "0.", "0-", "0:", "@.", ". ", " \n", "a\n", "A1", ", ", "a,", "aé"]
FUNCTIONS = {f"re.{name}" for name in (
    "compile", "search", "match", "fullmatch", "sub", "subn", "split", "findall", "finditer")}


def _cues() -> list[re.Pattern[str]]:
    cues = YAML(typ="safe").load(ROOT / "data" / "patterns" / "question_cues.yml")["cues"]
    return list(CueFinder(cues)._patterns.values())


def _ellipses() -> list[re.Pattern[str]]:
    from bot.rasa_ext.ellipsis import EllipsisClassifier

    words = YAML(typ="safe").load(ROOT / "data" / "vocabulary" / "filler.yml")
    return [EllipsisClassifier(words["phrases"], [])._phrases]


# Expressions that a function puts together: the file, and what gives them. None: they come from the operator's own
# files, and search those.
BUILT: dict[str, Callable[[], list[re.Pattern[str]]] | None] = {
    "bot/core/question.py": _cues,
    "bot/rasa_ext/ellipsis.py": _ellipses,
    "bot/adapters/sql/email_search.py": lambda: [mention("a.a@a.a")],
    "bot/tools/content_checks/phrases.py": None,
    **{f"bot/tools/scenarios/{name}.py": None for name in ("player", "reader", "updates")},
}


def _modules() -> list[Path]:
    """What is installed: not the tests beside it."""
    found = (*(ROOT / "bot").rglob("*.py"), *(ROOT / "actions").rglob("*.py"))
    return sorted(path for path in found if path.parent.name != "tests")


@cache
def _calls() -> list[tuple[str, bool, ast.Call]]:
    """Every use of `re`: where, whether it is at the level of the module, and the call."""
    found = []
    for path in _modules():
        source = path.read_text(encoding="utf-8")
        if "import re\n" not in source:
            continue
        tree = ast.parse(source)
        scopes = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
        inner = {id(node) for scope in ast.walk(tree) if isinstance(scope, scopes) for node in ast.walk(scope)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in FUNCTIONS:
                found.append((path.relative_to(ROOT).as_posix(), id(node) not in inner, node))
    return found


class Expression(NamedTuple):
    """A pattern, and how it is used: from the beginning of a text alone, or anywhere; on which form of it."""

    pattern: re.Pattern[str]
    is_anchored: bool = False
    prepared: Callable[[str], str] = str


def _expressions() -> dict[str, Expression]:
    """Every expression by where it stands."""
    found: dict[str, Expression] = {}
    for file, is_outer, call in _calls():
        first = call.args[0]
        if isinstance(first, ast.Constant):
            flags = [argument for argument in (*call.args[1:], *(keyword.value for keyword in call.keywords))
                     if ast.unparse(argument).startswith("re.") and isinstance(argument, ast.Attribute | ast.BinOp)]
            value = eval(ast.unparse(flags[0]), {"re": re}) if flags else 0
            found[f"{file}:{call.lineno}"] = Expression(re.compile(first.value, value), _is_anchored(file, call))
        elif is_outer:
            module = importlib.import_module(file.removesuffix(".py").removesuffix("/__init__").replace("/", "."))
            known = {expression.pattern for expression in found.values()}
            for name, one in vars(module).items():
                if isinstance(one, re.Pattern) and one not in known:
                    found[f"{file}:{name}"] = Expression(one)
    for file, built in BUILT.items():
        # The finder of cues makes one space of all white space first.
        prepared = (lambda text: " ".join(text.split())) if built is _cues else str
        for i, one in enumerate(built() if built else []):
            found[f"{file}:built {i}"] = Expression(one, prepared=prepared)
    return found


def _is_anchored(file: str, call: ast.Call) -> bool:
    """Whether an expression is only asked whether a text begins with it, or is it."""
    if ast.unparse(call.func) != "re.compile":
        return ast.unparse(call.func) in ("re.match", "re.fullmatch")
    source = (ROOT / file).read_text(encoding="utf-8")
    name = re.match(r"(\w+) = ", source.splitlines()[call.lineno - 1])
    uses = set(re.findall(rf"\b{name[1]}\.(\w+)", source)) if name else set()
    return bool(uses) and uses <= {"match", "fullmatch"}


def _scripts() -> dict[str, Expression]:
    """The expressions of the widget and the console; the few that there are mean the same to Python."""
    literal = re.compile(r"(?<=[(:,=!] )/(?![/*])((?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\\[\n])+)/([gimu]*)|"
                         r"(?<=[(!])/(?![/*])((?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\\[\n])+)/([gimu]*)")
    found: dict[str, Expression] = {}
    for path in sorted((*(ROOT / "widget").rglob("*.js"), *(ROOT / "console").rglob("*.js"))):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            for one in literal.finditer(line):
                flags = re.IGNORECASE if "i" in (one[2] or one[4] or "") else 0
                pattern = re.compile(one[1] or one[3], flags | re.ASCII)
                found[f"{path.relative_to(ROOT).as_posix()}:{number}:{one.start()}"] = Expression(pattern)
    return found


EXPRESSIONS = _expressions() | _scripts()


def test_nothing_escapes() -> None:
    """What is put together inside of a function is listed, and nobody takes a function of `re` by another name."""
    built = {file for file, is_outer, call in _calls() if not isinstance(call.args[0], ast.Constant) and not is_outer}
    assert built == set(BUILT)
    for path in _modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                assert node.module != "re", path
            if isinstance(node, ast.Import):
                assert not any(name.name == "re" and name.asname for name in node.names), path


@pytest.mark.parametrize("where", sorted(EXPRESSIONS))
def test_linear(where: str) -> None:
    """Twice the text, twice the steps; and never more than so many a character."""
    assert _with_room(lambda: faults(EXPRESSIONS[where])) == []


@pytest.mark.parametrize("bad", [
    r"(a+)+$", r"[\w.]+@", r"\s+$", r"\w*\d\w*!", r"\w+ \w+\Z", r"(?:a|a)*b", r"x*x*y", r"\S+@\S+",
])
def test_that_it_counts(bad: str) -> None:
    """Known bad expressions are found."""
    assert _with_room(lambda: faults(Expression(re.compile(bad)))) != []


def faults(expression: Expression) -> list[str]:
    """The texts on which an expression takes too many steps: its worst two of all that are tried."""
    counter = Counter(expression.pattern)

    def steps(form: tuple[str, str, str], length: int) -> float:
        start, pump, end = form
        text, counter.most = start + pump * (length // len(pump)) + end, MOST_STEPS_A_SIGN * length
        try:
            return counter.count(expression.prepared(text), expression.is_anchored)
        except TooMany:
            return float("inf")

    forms = [*hostile(expression.pattern, ALPHABET), *(("", pair, "\0") for pair in PAIRS)]
    worst = sorted(forms, key=lambda form: -steps(form, SHORT))[:2]
    found = []
    for form in worst:
        once, twice = steps(form, LONG), steps(form, 2 * LONG)
        if twice > GROWTH * once or steps(form, FULL) == float("inf"):
            found.append(f"{form}: {once}, {twice}")
    return found


def _with_room(work: Callable[[], Any]) -> Any:
    """`work` in a thread with a deep stack: the counter recurses."""
    results: list[Any] = []
    before, size = sys.getrecursionlimit(), threading.stack_size(512 * 1024 * 1024)
    sys.setrecursionlimit(200_000)
    try:
        thread = threading.Thread(target=lambda: results.append(work()))
        thread.start()
        thread.join()
    finally:
        sys.setrecursionlimit(before)
        threading.stack_size(size)
    return results[0]
