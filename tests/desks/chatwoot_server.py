"""A stand-in for Chatwoot: the calls, checks and webhooks of its API inbox, as its own source has them.

It is a fake: `docs/desks.md` says what it was compared with.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import time
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from desks.fake_http import FakeHttp, Wrong, fields, form
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

TOKEN, ACCOUNT, INBOX, INBOX_TOKEN, SECRET = "agent-token", "7", "inbox-identifier", "hmac-token", "hook-secret"
INCOMING, OUTGOING, ACTIVITY = 0, 1, 2
KINDS = {"incoming": INCOMING, "outgoing": OUTGOING}
PRIORITIES = ("urgent", "high", "medium", "low")
LATEST, MOST = 20, 100
# What is said by the house is filled like a template (its `Liquidable`): here what Kilat says for others alone.
_TEMPLATE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)

Json = dict[str, Any]


class ChatwootServer(FakeHttp):
    """One account with one API inbox that insists on identity checks. `hook` gets what its webhooks send (headers in
    small letters, and the body); `agents` are its users."""

    def __init__(self) -> None:
        account, public = f"/api/v1/accounts/{ACCOUNT}", f"/public/api/v1/inboxes/{INBOX}"
        one, session = account + "/conversations/{number:int}", public + "/contacts/{session}"
        super().__init__([
            Route(f"{account}/inboxes", self._inboxes),
            Route(f"{account}/agents", self._agents),
            Route(account + "/contacts/{contact:int}/conversations", self._conversations_of),
            Route(one, self._show),
            Route(f"{one}/messages", self._messages),
            Route(f"{one}/messages", self._say, methods=["POST"]),
            Route(f"{one}/toggle_status", self._toggle_status, methods=["POST"]),
            Route(f"{one}/toggle_priority", self._toggle_priority, methods=["POST"]),
            Route(public, self._inbox),
            Route(f"{public}/contacts", self._contact, methods=["POST"]),
            Route(f"{session}/conversations", self._open, methods=["POST"]),
            Route(session + "/conversations/{number:int}/toggle_typing", self._type, methods=["POST"]),
            Route("/rails/active_storage/blobs/redirect/{blob:int}/{name}", self._blob),
        ])
        self.hook: Callable[[dict[str, str], bytes], None] | None = None
        self.agents: list[Json] = []
        self.conversations: dict[int, Json] = {}
        self.typed: list[tuple[int, str]] = []
        self.opens_as = "open"
        self._contacts: dict[str, int] = {}
        self._sessions: dict[str, int] = {}
        self._blobs: dict[int, bytes] = {}
        self._ids = iter(range(1, 1_000_000))

    # What people do there.

    def agent(self, name: str, availability: str = "online") -> Json:
        """A new agent."""
        user = {"id": 100 + len(self.agents), "name": f"{name} (full name)", "available_name": name, "role": "agent",
                "availability_status": availability}
        self.agents.append(user)
        return user

    def assign(self, number: int, agent: Json | None) -> None:
        """Give it to an agent, or take it away from them."""
        self.conversations[number]["assignee"] = agent
        self._store(number, ACTIVITY, "Assigned", None)
        self._tell("conversation_updated", self._shown(number))

    def say(self, number: int, agent: Json | None, text: str | None, *, private: bool = False, kind: str = "user",
            file: tuple[str, bytes] | None = None) -> int:
        """An agent (or a bot, or a rule) writes; the message's id."""
        sender = {**agent, "type": kind} if agent else None
        message = self._store(number, OUTGOING, text, sender, private=private, file=file)
        return int(message["id"])

    def move(self, number: int, team: str | None) -> None:
        """Give it to a team."""
        self.conversations[number]["team"] = {"id": 1, "name": team} if team else None
        self._store(number, ACTIVITY, "Assigned to a team", None)
        self._tell("conversation_updated", self._shown(number))

    def delete(self, number: int, message: int) -> None:
        """An agent deletes a message."""
        found = next(one for one in self.conversations[number]["messages"] if one["id"] == message)
        found |= {"content": "This message was deleted", "content_attributes": {"deleted": True}, "attachments": []}

    def set_status(self, number: int, status: str) -> None:
        """`open`, `pending` or `resolved`."""
        self.conversations[number]["status"] = status
        self._store(number, ACTIVITY, f"Conversation was marked {status}", None)
        self._tell("conversation_status_changed", self._shown(number))

    def type(self, number: int, agent: Json, on: bool, *, private: bool = False) -> None:
        """An agent types."""
        self._tell(f"conversation_typing_{'on' if on else 'off'}", {
            "user": {**agent, "type": "user"}, "conversation": {"id": number}, "is_private": private})

    def number(self, case: str) -> int:
        """The conversation of a case."""
        return next(n for n, one in self.conversations.items() if one["custom_attributes"].get("case") == case)

    # What Kilat may call.

    async def _inboxes(self, request: Request) -> Response:
        self._authorise(request)
        return JSONResponse({"payload": [{"id": 1, "channel_type": "Channel::Api", "inbox_identifier": INBOX}]})

    async def _inbox(self, _request: Request) -> Response:
        return JSONResponse({"identifier": INBOX, "name": "Kilat"})

    async def _agents(self, request: Request) -> Response:
        self._authorise(request)
        return JSONResponse(self.agents)

    async def _contact(self, request: Request) -> Response:
        body = await fields(request, {"identifier": str, "source_id": str, "name": str, "identifier_hash": str},
                            {"email": str, "custom_attributes": dict})
        proof = hmac.new(INBOX_TOKEN.encode(), body["identifier"].encode(), hashlib.sha256).hexdigest()
        if proof != body["identifier_hash"]:
            raise Wrong(500, "HMAC failed: Invalid Identifier Hash Provided")
        contact = self._contacts.setdefault(body["identifier"], next(self._ids))
        self._sessions.setdefault(body["source_id"], contact)
        return JSONResponse({"source_id": body["source_id"], "pubsub_token": "p", "id": contact, "name": body["name"],
                             "email": body.get("email")})

    async def _conversations_of(self, request: Request) -> Response:
        self._authorise(request)
        contact = request.path_params["contact"]
        found = [n for n, one in self.conversations.items() if one["contact"] == contact]
        return JSONResponse({"payload": [self._shown(n) for n in sorted(found, reverse=True)[:LATEST]]})

    async def _open(self, request: Request) -> Response:
        body = await fields(request, {}, {"custom_attributes": dict})
        session = request.path_params["session"]
        if session not in self._sessions:
            raise Wrong(404, "there is no such session")
        number = len(self.conversations) + 1
        self.conversations[number] = {
            "session": session, "contact": self._sessions[session], "status": self.opens_as, "assignee": None,
            "custom_attributes": body.get("custom_attributes") or {}, "labels": [], "priority": None, "team": None,
            "messages": []}
        self._tell("conversation_created", self._shown(number))
        return JSONResponse({"id": number, "uuid": str(uuid.uuid4()), "inbox_id": 1, "status": self.opens_as,
                             "messages": []})

    async def _show(self, request: Request) -> Response:
        self._authorise(request)
        return JSONResponse(self._shown(self._number(request)))

    async def _messages(self, request: Request) -> Response:
        self._authorise(request)
        messages = self.conversations[self._number(request)]["messages"]
        after = request.query_params.get("after")
        page = [one for one in messages if one["id"] > int(after)][:MOST] if after else messages[-LATEST:]
        return JSONResponse({"meta": {}, "payload": page})

    async def _say(self, request: Request) -> Response:
        self._authorise(request)
        number, file = self._number(request), None
        if request.headers["content-type"].startswith("multipart/form-data"):
            parts = await form(request)
            body: Json = {**parts, "private": parts["private"] == "true"}
            name, _kind, content = parts["attachments[]"]
            file = (name, content)
            if body.keys() != {"content", "message_type", "private", "source_id", "attachments[]"}:
                raise Wrong(422, f"unknown or missing parts of a form: {sorted(body)}")
        else:
            body = await fields(request, {"content": str, "message_type": str, "private": bool, "source_id": str})
        sender = {"id": 1, "name": "Kilat", "type": "user"} if body["message_type"] == "outgoing" else {
            "id": self.conversations[number]["contact"], "type": "contact"}
        if body["message_type"] not in KINDS:
            raise Wrong(422, "is not a valid message_type")
        if body["message_type"] == "incoming" and self.conversations[number]["status"] == "resolved":
            self.conversations[number]["status"] = "open"
        message = self._store(number, KINDS[body["message_type"]], body["content"], sender, private=body["private"],
                              source=body["source_id"], file=file)
        return JSONResponse(message)

    async def _toggle_status(self, request: Request) -> Response:
        self._authorise(request)
        body = await fields(request, {"status": str})
        if body["status"] not in ("open", "pending", "resolved", "snoozed"):
            raise Wrong(422, "is not a valid status")
        self.set_status(self._number(request), body["status"])
        return JSONResponse({"payload": {"success": True, "current_status": body["status"]}})

    async def _toggle_priority(self, request: Request) -> Response:
        self._authorise(request)
        body = await fields(request, {"priority": str})
        if body["priority"] not in PRIORITIES:
            raise Wrong(422, "is not a valid priority")
        self.conversations[self._number(request)]["priority"] = body["priority"]
        return Response(status_code=200)

    async def _type(self, request: Request) -> Response:
        body = await fields(request, {"typing_status": str})
        number = self._number(request)
        if self.conversations[number]["session"] != request.path_params["session"]:
            raise Wrong(404, "that conversation is of another session")
        self.typed.append((number, body["typing_status"]))
        return Response(status_code=200)

    async def _blob(self, request: Request) -> Response:
        if "api_access_token" in request.headers:
            raise Wrong(400, "the token was sent to where files are")
        return Response(self._blobs[request.path_params["blob"]], media_type="application/octet-stream")

    def _authorise(self, request: Request) -> None:
        if request.headers.get("api_access_token") != TOKEN:
            raise Wrong(401, "Invalid Access Token")

    def _number(self, request: Request) -> int:
        number: int = request.path_params["number"]
        if number not in self.conversations:
            raise Wrong(404, "Resource could not be found")
        return number

    def _store(self, number: int, kind: int, content: str | None, sender: Json | None, *, private: bool = False,
               source: str | None = None, file: tuple[str, bytes] | None = None) -> Json:
        if kind == OUTGOING and content and source:
            content = _TEMPLATE.sub("", content)
        message: Json = {"id": next(self._ids), "content": content, "message_type": kind, "private": private,
                         "source_id": source, "sender": sender, "content_attributes": {}, "conversation_id": number}
        if file:
            blob = next(self._ids)
            self._blobs[blob] = file[1]
            path = f"/rails/active_storage/blobs/redirect/{blob}/{quote(file[0])}"
            message["attachments"] = [{"id": blob, "file_type": "file", "data_url": self.url + path,
                                       "file_size": len(file[1])}]
        self.conversations[number]["messages"].append(message)
        self._tell("message_created", {**message, "conversation": {"id": number}})
        return message

    def content_of(self, attachment: Json) -> bytes:
        """What is in a message's attachment."""
        return self._blobs[attachment["id"]]

    def _shown(self, number: int) -> Json:
        one = self.conversations[number]
        return {"id": number, "status": one["status"], "priority": one["priority"], "labels": one["labels"],
                "custom_attributes": one["custom_attributes"], "inbox_id": 1, "messages": one["messages"][-1:],
                "meta": {"channel": "Channel::Api", **{key: one[key] for key in ("assignee", "team") if one[key]}}}

    def _tell(self, event: str, payload: Json) -> None:
        if self.hook is not None:
            body = json.dumps({**payload, "event": event}).encode()
            self.hook(signed(body), body)


def signed(body: bytes, *, secret: str = SECRET, at: float | None = None) -> dict[str, str]:
    """The headers of a webhook, as the gateway hands them on."""
    stamp = str(int(time.time() if at is None else at))
    proof = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return {"content-type": "application/json", "x-chatwoot-timestamp": stamp, "x-chatwoot-delivery": str(uuid.uuid4()),
            "x-chatwoot-signature": f"sha256={proof}"}
