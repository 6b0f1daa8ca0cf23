"""Visitors' files: judged by their content and not by their name, and served as downloads only."""

from __future__ import annotations

import asyncio
from urllib.parse import quote, unquote

from starlette.requests import Request
from starlette.responses import Response

from bot.core.conversation import Author, Change, Event, Kind, NewEntry, Status
from bot.live.conversation_files import keep, media_type_of, safe_name
from bot.live.frames import FrameError, ack, client_id_of, dump
from bot.live.gateway import Gateway
from bot.live.visitor_connection import too_fast
from bot.web.headers import address_of
from bot.web.http_transport import body_of, visitor

# The header with a file's name, percent-encoded UTF-8. Proxies log addresses, so a personal name must not stand there.
NAME = "x-file-name"
# Newest entries that are searched for a file's name; an older file is called by its type.
MOST_ENTRIES = 1000


async def upload(request: Request) -> Response:
    """Store a file, then an entry for it. Sent again with the same `client_id`, it is the same file."""
    gateway: Gateway = request.app.state.gateway
    _, visit, conversation = await visitor(request)
    client_id = client_id_of(dict(request.query_params))
    if conversation.status is Status.CLOSED:
        raise FrameError("closed", "the conversation has ended", client_id=client_id)
    if wait := gateway.rates.upload(conversation.id, address_of(request)):
        raise too_fast(wait, client_id)
    content = await body_of(request, gateway.settings.max_file_bytes)
    file = await keep(gateway, conversation.id, client_id, name_of(request), content)
    shown = {"id": file.id, "name": file.name, "media_type": file.media_type, "size": file.size}
    entry = NewEntry(Author.VISITOR, Kind.FILE, {"text": file.name, "file": shown, **visit.who.stamp()}, client_id)
    changed = await gateway.log_writer.write(Change(conversation.id, (entry,), Event.SAY))
    gateway.dispatcher.dispatch(changed, address_of(request))
    return Response('{"frames":[' + dump(ack(changed.entries[0])) + "]}", media_type="application/json")


async def download(request: Request) -> Response:
    """A file of the visitor's conversation, as a download."""
    gateway: Gateway = request.app.state.gateway
    _, _, conversation = await visitor(request)
    content = await asyncio.to_thread(gateway.files.load, conversation.id, request.path_params["file_id"])
    if content is None:
        return Response(status_code=404)
    return await attachment(gateway, conversation.id, request.path_params["file_id"], content)


def name_of(request: Request) -> str:
    """The client's name for the file that it sends."""
    return unquote(request.headers.get(NAME, ""))


async def attachment(gateway: Gateway, conversation_id: str, file_id: str, content: bytes) -> Response:
    """A download that no browser runs or shows by itself. The name is that of the log, with the extension of the
    content's type: a file that begins like a picture may be a program once it is called `.hta`."""
    entries = await asyncio.to_thread(gateway.conversations.entries, conversation_id, limit=MOST_ENTRIES)
    files = (entry.body["file"] for entry in entries if entry.kind is Kind.FILE)
    name = next((file["name"] for file in files if file["id"] == file_id), "")
    named = quote(safe_name(name, media_type_of(content)))
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{named}"}
    return Response(content, headers=headers, media_type="application/octet-stream")
