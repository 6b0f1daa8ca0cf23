"""`GET /agent/socket`: the console's frames over a WebSocket."""

from __future__ import annotations

import asyncio

from starlette.websockets import WebSocket

from bot.core.errors import StoreUnavailable
from bot.live.console.agent_connection import SIGNED_OUT, AgentConnection
from bot.live.console.console_hub import ConsoleHub
from bot.ports import AgentAccount
from bot.web.console.sessions import agent_of, is_own_origin, still_there
from bot.web.websocket import POLICY_VIOLATION, TRY_AGAIN_LATER, carry


async def socket(websocket: WebSocket) -> None:
    """Serve one console for as long as it stays connected and its session lasts."""
    if not is_own_origin(websocket):
        await websocket.close(POLICY_VIOLATION)
        return
    hub: ConsoleHub = websocket.app.state.console_hub
    try:
        session = await agent_of(websocket)
        code = SIGNED_OUT
    except StoreUnavailable:
        session, code = None, TRY_AGAIN_LATER
    if session is None:
        # Browsers expose the close code only after the handshake, so accept before closing.
        await websocket.accept()
        await websocket.close(code)
        return

    async def still() -> AgentAccount | None:
        now = await still_there(websocket, session)
        return now.account if now else None

    over: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    await carry(websocket, lambda push: AgentConnection(hub, session.account, session.csrf, push, still, over), over)
