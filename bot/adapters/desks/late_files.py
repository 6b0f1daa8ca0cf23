"""Fetches agents' files that are not available yet: tries again for a while, then gives up."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable

from bot.core.errors import DeskUnavailable

logger = logging.getLogger(__name__)

PATIENT_SECONDS = 60.0


class LateFiles:
    """Remembers when each file was first asked for. Later messages wait for it, so that must end. `clock`: seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._since: dict[str, float] = {}

    async def fetch(self, name: str, asked: Awaitable[bytes | None], patience: float | None = None) -> bytes:
        """The content of the file `name`: the result of `asked`. Raises `DeskUnavailable` (ask again later) when
        `asked` does, or gives `None` (not there yet); b"" when `patience` seconds are over (`PATIENT_SECONDS`)."""
        patience = PATIENT_SECONDS if patience is None else patience
        now = self._clock()
        # Drop files that nobody asks for any more.
        self._since = {one: at for one, at in self._since.items() if now - at < 2 * patience}
        since = self._since.setdefault(name, now)
        try:
            content = await asked
            if content is None:
                raise DeskUnavailable("a file of a message is not there yet")
        except DeskUnavailable as error:
            if self._clock() - since < patience:
                raise
            logger.warning("An agent's file can't be fetched, and is given up: %s", error)
            return b""
        self._since.pop(name, None)
        return content
