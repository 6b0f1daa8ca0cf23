"""What a visitor has sent goes to the bot, one after the other in each conversation; the replies go to the log.

Free text goes to Rasa. A button's intent, a form and a file need no understanding and are answered here, so they work
while Rasa is away. Nothing is lost or doubled: what waits is known from the log, each reply carries the number of what
it answers, and the bot gives the same effects for the same message however often it is asked. Nobody holds up others:
addresses have fair turns, and what takes the bot too long rests before it is asked once more (docs/decisions/0023).
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bot.core.conversation import (
    BOT_LISTENS,
    Author,
    Change,
    Changed,
    Conversation,
    Entry,
    Kind,
    NewEntry,
    outcome,
)
from bot.core.errors import BotTooSlow, BotUnavailable, NoConversation, StoreUnavailable
from bot.live.bot_failures import BotFailures
from bot.live.bot_turns import REMEMBERED, answer_id, asks, is_local, is_one_more, turn_of
from bot.live.event_log_writer import EventLogWriter
from bot.live.fair_queue import FairQueue
from bot.live.pubsub import PubSub
from bot.ports import Bot, BotReply, BotTurn, Conversations
from bot.services import bot_protocol
from bot.services.feedback_recorder import FeedbackRecorder
from bot.services.insights import learned
from bot.services.local_responder import LocalResponder

logger = logging.getLogger(__name__)

# What a message costs the bot, in letters: the shortest as much as so many. Measured, 2,000 letters take five times as
# long as a few words.
SHORTEST_COST = 500
# With the bot at once, in letters, in all and of one address: two of the longest, or nine short ones. The rest wait
# here, where turns are fair: Rasa works on one at a time, in the order of coming.
MOST_AT_ONCE, OF_ONE_ADDRESS = 5000, 2500
# Conversations whose address is remembered; of others (after a start), each stands for itself.
MOST_ADDRESSES = 50_000
CALM_SECONDS = 5.0
WATCHFUL_SECONDS = 0.5
RETRY_SECONDS = 1.0


@dataclass
class _ConversationQueue:
    """What waits in one conversation, `chat` as it is now. `alone`: without the bot, what needs no understanding."""

    conversation: Conversation
    alone: bool
    waiting: deque[Entry]
    typing: bool = False
    failed: bool = False


class BotDispatcher:
    """Between the log and the bot."""

    def __init__(
        self,
        conversations: Conversations,
        log_writer: EventLogWriter,
        pubsub: PubSub,
        bot: Bot,
        responder: LocalResponder,
        feedback_recorder: FeedbackRecorder,
        on_switch: Callable[[bool], None],
    ) -> None:
        self._conversations = conversations
        self._log_writer = log_writer
        self._pubsub = pubsub
        self._bot = bot
        self._responder = responder
        self._feedback_recorder = feedback_recorder
        self._on_switch = on_switch
        self._lines: dict[str, _ConversationQueue] = {}
        # What is read from the log just now, with what has changed meanwhile.
        self._looked_at: dict[str, Conversation | None] = {}
        self._patience = BotFailures()
        self._addresses: OrderedDict[str, str] = OrderedDict()
        self._tasks: set[asyncio.Task[None]] = set()
        self._turnstile = FairQueue(MOST_AT_ONCE, OF_ONE_ADDRESS)
        self._doubt = asyncio.Event()
        self.bot_is_up = False
        log_writer.listeners.append(self._note)
        log_writer.on_uncertain_commit.append(lambda _conversation_id: self._doubt.set())

    def take(self, changed: Changed, address: str) -> None:
        """Answer what is new in `changed`, when it is the bot's to answer; `address` is where it came from."""
        self._addresses[changed.conversation.id] = address
        self._addresses.move_to_end(changed.conversation.id)
        if len(self._addresses) > MOST_ADDRESSES:
            self._addresses.popitem(last=False)
        self._take(changed.conversation, changed.entries)

    async def watch(self) -> None:
        """Ask whether the bot is there, for ever; when it comes back, answer what has waited."""
        doubtful = False
        while True:
            try:
                up = await self._bot.is_up()
                if up != self.bot_is_up:
                    self.bot_is_up = up
                    logger.info("The bot is %s.", "up" if up else "away")
                    self._on_switch(up)
                self._doubt.clear()
                if doubtful:
                    await asyncio.sleep(RETRY_SECONDS)
                if up or doubtful:
                    await self._catch_up()
                await asyncio.wait_for(self._doubt.wait(), CALM_SECONDS if up else WATCHFUL_SECONDS)
                doubtful = True
            except asyncio.TimeoutError:
                doubtful = False
            except StoreUnavailable:
                logger.warning("The log could not be read; what waits there is looked for again.")
                await asyncio.sleep(RETRY_SECONDS)
            except Exception:  # the edge: whoever waits for the bot must not wait for ever
                logger.exception("A look at the bot failed.")
                await asyncio.sleep(RETRY_SECONDS)

    async def _catch_up(self) -> None:
        """Everything that has waited in the log and is not under way."""
        for conversation_id in await asyncio.to_thread(self._conversations.unanswered):
            if conversation_id in self._lines:
                continue
            self._looked_at = {conversation_id: None}
            conversation = await asyncio.to_thread(self._conversations.get, conversation_id)
            if conversation is not None:
                entries = await asyncio.to_thread(
                    self._conversations.entries, conversation.id, after=conversation.answered
                )
                self._take(self._looked_at[conversation_id] or conversation, entries)

    def _note(self, changed: Changed) -> None:
        """What others do to a conversation whose line is at work, or about to be."""
        conversation = changed.conversation
        if line := self._lines.get(conversation.id):
            line.conversation = conversation
        if conversation.id in self._looked_at:
            self._looked_at[conversation.id] = conversation

    def _take(self, conversation: Conversation, entries: Iterable[Entry]) -> None:
        alone = not self.bot_is_up or self._patience.rests(conversation.id)
        asked = [entry for entry in entries if asks(entry) and (not alone or is_local(entry))]
        if not asked or conversation.status not in BOT_LISTENS:
            return
        line = self._lines.get(conversation.id)
        if line is not None:
            newest = line.waiting[-1].seq if line.waiting else line.conversation.answered
            line.waiting.extend(entry for entry in asked if entry.seq > newest)
            return
        line = self._lines[conversation.id] = _ConversationQueue(conversation, alone, deque(asked))
        task = asyncio.create_task(self._work(line))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _work(self, line: _ConversationQueue) -> None:
        """Answer what waits in one conversation, in its order; what can't be answered now stays in the log."""
        try:
            while line.waiting:
                entry = line.waiting[0]
                if line.alone and not is_local(entry):
                    line.waiting.popleft()
                    continue
                try:
                    await self._answer(line, entry)
                except BotUnavailable:
                    line.alone = line.failed = True
        except NoConversation:
            logger.info("A conversation was erased before its answer.")
        except StoreUnavailable:
            line.failed = True
            logger.warning("The store did not answer; what waits in the log is looked for again.")
        except Exception:  # the edge: one conversation must not take the others along
            line.failed = True
            logger.exception("A conversation could not go on; it is tried again.")
        finally:
            del self._lines[line.conversation.id]
            if line.typing:
                self._pubsub.tell(line.conversation.id, {"type": "typing", "author": Author.BOT.value, "on": False})
            if line.failed or (line.alone and self.bot_is_up and not self._patience.rests(line.conversation.id)):
                self._doubt.set()

    async def _answer(self, line: _ConversationQueue, entry: Entry) -> None:
        """Answer the first that waits, unless something before it does, or it needs no answer any more."""
        before, is_answered = await asyncio.to_thread(self._around, line.conversation, entry)
        missed = [other for other in before if other.seq > line.conversation.answered and asks(other)]
        if entry.seq <= line.conversation.answered or line.conversation.status not in BOT_LISTENS:
            line.waiting.popleft()
        elif missed and not line.alone:
            line.waiting.extendleft(reversed(missed))
        else:
            if not is_answered:
                await self._answer_now(line, entry, before)
            if not line.alone and entry.seq > line.conversation.answered:
                await self._log_writer.write(Change(line.conversation.id, answers=entry.seq))
            line.waiting.popleft()

    async def _answer_now(self, line: _ConversationQueue, entry: Entry, before: Sequence[Entry]) -> None:
        """Alone, `entry` is answered before those that wait for the bot; it is counted as answered after them."""
        turn = turn_of(line.conversation, entry, before)
        reply = await self._reply(line, entry, before, turn)
        lang, event = reply.state.get("language"), outcome(reply.bubbles)
        entries = [
            NewEntry(Author.BOT, Kind.TEXT, {**bot_protocol.bubble_to_json(bubble), "lang": lang})
            for bubble in reply.bubbles
        ]
        if entries:
            # What was learned is for the figures; no client sees it.
            body = {**entries[0].body, **learned(turn.text, turn.state, reply.state)}
            entries[0] = NewEntry(Author.BOT, Kind.TEXT, body, answer_id(entry))
        # Where the bot keeps the language, a switch that the visitor has made meanwhile stays.
        lang = None if lang == turn.state["language"] else lang
        answers = None if line.alone else entry.seq
        previous = max((other.seq for other in before if asks(other)), default=None)
        heard = await asyncio.to_thread(
            self._feedback_recorder.heard, turn, reply, line.conversation.identity, previous
        )
        await self._log_writer.write(
            Change(line.conversation.id, tuple(entries), event, answers, reply.state, lang, heard=heard))
        self._patience.answered(line.conversation.id, entry.seq)

    async def _reply(self, line: _ConversationQueue, entry: Entry, before: Sequence[Entry], turn: BotTurn) -> BotReply:
        try:
            if entry.kind is Kind.FILE and is_one_more(entry, before):
                return BotReply((), turn.state)
            return await self._ask(line, entry, turn)
        except StoreUnavailable:
            raise
        except Exception as error:  # the edge: one message that always breaks must not stop its conversation for ever
            timed_out = isinstance(error, BotTooSlow)
            if isinstance(error, BotUnavailable) and not timed_out and not await self._bot.is_up():
                raise
            is_over = self._patience.is_over(line.conversation.id, entry.seq, timed_out=timed_out)
            if not is_over and not line.alone:
                raise
            logger.exception("The bot fails on one message; its visitor gets an apology.")
            return await asyncio.to_thread(self._responder.apologize, turn)

    async def _ask(self, line: _ConversationQueue, entry: Entry, turn: BotTurn) -> BotReply:
        if entry.kind is Kind.TICKET:
            return await asyncio.to_thread(self._responder.submit, turn, entry.body["values"])
        if entry.kind is Kind.FILE:
            return await asyncio.to_thread(self._responder.file, turn)
        if is_local(entry):
            return await asyncio.to_thread(self._responder.answer, turn)
        group = self._addresses.get(line.conversation.id, line.conversation.id)
        async with self._turnstile.turn(group, SHORTEST_COST + len(turn.text)):
            line.typing = True
            self._pubsub.tell(line.conversation.id, {"type": "typing", "author": Author.BOT.value, "on": True})
            return await self._bot.reply(turn)

    def _around(self, conversation: Conversation, entry: Entry) -> tuple[list[Entry], bool]:
        """What was said before an entry, and whether it has its answer: given alone, while others waited."""
        before = self._conversations.entries(conversation.id, before=entry.seq, limit=4 * REMEMBERED)
        if not is_local(entry) or conversation.last_seq == entry.seq:
            return before, False
        after = self._conversations.entries(conversation.id, after=entry.seq)
        return before, any(other.client_id == answer_id(entry) for other in after)
