"""Reads what is new in rooms since the last call, without gaps."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.adapters.desks.matrix.client import MatrixClient, MatrixRefused

logger = logging.getLogger(__name__)

WAIT_SECONDS = 25.0
# Messages in one answer of the server; older ones are fetched.
TIMELINE = 100
_INVALID = 400

Json = dict[str, Any]


@dataclass(frozen=True)
class Synced:
    """What is new in rooms."""

    said: Mapping[str, Sequence[Json]]  # by room: messages, the oldest first
    typing: Mapping[str, Sequence[Json]]  # by room: events that name the users who type
    token: str  # for the next call


class Sync:
    """Synchronises with the server."""

    def __init__(self, client: MatrixClient) -> None:
        self._client = client

    async def news(self, me: str, since: str | None, rooms: Sequence[str]) -> Synced:
        """What others than `me` did after the token `since`. If the server does not know the token, as after a restored
        backup, all messages of `rooms` are read again."""
        if since:
            try:
                return await self._since(me, since)
            except MatrixRefused as error:
                if error.status != _INVALID:
                    raise
                logger.warning("The server does not know the sync token. Open cases are read again: %s", error)
        return await self._anew(me, rooms)

    async def _since(self, me: str, since: str) -> Synced:
        answer = await self._ask(me, since=since, timeout=str(int(WAIT_SECONDS * 1000)))
        joined, left = (answer.get("rooms", {}).get(kind, {}) for kind in ("join", "leave"))
        said = {room: await self._timeline(room, told.get("timeline", {}), since, me)
                for room, told in {**joined, **left}.items()}
        return Synced(said, _typing(joined), str(answer["next_batch"]))

    async def _anew(self, me: str, rooms: Sequence[str]) -> Synced:
        answer = await self._ask(me)
        joined = answer.get("rooms", {}).get("join", {})
        said = {room: await self._all(room, me) for room in rooms}
        return Synced(said, _typing(joined), str(answer["next_batch"]))

    async def _ask(self, me: str, **how: str) -> Json:
        answer = await self._client.get("sync", seconds=2 * WAIT_SECONDS, filter=json.dumps(_filter(me)), **how)
        return dict(answer)

    async def _timeline(self, room: str, timeline: Mapping[str, Any], since: str, me: str) -> list[Json]:
        """The messages since `since`, with those that the server left out of its answer."""
        said: list[Json] = list(timeline.get("events", []))
        start = timeline.get("prev_batch") if timeline.get("limited") else None
        return [*(await self._before(room, me, start, since) if start else ()), *said]

    async def _all(self, room: str, me: str) -> list[Json]:
        """All messages of a room that the user may read."""
        try:
            return await self._before(room, me)
        except MatrixRefused as error:
            logger.warning("A room can't be read: %s", error)
            return []

    async def _before(self, room: str, me: str, start: str | None = None, since: str | None = None) -> list[Json]:
        """The messages before `start` (default: the end) and after `since` (default: the beginning)."""
        said: list[Json] = []
        until: Json = {"to": since} if since else {}
        while True:
            place: Json = {**until, "from": start} if start else until
            page = await self._client.get(
                "rooms", room, "messages", dir="b", limit=str(TIMELINE), filter=json.dumps(_messages(me)), **place)
            said = [*reversed(page["chunk"]), *said]
            start = page.get("end")
            if not start or not page["chunk"]:
                return said


def _typing(joined: Mapping[str, Any]) -> dict[str, Sequence[Json]]:
    return {room: told.get("ephemeral", {}).get("events", []) for room, told in joined.items()}


def _messages(me: str) -> Json:
    return {"types": ["m.room.message", "m.room.encrypted"], "not_senders": [me]}


def _filter(me: str) -> Json:
    """The filter of a sync: messages of others, and typing."""
    nothing: Json = {"types": []}
    room = {"timeline": {**_messages(me), "limit": TIMELINE}, "ephemeral": {"types": ["m.typing"]}, "state": nothing,
            "account_data": nothing}
    return {"room": room, "presence": nothing, "account_data": nothing}
