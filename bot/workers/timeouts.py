"""Ends a status that lasted too long, takes due SLA steps, and tells visitors of their new places in the queue."""

from __future__ import annotations

import asyncio
import logging
from functools import partial

from bot.core.conversation import (
    IN_QUEUE,
    Author,
    Change,
    Conversation,
    Destination,
    Entry,
    Event,
    Kind,
    NewEntry,
    Status,
    advance,
)
from bot.core.errors import NoConversation, StoreUnavailable
from bot.live.bot_turns import entries_of
from bot.live.case_actions import NotCaseOwner
from bot.live.gateway import Gateway
from bot.live.rounds import repeat
from bot.ports import BotTurn
from bot.workers.sla import run_due_steps

logger = logging.getLogger(__name__)

ROUND_SECONDS = 2.0
# Newest entries of a log that are searched for who spoke last.
LOOKED_AT = 50
_WORDS = (Kind.TEXT, Kind.FILE)


async def run_timeouts(gateway: Gateway) -> None:
    """Run for ever. SLA steps have rounds of their own: an account manager's server that hangs holds up nobody else."""
    await asyncio.gather(
        repeat(partial(_end_due, gateway), ROUND_SECONDS, "end what lasted too long"),
        repeat(partial(run_due_steps, gateway), ROUND_SECONDS, "take the SLA steps"))


async def _end_due(gateway: Gateway) -> None:
    for conversation in await asyncio.to_thread(gateway.conversations.due, gateway.now()):
        try:
            await time_out(gateway, conversation)
        except NoConversation:
            continue
        except StoreUnavailable:
            raise
        except Exception:  # the edge: the longest due comes first, and must not hold up all others
            logger.exception("A conversation could not time out.")
    await refresh_queue_places(gateway)


async def time_out(gateway: Gateway, conversation: Conversation) -> None:
    """End the status of a conversation that has lasted too long."""
    if conversation.status is Status.QUEUED:
        state = {**conversation.bot_state, "language": conversation.lang}
        turn = BotTurn(conversation.id, f"{conversation.id}:waited", "", state, identity=conversation.identity)
        reply = await asyncio.to_thread(gateway.responder.waited_long, turn)
        entries = entries_of(reply.bubbles, conversation.lang)
        await gateway.log_writer.write(Change(conversation.id, entries, Event.TIMEOUT))
    elif conversation.status is Status.CONNECTED:
        # An agent who is typing is not silent: a later round looks again.
        if not gateway.case_actions.is_writing(conversation.id):
            await _end_silent_chat(gateway, conversation)
    elif advance(conversation.status, Event.TIMEOUT) is Status.CLOSED:
        entry = await _event(gateway, conversation, "ended", "ended")
        await gateway.log_writer.write(Change(conversation.id, (entry,), Event.TIMEOUT))
    else:
        await gateway.log_writer.write(Change(conversation.id, event=Event.TIMEOUT))


async def _end_silent_chat(gateway: Gateway, conversation: Conversation) -> None:
    """End a chat in which nobody has written for long: a visitor who waits for an answer goes back to the queue, one
    who has not answered goes back to the bot, which says so."""
    entries = await asyncio.to_thread(gateway.conversations.entries, conversation.id, limit=LOOKED_AT)
    if conversation.agent is not None and _waits_for_agent(entries):
        try:
            await gateway.case_actions.transfer(
                conversation.id, conversation.agent, Destination(), "silence", automatic=True)
        except NotCaseOwner:
            logger.info("A case had another agent before it timed out.")
        return
    entry = await _event(gateway, conversation, "returned", "silence")
    await gateway.log_writer.write(Change(conversation.id, (entry,), Event.TIMEOUT))


def _waits_for_agent(entries: list[Entry]) -> bool:
    spoke = [e.author for e in entries if e.kind in _WORDS and e.author in (Author.VISITOR, Author.AGENT)]
    return not spoke or spoke[-1] is Author.VISITOR


async def _event(gateway: Gateway, conversation: Conversation, event: str, phrase: str) -> NewEntry:
    text = await asyncio.to_thread(gateway.responder.event, phrase, conversation.lang)
    return NewEntry(Author.SYSTEM, Kind.EVENT, {"event": event, "text": text, "lang": conversation.lang})


async def refresh_queue_places(gateway: Gateway) -> None:
    """Send a new state to each queued visitor who is online and whose place or expected wait has changed."""
    waiting = [conversation.id for conversation in gateway.pubsub.conversations() if conversation.status in IN_QUEUE]
    # A visitor who comes back is told the place anew.
    for gone in gateway.places.keys() - set(waiting):
        del gateway.places[gone]
    if not waiting:
        return
    places = await asyncio.to_thread(gateway.cases.places)
    for conversation_id in waiting:
        # A visitor who was told no place yet is told one elsewhere.
        if conversation_id in gateway.places and places.get(conversation_id) != gateway.places[conversation_id]:
            gateway.places[conversation_id] = places.get(conversation_id)
            gateway.pubsub.refresh_state(conversation_id)
