"""Validates a YAML file by a pydantic model. A complaint names file, line, place and remedy."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import getitem
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic.fields import SHAPE_SINGLETON

from bot.adapters.yaml_reader import YamlNode, load, read
from bot.core.errors import ConfigurationError

Location = tuple[int | str, ...]

# Remedies by pydantic's type of error, for editors. Placeholders are pydantic's context, and `allowed`.
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
    """A file that fits its model."""

    root: YamlNode
    plain: Any  # the file as plain values
    data: Any  # the file as the model

    def value(self, location: Location) -> Any:
        """The plain value at `location` (keys and list positions)."""
        return reduce(getitem, location, self.plain)

    def complaint(self, location: Location, message: str) -> str:
        """`message` with file, line and place before it."""
        return _complaint(self.root, location, message)


def read_document(path: Path, model: type[BaseModel]) -> Document:
    """Read `path`. Raises `ConfigurationError`, which lists all complaints."""
    plain, root = load(path), read(path)
    try:
        return Document(root, plain, model.parse_obj(plain))
    except ValidationError as error:
        raise ConfigurationError("\n".join(_problem(root, model, found) for found in error.errors())) from error


def _problem(root: YamlNode, model: type[BaseModel], found: Any) -> str:
    location, context = found["loc"], found.get("ctx", {})
    if location[-1] == "__key__":
        location = (*location[:-1], context.get("value", "?"))
    if found["type"] == "value_error.extra":
        context = {"allowed": ", ".join(_allowed(model, location))}
    words = {name: ", ".join(map(str, value)) if isinstance(value, tuple) else value for name, value in context.items()}
    remedy = _REMEDIES.get(found["type"], f"{found['msg']}. Mend it.")
    return _complaint(root, location, remedy.format(**words))


def _allowed(model: type[BaseModel], location: Location) -> list[str]:
    """The keys that the model allows at `location`."""
    parts = iter(location[:-1])
    for part in parts:
        field = model.__fields__[str(part)]
        if field.shape != SHAPE_SINGLETON:
            next(parts)
        model = field.type_
    return list(model.__fields__)


def _complaint(root: YamlNode, location: Location, message: str) -> str:
    place = ".".join(str(part) for part in location if part != "__root__") or "the file"
    return f"{root.path}:{root.line_of(location)}: {place}: {message}"
