"""Writes replies on tickets to the visitor's conversation: the text, then each file, once and in order."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Any

from bot.adapters.desks.late_files import LateFiles
from bot.adapters.input_validation import clean
from bot.core.conversation import Author, Change, Conversation, Kind, NewEntry
from bot.live.conversation_files import keep
from bot.live.frames import FrameError
from bot.live.gateway import Gateway
from bot.ports import ReplyFile, Ticket, TicketDesk, TicketReply

logger = logging.getLogger(__name__)

LONGEST_REPLY = 20_000
LONGEST_NAME = 120
# How long a file that can't be fetched now is asked for again; later replies wait for it.
PATIENT_SECONDS = 600.0
# Newest entries of a log that are searched for files that came already.
MOST_LOOKED_AT = 500


class TicketReplies:
    """Brings replies of `desk`. The desk's own ids tell which replies came already."""

    def __init__(self, gateway: Gateway, desk: TicketDesk) -> None:
        self._gateway = gateway
        self._desk = desk
        self._late = LateFiles()

    async def bring(self, ticket: Ticket, conversation: Conversation, replies: Sequence[TicketReply]) -> None:
        """Write the replies. `DeskUnavailable` while a file can't be fetched: what came before it is written."""
        known = await self._known(conversation) if any(reply.files for reply in replies) else set()
        for reply in replies:
            name = clean(reply.author)
            body = {**({"name": name} if name else {}), "lang": conversation.lang, "ticket": ticket.number}
            if text := clean(reply.text):
                text = text if len(text) <= LONGEST_REPLY else text[:LONGEST_REPLY] + "…"
                await self._write(conversation, NewEntry(
                    Author.AGENT, Kind.TEXT, {"text": text, **body}, f"{self._desk.name}:{reply.id}"))
            for file in reply.files:
                id_ = f"{self._desk.name}:{reply.id}.{file.id}"
                if id_ not in known:
                    await self._write(conversation, await self._file(ticket, conversation, file, id_, body))

    async def _known(self, conversation: Conversation) -> set[str | None]:
        entries = await asyncio.to_thread(self._gateway.conversations.entries, conversation.id, limit=MOST_LOOKED_AT)
        return {entry.client_id for entry in entries}

    async def _write(self, conversation: Conversation, entry: NewEntry) -> None:
        await self._gateway.log_writer.write(Change(conversation.id, (entry,)))

    async def _file(
        self, ticket: Ticket, conversation: Conversation, file: ReplyFile, id_: str, body: dict[str, Any]
    ) -> NewEntry:
        """An entry with the file, or one that says why the file is missing."""
        why = "gone"
        try:
            if file.size > self._gateway.settings.max_file_bytes:
                why = "too_large"
            elif content := await self._late.fetch(id_, self._fetch(file), PATIENT_SECONDS):
                kept = await keep(self._gateway, conversation.id, id_, file.name, content)
                shown = {"id": kept.id, "name": kept.name, "media_type": kept.media_type, "size": kept.size}
                return NewEntry(Author.AGENT, Kind.FILE, {"text": kept.name, **body, "file": shown}, id_)
        except FrameError as error:
            why = error.code.removeprefix("file_")
        logger.warning("A file of a reply on %s can't be shown: %s", ticket.number, why)
        name = " ".join(clean(file.name).split())[:LONGEST_NAME]
        words = await asyncio.to_thread(self._gateway.responder.words, conversation.lang)
        text = words.phrase(f"reply_file_{why}", name=name, number=ticket.number)
        told = {"text": text, "lang": conversation.lang, "ticket": ticket.number}
        return NewEntry(Author.SYSTEM, Kind.TEXT, told, id_)

    async def _fetch(self, file: ReplyFile) -> bytes:
        """The file's content; no bytes when the desk does not give it."""
        return await self._desk.fetch(file, self._gateway.settings.max_file_bytes) or b""
