"""Rasa's memory of conversations, without those of the gateway: it keeps their log and their state itself, and sends
along what a turn needs. So each of its messages meets an empty tracker, and Rasa can be stopped at any time."""

from __future__ import annotations

from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.trackers import DialogueStateTracker

from bot.services.bot_protocol import GATEWAY


class Trackers(InMemoryTrackerStore):
    """Named by `endpoints.yml`."""

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep it in memory, unless it came through the gateway."""
        if tracker.get_latest_input_channel() == GATEWAY:
            await self.stream_events(tracker)
        else:
            await super().save(tracker)
