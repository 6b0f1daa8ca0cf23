"""What a visitor has sent goes to the bot, one after the other in each conversation; the replies go to the log.

Free text goes to Rasa. A button's intent and a form need no understanding and are answered here, so they work while
Rasa is away. Nothing is lost or doubled: what waits is known from the log, each reply carries the number of what it
answers, and the bot gives the same effects for the same message however often it is asked.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, field
from typing import Any

from bot.core.chat import Author, Change, Changed, Chat, Entry, Kind, NewEntry, Status, outcome
from bot.core.errors import BotUnavailable, StoreUnavailable
from bot.ports import Bot, BotReply, BotTurn, Conversations
from bot.services import wire
from bot.services.counter import Counter
from bot.web.hub import Hub
from bot.web.journal import Journal

logger = logging.getLogger(__name__)

MOST_AT_ONCE = 16
# A message on which the bot fails this often, while it answers others, gets an apology instead.
MOST_ATTEMPTS = 3
CALM_SECONDS = 5.0
WATCHFUL_SECONDS = 0.5
RETRY_SECONDS = 1.0
REMEMBERED = 10
_WITH_BOT = frozenset({Status.BOT, Status.OFFERED, Status.QUEUED, Status.TICKETED})
_ANSWERED = (Kind.TEXT, Kind.TICKET)


@dataclass
class _Line:
    """What waits in one conversation."""

    chat: Chat
    waiting: deque[Entry] = field(default_factory=deque)


class Relay:
    """Between the log and the bot."""

    def __init__(
        self, conversations: Conversations, journal: Journal, hub: Hub, bot: Bot, counter: Counter,
        on_switch: Callable[[bool], None],
    ) -> None:
        self._conversations = conversations
        self._journal = journal
        self._hub = hub
        self._bot = bot
        self._counter = counter
        self._on_switch = on_switch
        self._lines: dict[str, _Line] = {}
        self._attempts: dict[tuple[str, int], int] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._room = asyncio.Semaphore(MOST_AT_ONCE)
        self._doubt = asyncio.Event()
        self.bot_is_up = False

    def take(self, changed: Changed) -> None:
        """Answer what is new in `changed`, when it is the bot's to answer."""
        self._take(changed.chat, changed.entries)

    async def watch(self) -> None:
        """Ask whether the bot is there, for ever; when it comes back, answer what has waited."""
        while True:
            up = await self._bot.is_up()
            if up != self.bot_is_up:
                self.bot_is_up = up
                logger.info("The bot is %s.", "up" if up else "away")
                self._on_switch(up)
            if up:
                await self._catch_up()
            self._doubt.clear()
            try:
                await asyncio.wait_for(self._doubt.wait(), CALM_SECONDS if up else WATCHFUL_SECONDS)
            except asyncio.TimeoutError:
                continue

    async def _catch_up(self) -> None:
        """Everything that has waited in the log and is not under way."""
        try:
            for conversation in await asyncio.to_thread(self._conversations.unanswered):
                if conversation in self._lines:
                    continue
                chat = await asyncio.to_thread(self._conversations.get, conversation)
                if chat is not None:
                    entries = await asyncio.to_thread(self._conversations.entries, chat.id, after=chat.answered)
                    if conversation not in self._lines:
                        self._take(chat, entries)
        except StoreUnavailable:
            logger.warning("The log could not be read; what waits there is looked for again.")

    def _take(self, chat: Chat, entries: Iterable[Entry]) -> None:
        asked = [entry for entry in entries if entry.author is Author.VISITOR and entry.kind in _ANSWERED]
        if not asked or chat.status not in _WITH_BOT:
            return
        if not self.bot_is_up:
            for entry in filter(_is_local, asked):
                self._start(self._answer_alone(chat, entry))
            return
        line = self._lines.get(chat.id)
        if line is not None:
            newest = line.waiting[-1].seq if line.waiting else line.chat.answered
            line.waiting.extend(entry for entry in asked if entry.seq > newest)
            return
        line = self._lines[chat.id] = _Line(chat, deque(asked))
        self._start(self._work(line))

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _work(self, line: _Line) -> None:
        """Answer what waits in one conversation, in its order; what can't be answered now stays in the log."""
        try:
            while line.waiting:
                entry = line.waiting[0]
                line.chat = await self._answer(line.chat, entry, entry.seq)
                line.waiting.popleft()
        except BotUnavailable:
            self._doubt.set()
        except StoreUnavailable:
            await asyncio.sleep(RETRY_SECONDS)
            self._doubt.set()
        except Exception:  # the edge: one conversation must not take the others along
            logger.exception("A conversation could not go on; it is tried again.")
        finally:
            del self._lines[line.chat.id]
            self._hub.tell(line.chat.id, {"type": "typing", "author": Author.BOT.value, "on": False})

    async def _answer_alone(self, chat: Chat, entry: Entry) -> None:
        """While the bot is away: answer `entry` before those that wait; they are counted as answered later."""
        try:
            await self._answer(chat, entry, None)
        except StoreUnavailable:
            logger.warning("The store did not answer; the entry waits in the log.")

    async def _answer(self, chat: Chat, entry: Entry, answers: int | None) -> Chat:
        turn = await asyncio.to_thread(self._turn, chat, entry)
        reply = await self._reply(chat, entry, turn)
        entries = [
            NewEntry(Author.BOT, Kind.TEXT, {**wire.bubble_to_json(bubble), "lang": reply.state.get("language")},
                     f"re-{entry.seq}" if number == 0 else None)
            for number, bubble in enumerate(reply.bubbles)
        ]
        changed = await self._journal.write(Change(
            chat.id, tuple(entries), outcome(reply.bubbles), answers, reply.state, reply.state.get("language"),
        ))
        if not changed.is_new and answers is not None:
            changed = await self._journal.write(Change(chat.id, answers=answers))
        self._attempts.pop((chat.id, entry.seq), None)
        return changed.chat

    async def _reply(self, chat: Chat, entry: Entry, turn: BotTurn) -> BotReply:
        try:
            return await self._ask(chat, entry, turn)
        except StoreUnavailable:
            raise
        except Exception as error:  # the edge: one message that always breaks must not stop its conversation for ever
            if isinstance(error, BotUnavailable) and not await self._bot.is_up():
                raise
            attempts = self._attempts[chat.id, entry.seq] = self._attempts.get((chat.id, entry.seq), 0) + 1
            if attempts < MOST_ATTEMPTS:
                raise
            logger.exception("The bot fails on one message; its visitor gets an apology.")
            return await asyncio.to_thread(self._counter.apologize, turn)

    async def _ask(self, chat: Chat, entry: Entry, turn: BotTurn) -> BotReply:
        if entry.kind is Kind.TICKET:
            return await asyncio.to_thread(self._counter.submit, turn, entry.body["values"])
        if _is_local(entry):
            return await asyncio.to_thread(self._counter.answer, turn)
        async with self._room:
            self._hub.tell(chat.id, {"type": "typing", "author": Author.BOT.value, "on": True})
            return await self._bot.reply(turn)

    def _turn(self, chat: Chat, entry: Entry) -> BotTurn:
        before = self._conversations.entries(chat.id, before=entry.seq, limit=4 * REMEMBERED)
        said = [e.body["text"] for e in before if e.author is Author.VISITOR and e.kind is Kind.TEXT]
        verified = bool(entry.body.get("verified"))
        return BotTurn(
            conversation=chat.id,
            message_id=f"{chat.id}:{entry.seq}",
            text=entry.body.get("payload") or entry.body["text"],
            state={**chat.bot_state, "language": chat.lang},
            history=tuple(said[-REMEMBERED:]),
            identity=chat.identity if verified else None,
            identity_problem=entry.body.get("problem"),
        )


def _is_local(entry: Entry) -> bool:
    return entry.kind is Kind.TICKET or str(entry.body.get("payload") or "").startswith("/")
