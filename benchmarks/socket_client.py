"""A WebSocket client of the gateway, cheap enough for thousands in one process."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, CloseConnection, Event, Message, Ping, Request, TextMessage
from wsproto.extensions import PerMessageDeflate
from wsproto.utilities import ProtocolError

Frame = dict[str, Any]
CHUNK = 65_536


class SocketClient:
    """One connection. A lost one shows as `ConnectionError`."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._protocol = WSConnection(ConnectionType.CLIENT)

    @classmethod
    async def connect(cls, port: int, path: str = "/v1/socket", cookie: str = "", address: str = "") -> SocketClient:
        """A socket to the gateway on this port, open; it offers to compress, as every browser does. With an `address`,
        as by a proxy from there: of a proxy on this machine the gateway believes it."""
        client = cls(*await asyncio.open_connection("127.0.0.1", port))
        given = {b"cookie": cookie, b"x-forwarded-for": address}
        headers = [(name, value.encode()) for name, value in given.items() if value]
        offered = [PerMessageDeflate()]
        client._write(Request(f"127.0.0.1:{port}", path, extra_headers=headers, extensions=offered))
        if not any(isinstance(event, AcceptConnection) for event in await client._events()):
            raise ConnectionError("the gateway took no socket")
        return client

    def send(self, frame: Frame) -> None:
        """Send one frame; what a dead connection does not take is lost."""
        self._write(Message(json.dumps(frame)))

    async def frames(self) -> AsyncIterator[Frame]:
        """What the gateway sends, until the connection is lost."""
        parts: list[str] = []
        while True:
            for event in await self._events():
                if isinstance(event, Ping):
                    self._write(event.response())
                elif isinstance(event, TextMessage):
                    parts.append(event.data)
                    if event.message_finished:
                        yield json.loads("".join(parts))
                        parts.clear()
                elif isinstance(event, CloseConnection):
                    raise ConnectionError("the gateway has closed the socket")

    def close(self) -> None:
        """Leave without a word."""
        self._writer.transport.abort()

    async def _events(self) -> list[Event]:
        data = await self._reader.read(CHUNK)
        if not data:
            raise ConnectionError("the connection is gone")
        try:
            self._protocol.receive_data(data)
            return list(self._protocol.events())
        except ProtocolError as error:
            raise ConnectionError(str(error)) from error

    def _write(self, event: Event) -> None:
        if self._writer.is_closing():
            raise ConnectionError("the connection is closed")
        try:
            self._writer.write(self._protocol.send(event))
        except ProtocolError as error:
            raise ConnectionError(str(error)) from error
