"""Sends visitors' messages to the bot, one at a time in each conversation, and writes the replies to the log.

Free text goes to Rasa. A button's intent, a form and a file need no understanding and are answered here, so they work
while Rasa is away. No message is lost or answered twice: the log says what is open, each reply carries its
message's seq, and the bot is idempotent by message id. Addresses have fair turns, and a message
that timed out rests before its one retry (docs/decisions/0023).
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bot.core.conversation import BOT_LISTENS, Author, Change, Changed, Conversation, Entry, Kind, event_of
from bot.core.errors import BotTooSlow, BotUnavailable, NoConversation, StoreUnavailable
from bot.live.bot_failures import BotFailures
from bot.live.bot_turns import REMEMBERED, answer_id, asks, entries_of, is_local, is_one_more, turn_of
from bot.live.event_log_writer import EventLogWriter
from bot.live.fair_queue_by_address import FairQueue
from bot.live.log_follower import LogFollower
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
# Entries before a message that its answer may depend on, and unanswered entries that are read at once.
CONTEXT, PAGE = 4 * REMEMBERED, 500
CALM_SECONDS = 5.0
WATCHFUL_SECONDS = 0.5
RETRY_SECONDS = 1.0


@dataclass
class _Answering:
    """A conversation whose messages are being answered."""

    follower: LogFollower
    conversation: Conversation | None = None  # as it is now; `None`: not read yet
    seen: int = 0  # the messages up to this seq are answered, or left in the log until the bot comes back
    local_only: bool = False  # answers only entries that need no understanding, without the bot
    typing: bool = False  # the visitor was shown that the bot types
    failed: bool = False  # the bot went away in the middle


class BotDispatcher:
    """One follower for each conversation with unanswered messages; `on_switch` hears when the bot comes (True) or
    goes."""

    def __init__(
        self, conversations: Conversations, log_writer: EventLogWriter, pubsub: PubSub, bot: Bot,
        responder: LocalResponder, feedback_recorder: FeedbackRecorder, on_switch: Callable[[bool], None],
    ) -> None:
        self._conversations = conversations
        self._log_writer = log_writer
        self._pubsub = pubsub
        self._bot = bot
        self._responder = responder
        self._feedback_recorder = feedback_recorder
        self._on_switch = on_switch
        self._answering: dict[str, _Answering] = {}
        self._failures = BotFailures()
        self._addresses: OrderedDict[str, str] = OrderedDict()
        self._fair_queue = FairQueue(MOST_AT_ONCE, OF_ONE_ADDRESS)
        self._recheck = asyncio.Event()
        self.bot_is_up = False
        log_writer.on_commit.append(self._on_commit)
        log_writer.on_uncertain_commit.append(lambda _conversation_id: self._recheck.set())

    def dispatch(self, changed: Changed, address: str) -> None:
        """Answer the new entries of `changed`; `address` is the client's."""
        conversation = changed.conversation
        self._addresses[conversation.id] = address
        self._addresses.move_to_end(conversation.id)
        if len(self._addresses) > MOST_ADDRESSES:
            self._addresses.popitem(last=False)
        self._follow(conversation.id, conversation)

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
                    for conversation_id in await asyncio.to_thread(self._conversations.unanswered):
                        if conversation_id not in self._answering:
                            self._follow(conversation_id, None)
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

    def _on_commit(self, changed: Changed) -> None:
        """Keep the newest version of a conversation that is being answered."""
        if answering := self._answering.get(changed.conversation.id):
            answering.conversation = changed.conversation

    def _follow(self, conversation_id: str, conversation: Conversation | None) -> None:
        answering = self._answering.get(conversation_id)
        if answering is None:
            follower = LogFollower("A conversation with the bot", lambda: self._catch_up(conversation_id), _pause)
            answering = self._answering[conversation_id] = _Answering(follower, conversation)
        answering.follower.wake()

    async def _catch_up(self, conversation_id: str) -> None:
        """Answer all that waits in the conversation, in order. What can't be answered now stays in the log."""
        answering = self._answering[conversation_id]
        answering.local_only = not self.bot_is_up or self._failures.rests(conversation_id)
        answering.failed, answering.seen = False, 0
        try:
            if answering.conversation is None:
                stored = await asyncio.to_thread(self._conversations.get, conversation_id)
                answering.conversation = answering.conversation or stored
            while waits := _waiting(answering):
                await self._answer_page(answering, waits)
        except NoConversation:
            logger.info("A conversation was erased before its answer.")
        except Exception:  # the follower tries again; an answer may be stored although the store did not say so
            answering.conversation = None
            raise
        finally:
            if answering.typing:
                answering.typing = False
                self._publish_typing(conversation_id, on=False)
        del self._answering[conversation_id]
        answering.follower.close()
        may_retry = answering.local_only and self.bot_is_up and not self._failures.rests(conversation_id)
        if answering.failed or may_retry:
            self._recheck.set()

    async def _answer_page(self, answering: _Answering, conversation: Conversation) -> None:
        """Answer the oldest entries that wait."""
        after = max(0, max(conversation.answered, answering.seen) - CONTEXT)
        entries = await asyncio.to_thread(
            self._conversations.entries, conversation.id, after=after, before=after + PAGE + 1, limit=PAGE)
        known = {entry.client_id for entry in entries}
        for place, entry in enumerate(entries):
            now = _waiting(answering)
            if now is None:
                return
            if not asks(entry) or entry.seq <= max(now.answered, answering.seen):
                continue
            try:
                # While earlier entries wait for the bot, a button may have been answered already.
                if answer_id(entry) not in known and (is_local(entry) or not answering.local_only):
                    await self._answer(answering, now, entry, entries[:place][-CONTEXT:])
                if not answering.local_only and (now := _waiting(answering)) and entry.seq > now.answered:
                    await self._log_writer.write(Change(conversation.id, answers=entry.seq))
            except BotUnavailable:
                answering.local_only = answering.failed = True
            answering.seen = entry.seq
        answering.seen = max(answering.seen, entries[-1].seq if entries else conversation.asked)

    async def _answer(
        self, answering: _Answering, conversation: Conversation, entry: Entry, before: Sequence[Entry],
    ) -> None:
        """Write the answer of `entry`. With `local_only` earlier entries still wait, so `answered` stays behind."""
        turn = turn_of(conversation, entry, before)
        reply = await self._reply(answering, entry, before, turn)
        lang = reply.state.get("language")
        entries = entries_of(reply.bubbles, lang, client_id=answer_id(entry))
        if entries:
            # Figures for insights; no client sees them.
            body = {**entries[0].body, **learned(turn.text, turn.state, reply.state)}
            entries = (replace(entries[0], body=body), *entries[1:])
        # If the bot keeps the language, a switch that the visitor has made meanwhile stays.
        lang = None if lang == turn.state["language"] else lang
        answers = None if answering.local_only else entry.seq
        previous = max((other.seq for other in before if asks(other)), default=None)
        feedback = await asyncio.to_thread(
            self._feedback_recorder.record, turn, reply, conversation.identity, previous)
        event = event_of(reply.bubbles)
        await self._log_writer.write(
            Change(conversation.id, entries, event, answers, reply.state, lang, feedback=feedback))
        self._failures.answered(conversation.id, entry.seq)

    async def _reply(self, answering: _Answering, entry: Entry, before: Sequence[Entry], turn: BotTurn) -> BotReply:
        try:
            if entry.kind is Kind.FILE and is_one_more(entry, before):
                return BotReply((), turn.state)
            return await self._ask(answering, entry, turn)
        except StoreUnavailable:
            raise
        except Exception as error:  # the edge: one message that always breaks must not stop its conversation for ever
            timed_out = isinstance(error, BotTooSlow)
            if isinstance(error, BotUnavailable) and not timed_out and not await self._bot.is_up():
                raise
            is_over = self._failures.is_over(turn.conversation_id, entry.seq, timed_out=timed_out)
            if not is_over and not answering.local_only:
                raise
            logger.exception("The bot fails on one message; its visitor gets an apology.")
            return await asyncio.to_thread(self._responder.apologize, turn)

    async def _ask(self, answering: _Answering, entry: Entry, turn: BotTurn) -> BotReply:
        if entry.kind is Kind.TICKET:
            return await asyncio.to_thread(self._responder.submit, turn, entry.body["values"])
        if entry.kind is Kind.FILE:
            return await asyncio.to_thread(self._responder.file, turn)
        if is_local(entry):
            return await asyncio.to_thread(self._responder.answer, turn)
        group = self._addresses.get(turn.conversation_id, turn.conversation_id)
        async with self._fair_queue.turn(group, SHORTEST_COST + len(turn.text)):
            answering.typing = True
            self._publish_typing(turn.conversation_id, on=True)
            return await self._bot.reply(turn)

    def _publish_typing(self, conversation_id: str, *, on: bool) -> None:
        frame = {"type": "typing", "author": Author.BOT.value, "on": on}
        self._pubsub.publish_transient(conversation_id, frame)


def _waiting(answering: _Answering) -> Conversation | None:
    """The conversation, as long as a message in it waits for the bot."""
    now = answering.conversation
    waits = now is not None and now.status in BOT_LISTENS and now.asked > max(now.answered, answering.seen)
    return now if waits else None


def _pause(_failures: int) -> float:
    return RETRY_SECONDS
