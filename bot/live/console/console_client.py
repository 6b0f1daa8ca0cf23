"""A console as the desk knows it."""

from __future__ import annotations

from typing import Protocol

from bot.live.frames import Frame
from bot.ports import AgentAccount


class ConsoleClient(Protocol):
    """An open console. Nothing here blocks, but `check`."""

    @property
    def account(self) -> AgentAccount:
        """Whose it is."""

    def show(self, type_: str, text: str) -> None:
        """The text of a frame that is pushed when it differs from the last of its type."""

    def send(self, frame: Frame) -> None:
        """A frame that is pushed at once."""

    async def check(self) -> bool:
        """Is its session good still?"""

    def end(self) -> None:
        """Its session has ended: send it away."""
