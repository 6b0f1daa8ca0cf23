"""Files of agents that can't be had yet: asked for again for a while, and then given up."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable

from bot.core.errors import DeskUnavailable

logger = logging.getLogger(__name__)

PATIENT_SECONDS = 60.0


class LateFiles:
    """Knows since when each file is asked for. What is said after a file waits for it, so no file is waited for without
    an end. `clock` gives seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._since: dict[str, float] = {}

    async def fetch(self, name: str, asked: Awaitable[bytes | None], patience: float | None = None) -> bytes:
        """The content of the file `name`, which `asked` brings; no bytes of a file that will never be had.

        `DeskUnavailable`: ask again later, for `asked` brought `None` (the file is not there yet) or `DeskUnavailable`.
        After `patience` seconds (`PATIENT_SECONDS`) since the first time the file is given up: no bytes."""
        patience = PATIENT_SECONDS if patience is None else patience
        now = self._clock()
        # A file that is told of no more needs no place here.
        self._since = {one: at for one, at in self._since.items() if now - at < 2 * patience}
        since = self._since.setdefault(name, now)
        try:
            content = await asked
            if content is None:
                raise DeskUnavailable("a file of a message is not there yet")
        except DeskUnavailable as error:
            if self._clock() - since < patience:
                raise
            logger.warning("A file of an agent is given up: %s", error)
            return b""
        self._since.pop(name, None)
        return content
