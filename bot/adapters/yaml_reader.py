"""Reads YAML files as plain values, or as nodes with file and line. Errors name file, line and remedy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from bot.core.errors import ConfigurationError

_TEXT = "tag:yaml.org,2002:str"


@dataclass(frozen=True)
class YamlNode:
    """A scalar, list or mapping of a file. A method for another kind of node raises `ConfigurationError`."""

    path: Path
    node: Any  # ruamel's

    @property
    def line(self) -> int:
        """The node's first line, from 1."""
        return int(self.node.start_mark.line) + 1

    @property
    def at(self) -> str:
        """The node's address, "file:line"."""
        return f"{self.path}:{self.line}"

    def problem(self, text: str, *, after: int = 0) -> str:
        """A message about this node, or about the line `after` lines below its first."""
        return f"{self.path}:{self.line + after}: {text}"

    @property
    def text(self) -> str:
        """The scalar's text."""
        self._must_be(ScalarNode, "a text")
        return str(self.node.value)

    @property
    def is_text(self) -> bool:
        """False for a scalar that YAML reads as a number, a date, true, false or null."""
        return isinstance(self.node, ScalarNode) and self.node.tag == _TEXT

    @property
    def is_list(self) -> bool:
        """True for a list."""
        return isinstance(self.node, SequenceNode)

    @property
    def is_scalar(self) -> bool:
        """True for a scalar."""
        return isinstance(self.node, ScalarNode)

    @property
    def is_block(self) -> bool:
        """True for a text written as a block (`|`)."""
        return isinstance(self.node, ScalarNode) and self.node.style == "|"

    def items(self) -> list[YamlNode]:
        """The nodes of a list."""
        self._must_be(SequenceNode, "a list")
        return [YamlNode(self.path, node) for node in self.node.value]

    def pairs(self) -> list[tuple[YamlNode, YamlNode]]:
        """Keys and values of a mapping, with repeated keys."""
        self._must_be(MappingNode, "a mapping")
        return [(YamlNode(self.path, key), YamlNode(self.path, value)) for key, value in self.node.value]

    def entries(self) -> dict[str, YamlNode]:
        """The values of a mapping by key."""
        return {key.text: value for key, value in self.pairs()}

    def entry(self, key: str) -> YamlNode:
        """The value of `key`. Raises `ConfigurationError` when it is missing."""
        entries = self.entries()
        if key not in entries:
            raise ConfigurationError(self.problem(f"`{key}` is missing. Add it."))
        return entries[key]

    def mappings(self) -> Iterator[YamlNode]:
        """Every mapping within the node, itself included."""
        if isinstance(self.node, MappingNode):
            yield self
            for _, value in self.pairs():
                yield from value.mappings()
        elif isinstance(self.node, SequenceNode):
            for item in self.items():
                yield from item.mappings()

    def line_of(self, location: tuple[int | str, ...]) -> int:
        """The line (from 1) of the deepest part of `location` (keys and list positions) in the file."""
        node, line = self, 1
        for part in location:
            if isinstance(node.node, MappingNode):
                found = next(((key, value) for key, value in node.pairs() if key.text == part), None)
            else:
                found = next(((item, item) for at, item in enumerate(node.items() if node.is_list else ())
                              if at == part), None)
            if found is None:
                break
            line, node = found[0].line, found[1]
        return line

    def _must_be(self, kind: type[Any], name: str) -> None:
        if not isinstance(self.node, kind):
            raise ConfigurationError(self.problem(f"{name} is expected here. Write it as in the entries around it."))


def read(path: Path) -> YamlNode:
    """A file's root node. Raises `ConfigurationError` when the file is missing, empty or no YAML."""
    node = _parsed(path, _compose)
    if node is None:
        raise ConfigurationError(f"{path}:1: the file is empty. Put it back from version control.")
    return YamlNode(path, node)


def read_folder(folder: Path) -> list[YamlNode]:
    """The root nodes of all YAML files of a folder, by file name."""
    return [read(path) for path in sorted(folder.glob("*.yml"))]


def load(path: Path) -> Any:
    """A file as plain values. Raises `ConfigurationError` when the file is missing, no YAML, or repeats a key."""
    return _parsed(path, YAML(typ="safe").load)


@lru_cache(maxsize=512)
def _compose(text: str) -> Any:
    return YAML(typ="safe").compose(text)


def _parsed(path: Path, parse: Callable[[str], Any]) -> Any:
    text = ""
    try:
        text = path.read_text(encoding="utf-8-sig")
        return parse(text)
    except OSError as error:
        message = f"{path}:1: the file is missing or unreadable. Put it back from version control."
        raise ConfigurationError(message) from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise ConfigurationError(f"{path}:{line}: not UTF-8. Save the file as UTF-8.") from error
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise ConfigurationError(f"{path}:{line}: not valid YAML: a control character. Delete it.") from error
    except (YAMLError, ValueError) as error:
        line = _line_of(error) if isinstance(error, MarkedYAMLError) else 1
        problem = str(getattr(error, "problem", None) or error).splitlines()[0]
        raise ConfigurationError(f"{path}:{line}: not valid YAML: {problem}. Mend the line.") from error


def _line_of(error: MarkedYAMLError) -> int:
    """The line of the mistake, from 1: where a quote that is never closed begins, not the end of the file."""
    marks = [error.problem_mark, error.context_mark]
    mark = next((mark for mark in (reversed(marks) if "end of stream" in str(error.problem) else marks) if mark), None)
    return int(mark.line) + 1 if mark else 1
