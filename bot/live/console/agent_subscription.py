"""Shows a console one conversation: each entry once and without a gap, its notes, its state and its case."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.core.case_access import may_see
from bot.core.conversation import Author, Changed, Conversation, Entry
from bot.core.errors import StoreUnavailable
from bot.live.console.case_access import reach
from bot.live.console.serializers import case_frame, conversation_frame, customer_of, entry_row, file_of, note_row, row
from bot.live.frames import Frame, FrameError, LastSeen, dump
from bot.live.gateway import Gateway
from bot.live.log_follower import LogFollower
from bot.live.visitor_subscription import missed
from bot.ports import AgentAccount, Case, StoredNote

RETRY_SECONDS = 2.0


@dataclass(frozen=True)
class _Page:
    """What one reading of a conversation gave."""

    conversation: Conversation
    cases: list[Case]  # the newest first
    notes: list[StoredNote]
    entries: list[Entry]
    more: bool = False  # there are earlier entries
    elsewhere: tuple[Case, ...] = ()  # the customer's cases of other conversations


class AgentSubscription:
    """One console's view of one conversation. `account` gives the agent, `push` takes a frame's text and must not
    block, `now` is the clock, `over` is called when the agent may no longer see the conversation (`gone`).

    Entries that come in order are shown at once, unless the conversation has changed hands. After any other change the
    conversation is read again, and what is new is shown if the agent may still see it.
    """

    def __init__(
        self, gateway: Gateway, conversation_id: str, account: Callable[[], AgentAccount], push: Callable[[str], None],
        now: Callable[[], datetime], over: Callable[[], None],
    ) -> None:
        self._gateway, self._conversation_id, self._account = gateway, conversation_id, account
        self._push, self._now, self._over = push, now, over
        self._last = self._last_note = 0
        self._conversation: Conversation | None = None
        self._shown: dict[str, str] = {}
        # Counts calls of `on_commit`, so that an older reading is not taken for newer.
        self._heard = 0
        self._is_open = False
        self._log = LogFollower("An agent's view of a conversation", self._catch_up, lambda _: RETRY_SECONDS)
        self._log.hold()

    async def open(self, after: LastSeen) -> None:
        """Push `opened`. The caller has subscribed before, so that no change is lost. Raises `FrameError` as `reach`
        does, and `StoreUnavailable`."""
        page = await asyncio.to_thread(self._read_all, after)
        self._last = page.entries[-1].seq if page.entries else page.conversation.last_seq
        self._last_note = page.notes[-1].id if page.notes else 0
        self._conversation = page.conversation
        case, *earlier = page.cases
        now = self._now()
        conversation, stands = self._state_frame(page.conversation), case_frame(case, now)
        self._shown = {"state": dump(conversation), "case": dump(stands)}
        self._push(dump({
            **conversation, **stands, "type": "opened", "case_file": file_of(case),
            "customer": customer_of(page.conversation), "entries": [entry_row(entry) for entry in page.entries],
            "more": page.more, "notes": [note_row(note) for note in page.notes],
            "cases": [row(other, now) for other in earlier],
            "customer_cases": [row(other, now) for other in page.elsewhere],
        }))
        self._is_open = True
        self._log.release()

    def close(self) -> None:
        """Show nothing more of the conversation."""
        self._is_open = False
        self._log.close()

    def on_commit(self, changed: Changed) -> None:
        """Show a stored change."""
        self._heard += 1
        if not self._is_open or self._log.is_busy or changed.notes or self._changes_hands(changed.conversation):
            self.resync()
            return
        self._show_state(changed.conversation)
        for entry in changed.entries:
            if entry.seq == self._last + 1:
                self._show(entry)
        if changed.entries and changed.entries[-1].seq != self._last:
            self.resync()

    def resync(self) -> None:
        """Read the conversation again: there may be unknown changes."""
        self._log.wake()

    def refresh_state(self) -> None:
        """Show the state again if it differs: the visitor may have come or gone."""
        if self._is_open and self._conversation:
            self._show_once(self._state_frame(self._conversation))

    def on_transient(self, frame: Frame) -> None:
        """Show that the visitor types; colleagues who type are not shown."""
        if self._is_open and frame.get("author") == Author.VISITOR.value:
            self._push(dump({"type": "typing", "conversation": self._conversation_id, "on": frame["on"]}))

    async def _catch_up(self) -> None:
        if not self._is_open:
            return
        heard = self._heard
        try:
            page = await asyncio.to_thread(self._read, self._last)
            if page.conversation.last_seq < self._last:
                # An older backup was restored: begin anew.
                await self.open(LastSeen())
                return
        except FrameError as error:
            await self._lose(str(error.code))
            return
        self._show_news(page, is_newest=heard == self._heard)

    def _changes_hands(self, conversation: Conversation) -> bool:
        before = self._conversation
        return before is None or (before.status, before.agent) != (conversation.status, conversation.agent)

    async def _lose(self, code: str) -> None:
        """Push `gone`, with the note of the step that did it: the agent may no longer see it, or it was erased."""
        self._is_open = False
        try:
            notes = await asyncio.to_thread(self._gateway.cases.notes, self._conversation_id)
        except StoreUnavailable:
            notes = []
        steps = [note for note in notes if note.id > self._last_note and note.note.kind != "note"][:1]
        self._push(dump({"type": "gone", "conversation": self._conversation_id, "code": code,
                         "notes": [note_row(note) for note in steps]}))
        self._over()

    def _show_news(self, page: _Page, *, is_newest: bool) -> None:
        if is_newest:
            self._show_state(page.conversation)
            self._show_once(case_frame(page.cases[0], self._now()))
        for entry in page.entries:
            if entry.seq == self._last + 1:
                self._show(entry)
        for note in page.notes:
            if note.id > self._last_note:
                self._last_note = note.id
                self._push(dump({"type": "note", "conversation": self._conversation_id, "note": note_row(note)}))
        if not is_newest or self._last < page.conversation.last_seq:
            self.resync()

    def _show(self, entry: Entry) -> None:
        self._last = entry.seq
        self._push(dump({"type": "entry", "conversation": self._conversation_id, "entry": entry_row(entry)}))

    def _show_state(self, conversation: Conversation) -> None:
        self._conversation = conversation
        self._show_once(self._state_frame(conversation))

    def _show_once(self, frame: Frame) -> None:
        text = dump(frame)
        if text != self._shown.get(frame["type"]):
            self._shown[frame["type"]] = text
            self._push(text)

    def _state_frame(self, conversation: Conversation) -> Frame:
        online = self._gateway.pubsub.has_subscribers(self._conversation_id)
        return conversation_frame(conversation, online, self._gateway.settings.allowed_origins)

    def _read_all(self, after: LastSeen) -> _Page:
        entries, more = missed(self._gateway.conversations, self._conversation_id, after)
        page = self._read(None)
        identity = page.conversation.identity
        theirs = self._gateway.cases.of_customer(identity.subject, limit=20) if identity else []
        account = self._account()
        elsewhere = tuple(
            case for case in theirs if case.conversation_id != self._conversation_id and may_see(account, case))[:10]
        return _Page(page.conversation, page.cases, page.notes, entries, more, elsewhere)

    def _read(self, after: int | None) -> _Page:
        conversations, cases = self._gateway.conversations, self._gateway.cases
        entries = [] if after is None else conversations.entries(self._conversation_id, after=after)
        notes = cases.notes(self._conversation_id)
        conversation = conversations.get(self._conversation_id)
        # Last, so that the agent may see all that was read before: the case may move at any moment.
        found = reach(cases, self._account(), self._conversation_id)
        if conversation is None:
            raise FrameError("unknown", "there is no such conversation with a case")
        return _Page(conversation, found, notes, entries)
