"""`GET /v1/socket`: frames over a WebSocket."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from bot.web.gateway import Gateway
from bot.web.headers import address_of, is_allowed
from bot.web.session import Session

# A client that reads no more is dropped; it comes back and asks for what it has missed.
MOST_UNSENT = 1000
CLOSING_SECONDS = 1.0
UNSUPPORTED_DATA = 1003
POLICY_VIOLATION = 1008
TRY_AGAIN_LATER = 1013


class Receiver(Protocol):
    """What takes the frames of one client, and is told when it is gone."""

    async def receive(self, raw: str | bytes) -> None:
        """A frame came."""

    def close(self) -> None:
        """The client is gone."""


async def socket(websocket: WebSocket) -> None:
    """One client for as long as it stays."""
    gateway: Gateway = websocket.app.state.gateway
    if not is_allowed(websocket.headers, gateway.settings):
        await websocket.close(POLICY_VIOLATION)
        return
    await carry(websocket, lambda push: Session(gateway, address_of(websocket), push))


async def carry(
    websocket: WebSocket, begin: Callable[[Callable[[str], None]], Receiver], over: asyncio.Future[int] | None = None
) -> None:
    """Take the frames of one client to what `begin` makes, and back with what it pushes; until the client is gone, or
    `over` says with which code it is sent away."""
    await websocket.accept()
    outgoing: asyncio.Queue[str] = asyncio.Queue()
    sender = asyncio.create_task(_send(websocket, outgoing))

    def push(frame: str) -> None:
        outgoing.put_nowait(frame)
        if outgoing.qsize() > MOST_UNSENT:
            sender.cancel()

    session = begin(push)
    receiver = asyncio.create_task(_receive(websocket, session))
    try:
        await asyncio.wait({receiver, sender, *([over] if over else ())}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        session.close()
        receiver.cancel()
        sender.cancel()
    if websocket.client_state is WebSocketState.CONNECTED:
        reads = receiver.done()
        code = over.result() if over and over.done() else UNSUPPORTED_DATA if reads else TRY_AGAIN_LATER
        with suppress(asyncio.TimeoutError, WebSocketDisconnect, RuntimeError):
            await asyncio.wait_for(websocket.close(code), CLOSING_SECONDS)


async def _receive(websocket: WebSocket, session: Receiver) -> None:
    """Until the client is gone, or sends something that is no text."""
    with suppress(WebSocketDisconnect, KeyError):
        while True:
            await session.receive(await websocket.receive_text())


async def _send(websocket: WebSocket, outgoing: asyncio.Queue[str]) -> None:
    with suppress(WebSocketDisconnect, RuntimeError):
        while True:
            await websocket.send_text(await outgoing.get())
