"""A stand-in for Zendesk Support: the calls of its ticketing interface that Kilat makes, by Zendesk's documents. It is
a fake, as no Zendesk can be installed.
"""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from desks.fake_http import FakeHttp, Wrong, fields
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

EMAIL, TOKEN, SECRET = "kilat@example.com", "api-token", "signing-secret"
PRIORITIES = ("urgent", "high", "normal", "low")
KILAT, BUDI = 10, 11
LARGEST_COMMENT = 65_535

Json = dict[str, Any]


class ZendeskServer(FakeHttp):
    """One account of Kilat and Budi. The first `forgets` searches miss a new ticket; a page has `page` comments."""

    def __init__(self) -> None:
        super().__init__([
            Route("/api/v2/users/me.json", self._me), Route("/api/v2/tickets.json", self._search),
            Route("/api/v2/tickets.json", self._create, methods=["POST"]),
            Route("/api/v2/tickets/{number:int}.json", self._show),
            Route("/api/v2/tickets/{number:int}.json", self._update, methods=["PUT"]),
            Route("/api/v2/tickets/{number:int}/comments.json", self._comments),
            Route("/attachments/token/{token}/", self._attachment)])
        self.tickets: dict[int, Json] = {}
        self.comments: dict[int, list[Json]] = {}
        self.people: dict[int, Json] = {
            KILAT: {"id": KILAT, "name": "Kilat", "email": EMAIL, "role": "agent"},
            BUDI: {"id": BUDI, "name": "Budi Santoso", "email": "budi@example.com", "role": "agent"}}
        self.forgets = 0
        self.page = 2
        # Addresses of people whom the account has suspended.
        self.suspended: set[str] = set()
        self._keys: dict[str, tuple[bytes, int]] = {}
        self._ids = iter(range(1000, 1_000_000))
        # By the token in its address; private, as an account may have it: who asks for one has to sign in.
        self._files: dict[str, bytes] = {}

    def add(self, number: int, author: int, text: str, *, public: bool = True, files: Sequence[tuple[str, bytes]] = (),
            inline: Sequence[tuple[str, bytes]] = ()) -> None:
        """Add a comment with attachments, or with files `inline` in its text."""
        comment = {"html_body": html.escape(text).replace("\n", "<br>"), "public": public}
        attachments = [*(self._attach(*file, inline=True) for file in inline), *(self._attach(*file) for file in files)]
        self._add(number, author, comment, attachments)

    def _attach(self, name: str, content: bytes, *, inline: bool = False) -> Json:
        id_ = next(self._ids)
        self._files[f"t{id_}"] = content
        return {
            "id": id_, "file_name": name, "content_url": f"{self.url}/attachments/token/t{id_}/?name={quote(name)}",
            "content_type": "application/octet-stream", "size": len(content), "inline": inline, "deleted": False,
            "malware_scan_result": "malware_not_found", "malware_access_override": False}

    def redact(self) -> None:
        """Delete all files, and mark them as deleted."""
        self._files.clear()
        for comment in (comment for comments in self.comments.values() for comment in comments):
            for attachment in comment["attachments"]:
                attachment["deleted"] = True

    def _add(self, number: int, author: int, comment: Json, attachments: Sequence[Json] = ()) -> None:
        if strangers := comment.keys() - {"html_body", "body", "public"}:
            raise Wrong(422, f"a comment has no {sorted(strangers)}")
        markup = str(comment.get("html_body") or "")
        if len(markup.encode()) > LARGEST_COMMENT:
            raise Wrong(422, "Comment body: is too long (maximum is 65535 bytes)")
        if self.people[author]["role"] == "agent":
            markup = re.sub(r"\{\{.*?\}\}", "filled in", markup)
        if tags := set(re.findall(r"<[^>]*>", markup)) - {"<br>"}:
            raise Wrong(422, f"markup: {sorted(tags)}")
        text = html.unescape(markup.replace("<br>", "\n"))
        self.comments.setdefault(number, []).append({
            "id": next(self._ids), "author_id": author, "public": comment.get("public", True), "html_body": markup,
            "plain_body": text, "body": text, "attachments": list(attachments)})

    async def _me(self, request: Request) -> Response:
        if not _is_kilat(request):
            return JSONResponse({"user": {"id": None, "name": "Anonymous user", "role": "end-user"}})
        return JSONResponse({"user": self.people[KILAT]})

    async def _search(self, request: Request) -> Response:
        _check(request)
        mark = request.query_params["external_id"]
        found = [ticket for ticket in self.tickets.values() if ticket["external_id"] == mark]
        if found and self.forgets:
            self.forgets, found = self.forgets - 1, []
        return JSONResponse({"tickets": found, "count": len(found)})

    async def _create(self, request: Request) -> Response:
        _check(request)
        key, body = request.headers.get("idempotency-key", ""), await request.body()
        if key in self._keys:
            before, number = self._keys[key]
            if before != body:
                return JSONResponse({"error": "IdempotencyKeyConflict"}, 400)
            return JSONResponse({"ticket": self.tickets[number]}, 201, {"x-idempotency-lookup": "hit"})
        asked = (await fields(request, {"ticket": dict}))["ticket"]
        known = {"subject", "comment", "priority", "external_id", "tags", "requester"}
        if strangers := asked.keys() - known:
            raise Wrong(422, f"a ticket has no {sorted(strangers)}")
        if asked["priority"] not in PRIORITIES or "\n" in asked["subject"]:
            raise Wrong(422, "priority or subject")
        if (asked.get("requester") or {}).get("email") in self.suspended:
            about = {"requester": [{"description": "Requester: Sari is suspended."}]}
            return JSONResponse({"error": "RecordInvalid", "details": about}, 422)
        number = len(self.tickets) + 1
        requester = self._requester(asked.get("requester"))
        self.tickets[number] = {
            "id": number, "status": "new", "requester_id": requester, "subject": asked["subject"],
            "priority": asked["priority"], "external_id": asked["external_id"], "tags": asked["tags"]}
        # Who asks for it has written its first comment.
        self._add(number, requester, asked["comment"])
        if key:
            self._keys[key] = (body, number)
        return JSONResponse({"ticket": self.tickets[number]}, 201)

    async def _show(self, request: Request) -> Response:
        _check(request)
        ticket = self.tickets.get(request.path_params["number"])
        return JSONResponse({"ticket": ticket}) if ticket else JSONResponse({"error": "RecordNotFound"}, 404)

    async def _update(self, request: Request) -> Response:
        _check(request)
        number = request.path_params["number"]
        asked = (await fields(request, {"ticket": dict}))["ticket"]
        if asked.keys() != {"comment"}:
            raise Wrong(422, f"only comments are added: {json.dumps(asked)}")
        self._add(number, KILAT, asked["comment"])
        return JSONResponse({"ticket": self.tickets[number]})

    async def _comments(self, request: Request) -> Response:
        _check(request)
        query = request.query_params
        if query.get("sort") != "created_at" or not 1 <= int(query["page[size]"]) <= 100:
            raise Wrong(400, "sort or page[size]")
        every = self.comments[request.path_params["number"]]
        begin = int(query.get("page[after]", "0"))
        page = every[begin:begin + self.page]
        end = begin + len(page)
        people = [self.people[number] for number in {comment["author_id"] for comment in page}]
        return JSONResponse({
            "comments": page, **({"users": people} if query.get("include") == "users" else {}),
            "meta": {"has_more": end < len(every), "after_cursor": str(end)}})

    async def _attachment(self, request: Request) -> Response:
        _check(request)
        content = self._files.get(request.path_params["token"])
        return Response(content) if content is not None else JSONResponse({"error": "RecordNotFound"}, 404)

    def _requester(self, asked: Json | None) -> int:
        if asked is None:
            return KILAT
        for number, person in self.people.items():
            if person["email"].lower() == asked["email"].lower():
                return number
        number = next(self._ids)
        self.people[number] = {"id": number, "name": asked["name"], "email": asked["email"], "role": "end-user"}
        return number


def _is_kilat(request: Request) -> bool:
    wanted = base64.b64encode(f"{EMAIL}/token:{TOKEN}".encode()).decode()
    return request.headers.get("authorization") == f"Basic {wanted}"


def _check(request: Request) -> None:
    if not _is_kilat(request):
        raise Wrong(401, "Couldn't authenticate you")
