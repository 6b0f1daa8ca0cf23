"""Stores uploaded files. The content decides the type, never the file name."""

from __future__ import annotations

import asyncio
import hashlib

import puremagic

from bot.adapters.input_validation import clean
from bot.live.frames import FrameError
from bot.live.gateway import FILE_TYPES, Gateway
from bot.ports import StoredFile

LONGEST_NAME = 120
UNKNOWN = ".bin"


async def keep(gateway: Gateway, conversation_id: str, client_id: str, name: str, content: bytes) -> StoredFile:
    """Store an uploaded file. Raises `FrameError` (`file_type`, `file_too_large`) and `StoreUnavailable`."""
    if len(content) > gateway.settings.max_file_bytes:
        raise FrameError("file_too_large", f"at most {gateway.settings.max_file_bytes} bytes", client_id=client_id)
    media_type = media_type_of(content)
    if media_type not in FILE_TYPES:
        raise FrameError("file_type", f"only {', '.join(FILE_TYPES)}", client_id=client_id)
    file = StoredFile(
        _id(conversation_id, client_id), conversation_id, safe_name(name, media_type), media_type, len(content)
    )
    await asyncio.to_thread(gateway.files.save, file, content)
    return file


def _id(conversation_id: str, client_id: str) -> str:
    return f"f_{hashlib.sha256(f'{conversation_id}:{client_id}'.encode()).hexdigest()[:24]}"


def safe_name(raw: str, media_type: str) -> str:
    """A file name to show: one line without a path, with an extension that fits `media_type`."""
    name = " ".join(clean(raw).split()).replace("/", "_").replace("\\", "_") or "file"
    endings = FILE_TYPES.get(media_type, (UNKNOWN,))
    if not name.lower().endswith(endings):
        name += endings[0]
    return name[-LONGEST_NAME:]


def media_type_of(content: bytes) -> str:
    """The media type of the content; empty when it is unknown."""
    try:
        return str(puremagic.from_string(content, mime=True))
    except (puremagic.PureError, ValueError):
        return ""
