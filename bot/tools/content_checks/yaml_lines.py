"""YAML files whose every part knows its line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode

from bot.core.errors import ConfigurationError

_TEXT = "tag:yaml.org,2002:str"


@dataclass(frozen=True)
class Part:
    """A scalar, list or mapping of the file `path`."""

    path: Path
    node: Any

    @property
    def line(self) -> int:
        """Where it begins, from 1."""
        return int(self.node.start_mark.line) + 1

    @property
    def at(self) -> str:
        """Its address, "file:line"."""
        return f"{self.path}:{self.line}"

    def problem(self, text: str, *, after: int = 0) -> str:
        """A line about this part, or about the line `after` lines below its beginning."""
        return f"{self.path}:{self.line + after}: {text}"

    @property
    def text(self) -> str:
        """The scalar's text."""
        self._must_be(ScalarNode, "a text")
        return str(self.node.value)

    @property
    def is_text(self) -> bool:
        """False for what YAML reads as a number, a date, true, false or nothing."""
        return isinstance(self.node, ScalarNode) and self.node.tag == _TEXT

    @property
    def is_list(self) -> bool:
        """True for a list."""
        return isinstance(self.node, SequenceNode)

    @property
    def is_scalar(self) -> bool:
        """True for what is neither a list nor a mapping."""
        return isinstance(self.node, ScalarNode)

    @property
    def is_block(self) -> bool:
        """True for a text written as a block (`|`)."""
        return isinstance(self.node, ScalarNode) and self.node.style == "|"

    def items(self) -> list[Part]:
        """The parts of a list."""
        self._must_be(SequenceNode, "a list")
        return [Part(self.path, node) for node in self.node.value]

    def pairs(self) -> list[tuple[Part, Part]]:
        """Keys and values of a mapping, a key that stands twice twice."""
        self._must_be(MappingNode, "a mapping")
        return [(Part(self.path, key), Part(self.path, value)) for key, value in self.node.value]

    def entries(self) -> dict[str, Part]:
        """The values of a mapping by key."""
        return {key.text: value for key, value in self.pairs()}

    def entry(self, key: str) -> Part:
        """The value of `key`; `ConfigurationError` without it."""
        entries = self.entries()
        if key not in entries:
            raise ConfigurationError(self.problem(f"`{key}` is missing. Add it."))
        return entries[key]

    def mappings(self) -> Iterator[Part]:
        """Every mapping within, itself included."""
        if isinstance(self.node, MappingNode):
            yield self
            for _, value in self.pairs():
                yield from value.mappings()
        elif isinstance(self.node, SequenceNode):
            for item in self.items():
                yield from item.mappings()

    def _must_be(self, kind: type[Any], name: str) -> None:
        if not isinstance(self.node, kind):
            raise ConfigurationError(self.problem(f"{name} is expected here. Write it as in the entries around it."))


def read(path: Path) -> Part:
    """The whole of a file; `ConfigurationError` when it is missing, empty or no YAML."""
    if not path.is_file():
        raise ConfigurationError(f"{path}:1: the file is missing. Put it back from version control.")
    try:
        node = _node(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise ConfigurationError(f"{path}:{line}: not UTF-8. Save the file as UTF-8.") from error
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise ConfigurationError(f"{path}:{line}: not valid YAML: {error.problem}. Mend the line.") from error
    except YAMLError as error:
        raise ConfigurationError(f"{path}:1: not valid YAML: a control character. Delete it.") from error
    if node is None:
        raise ConfigurationError(f"{path}:1: the file is empty. Put it back from version control.")
    return Part(path, node)


def files(folder: Path) -> list[Part]:
    """All YAML files of a folder, by name."""
    return [read(path) for path in sorted(folder.glob("*.yml"))]


@lru_cache(maxsize=512)
def _node(text: str) -> Any:
    return YAML(typ="safe").compose(text)
