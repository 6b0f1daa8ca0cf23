"""Opens the ticket for a form that is submitted while a human agent owns the conversation."""

from __future__ import annotations

import asyncio

from bot.core.conversation import Author, Change, Conversation, Entry
from bot.live.bot_turns import REMEMBERED, answer_id, entries_of, turn_of
from bot.live.gateway import Gateway


async def submit(gateway: Gateway, conversation: Conversation, entry: Entry) -> None:
    """Write the answer to `entry`, which opens its ticket. Idempotent, also if the bot answers the entry, too: the
    answer is identified by the entry's seq. Raises `StoreUnavailable`."""
    before = await asyncio.to_thread(
        gateway.conversations.entries, conversation.id, before=entry.seq, limit=4 * REMEMBERED)
    turn = turn_of(conversation, entry, before)
    reply = await asyncio.to_thread(gateway.responder.submit, turn, entry.body["values"])
    entries = entries_of(reply.bubbles, conversation.lang, Author.SYSTEM, answer_id(entry))
    await gateway.log_writer.write(Change(conversation.id, entries, bot_state=reply.state))
