"""A stand-in for Zendesk's messaging: the calls, checks and webhooks of Sunshine Conversations, version 2.

It is a fake: `docs/desks.md` says what it was compared with.
"""

from __future__ import annotations

import base64
import json

from desks.fake_http import Wrong, fields, form
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.adapters.desks.zendesk_messaging.tests.stand_in_account import AGENTS, APP, BOT, Json, ZendeskAccount, now

KEY, SECRET = "app_key", "app-secret"
LONGEST_TEXT, LARGEST_METADATA = 4096, 4096


class ZendeskServer(ZendeskAccount):
    """One app with a switchboard."""

    def __init__(self) -> None:
        app = f"/v2/apps/{APP}"
        one = app + "/conversations/{id}"
        super().__init__([
            Route(app, self._show_app), Route(f"{app}/switchboards", self._switchboards),
            Route(f"{app}/switchboards/sb/switchboardIntegrations", self._integrations),
            Route(f"{app}/users", self._user, methods=["POST"]),
            Route(f"{app}/attachments", self._attach, methods=["POST"]), Route(f"{app}/conversations", self._list),
            Route(f"{app}/conversations", self._create, methods=["POST"]), Route(one, self._show),
            Route(f"{one}/messages", self._messages), Route(f"{one}/messages", self._say, methods=["POST"]),
            Route(f"{one}/passControl", self._pass, methods=["POST"]),
            Route(f"{one}/releaseControl", self._release, methods=["POST"]), Route("/media/{blob}/{name}", self._media),
        ])

    # What Kilat may call.

    async def _show_app(self, request: Request) -> Response:
        self._authorise(request)
        return JSONResponse({"app": {"id": APP, "displayName": "Kilat", "settings": {}}})

    async def _switchboards(self, request: Request) -> Response:
        self._authorise(request)
        board = {"id": "sb", "enabled": True, "defaultSwitchboardIntegrationId": "sb-bot"}
        return JSONResponse({"switchboards": [board]})

    async def _integrations(self, request: Request) -> Response:
        self._authorise(request)
        return JSONResponse({"switchboardIntegrations": [BOT, AGENTS]})

    async def _user(self, request: Request) -> Response:
        self._authorise(request)
        body = await fields(request, {"externalId": str}, {"profile": dict, "metadata": dict})
        if not 1 <= len(body["externalId"]) <= 1024:
            raise Wrong(400, "externalId is too short or too long")
        if strangers := body.get("profile", {}).keys() - {"givenName", "surname", "email", "avatarUrl", "locale"}:
            raise Wrong(400, f"a profile has no {strangers}")
        if body["externalId"] in self.users:
            return JSONResponse({"errors": [{"code": "conflict", "title": "User already exists"}]}, 409)
        self.users[body["externalId"]] = {"id": next(self._ids), **body}
        return JSONResponse({"user": self.users[body["externalId"]]}, 201)

    async def _list(self, request: Request) -> Response:
        self._authorise(request)
        external = request.query_params.get("filter[userExternalId]", "")
        if external not in self.users:
            raise Wrong(404, "user not found")
        found = [id_ for id_, one in self.conversations.items() if one["user"] == external]
        after = request.query_params.get("page[after]")
        start = found.index(after) + 1 if after else 0
        page, more = found[start:start + 2], start + 2 < len(found)
        return JSONResponse({"conversations": [self._shown(id_) for id_ in page],
                             "meta": {"hasMore": more, **({"afterCursor": page[-1]} if more else {})}})

    async def _create(self, request: Request) -> Response:
        self._authorise(request)
        body = await fields(request, {"type": str, "participants": list}, {"displayName": str, "metadata": dict})
        if body["type"] != "personal" or len(body["participants"]) != 1:
            raise Wrong(400, "a personal conversation has exactly one participant")
        external = body["participants"][0].get("userExternalId")
        if external not in self.users:
            raise Wrong(404, "user not found")
        self._check_metadata(body.get("metadata") or {})
        id_ = next(self._ids)
        self.conversations[id_] = {
            "user": external, "displayName": body.get("displayName", "")[:100], "metadata": body.get("metadata"),
            "messages": [], "active": BOT, "passed": [], "lastUpdatedAt": now()}
        return JSONResponse({"conversation": self._shown(id_)}, 201)

    async def _show(self, request: Request) -> Response:
        self._authorise(request)
        return JSONResponse({"conversation": self._shown(self._id(request))})

    async def _messages(self, request: Request) -> Response:
        self._authorise(request)
        messages = self.conversations[self._id(request)]["messages"]
        before = request.query_params.get("page[before]")
        end = [one["id"] for one in messages].index(before) if before else len(messages)
        page = messages[max(0, end - self.page):end]
        more = end > self.page
        return JSONResponse({"messages": page, "links": {},
                             "meta": {"hasMore": more, **({"beforeCursor": page[0]["id"]} if more else {})}})

    async def _say(self, request: Request) -> Response:
        self._authorise(request)
        body = await fields(request, {"author": dict, "content": dict}, {"metadata": dict})
        author, content, id_ = body["author"], body["content"], self._id(request)
        self._check_metadata(body.get("metadata") or {})
        if author.get("type") not in ("user", "business") or author.keys() - {
                "type", "userId", "userExternalId", "displayName", "avatarUrl"}:
            raise Wrong(400, f"that is no author: {author}")
        if author["type"] == "user" and author.get("userExternalId") != self.conversations[id_]["user"]:
            raise Wrong(400, "that user is not in the conversation")
        if content.get("type") == "text" and not 1 <= _length(content.get("text") or "") <= LONGEST_TEXT:
            raise Wrong(400, "a text has 1 to 4096 characters")
        is_file = content.get("type") in ("image", "file") and content.get("mediaUrl", "").startswith(self.url)
        if content.get("type") != "text" and not is_file:
            raise Wrong(400, f"that is no content: {content}")
        message = self._store(id_, author, content, body.get("metadata"), "api:conversations")
        return JSONResponse({"messages": [message]}, 201)

    async def _pass(self, request: Request) -> Response:
        self._authorise(request)
        body = await fields(request, {"switchboardIntegration": str}, {"metadata": dict, "reason": str})
        id_ = self._id(request)
        self._check_metadata(body.get("metadata") or {})
        if body["switchboardIntegration"] not in (AGENTS["name"], AGENTS["id"]):
            raise Wrong(404, "switchboard integration not found")
        self.conversations[id_]["passed"].append(body.get("metadata"))
        self.pass_to(id_, AGENTS)
        return JSONResponse({})

    async def _release(self, request: Request) -> Response:
        self._authorise(request)
        await fields(request, {}, {"metadata": dict, "reason": str})
        self.release(self._id(request))
        return JSONResponse({})

    async def _attach(self, request: Request) -> Response:
        self._authorise(request)
        if request.query_params.get("access") not in ("public", "private"):
            raise Wrong(400, "access is required")
        name, kind, content = (await form(request))["source"]
        if kind in self.untaken:
            return JSONResponse({"errors": [{"code": "unsupported_media_type", "title": "Unsupported"}]}, 415)
        return JSONResponse({"attachment": {"mediaUrl": self._keep(name, content), "mediaType": kind}}, 201)

    async def _media(self, request: Request) -> Response:
        if request.path_params["blob"] in self._private and "authorization" not in request.headers:
            return Response(status_code=401)
        return Response(self._blobs[request.path_params["blob"]])

    def _authorise(self, request: Request) -> None:
        expected = base64.b64encode(f"{KEY}:{SECRET}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {expected}":
            raise Wrong(401, "unauthorized")

    def _id(self, request: Request) -> str:
        id_: str = request.path_params["id"]
        if id_ not in self.conversations:
            raise Wrong(404, "conversation not found")
        return id_

    def _check_metadata(self, metadata: Json) -> None:
        if not all(isinstance(value, (str, int, float, bool)) for value in metadata.values()):
            raise Wrong(400, "metadata must be flat")
        if len(json.dumps(metadata)) > LARGEST_METADATA:
            raise Wrong(400, "metadata is limited to 4KB")


def _length(text: str) -> int:
    """The length as JavaScript counts it."""
    return len(text.encode("utf-16-le")) // 2
