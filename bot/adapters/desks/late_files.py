"""Files of agents whose upload arrives after the word of it: asked for again for a while, and then given up."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable

from bot.core.errors import DeskUnavailable

logger = logging.getLogger(__name__)

PATIENT_SECONDS = 60.0


class LateFiles:
    """Waits for each file for `PATIENT_SECONDS` after it was asked for first: what its agent says next must not wait
    for ever. `clock` gives seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._since: dict[str, float] = {}

    async def have(self, name: str, asked: Awaitable[bytes | None]) -> bytes:
        """What `asked` brings of the file `name`; no bytes of one that will never be had. `DeskUnavailable`: ask again
        later, for it is not there yet (`None`), or whoever keeps it is away."""
        since = self._since.setdefault(name, self._clock())
        try:
            content = await asked
            if content is None:
                raise DeskUnavailable("a file of a message is not there yet")
        except DeskUnavailable as error:
            if self._clock() - since < PATIENT_SECONDS:
                raise
            logger.warning("A file of an agent is given up: %s", error)
            content = b""
        self._since.pop(name, None)
        return content
