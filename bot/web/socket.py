"""`GET /v1/socket`: frames over a WebSocket."""

from __future__ import annotations

import asyncio
import contextlib

from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.web.gateway import Gateway
from bot.web.headers import address_of, is_allowed
from bot.web.session import Session

# A client that reads no more is dropped; it comes back and asks for what it has missed.
MOST_UNSENT = 1000
TRY_AGAIN_LATER = 1013
POLICY_VIOLATION = 1008


async def socket(websocket: WebSocket) -> None:
    """One client for as long as it stays."""
    gateway: Gateway = websocket.app.state.gateway
    if not is_allowed(websocket.headers, gateway.settings):
        await websocket.close(POLICY_VIOLATION)
        return
    await websocket.accept()
    outgoing: asyncio.Queue[str | None] = asyncio.Queue()

    def push(frame: str) -> None:
        outgoing.put_nowait(frame if outgoing.qsize() < MOST_UNSENT else None)

    session = Session(gateway, address_of(websocket), push)
    sender = asyncio.create_task(_send(websocket, outgoing))
    try:
        while not sender.done():
            await session.receive(await websocket.receive_text())
    except (WebSocketDisconnect, KeyError):  # KeyError: a binary message
        pass
    finally:
        session.close()
        sender.cancel()


async def _send(websocket: WebSocket, outgoing: asyncio.Queue[str | None]) -> None:
    with contextlib.suppress(WebSocketDisconnect, RuntimeError):
        while (frame := await outgoing.get()) is not None:
            await websocket.send_text(frame)
        await websocket.close(TRY_AGAIN_LATER)
