"""`AgentDesk` in Matrix: the members of one room are the agents; each case is a room, and the first answer takes it."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.adapters.desks.agent_phrases import AgentPhrases
from bot.adapters.desks.late_files import LateFiles
from bot.adapters.desks.matrix.client import MatrixClient, MatrixRefused
from bot.adapters.desks.matrix.reader import MatrixEvent, parse_event
from bot.adapters.desks.matrix.room import NOTICE, TEXT, Rooms
from bot.adapters.desks.matrix.settings import MatrixSettings
from bot.adapters.desks.matrix.sync import Sync
from bot.adapters.desks.matrix.team import Team
from bot.adapters.desks.plain_text import case_name, entry_name, entry_text, speaker, split_text
from bot.core.conversation import Agent, Author, Entry
from bot.core.errors import ConfigurationError, DeskUnavailable, WebhookRefused
from bot.ports import AgentDesk, Case, DeskEvent, DeskNews, QueuePlace

logger = logging.getLogger(__name__)

TYPING_SECONDS = 8.0
# Characters. A message of Matrix holds 65 536 bytes, and a character may take six as JSON.
LONGEST_TEXT = 10_000
LONGEST_TOPIC = 200
_WRONG_TOKEN = (401, 403)


class MatrixDesk(AgentDesk):
    """See the module. `phrases` are for agents; files of agents may have `largest` bytes."""

    name = "matrix"

    def __init__(self, settings: MatrixSettings, phrases: Mapping[str, str], largest: int) -> None:
        self._settings = settings
        self._words = AgentPhrases(phrases)
        self._largest = largest
        self._client = MatrixClient(settings.url, settings.token)
        self._rooms = Rooms(self._client)
        self._sync = Sync(self._client)
        self._team = Team(self._client, settings.team)
        self._late = LateFiles()
        self._typing: dict[str, set[str]] = {}

    @classmethod
    def from_environment(cls, environ: Mapping[str, str], phrases: Mapping[str, str], largest: int) -> MatrixDesk:
        """Read the settings. Raises `ConfigurationError`."""
        return cls(MatrixSettings.from_environment(environ), phrases, largest)

    async def check(self) -> None:
        try:
            me = await self._team.me()
        except MatrixRefused as error:
            if error.status in _WRONG_TOKEN:
                raise ConfigurationError("KILAT_MATRIX_TOKEN: the server does not know this token. Sign Kilat's user "
                                         "in again, and set the new token.") from error
            raise ConfigurationError(f"KILAT_MATRIX_URL: no Matrix server answers there ({error}).") from error
        except DeskUnavailable as error:
            logger.warning("The Matrix server does not answer yet: %s", error)
            return
        try:
            await self._team.room()
        except MatrixRefused as error:
            raise ConfigurationError(
                f"KILAT_MATRIX_TEAM: {me} can't enter {self._settings.team} ({error}). Invite it there."
            ) from error
        except DeskUnavailable as error:
            logger.warning("The Matrix server does not answer any more: %s", error)

    async def online(self) -> int | None:
        """See `AgentDesk`. Counts by the agents' presence."""
        return await self._team.online()

    async def open_case(self, case: Case, place: QueuePlace | None, transcript: str) -> str:
        """See `AgentDesk`. `ref` is the id of the case's room."""
        me = await self._team.me()
        await self._team.room()
        who = (case.file.get("identity") or {}).get("name") or self._words.phrase("anonymous")
        title = " · ".join(part for part in (case.number, (case.priority or "").upper(), " ".join(who.split())) if part)
        # Another Kilat at the same server, or this one before, may have used the same case number.
        tail = hashlib.sha256(case_name(case).encode()).hexdigest()[:12]
        alias = f"kilat-{case.number.lower()}-{tail}"
        question = str(case.file.get("question") or "")
        topic = "" if question.startswith("/") else question[:LONGEST_TOPIC]
        room = await self._rooms.make(alias, me.partition(":")[2], title, topic, await self._team.agents())
        for number, part in enumerate(split_text(transcript, LONGEST_TEXT)):
            await self._say(room, f"open-{number}", part, TEXT)
        await self._say(room, "help", self._words.phrase("matrix_help"))
        return room

    async def relay(self, ref: str, entry: Entry, file: bytes | None = None) -> None:
        """See `AgentDesk`. Skips entries when Kilat is not in the room any more: the case is about to end."""
        try:
            await self._relay(ref, entry, file)
        except MatrixRefused as error:
            if error.code != "M_FORBIDDEN" or await self._rooms.is_in(ref):
                raise
            logger.warning("An entry can't be shown: Kilat is not in the room any more: %s", error)

    async def _relay(self, ref: str, entry: Entry, file: bytes | None) -> None:
        name = f"entry-{entry_name(entry)}"
        if file is not None:
            content = await self._file(entry, file)
            await self._rooms.say(ref, await self._team.me(), name, content)
            return
        text = entry_text(entry)
        if entry.author is Author.VISITOR:
            said = self._words.phrase("desk_visitor", text=text)
        else:
            said = text if entry.author is Author.SYSTEM else f"{speaker(entry)}: {text}"
        for number, part in enumerate(split_text(said, LONGEST_TEXT)):
            kind = TEXT if entry.author is Author.VISITOR else NOTICE
            await self._say(ref, f"{name}-{number}" if number else name, part, kind)

    async def typing(self, ref: str, on: bool) -> None:
        body = {"typing": True, "timeout": int(TYPING_SECONDS * 1000)} if on else {"typing": False}
        await self._client.put("rooms", ref, "typing", await self._team.me(), body=body)

    async def refuse(self, ref: str, event: str, why: str) -> None:
        await self._tell(ref, f"refused-{event}", self._words.phrase(f"desk_refused_{why}"))

    async def close(self, ref: str, reason: str) -> None:
        """See `AgentDesk`. Kilat leaves the room; the agents stay in it."""
        said = self._words.phrase("desk_closed", outcome=self._words.outcome(reason))
        try:
            await self._say(ref, "closed", said.strip())
            await self._rooms.leave(ref)
        except MatrixRefused as error:
            if error.status == _WRONG_TOKEN[0]:  # try again after the token is replaced
                raise
            logger.info("Kilat had left the room before: %s", error)

    async def news(self, cursor: str | None, refs: Sequence[str]) -> DeskNews:
        """See `AgentDesk`. The cursor is the server's `since` token."""
        me, team = await self._team.me(), await self._team.room()
        synced = await self._sync.news(me, cursor, refs)
        rooms = [room for room in dict.fromkeys((*synced.said, *synced.typing)) if room != team]
        agents = await self._team.agents() if rooms else {}
        events: list[DeskEvent] = []
        for room in rooms:
            timeline = synced.said.get(room, ())
            if any(said.get("sender") not in agents for said in timeline):
                agents = await self._team.agents(now=True)  # the sender may have joined just now
            for said in timeline:
                if event := parse_event(said, room, agents):
                    events.extend(await self._events_of(event, said["event_id"], room))
            events.extend(self._typers(room, synced.typing.get(room, ()), agents))
        # Kilat left the room before a backup was restored, or was removed from it: the case is over.
        events += [DeskEvent(f"{room}.left", room, "closed") for room in await self._rooms.lost(refs)]
        return DeskNews(tuple(events), synced.token)

    def receive_webhook(self, headers: Mapping[str, str], body: bytes) -> None:
        """See `AgentDesk`. `news` waits at the server instead."""
        raise WebhookRefused("Matrix sends no webhooks")

    async def aclose(self) -> None:
        await self._client.aclose()

    async def _events_of(self, event: MatrixEvent, id_: str, room: str) -> list[DeskEvent]:
        """The desk's events for a Matrix event, with its file. A question is answered in the room."""
        if event.question:
            await self._tell(room, f"{event.question}-{id_}", self._words.phrase(f"matrix_{event.question}"))
            return []
        if event.event is None or event.file is None:
            return [event.event] if event.event else []
        asked = self._file_of(event.file)
        found = [replace(event.event, file=await self._late.fetch(id_, asked))]
        return [*found, event.caption] if event.caption else found

    async def _file_of(self, address: str) -> bytes:
        try:
            return await self._client.download(address, self._largest)
        except MatrixRefused as error:
            logger.warning("An agent's file can't be fetched: %s", error)
            return b""

    def _typers(self, room: str, told: Sequence[Mapping[str, Any]], agents: Mapping[str, str]) -> list[DeskEvent]:
        """Events for agents who have begun to type, or have stopped."""
        events: list[DeskEvent] = []
        for one in told:
            if one.get("type") == "m.typing":
                now = {user for user in one["content"].get("user_ids", []) if user in agents}
                before = self._typing.pop(room, set())
                for user in now ^ before:
                    text = "typing" if user in now else ""
                    events.append(DeskEvent("", room, "typing", Agent(user, agents.get(user, user)), text))
                if now:
                    self._typing[room] = now
        return events

    async def _file(self, entry: Entry, file: bytes) -> dict[str, Any]:
        """The content of a message with the file, or of a notice that the server refuses the file."""
        about = entry.body["file"]
        name, media_type = str(about["name"]), str(about["media_type"])
        try:
            address = await self._client.upload(name, media_type, file)
        except MatrixRefused as error:
            logger.warning("Matrix refuses a visitor's file: %s", error)
            return {"msgtype": NOTICE, "body": self._words.phrase("desk_file_refused", name=name)}
        kind = "m.image" if media_type.startswith("image/") else "m.file"
        return {"msgtype": kind, "body": name, "filename": name, "url": address,
                "info": {"mimetype": media_type, "size": len(file)}}

    async def _tell(self, room: str, name: str, text: str) -> None:
        """Send a notice. A refusal is logged only, so that other rooms do not wait."""
        try:
            await self._say(room, name, text)
        except MatrixRefused as error:
            logger.warning("A notice to a room was refused: %s", error)

    async def _say(self, room: str, name: str, text: str, kind: str = NOTICE) -> None:
        await self._rooms.say(room, await self._team.me(), name, {"msgtype": kind, "body": text})
