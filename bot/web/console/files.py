"""Files and the transcript of a conversation for its agents, by the same rules as for visitors."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from bot.adapters.sql.agent_sessions import AgentSession
from bot.core.conversation import Agent, Conversation
from bot.live.case_actions import NotCaseOwner
from bot.live.console.case_access import reach
from bot.live.console.commands import said
from bot.live.conversation_files import keep
from bot.live.frames import FrameError, client_id_of
from bot.live.gateway import Gateway
from bot.live.visitor_connection import too_fast
from bot.web.console.sessions import is_own_origin, is_secret
from bot.web.files import attachment, name_of
from bot.web.headers import address_of
from bot.web.http_transport import body_of

CSRF = "x-csrf-token"
LONGEST = 10_000
_PRIVATE = {"Cache-Control": "no-store"}


async def upload(request: Request, session: AgentSession) -> Response:
    """Store a file and show it to the visitor. Sent again with the same `client_id`, it is the same file."""
    gateway: Gateway = request.app.state.gateway
    if not is_own_origin(request) or not is_secret(request.headers.get(CSRF), session.csrf):
        return Response(status_code=403)
    client_id, agent = client_id_of(dict(request.query_params)), Agent(session.account.id, session.account.name)
    conversation = await _conversation(request, session, request.query_params.get("conversation", ""))
    if conversation.agent is None or conversation.agent.id != agent.id:
        raise FrameError("not_case_owner", "only the agent who has the case shows files there", client_id=client_id)
    if wait := gateway.rates.upload(f"agent {agent.id}", address_of(request)):
        raise too_fast(wait, client_id)
    content = await body_of(request, gateway.settings.max_file_bytes)
    file = await keep(gateway, conversation.id, client_id, name_of(request), content)
    try:
        changed = await gateway.case_actions.show(conversation.id, agent, file, client_id)
    except NotCaseOwner as error:
        raise FrameError("not_case_owner", str(error), client_id=client_id) from error
    return JSONResponse({"frames": [{"type": "done", "request": None, **said(changed)}]}, headers=_PRIVATE)


async def download(request: Request, session: AgentSession) -> Response:
    """A file of a conversation as a download."""
    gateway: Gateway = request.app.state.gateway
    conversation = await _conversation(request, session, request.path_params["conversation"])
    content = await asyncio.to_thread(gateway.files.load, conversation.id, request.path_params["file_id"])
    if content is None:
        return Response(status_code=404, headers=_PRIVATE)
    answer = await attachment(gateway, conversation.id, request.path_params["file_id"], content)
    answer.headers.update(_PRIVATE)
    return answer


async def transcript(request: Request, session: AgentSession) -> Response:
    """The conversation as plain text, without notes."""
    gateway: Gateway = request.app.state.gateway
    conversation = await _conversation(request, session, request.path_params["conversation"])
    entries = await asyncio.to_thread(gateway.conversations.entries, conversation.id, limit=LONGEST)
    text = await asyncio.to_thread(gateway.responder.transcript, entries, conversation.lang)
    return PlainTextResponse(text, headers={**_PRIVATE, "Content-Disposition": 'attachment; filename="kilat.txt"'})


async def _conversation(request: Request, session: AgentSession, conversation_id: str) -> Conversation:
    """A conversation that the agent may see; `FrameError` for every other."""
    gateway: Gateway = request.app.state.gateway
    await asyncio.to_thread(reach, gateway.cases, session.account, conversation_id)
    conversation = await asyncio.to_thread(gateway.conversations.get, conversation_id)
    if conversation is None:
        raise FrameError("unknown", "there is no such conversation with a case")
    return conversation
