"""Reads a YAML file against a pydantic model; every complaint names file, line, place and remedy."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic.fields import SHAPE_SINGLETON
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.reader import ReaderError

from bot.core.errors import ConfigurationError

Location = tuple[int | str, ...]

# What to do, by pydantic's type of error, in an editor's words; the braces are pydantic's context and `allowed`.
_REMEDIES = {
    "value_error.missing": "is missing. Add it, as the entries beside it have it.",
    "value_error.extra": "is not a key here. Use one of: {allowed}.",
    "value_error.const": "{given!r} is unknown. Use one of: {permitted}.",
    "value_error.shape": "{value!r} does not fit. Write {remedy}.",
    "value_error.list.min_items": "is empty. Name at least {limit_value}.",
    "value_error.number.not_ge": "is too small. Write {limit_value} or more.",
    "value_error.number.not_le": "is too large. Write {limit_value} or less.",
    "value_error.strictbool": "is neither true nor false. Write one of them.",
    "type_error.integer": "is no whole number. Write digits alone, without quotation marks.",
    "type_error.str": "is no text. Put it in quotation marks.",
    "type_error.list": "is no list. Write [one, two], or a line with a dash for each.",
    "type_error.dict": "is no set of keys. Write `key: value`, each on a line below.",
    "type_error.none.not_allowed": "is empty. Fill it in.",
}


@dataclass(frozen=True)
class Document:
    """A file that fits its model: `data` is the model, `tree` ruamel's, which knows the lines."""

    path: Path
    tree: Any
    data: Any

    def value(self, location: Location) -> Any:
        """What stands at `location`."""
        node = self.tree
        for part in location:
            node = node[part]
        return node

    def complaint(self, location: Location, message: str) -> str:
        """`message` with file, line and place before it."""
        return _complaint(self.path, self.tree, location, message)


def read_document(path: Path, model: type[BaseModel]) -> Document:
    """Read `path`; `ConfigurationError` lists all that is wrong with it."""
    tree = _parse(path)
    try:
        return Document(path, tree, model.parse_obj(tree))
    except ValidationError as error:
        problems = [_problem(path, tree, model, found) for found in error.errors()]
        raise ConfigurationError("\n".join(problems)) from error


def _parse(path: Path) -> Any:
    text = ""
    try:
        text = path.read_text(encoding="utf-8-sig")
        return YAML().load(text)
    except OSError as error:
        raise ConfigurationError(f"{path}: missing or unreadable. Put it back from version control.") from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise ConfigurationError(f"{path}:{line}: not UTF-8. Save the file as UTF-8.") from error
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise ConfigurationError(f"{path}:{line}: not valid YAML: a control character. Delete it.") from error
    except (YAMLError, ValueError) as error:
        mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
        line = mark.line + 1 if mark else 1
        raise ConfigurationError(f"{path}:{line}: not valid YAML: {_first_line(error)}. Mend the line.") from error


def _first_line(error: Exception) -> str:
    problem: str = error.problem if isinstance(error, MarkedYAMLError) and error.problem else str(error)
    return problem.splitlines()[0]


def _problem(path: Path, tree: Any, model: type[BaseModel], found: Any) -> str:
    location, context = found["loc"], found.get("ctx", {})
    if location[-1] == "__key__":
        location = (*location[:-1], context.get("value", "?"))
    if found["type"] == "value_error.extra":
        context = {"allowed": ", ".join(_allowed(model, location))}
    words = {name: ", ".join(map(str, value)) if isinstance(value, tuple) else value for name, value in context.items()}
    remedy = _REMEDIES.get(found["type"], f"{found['msg']}. Mend it.")
    return _complaint(path, tree, location, remedy.format(**words))


def _allowed(model: type[BaseModel], location: Location) -> list[str]:
    """The keys that the model allows where the last part of `location` stands."""
    parts = iter(location[:-1])
    for part in parts:
        field = model.__fields__[str(part)]
        if field.shape != SHAPE_SINGLETON:
            next(parts)
        model = field.type_
    return list(model.__fields__)


def _complaint(path: Path, tree: Any, location: Location, message: str) -> str:
    place = ".".join(str(part) for part in location if part != "__root__") or "the file"
    return f"{path}:{_line(tree, location)}: {place}: {message}"


def _line(node: Any, location: Location) -> int:
    """The line (from 1) of the innermost part of `location` that the document has."""
    line = 1
    for part in location:
        marks = getattr(getattr(node, "lc", None), "data", None) or {}
        if part in marks:
            line = marks[part][0] + 1
        try:
            node = node[part]
        except (KeyError, IndexError, TypeError):
            break
    return line
