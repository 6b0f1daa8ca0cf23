"""From the log to an outside desk: opens every open case there, shows it entry by entry, and closes it at its end.

The number of the last entry shown is stored after each entry, and a desk shows an entry once, however often it is sent:
after a crash an entry may be sent twice, but it never is missing or stands there twice.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncIterator

from bot.core.case import CaseState, Outcome
from bot.core.conversation import IN_QUEUE, WITH_PEOPLE, Author, Changed, Entry
from bot.core.errors import DeskUnavailable, NoConversation, StoreUnavailable
from bot.live.gateway import Gateway
from bot.live.log_follower import LogFollower
from bot.ports import AgentDesk, Case, DeskLink, DeskLinks
from bot.ports.personal_data import Erasure
from bot.workers.desk_sync.ids import client_id

logger = logging.getLogger(__name__)

SETTLING_SECONDS = 5.0
FIRST_RETRY_SECONDS = 0.5
LONGEST_RETRY_SECONDS = 15.0
MOST_AT_ONCE = 16
# Entries from before the case that are shown with it.
MOST_SHOWN = 500
PAGE = 100
# Attempts to close an erased case: about a quarter of an hour, then the log names it.
MOST_TRIES = 60


class DeskOutbox:
    """Shows open cases at `desk`, in the agents' `language`. A case that fails is retried and holds up no other."""

    def __init__(self, gateway: Gateway, desk: AgentDesk, links: DeskLinks, language: str) -> None:
        self._gateway = gateway
        self._desk = desk
        self._links = links
        self._language = language
        self._wake = asyncio.Event()
        # Ids of conversations whose cases may be new.
        self._new: set[str] = set()
        self._room = asyncio.Semaphore(MOST_AT_ONCE)
        self._followers: dict[int, LogFollower] = {}
        self._ends: set[asyncio.Task[None]] = set()
        self._shown: dict[str, DeskLink] = {}
        self.is_ready = asyncio.Event()
        gateway.log_writer.on_commit.append(self._on_commit)
        gateway.log_writer.on_uncertain_commit.append(self._on_uncertain_commit)
        gateway.on_erasure.append(self._on_erasure)

    async def run(self) -> None:
        """Take up the cases that are open at the start, then those that come, for ever."""
        failures = 0
        try:
            while True:
                try:
                    if not self.is_ready.is_set():
                        await self._take_up()
                    await self._start_new()
                    failures = 0
                    await self._wake.wait()
                    self._wake.clear()
                    continue
                except StoreUnavailable:
                    logger.warning("The cases could not be read; they are looked at again.")
                except Exception:  # the edge: the other cases go on
                    logger.exception("A look at the cases failed.")
                failures += 1
                await asyncio.sleep(_pause(failures))
        finally:
            for follower in self._followers.values():
                follower.close()
            for task in self._ends:
                task.cancel()

    def refs(self) -> list[str]:
        """The desk's names for the cases that are shown there."""
        return [link.ref for link in self._shown.values() if link.ref]

    def ref(self, conversation_id: str) -> str | None:
        """The desk's name for the conversation's case; `None` while it has none."""
        link = self._shown.get(conversation_id)
        return link.ref if link and link.ref else None

    @property
    def opens(self) -> bool:
        """True while the desk may have a case whose name there is not stored yet."""
        return any(not link.ref for link in self._shown.values())

    def _on_commit(self, changed: Changed) -> None:
        """Show at once what happens to a case that is shown. A conversation in the queue may have a new case."""
        conversation = changed.conversation
        is_shown = self._wake_shown(conversation.id)
        may_be_new = conversation.status in (IN_QUEUE if is_shown else WITH_PEOPLE)
        if may_be_new or not self.is_ready.is_set():
            self._queue_case(conversation.id)

    def _on_uncertain_commit(self, conversation_id: str) -> None:
        """The database may still be about to store the change: look now, and again when it has settled."""
        self._queue_case(conversation_id)
        asyncio.get_running_loop().call_later(SETTLING_SECONDS, self._queue_case, conversation_id)

    def _wake_shown(self, conversation_id: str) -> bool:
        """Bring the conversation's case at the desk up to date; False: none is there."""
        link = self._shown.get(conversation_id)
        if link is not None:
            self._start(link.case, conversation_id)
        return link is not None

    def _on_erasure(self, erasure: Erasure) -> None:
        """Close the cases of an erased conversation at the desk, as far as their names are known. Closing twice is
        harmless."""
        link = self._shown.pop(erasure.conversation_id, None)
        here = {ref for desk, ref in erasure.links if desk == self._desk.name} | ({link.ref} if link else set())
        for ref in here - {""}:
            self._start_end(ref)

    def _start_end(self, ref: str) -> None:
        task = asyncio.create_task(self._end(ref))
        self._ends.add(task)
        task.add_done_callback(self._ends.discard)

    async def _end(self, ref: str) -> None:
        """Close an erased case at the desk; the desk's owner deletes what the desk keeps of it."""
        for failures in range(MOST_TRIES):
            try:
                await self._desk.close(ref, Outcome.ENDED.value)
                return
            except DeskUnavailable as error:
                await asyncio.sleep(error.retry_after or _pause(failures))
            except Exception:  # the edge: the others go on
                logger.exception("An erased case could not be closed at the desk.")
                return
        logger.warning("The desk %s did not close %s, which was erased here; close it there.", self._desk.name, ref)

    def _queue_case(self, conversation_id: str) -> None:
        self._new.add(conversation_id)
        self._wake.set()

    async def _start_new(self) -> None:
        """Start the cases of the conversations in `_new`: the one that is shown, and those that are open."""
        while self._new:
            conversation_id = self._new.pop()
            self._wake_shown(conversation_id)
            try:
                cases = await asyncio.to_thread(self._gateway.cases.of_conversation, conversation_id)
            except Exception:  # `run` tries again
                self._new.add(conversation_id)
                raise
            for case in cases:
                if case.state is not CaseState.CLOSED:
                    self._start(case.id, conversation_id)

    async def _take_up(self) -> None:
        """Start what an earlier process has left: cases not yet opened there, and entries not yet shown there."""
        links = await asyncio.to_thread(self._links.open, self._desk.name)
        cases = await asyncio.to_thread(self._gateway.cases.open)
        self._shown = {link.conversation_id: link for link in links}
        known = {link.case for link in links}
        due = [(link.case, link.conversation_id) for link in links if link.is_due]
        self.is_ready.set()
        for case, conversation_id in [*due, *((c.id, c.conversation_id) for c in cases if c.id not in known)]:
            self._start(case, conversation_id)

    def _start(self, case: int, conversation_id: str) -> None:
        """Bring one case up to date, however long it takes."""
        if case not in self._followers:
            name = f"A case at the desk {self._desk.name}"
            self._followers[case] = LogFollower(name, lambda: self._catch_up(case, conversation_id), _pause)
        self._followers[case].wake()

    async def _catch_up(self, case: int, conversation_id: str) -> None:
        async with self._room:
            try:
                is_over = await self._bring(case, conversation_id)
            except NoConversation:
                is_over = True
        if is_over:
            self._followers.pop(case).close()
            # While it was being closed there, the visitor may have come back to the queue.
            self._queue_case(conversation_id)

    async def _bring(self, number: int, conversation_id: str) -> bool:
        """Show what is new of a case; true when the case is over."""
        case = await self._case(number, conversation_id)
        link = await self._open(case)
        if link is None:
            return True
        async for entry in self._entries(conversation_id, link.relayed):
            if case.closed_at and entry.at > case.closed_at:
                break
            await self._show(link, entry)
        if case.state is CaseState.CLOSED:
            await self._desk.close(link.ref, case.outcome.value if case.outcome else "")
            await asyncio.to_thread(self._links.over, case.id)
            if self._shown.get(conversation_id, link).case == case.id:
                self._shown.pop(conversation_id, None)
        return case.state is CaseState.CLOSED

    async def _case(self, number: int, conversation_id: str) -> Case:
        cases = await asyncio.to_thread(self._gateway.cases.of_conversation, conversation_id)
        found = next((case for case in cases if case.id == number), None)
        if found is None:
            raise NoConversation(conversation_id)
        return found

    async def _open(self, case: Case) -> DeskLink | None:
        """The link of the case, opened now if need be; `None` for a case that was closed before it was opened there.
        The first entry to show is stored before the opening, so a crash changes nothing in what the desk is given."""
        link = await asyncio.to_thread(self._links.of_case, case.id)
        if link is None:
            if case.state is CaseState.CLOSED:
                return None
            conversation = await asyncio.to_thread(self._gateway.conversations.get, case.conversation_id)
            if conversation is None:
                raise NoConversation(case.conversation_id)
            link = await asyncio.to_thread(
                self._links.begin, self._desk.name, case.id, case.conversation_id, conversation.last_seq)
            self._shown[case.conversation_id] = link
        if not link.ref:
            place = await asyncio.to_thread(self._gateway.queue.place, case.conversation_id)
            entries = await asyncio.to_thread(
                self._gateway.conversations.entries, case.conversation_id, before=link.relayed + 1, limit=MOST_SHOWN)
            text = await asyncio.to_thread(self._gateway.responder.case_summary, case, place, entries, self._language)
            ref = await self._desk.open_case(case, place, text)
            if not await asyncio.to_thread(self._links.opened, case.id, ref):
                logger.warning("%s was opened at the desk %s as %s while it was erased here; delete it there.",
                               case.number, self._desk.name, ref)
                self._start_end(ref)
                raise NoConversation(case.conversation_id)
            link = self._shown[case.conversation_id] = DeskLink(case.id, case.conversation_id, ref, link.relayed)
        return link

    async def _entries(self, conversation_id: str, seq: int) -> AsyncIterator[Entry]:
        """The entries after `seq`, read page by page."""
        read = self._gateway.conversations.entries
        while page := await asyncio.to_thread(read, conversation_id, after=seq, before=seq + PAGE + 1):
            for entry in page:
                yield entry
            seq = page[-1].seq

    async def _show(self, link: DeskLink, entry: Entry) -> None:
        """Relay an entry, unless an agent of this desk wrote it there. A reply on a ticket came another way."""
        is_named = (entry.client_id or "").startswith(client_id(self._desk.name, ""))
        is_theirs = is_named and entry.author is Author.AGENT and "ticket" not in entry.body
        if not is_theirs:
            file = entry.body.get("file")
            load = self._gateway.files.load
            content = await asyncio.to_thread(load, link.conversation_id, file["id"]) if file else None
            await self._desk.relay(link.ref, entry, content)
        if not await asyncio.to_thread(self._links.shown, link.case, entry.seq):
            raise NoConversation(link.conversation_id)


def _pause(failures: int) -> float:
    """Seconds: growing with the failures, and random, so that cases don't retry in step."""
    wait: float = min(FIRST_RETRY_SECONDS * 2 ** min(failures, 10), LONGEST_RETRY_SECONDS)
    return wait * random.uniform(0.5, 1.0)
