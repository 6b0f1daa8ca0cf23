"""Rasa's store of trackers, without the conversations of the gateway.

The gateway keeps their log and their state, and sends along what a turn needs. So each message of the gateway meets an
empty tracker, and Rasa can be stopped at any time.
"""

from __future__ import annotations

from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.trackers import DialogueStateTracker

from bot.services.bot_protocol import GATEWAY


class RestTrackerStore(InMemoryTrackerStore):
    """In memory; `endpoints.yml` names this class."""

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep `tracker` in memory, unless its latest message came through the gateway."""
        if tracker.get_latest_input_channel() == GATEWAY:
            await self.stream_events(tracker)
        else:
            await super().save(tracker)
