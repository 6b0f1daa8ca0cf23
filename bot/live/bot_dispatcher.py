"""Sends visitors' messages to the bot, one at a time in each conversation, and writes the replies to the log.

Free text goes to Rasa. A button's intent, a form and a file need no understanding and are answered here, so they work
while Rasa is away. No message is lost or answered twice: the log says what is open, each reply carries its
message's seq, and the bot is idempotent by message id. Addresses have fair turns, and a message
that timed out rests before its one retry (docs/decisions/0023).
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from bot.core.conversation import BOT_LISTENS, Author, Change, Changed, Conversation, Entry, Kind, event_of
from bot.core.errors import BotTooSlow, BotUnavailable, NoConversation, StoreUnavailable
from bot.live.bot_failures import BotFailures
from bot.live.bot_turns import REMEMBERED, answer_id, asks, entries_of, is_local, is_one_more, turn_of
from bot.live.event_log_writer import EventLogWriter
from bot.live.fair_queue_by_address import FairQueue
from bot.live.pubsub import PubSub
from bot.ports import Bot, BotReply, BotTurn, Conversations
from bot.services.feedback_recorder import FeedbackRecorder
from bot.services.insights import learned
from bot.services.local_responder import LocalResponder

logger = logging.getLogger(__name__)

# The least cost of a message, in characters. Measured, 2,000 characters take five times as long as a few words.
SHORTEST_COST = 500
# Characters at the bot at once, in all and of one address: two of the longest messages, or nine short ones. The rest
# waits here, where turns are fair: Rasa works on one message at a time, first come, first served.
MOST_AT_ONCE, OF_ONE_ADDRESS = 5000, 2500
# Conversations whose address is remembered; any other conversation (after a start) is a group of its own.
MOST_ADDRESSES = 50_000
CALM_SECONDS = 5.0
WATCHFUL_SECONDS = 0.5
RETRY_SECONDS = 1.0


@dataclass
class _ConversationQueue:
    conversation: Conversation  # as it is now
    local_only: bool  # answers only entries that need no understanding, without the bot
    waiting: deque[Entry]
    typing: bool = False  # the visitor was shown that the bot types
    failed: bool = False  # something stays unanswered in the log


class BotDispatcher:
    """One task for each conversation with unanswered messages; `on_switch` hears when the bot comes (True) or goes."""

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
        self._queues: dict[str, _ConversationQueue] = {}
        # The conversation that is being read from the log; its value is set when a commit has changed it meanwhile.
        self._loading: dict[str, Conversation | None] = {}
        self._failures = BotFailures()
        self._addresses: OrderedDict[str, str] = OrderedDict()
        self._tasks: set[asyncio.Task[None]] = set()
        self._fair_queue = FairQueue(MOST_AT_ONCE, OF_ONE_ADDRESS)
        self._recheck = asyncio.Event()
        self.bot_is_up = False
        log_writer.on_commit.append(self._on_commit)
        log_writer.on_uncertain_commit.append(lambda _conversation_id: self._recheck.set())

    def dispatch(self, changed: Changed, address: str) -> None:
        """Queue the new entries of `changed` that the bot answers; `address` is the client's."""
        self._addresses[changed.conversation.id] = address
        self._addresses.move_to_end(changed.conversation.id)
        if len(self._addresses) > MOST_ADDRESSES:
            self._addresses.popitem(last=False)
        self._enqueue(changed.conversation, changed.entries)

    async def watch(self) -> None:
        """Check for ever whether the bot is up; when it comes back, answer every message that has waited."""
        is_recheck = False
        while True:
            try:
                up = await self._bot.is_up()
                if up != self.bot_is_up:
                    self.bot_is_up = up
                    logger.info("The bot is %s.", "up" if up else "away")
                    self._on_switch(up)
                self._recheck.clear()
                if is_recheck:
                    await asyncio.sleep(RETRY_SECONDS)
                if up or is_recheck:
                    await self._resume_unanswered()
                await asyncio.wait_for(self._recheck.wait(), CALM_SECONDS if up else WATCHFUL_SECONDS)
                is_recheck = True
            except asyncio.TimeoutError:
                is_recheck = False
            except StoreUnavailable:
                logger.warning("The log could not be read; what waits there is looked for again.")
                await asyncio.sleep(RETRY_SECONDS)
            except Exception:  # the edge: the checks go on
                logger.exception("A look at the bot failed.")
                await asyncio.sleep(RETRY_SECONDS)

    async def _resume_unanswered(self) -> None:
        """Queue every unanswered message of the log whose conversation is not being answered."""
        for conversation_id in await asyncio.to_thread(self._conversations.unanswered):
            if conversation_id in self._queues:
                continue
            self._loading = {conversation_id: None}
            conversation = await asyncio.to_thread(self._conversations.get, conversation_id)
            if conversation is not None:
                entries = await asyncio.to_thread(
                    self._conversations.entries, conversation.id, after=conversation.answered
                )
                self._enqueue(self._loading[conversation_id] or conversation, entries)

    def _on_commit(self, changed: Changed) -> None:
        """Keep the newest version of a conversation that has a queue, or is about to get one."""
        conversation = changed.conversation
        if queue := self._queues.get(conversation.id):
            queue.conversation = conversation
        if conversation.id in self._loading:
            self._loading[conversation.id] = conversation

    def _enqueue(self, conversation: Conversation, entries: Iterable[Entry]) -> None:
        local_only = not self.bot_is_up or self._failures.rests(conversation.id)
        asked = [entry for entry in entries if asks(entry) and (not local_only or is_local(entry))]
        if not asked or conversation.status not in BOT_LISTENS:
            return
        queue = self._queues.get(conversation.id)
        if queue is not None:
            newest = queue.waiting[-1].seq if queue.waiting else queue.conversation.answered
            queue.waiting.extend(entry for entry in asked if entry.seq > newest)
            return
        queue = self._queues[conversation.id] = _ConversationQueue(conversation, local_only, deque(asked))
        task = asyncio.create_task(self._work(queue))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _work(self, queue: _ConversationQueue) -> None:
        """Answer the queue in order. An entry that can't be answered now stays unanswered in the log."""
        try:
            while queue.waiting:
                entry = queue.waiting[0]
                if queue.local_only and not is_local(entry):
                    queue.waiting.popleft()
                    continue
                try:
                    await self._answer(queue, entry)
                except BotUnavailable:
                    queue.local_only = queue.failed = True
        except NoConversation:
            logger.info("A conversation was erased before its answer.")
        except StoreUnavailable:
            queue.failed = True
            logger.warning("The store did not answer; what waits in the log is looked for again.")
        except Exception:  # the edge: one conversation must not take the others along
            queue.failed = True
            logger.exception("A conversation could not go on; it is tried again.")
        finally:
            del self._queues[queue.conversation.id]
            if queue.typing:
                self._publish_typing(queue, on=False)
            may_retry = queue.local_only and self.bot_is_up and not self._failures.rests(queue.conversation.id)
            if queue.failed or may_retry:
                self._recheck.set()

    async def _answer(self, queue: _ConversationQueue, entry: Entry) -> None:
        """Answer the head of the queue. Queue unanswered earlier entries first; drop an answered head."""
        before, is_answered = await asyncio.to_thread(self._context_of, queue.conversation, entry)
        missed = [other for other in before if other.seq > queue.conversation.answered and asks(other)]
        if entry.seq <= queue.conversation.answered or queue.conversation.status not in BOT_LISTENS:
            queue.waiting.popleft()
        elif missed and not queue.local_only:
            queue.waiting.extendleft(reversed(missed))
        else:
            if not is_answered:
                await self._answer_now(queue, entry, before)
            if not queue.local_only and entry.seq > queue.conversation.answered:
                await self._log_writer.write(Change(queue.conversation.id, answers=entry.seq))
            queue.waiting.popleft()

    async def _answer_now(self, queue: _ConversationQueue, entry: Entry, before: Sequence[Entry]) -> None:
        """Write the answer of `entry`. With `local_only` earlier entries still wait, so `answered` stays behind."""
        turn = turn_of(queue.conversation, entry, before)
        reply = await self._reply(queue, entry, before, turn)
        lang = reply.state.get("language")
        entries = entries_of(reply.bubbles, lang, client_id=answer_id(entry))
        if entries:
            # Figures for insights; no client sees them.
            body = {**entries[0].body, **learned(turn.text, turn.state, reply.state)}
            entries = (replace(entries[0], body=body), *entries[1:])
        # If the bot keeps the language, a switch that the visitor has made meanwhile stays.
        lang = None if lang == turn.state["language"] else lang
        answers = None if queue.local_only else entry.seq
        previous = max((other.seq for other in before if asks(other)), default=None)
        feedback = await asyncio.to_thread(
            self._feedback_recorder.record, turn, reply, queue.conversation.identity, previous
        )
        event = event_of(reply.bubbles)
        await self._log_writer.write(
            Change(queue.conversation.id, entries, event, answers, reply.state, lang, feedback=feedback))
        self._failures.answered(queue.conversation.id, entry.seq)

    async def _reply(self, queue: _ConversationQueue, entry: Entry, before: Sequence[Entry], turn: BotTurn) -> BotReply:
        try:
            if entry.kind is Kind.FILE and is_one_more(entry, before):
                return BotReply((), turn.state)
            return await self._ask(queue, entry, turn)
        except StoreUnavailable:
            raise
        except Exception as error:  # the edge: one message that always breaks must not stop its conversation for ever
            timed_out = isinstance(error, BotTooSlow)
            if isinstance(error, BotUnavailable) and not timed_out and not await self._bot.is_up():
                raise
            is_over = self._failures.is_over(queue.conversation.id, entry.seq, timed_out=timed_out)
            if not is_over and not queue.local_only:
                raise
            logger.exception("The bot fails on one message; its visitor gets an apology.")
            return await asyncio.to_thread(self._responder.apologize, turn)

    async def _ask(self, queue: _ConversationQueue, entry: Entry, turn: BotTurn) -> BotReply:
        if entry.kind is Kind.TICKET:
            return await asyncio.to_thread(self._responder.submit, turn, entry.body["values"])
        if entry.kind is Kind.FILE:
            return await asyncio.to_thread(self._responder.file, turn)
        if is_local(entry):
            return await asyncio.to_thread(self._responder.answer, turn)
        group = self._addresses.get(queue.conversation.id, queue.conversation.id)
        async with self._fair_queue.turn(group, SHORTEST_COST + len(turn.text)):
            queue.typing = True
            self._publish_typing(queue, on=True)
            return await self._bot.reply(turn)

    def _publish_typing(self, queue: _ConversationQueue, *, on: bool) -> None:
        frame = {"type": "typing", "author": Author.BOT.value, "on": on}
        self._pubsub.publish_transient(queue.conversation.id, frame)

    def _context_of(self, conversation: Conversation, entry: Entry) -> tuple[list[Entry], bool]:
        """The entries before `entry`, and whether it was answered already while earlier entries waited for the bot."""
        before = self._conversations.entries(conversation.id, before=entry.seq, limit=4 * REMEMBERED)
        if not is_local(entry) or conversation.last_seq == entry.seq:
            return before, False
        after = self._conversations.entries(conversation.id, after=entry.seq)
        return before, any(other.client_id == answer_id(entry) for other in after)
