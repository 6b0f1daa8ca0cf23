"""A stand-in for Chatwoot: the calls, checks and webhooks of its API inbox, by its source.

It is a fake: `docs/desks.md` says what it was compared with.
"""

from __future__ import annotations

import hashlib
import hmac
import uuid

from desks.fake_http import Wrong, fields, form
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.adapters.desks.chatwoot.tests.stand_in_account import INCOMING, ME, OUTGOING, ChatwootAccount, Json

TOKEN, ACCOUNT, INBOX, INBOX_TOKEN = "agent-token", "7", "inbox-identifier", "hmac-token"
KINDS = {"incoming": INCOMING, "outgoing": OUTGOING}
PRIORITIES = ("urgent", "high", "medium", "low")
LATEST, MOST = 20, 100
LONGEST_CONTENT = 150_000


class ChatwootServer(ChatwootAccount):
    """One account with one API inbox that insists on identity checks."""

    def __init__(self) -> None:
        account, public = f"/api/v1/accounts/{ACCOUNT}", f"/public/api/v1/inboxes/{INBOX}"
        one, session = account + "/conversations/{number:int}", public + "/contacts/{session}"
        super().__init__([
            Route("/api/v1/profile", self._profile), Route(f"{account}/inboxes", self._inboxes),
            Route(f"{account}/agents", self._agents),
            Route(account + "/contacts/{contact:int}/conversations", self._conversations_of), Route(one, self._show),
            Route(f"{one}/messages", self._messages), Route(f"{one}/messages", self._say, methods=["POST"]),
            Route(f"{one}/toggle_status", self._toggle_status, methods=["POST"]),
            Route(f"{one}/assignments", self._assign, methods=["POST"]),
            Route(f"{one}/toggle_priority", self._toggle_priority, methods=["POST"]), Route(public, self._inbox),
            Route(f"{public}/contacts", self._contact, methods=["POST"]),
            Route(f"{session}/conversations", self._open, methods=["POST"]),
            Route(session + "/conversations/{number:int}/toggle_typing", self._type, methods=["POST"]),
            Route("/rails/active_storage/blobs/redirect/{blob:int}/{name}", self._blob)])

    # What Kilat may call.

    async def _profile(self, request: Request) -> Response:
        self._authorise(request)
        return JSONResponse(ME)

    async def _inboxes(self, request: Request) -> Response:
        self._authorise(request)
        mine = [{"id": 1, "channel_type": "Channel::Api", "inbox_identifier": INBOX}] if self.member else []
        other = {"id": 2, "channel_type": "Channel::Api", "inbox_identifier": "another"}
        return JSONResponse({"payload": [other, *mine]})

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
        found = [n for n, one in self.conversations.items() if one["contact"] == contact and self.member]
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
        if not self.member:
            raise Wrong(401, "You are not authorized to do this action")
        number, file = self._number(request), None
        if request.headers["content-type"].startswith("multipart/form-data"):
            if len(await request.body()) > self.largest_form:
                return Response("<h1>413 Request Entity Too Large</h1>", 413, media_type="text/html")
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
        if len(body["content"]) > LONGEST_CONTENT:
            raise Wrong(422, "Content is too long (maximum is 150000 characters)")
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
        number = self._number(request)
        if body["status"] == "open":
            self.conversations[number]["assignee"] = ME
        self.set_status(number, body["status"])
        return JSONResponse({"payload": {"success": True, "current_status": body["status"]}})

    async def _assign(self, request: Request) -> Response:
        self._authorise(request)
        body = await fields(request, {"assignee_id": type(None)})
        self.conversations[self._number(request)]["assignee"] = body["assignee_id"]
        return JSONResponse(None)

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
        if self.late_files:
            self.late_files -= 1
            return Response(status_code=404)
        return Response(self._blobs[request.path_params["blob"]], media_type="application/octet-stream")

    def _authorise(self, request: Request) -> None:
        if request.headers.get("api_access_token") != TOKEN:
            raise Wrong(401, "Invalid Access Token")

    def _number(self, request: Request) -> int:
        number: int = request.path_params["number"]
        if number not in self.conversations:
            raise Wrong(404, "Resource could not be found")
        return number
