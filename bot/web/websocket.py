"""`GET /v1/socket`: frames over a WebSocket."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from bot.live.gateway import Gateway
from bot.live.visitor_connection import VisitorConnection
from bot.web.headers import address_of, is_allowed

# Unsent frames of a client that reads no more; then it is dropped, and asks for what it missed when it is back.
MOST_UNSENT = 1000
# Unsent characters. One frame may be longer (a welcome), but nothing is queued behind it.
LARGEST_UNSENT = 1_000_000
# A client must say hello within this time.
HELLO_SECONDS = 15.0
CLOSING_SECONDS = 1.0
UNSUPPORTED_DATA = 1003
POLICY_VIOLATION = 1008
TRY_AGAIN_LATER = 1013


class Receiver(Protocol):
    """The session of one client."""

    @property
    def has_begun(self) -> bool:
        """True when the client has said who it is."""

    async def receive(self, raw: str | bytes) -> None:
        """Handle a frame."""

    def close(self) -> None:
        """End: the client is gone."""


async def socket(websocket: WebSocket) -> None:
    """Serve one client for as long as it stays connected."""
    gateway: Gateway = websocket.app.state.gateway
    if not is_allowed(websocket.headers, gateway.settings):
        await websocket.close(POLICY_VIOLATION)
        return
    address = address_of(websocket)
    with gateway.connection_slots.take(address) as is_free:
        if is_free:
            await carry(websocket, lambda push: VisitorConnection(gateway, address, push))
        else:
            await websocket.close(TRY_AGAIN_LATER)


async def carry(
    websocket: WebSocket, begin: Callable[[Callable[[str], None]], Receiver], over: asyncio.Future[int] | None = None,
) -> None:
    """Carry frames between one client and the session that `begin` makes of a `push` function, until the client is
    gone, does not say hello in time, or `over` gives the code to close the socket with."""
    await websocket.accept()
    outgoing = _Outgoing()
    sender = asyncio.create_task(_send(websocket, outgoing))

    def push(frame: str) -> None:
        if not outgoing.put(frame):
            sender.cancel()

    session = begin(push)
    receiver = asyncio.create_task(_receive(websocket, session))
    ends = {receiver, sender, *([over] if over else ())}
    try:
        done, _ = await asyncio.wait(ends, timeout=HELLO_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        is_silent = not done and not session.has_begun
        if not done and not is_silent:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    finally:
        session.close()
        receiver.cancel()
        sender.cancel()
    if websocket.client_state is WebSocketState.CONNECTED:
        reads = receiver.done()
        code = over.result() if over and over.done() else UNSUPPORTED_DATA if reads else TRY_AGAIN_LATER
        code = POLICY_VIOLATION if is_silent else code
        with suppress(asyncio.TimeoutError, WebSocketDisconnect, RuntimeError):
            await asyncio.wait_for(websocket.close(code), CLOSING_SECONDS)


async def _receive(websocket: WebSocket, session: Receiver) -> None:
    """Receive until the client is gone, or sends something that is no text."""
    with suppress(WebSocketDisconnect, KeyError):
        while True:
            await session.receive(await websocket.receive_text())


class _Outgoing:
    """The frames that wait to be sent to one client."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[str] = asyncio.Queue()
        self._characters = 0

    def put(self, frame: str) -> bool:
        """Queue a frame; false, and not queued, when too much waits already."""
        if self._queue.qsize() >= MOST_UNSENT or self._characters > LARGEST_UNSENT:
            return False
        self._characters += len(frame)
        self._queue.put_nowait(frame)
        return True

    async def get(self) -> str:
        """The next frame."""
        frame = await self._queue.get()
        self._characters -= len(frame)
        return frame


async def _send(websocket: WebSocket, outgoing: _Outgoing) -> None:
    with suppress(WebSocketDisconnect, RuntimeError):
        while True:
            await websocket.send_text(await outgoing.get())
