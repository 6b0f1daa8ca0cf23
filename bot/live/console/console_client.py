"""An open console, as `ConsoleHub` uses it."""

from __future__ import annotations

from typing import Protocol

from bot.live.frames import Frame
from bot.ports import AgentAccount


class ConsoleClient(Protocol):
    """An open console. Only `check` may block."""

    @property
    def account(self) -> AgentAccount:
        """The signed-in agent."""

    def show(self, type_: str, text: str) -> None:
        """Push a frame's text unless it equals the last one of its type."""

    def send(self, frame: Frame) -> None:
        """Push a frame at once."""

    async def check(self) -> bool:
        """True while the session is valid."""

    def end(self) -> None:
        """Close the console: its session has ended."""
