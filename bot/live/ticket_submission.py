"""A form that a visitor sends while people have the word: the bot is silent, so the house takes it."""

from __future__ import annotations

import asyncio

from bot.core.conversation import Author, Change, Conversation, Entry, Kind, NewEntry
from bot.live.bot_turns import REMEMBERED, answer_id, turn_of
from bot.live.gateway import Gateway
from bot.services import bot_protocol


async def submit(gateway: Gateway, conversation: Conversation, entry: Entry) -> None:
    """Open the ticket of `entry` and say so. However often it is done, and even if the bot does it too, it is one
    ticket and one answer: both are known by the entry's number."""
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
