"""What happens by itself: time-outs of a status, and places in the queue that move on."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timezone

from bot.core.chat import Author, Change, Chat, Event, Kind, NewEntry, Status, advance
from bot.core.errors import StoreUnavailable
from bot.ports import BotTurn
from bot.web.gateway import IN_QUEUE, Gateway, said

logger = logging.getLogger(__name__)

ROUND_SECONDS = 2.0


async def keep(gateway: Gateway) -> None:
    """Go round for ever."""
    while True:
        try:
            for chat in await asyncio.to_thread(gateway.conversations.due, datetime.now(timezone.utc)):
                await _try_time_out(gateway, chat)
            await move_on(gateway)
        except StoreUnavailable:
            logger.warning("The store did not answer; the next round tries again.")
        except Exception:  # the edge: the rounds go on
            logger.exception("A round failed.")
        await asyncio.sleep(ROUND_SECONDS)


async def _try_time_out(gateway: Gateway, chat: Chat) -> None:
    try:
        await time_out(gateway, chat)
    except StoreUnavailable:
        raise
    except Exception:  # the edge: the longest due comes first, and must not stand in the way of all others
        logger.exception("A conversation could not time out.")


async def time_out(gateway: Gateway, chat: Chat) -> None:
    """One status has lasted too long."""
    if chat.status is Status.QUEUED:
        turn = BotTurn(chat.id, f"{chat.id}:waited", "", {**chat.bot_state, "language": chat.lang},
                       identity=chat.identity)
        reply = await asyncio.to_thread(gateway.counter.waited_long, turn)
        await gateway.journal.write(Change(chat.id, said(reply.bubbles, chat.lang), Event.TIMEOUT))
        return
    ends = advance(chat.status, Event.TIMEOUT) is Status.CLOSED
    text = await asyncio.to_thread(gateway.counter.event, "ended", chat.lang)
    entry = NewEntry(Author.SYSTEM, Kind.EVENT, {"event": "ended", "text": text, "lang": chat.lang})
    await gateway.journal.write(Change(chat.id, (entry,) if ends else (), Event.TIMEOUT))


async def move_on(gateway: Gateway) -> None:
    """Tell those who look that their place has changed."""
    waiting = [chat.id for chat in gateway.hub.chats() if chat.status in IN_QUEUE]
    # Who looks no more is asked about anew when they come back.
    for gone in gateway.places.keys() - set(waiting):
        del gateway.places[gone]
    for conversation in waiting:
        place = await asyncio.to_thread(gateway.queue.place, conversation)
        # Who was told no place yet is about to be.
        if conversation in gateway.places and place != gateway.places[conversation]:
            gateway.places[conversation] = place
            gateway.hub.refresh(conversation)
