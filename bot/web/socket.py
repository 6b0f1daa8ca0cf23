"""`GET /v1/socket`: frames over a WebSocket."""

from __future__ import annotations

import asyncio
from contextlib import suppress

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


async def socket(websocket: WebSocket) -> None:
    """One client for as long as it stays."""
    gateway: Gateway = websocket.app.state.gateway
    if not is_allowed(websocket.headers, gateway.settings):
        await websocket.close(POLICY_VIOLATION)
        return
    await websocket.accept()
    outgoing: asyncio.Queue[str] = asyncio.Queue()
    sender = asyncio.create_task(_send(websocket, outgoing))

    def push(frame: str) -> None:
        outgoing.put_nowait(frame)
        if outgoing.qsize() > MOST_UNSENT:
            sender.cancel()

    session = Session(gateway, address_of(websocket), push)
    receiver = asyncio.create_task(_receive(websocket, session))
    try:
        await asyncio.wait((receiver, sender), return_when=asyncio.FIRST_COMPLETED)
    finally:
        session.close()
        receiver.cancel()
        sender.cancel()
    if websocket.client_state is WebSocketState.CONNECTED:
        reads = receiver.done()
        with suppress(asyncio.TimeoutError, WebSocketDisconnect, RuntimeError):
            await asyncio.wait_for(websocket.close(UNSUPPORTED_DATA if reads else TRY_AGAIN_LATER), CLOSING_SECONDS)


async def _receive(websocket: WebSocket, session: Session) -> None:
    """Until the client is gone, or sends something that is no text."""
    with suppress(WebSocketDisconnect, KeyError):
        while True:
            await session.receive(await websocket.receive_text())


async def _send(websocket: WebSocket, outgoing: asyncio.Queue[str]) -> None:
    with suppress(WebSocketDisconnect, RuntimeError):
        while True:
            await websocket.send_text(await outgoing.get())
