"""A gateway that does as it is told: one conversation after `docs/protocol.md`, in memory. For the widget alone.

The real one is tested by `tests/web` and by the flows of this folder. This one can be silent, break its sockets, refuse
what it would take, and play the agent.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import uvicorn
from playwright.sync_api import Page
from server_in_thread import ThreadServer
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.settings import ROOT
from bot.web import assets

Frame = dict[str, Any]

WIRE = Path(__file__).parents[1] / "wire"
STRICT = (
    "default-src 'none'; script-src 'nonce-n0'; style-src 'self'; img-src 'self' blob: data:; "
    "connect-src 'self' ws:; require-trusted-types-for 'script'")
PAGE = """<!doctype html><html lang="{lang}"><meta charset="utf-8"><title>Help</title>
<meta name="viewport" content="width=device-width,initial-scale=1"><body><main><h1>Help</h1><p>A page.</p></main>
<script nonce="n0" src="/widget.js" {attributes} async></script></body></html>"""
LIMITS = {"text": 2000, "file_bytes": 200_000,
          "file_types": ["image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf"]}


def golden(name: str) -> list[Frame]:
    """The golden frames of `tests/wire/gateway-NAME.json`."""
    return [case["frame"] for case in json.loads((WIRE / f"gateway-{name}.json").read_text())]


# Golden entries by what they show.
ENTRIES = {
    name: {key: value for key, value in golden("entry")[number]["entry"].items() if key not in ("seq", "at")}
    for name, number in {"phone": 2, "table": 3, "links": 4, "form": 5, "ticket": 7, "queue": 8, "agent": 10,
                         "agent_file": 13, "returned": 14, "ticket_reply": 15}.items()}


class FakeGateway:
    """One conversation at a time. `replies` maps what is said to the entries that answer it; what a test changes here
    holds from the next frame on."""

    def __init__(self) -> None:
        self.replies: dict[str, list[Frame]] = {}
        self.refusals: dict[str, Frame] = {}
        self.received: list[Frame] = []
        self.ignored: set[str] = set()
        self.files: dict[str, bytes] = {}
        self.sockets, self.silent = True, False
        self.live: set[WebSocket] = set()
        self.base = ""
        self.begin()

    def begin(self) -> None:
        """Another conversation."""
        self.key, self.conversation_id = f"kb_{secrets.token_hex(8)}", f"c_{secrets.token_hex(6)}"
        self.entries: list[Frame] = []
        self.state: Frame = golden("state")[0]
        self.read = 0
        self.news = asyncio.Event()

    def add(self, author: str = "bot", kind: str = "text", *, ago: float = 0, **fields: Any) -> Frame:
        """Put an entry into the log; `ago` in seconds."""
        at = datetime.now(timezone.utc) - timedelta(seconds=ago)
        entry = {"seq": len(self.entries) + 1, "at": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
                 "author": author, "kind": kind, **fields}
        self.entries.append(entry)
        return entry

    def say(self, author: str = "bot", kind: str = "text", **fields: Any) -> None:
        """Put an entry into the log and tell all clients; from any thread."""
        self.push({"type": "entry", "entry": self.add(author, kind, **fields)})

    def change(self, **fields: Any) -> None:
        """Change the state and tell all clients; from any thread."""
        self.state.update(fields)
        self.push(self.state)

    def push(self, frame: Frame) -> None:
        """A frame to all clients; from any thread."""
        asyncio.run_coroutine_threadsafe(self._push(frame), self.loop).result(5)

    def hang_up(self) -> None:
        """Close all sockets; from any thread."""
        async def close() -> None:
            for socket in list(self.live):
                await socket.close(1012)
        asyncio.run_coroutine_threadsafe(close(), self.loop).result(5)

    def said(self, kind: str = "say") -> list[Frame]:
        """The frames of one type that clients have sent."""
        return [frame for frame in self.received if frame.get("type") == kind]

    def heard(self, page: Page, kind: str) -> list[Frame]:
        """The same, as soon as there is one: a page shows what it does before it has arrived here."""
        while not self.said(kind):
            page.wait_for_timeout(50)
        return self.said(kind)

    async def _push(self, frame: Frame) -> None:
        self.news.set()
        self.news = asyncio.Event()
        for socket in list(self.live):
            with contextlib.suppress(RuntimeError, WebSocketDisconnect):
                await socket.send_text(json.dumps(frame))

    async def answer(self, frame: Frame) -> list[Frame]:
        """The frames that answer one of a client; others go to every socket."""
        self.received.append(frame)
        kind = frame["type"]
        if kind in self.ignored:
            return []
        if kind == "hello":
            return [self._welcome(frame)]
        if kind == "identify":
            return [self._welcome({"key": self.key, "after": len(self.entries)})]
        if kind == "ping":
            return [{"type": "pong"}]
        if kind == "history":
            older = [entry for entry in self.entries if entry["seq"] < frame["before"]][-50:]
            return [{"type": "history", "entries": older, "more": bool(older) and older[0]["seq"] > 1}]
        if kind == "language":
            self.state["lang"] = frame["lang"]
            return [self.state]
        if kind == "read":
            self.read = frame["seq"]
        if "client_id" not in frame or self.silent:
            return []
        if refusal := self.refusals.pop(kind, None):
            return [{**refusal, "client_id": frame["client_id"]}]
        return [await self._store(frame)]

    async def _store(self, frame: Frame) -> Frame:
        known = [entry for entry in self.entries if entry.get("client_id") == frame["client_id"]]
        if not known:
            known = [self._entry_of(frame)]
            await self._push({"type": "entry", "entry": known[0]})
            asyncio.get_running_loop().call_later(0.05, asyncio.ensure_future, self._reply(frame))
        return {"type": "ack", "client_id": frame["client_id"], "seq": known[0]["seq"], "at": known[0]["at"]}

    def _entry_of(self, frame: Frame) -> Frame:
        mine = {"client_id": frame["client_id"]}
        if frame["type"] == "rate":
            rating = {name: frame[name] for name in ("score", "solved", "comment") if name in frame}
            return self.add("visitor", "rating", text=f"{frame['score']}/5", rating=rating, **mine)
        if frame["type"] == "ticket":
            return self.add("visitor", "ticket", text=frame["values"]["subject"], **mine)
        if frame["type"] in ("end", "leave_queue"):
            event = "ended" if frame["type"] == "end" else "left_queue"
            self.state.update(status="closed" if event == "ended" else "bot", queue=None)
            return self.add("system", "event", event=event, text=event, **mine)
        return self.add("visitor", text=frame["text"], **mine)

    async def _reply(self, frame: Frame) -> None:
        if frame["type"] in ("end", "leave_queue"):
            await self._push(self.state)
        for fields in self.replies.get(frame.get("payload") or frame.get("text") or frame["type"], []):
            await self._push({"type": "entry", "entry": self.add(**fields)})

    def _welcome(self, frame: Frame) -> Frame:
        new = frame.get("key") != self.key
        if new and (self.state["status"] == "closed" or frame.get("key")):
            self.begin()
        if not self.entries:
            greeting = golden("entry")[0]["entry"]
            self.add(**{name: greeting[name] for name in greeting if name not in ("seq", "at")})
        after = 0 if new else frame.get("after", 0)
        entries = [entry for entry in self.entries if entry["seq"] > after][-50:]
        return {"type": "welcome", "protocol": 1, "conversation": self.conversation_id, "state": self.state,
                "entries": entries, "more": not after and entries[0]["seq"] > 1, "read": self.read, "limits": LIMITS,
                **({"key": self.key} if new else {})}


def _routes(fake: FakeGateway) -> list[Any]:
    async def page(request: Request) -> Response:
        query = dict(request.query_params)
        strict = {"Content-Security-Policy": STRICT} if query.pop("strict", None) else {}
        lang = query.pop("html", "id")
        attributes = " ".join(f'data-{name}="{value}"' for name, value in query.items())
        return HTMLResponse(PAGE.format(lang=lang, attributes=attributes), headers=strict)

    async def socket(websocket: WebSocket) -> None:
        if not fake.sockets:
            await websocket.close()
            return
        await websocket.accept()
        fake.live.add(websocket)
        try:
            while True:
                for frame in await fake.answer(json.loads(await websocket.receive_text())):
                    await websocket.send_text(json.dumps(frame))
        except (WebSocketDisconnect, RuntimeError):
            pass
        finally:
            fake.live.discard(websocket)

    def known(request: Request) -> bool:
        return request.headers.get("authorization") == f"Bearer {fake.key}"

    async def frames(request: Request) -> Response:
        return JSONResponse({"frames": await fake.answer(json.loads(await request.body()))})

    async def events(request: Request) -> Response:
        after, news = int(request.query_params["after"]), fake.news
        if len(fake.entries) <= after:
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(news.wait(), 5)
        newer = [{"type": "entry", "entry": entry} for entry in fake.entries if entry["seq"] > after]
        return JSONResponse({"frames": [fake.state, *newer]})

    async def unread(request: Request) -> Response:
        count = sum(entry["seq"] > fake.read and entry["author"] != "visitor" for entry in fake.entries)
        return JSONResponse({"unread": count} if known(request) else {})

    async def transcript(request: Request) -> Response:
        return PlainTextResponse("\n".join(entry["text"] for entry in fake.entries), 200 if known(request) else 401)

    async def upload(request: Request) -> Response:
        content, query = await request.body(), request.query_params
        if not content.startswith((b"\x89PNG", b"%PDF")):
            return JSONResponse({"frames": [{"type": "error", "code": "file_type", "detail": "no"}]}, 415)
        name = unquote(request.headers["x-file-name"])
        file = {"id": f"f_{secrets.token_hex(8)}", "name": name, "size": len(content),
                "media_type": "image/png" if content.startswith(b"\x89PNG") else "application/pdf"}
        fake.files[file["id"]] = content
        entry = fake.add("visitor", "file", text=file["name"], file=file, client_id=query["client_id"])
        await fake._push({"type": "entry", "entry": entry})
        return JSONResponse({"frames": [{"type": "ack", "client_id": query["client_id"], "seq": entry["seq"],
                                         "at": entry["at"]}]})

    async def download(request: Request) -> Response:
        content = fake.files.get(request.path_params["id"])
        if not content or not known(request):
            return Response(None, 404)
        return Response(content, media_type="application/octet-stream")

    async def script(request: Request) -> Response:
        folders = {"js": Path(__file__).parent / "js", "wire": WIRE, "console": ROOT / "console"}
        folder = folders[request.path_params["folder"]]
        kind = "application/json" if folder == WIRE else "text/javascript"
        return Response((folder / Path(request.path_params["name"]).name).read_bytes(), media_type=kind)

    async def icon(request: Request) -> Response:
        return Response(None, 204)

    return [
        Route("/", page), Route("/favicon.ico", icon), WebSocketRoute("/v1/socket", socket),
        Route("/v1/frames", frames, methods=["POST"]),
        Route("/v1/events", events), Route("/v1/unread", unread), Route("/v1/transcript", transcript),
        Route("/v1/files", upload, methods=["POST"]), Route("/v1/files/{id}", download),
        Route("/test/{folder}/{name}", script), *assets.routes(ROOT / "data")]


@contextlib.contextmanager
def serve(port: int = 0) -> Iterator[FakeGateway]:
    """The fake on a free port of 127.0.0.1, in a thread."""
    fake = FakeGateway()
    cors = Middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["*"], allow_headers=["*"])
    app = Starlette(routes=_routes(fake), middleware=[cors])
    config = uvicorn.Config(app, port=port, ws="wsproto", log_level="critical", lifespan="off")
    server = ThreadServer(config)
    server.begin()
    fake.loop, fake.base = server.loop, server.url
    try:
        yield fake
    finally:
        server.leave()
