"""The two sides that a scenario plays: a visitor's client and an agents' desk. Each place brings its own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

_CASE_NUMBER = re.compile(r"\b(KL[CT])-\d+")


class Line(NamedTuple):
    """A line that the visitor sees."""

    author: str  # `visitor`, `bot`, `agent` or `system`
    text: str
    titles: tuple[str, ...] = ()  # of its buttons

    @property
    def everything(self) -> str:
        """The text and the buttons' titles."""
        return "\n".join([self.text, *self.titles])


class VisitorSide(Protocol):
    """The visitor's client."""

    def say(self, text: str) -> None:
        """Send `text`."""

    def fill_in(self, values: Mapping[str, str]) -> None:
        """Send the ticket form with these fields."""

    def settle(self) -> bool:
        """Wait until all that follows from the last step is seen, and return true; false where the client can't know,
        so that more may come."""

    def lines(self) -> list[Line]:
        """All that the visitor sees, in order."""

    def state(self) -> Mapping[str, Any]:
        """What the bot remembers (`bot.services.dialogue.state`), `language` and `route` at least."""


class DeskSide(Protocol):
    """The agents' desk; raises `KilatError` when a step can't be done."""

    def do(self, agent: str, verb: str, words: str) -> None:
        """Do a step of the agent of this name at the visitor's case."""

    def reads(self, agent: str) -> str:
        """All that the agent can read of the case: its file, what was said, the notes."""


def without_case_numbers(text: str) -> str:
    """`text` without the numbers of cases and tickets, which say only how many were opened before."""
    return _CASE_NUMBER.sub(r"\1-…", text)
