"""The common part of agents' desks that are polled case by case: Chatwoot and Zendesk messaging."""

from __future__ import annotations

import logging
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from urllib.parse import unquote, urlsplit

from bot.adapters.desks.agent_phrases import AgentPhrases
from bot.adapters.desks.case_poller import CasePoll, CasePoller
from bot.adapters.desks.http_calls import NOT_FOUND, UNTAKEN, CallRefused, HttpCalls
from bot.adapters.desks.late_files import LateFiles
from bot.adapters.desks.plain_text import entry_name, entry_text
from bot.core.conversation import Agent, Entry
from bot.ports import AgentDesk, DeskEvent, DeskNews

logger = logging.getLogger(__name__)

# A file to send: name, media type, content.
File = tuple[str, str, bytes]


class PolledDesk(AgentDesk):
    """A desk that a `CasePoller` polls every `pace` seconds. `phrases` are for agents; agents' files may have `largest`
    bytes. Each message at the desk has a key, unique within its case, by which it is sent only once."""

    def __init__(self, calls: HttpCalls, phrases: Mapping[str, str], largest: int, pace: float) -> None:
        self._calls = calls
        self._words = AgentPhrases(phrases)
        self._largest = largest
        self._poller = CasePoller(pace)
        self._late = LateFiles()
        # By case, the ids of the messages there by key. Dropped when a call fails, and then read anew.
        self._there: dict[str, dict[str, str]] = {}

    @abstractmethod
    async def _poll_case(self, poll: CasePoll) -> None:
        """Add the case's new events to `poll`, and move its cursor on."""

    @abstractmethod
    async def _say(self, ref: str, entry: Entry, file: File | None) -> None:
        """Send an entry in its author's name."""

    @abstractmethod
    async def _note(self, ref: str, key: str, text: str) -> None:
        """Send a message of Kilat to the agents."""

    @abstractmethod
    async def _end(self, ref: str) -> None:
        """Close the case's conversation at the desk."""

    async def relay(self, ref: str, entry: Entry, file: bytes | None = None) -> None:
        if not entry_text(entry).strip() and file is None:
            return
        about = entry.body.get("file") or {}
        try:
            await self._say(ref, entry, (about["name"], about["media_type"], file) if file else None)
        except CallRefused as error:
            if not file or error.status not in UNTAKEN:
                raise
            await self._note(ref, entry_name(entry), self._words.phrase("desk_file_refused", name=about["name"]))

    async def refuse(self, ref: str, event: str, why: str) -> None:
        try:
            await self._note(ref, f"no:{event}", self._words.phrase(f"desk_refused_{why}"))
        except CallRefused as error:  # the conversation was deleted at the desk; other cases must not wait
            logger.warning("An agent can't be told that a message did not reach the visitor: %s", error)

    async def close(self, ref: str, reason: str) -> None:
        """See `AgentDesk`. A note says that the case is over: what agents write after it reaches nobody."""
        try:
            await self._note(ref, "over", self._words.phrase("desk_closed", outcome=self._words.outcome(reason)))
            await self._end(ref)
        except CallRefused as error:
            if error.status != NOT_FOUND:  # a conversation that was deleted at the desk is over
                raise
        self._there.pop(ref, None)

    async def news(self, cursor: str | None, refs: Sequence[str]) -> DeskNews:
        return await self._poller.news(self._poll_case, cursor, refs)

    async def aclose(self) -> None:
        await self._calls.aclose()

    async def _add_file(self, poll: CasePoll, agent: Agent, id_: str, url: str, *, signed: bool = False) -> None:
        """Add the event of an agent's file at `url`; `signed`: see `HttpCalls.download`."""
        content = await self._late.fetch(id_, self._calls.download(url, self._largest, signed=signed))
        name = unquote(urlsplit(url).path.rpartition("/")[2]) or id_
        poll.events.append(DeskEvent(f"a{id_}", poll.ref, "file", agent, name, content))
