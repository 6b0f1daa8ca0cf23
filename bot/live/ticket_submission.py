"""Opens the ticket for a form that is submitted while a human agent owns the conversation."""

from __future__ import annotations

import asyncio

from bot.core.conversation import Author, Change, Conversation, Entry, Kind, NewEntry
from bot.live.bot_turns import REMEMBERED, answer_id, turn_of
from bot.live.gateway import Gateway
from bot.services import bot_protocol


async def submit(gateway: Gateway, conversation: Conversation, entry: Entry) -> None:
    """Open the ticket of `entry` and write the answer. Idempotent, also if the bot answers the entry, too: ticket and
    answer are identified by the entry's seq. Raises `StoreUnavailable`."""
    before = await asyncio.to_thread(
        gateway.conversations.entries, conversation.id, before=entry.seq, limit=4 * REMEMBERED)
    turn = turn_of(conversation, entry, before)
    reply = await asyncio.to_thread(gateway.responder.submit, turn, entry.body["values"])
    said = tuple(
        NewEntry(Author.SYSTEM, Kind.TEXT, {**bot_protocol.bubble_to_json(bubble), "lang": conversation.lang},
                 answer_id(entry) if number == 0 else None)
        for number, bubble in enumerate(reply.bubbles)
    )
    await gateway.log_writer.write(Change(conversation.id, said, bot_state=reply.state))
