"""What happens by itself: time-outs of a status, clocks of cases, and places in the queue that move on."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

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
from bot.live.case_actions import NotCaseOwner
from bot.live.gateway import Gateway, said
from bot.ports import BotTurn
from bot.workers.sla import run_due_steps

logger = logging.getLogger(__name__)

ROUND_SECONDS = 2.0
# Among so many of the newest entries it is looked who spoke last.
LOOKED_AT = 50
_WORDS = (Kind.TEXT, Kind.FILE)


async def run_timeouts(gateway: Gateway) -> None:
    """For ever. The clocks have rounds of their own: an account manager's server that hangs holds up nobody else."""
    await asyncio.gather(_go_round(gateway, _run_timeouts_once), _go_round(gateway, run_due_steps))


async def _run_timeouts_once(gateway: Gateway) -> None:
    for conversation in await asyncio.to_thread(gateway.conversations.due, gateway.now()):
        await _try_time_out(gateway, conversation)
    await refresh_queue_places(gateway)


async def _go_round(gateway: Gateway, look: Callable[[Gateway], Awaitable[None]]) -> None:
    while True:
        try:
            await look(gateway)
        except StoreUnavailable:
            logger.warning("The store did not answer; the next round tries again.")
        except Exception:  # the edge: the rounds go on
            logger.exception("A round failed.")
        await asyncio.sleep(ROUND_SECONDS)


async def _try_time_out(gateway: Gateway, conversation: Conversation) -> None:
    try:
        await time_out(gateway, conversation)
    except NoConversation:
        return
    except StoreUnavailable:
        raise
    except Exception:  # the edge: the longest due comes first, and must not stand in the way of all others
        logger.exception("A conversation could not time out.")


async def time_out(gateway: Gateway, conversation: Conversation) -> None:
    """One status has lasted too long."""
    if conversation.status is Status.QUEUED:
        turn = BotTurn(
            conversation.id,
            f"{conversation.id}:waited",
            "",
            {**conversation.bot_state, "language": conversation.lang},
            identity=conversation.identity,
        )
        reply = await asyncio.to_thread(gateway.responder.waited_long, turn)
        await gateway.log_writer.write(Change(conversation.id, said(reply.bubbles, conversation.lang), Event.TIMEOUT))
    elif conversation.status is Status.CONNECTED:
        # Whoever is in the middle of an answer is not silent: the next rounds look again.
        if not gateway.case_actions.is_writing(conversation.id):
            await _end_silent_chat(gateway, conversation)
    elif advance(conversation.status, Event.TIMEOUT) is Status.CLOSED:
        await gateway.log_writer.write(
            Change(conversation.id, (await _event(gateway, conversation, "ended", "ended"),), Event.TIMEOUT)
        )
    else:
        await gateway.log_writer.write(Change(conversation.id, event=Event.TIMEOUT))


async def _end_silent_chat(gateway: Gateway, conversation: Conversation) -> None:
    """Nobody has written for long. A visitor who waits for an answer goes back to the queue; to one who gave none, the
    bot comes back, and says so."""
    entries = await asyncio.to_thread(gateway.conversations.entries, conversation.id, limit=LOOKED_AT)
    if conversation.agent is not None and _waits_for_agent(entries):
        try:
            await gateway.case_actions.transfer(
                conversation.id, conversation.agent, Destination(), "silence", automatic=True
            )
        except NotCaseOwner:
            logger.info("A case was given on before it timed out.")
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
    """Tell those who look that their place, or how long it will take, has changed."""
    waiting = [conversation.id for conversation in gateway.pubsub.conversations() if conversation.status in IN_QUEUE]
    # Who looks no more is asked about anew when they come back.
    for gone in gateway.places.keys() - set(waiting):
        del gateway.places[gone]
    if not waiting:
        return
    places = await asyncio.to_thread(gateway.cases.places)
    for conversation_id in waiting:
        # Who was told no place yet is about to be.
        if conversation_id in gateway.places and places.get(conversation_id) != gateway.places[conversation_id]:
            gateway.places[conversation_id] = places.get(conversation_id)
            gateway.pubsub.refresh_state(conversation_id)
