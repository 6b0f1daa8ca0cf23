"""Kilat's phrases for the agents at an outside desk."""

from __future__ import annotations

from collections.abc import Mapping
from string import Formatter


class AgentPhrases:
    """The phrases of one language."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts

    def phrase(self, key: str, **values: str) -> str:
        """The phrase `key` with its placeholders filled."""
        return Formatter().vformat(self._texts[key], (), values)

    def outcome(self, reason: str) -> str:
        """The phrase for an `Outcome`; "" when there is none."""
        return self.phrase(f"desk_outcome_{reason}") if f"desk_outcome_{reason}" in self._texts else ""
