"""Loads the model beside the page, which tells how it stands."""

from __future__ import annotations

import logging
from collections.abc import Callable

logger = logging.getLogger(__name__)

LOADING, READY, FAILED = "loading", "ready", "failed"


class Loading:
    """The state of the model: `LOADING`, `READY` or `FAILED`, with the reason as `detail`."""

    def __init__(self, load: Callable[[], object], changed: Callable[[], None]) -> None:
        self.state = LOADING
        self.detail = ""
        self._load = load
        self._changed = changed

    def run(self) -> None:
        """Load the model."""
        try:
            self._load()
            self.state = READY
        except Exception as error:  # the edge: the page tells it, and buttons work without a model
            logger.exception("The model can't be loaded.")
            self.state, self.detail = FAILED, str(error)
        self._changed()
