"""The store of the facts of support."""

from __future__ import annotations

from typing import Protocol

from bot.core.facts import Facts


class FactsStore(Protocol):
    """The facts of support."""

    def load(self) -> Facts:
        """The current facts. Raises `StoreUnavailable`."""
