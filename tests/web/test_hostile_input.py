"""Hostile input through every public door: no 5xx, no traceback in an answer or in the log, nothing that a browser
could take for markup, and the gateway goes on answering. Deterministic; `test_fuzz.py` draws at random beside it."""

from __future__ import annotations

import asyncio
import io
import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hostile import FILES, HEADERS, MARKUP, PATHS, RAW, TEXTS, odd_frames
from starlette.requests import Request
from starlette.testclient import TestClient
from web_client import Client, Plain

from bot.bootstrap import open_agents
from bot.core.errors import WebhookRefused
from bot.ports import AgentAccount
from bot.settings import ROOT, Settings
from bot.web.webhooks import refusal

ID = "6f1c2a52-8a3f-4d0e-9a55-0d5a4d6f7c01"
SAFE = ("application/json", "text/plain", "text/javascript", "text/css", "application/octet-stream", "image/")


@dataclass
class Answer:
    """What came back over ASGI."""

    status: int
    headers: dict[str, str]
    body: bytes


@pytest.fixture
def web_settings(web_settings: Settings) -> Settings:
    """With every door open: the demo, and sign-in at a provider that is not there."""
    return replace(web_settings, demo=True, oidc_issuer="http://127.0.0.1:9", oidc_client_id="x",
                   oidc_client_secret="y")


def ask(http: TestClient, method: str, path: str, headers: Iterable[tuple[str, str]] = (), body: bytes = b"") -> Answer:
    """A request as it is, past everything that a well-behaved client would mend."""
    sent: list[Any] = []
    raw, _, query = path.partition("?")
    known = [("host", "127.0.0.1:8080")] if not any(name == "host" for name, _ in headers) else []
    scope = {
        "type": "http", "method": method, "path": raw, "raw_path": quote(raw, safe="/%", errors="replace").encode(),
        "root_path": "", "query_string": query.encode("utf-8", "replace"), "client": ("10.0.0.1", 1),
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in (*known, *headers)],
        "server": ("127.0.0.1", 8080), "scheme": "http", "http_version": "1.1"}

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    http.portal.call(http.app, scope, receive, send)  # type: ignore[union-attr]
    told = {name.decode().lower(): value.decode("latin-1") for name, value in sent[0]["headers"]}
    return Answer(sent[0]["status"], told, b"".join(message.get("body", b"") for message in sent))


def fault(answer: Answer) -> str:
    """What is wrong with an answer; empty when nothing is."""
    kind = answer.headers.get("content-type", "text/plain")
    # The provider of these tests is away: the form says so.
    if answer.status >= 500 and not (answer.status == 503 and b'name="password"' in answer.body):
        return f"status {answer.status}"
    if b"Traceback" in answer.body or b'File "/' in answer.body:
        return "a traceback"
    if answer.headers.get("x-content-type-options") != "nosniff" or "content-security-policy" not in answer.headers:
        return "not marked"
    if "text/html" in kind:
        return "markup" if MARKUP.encode() in answer.body or b"<svg/onload" in answer.body else ""
    return "" if kind.startswith(SAFE) else f"content type {kind}"


class Door:
    """Collects what goes wrong, and looks after each try whether the gateway is there."""

    def __init__(self, http: TestClient) -> None:
        self.http = http
        self.count = 0
        self.wrong: list[str] = []

    def try_one(self, name: str, answer: Answer) -> None:
        """One input, and its answer."""
        self.count += 1
        if found := fault(answer):
            self.wrong.append(f"{name}: {found}")
        if ask(self.http, "GET", "/healthz").status != 200:
            self.wrong.append(f"{name}: the gateway is away")


@pytest.fixture
def door(http: TestClient, log: io.StringIO) -> Any:
    """A door; at the end nothing is wrong, and the log has no traceback."""
    door = Door(http)
    yield door
    assert door.wrong == []
    assert "Traceback" not in log.getvalue()
    assert MARKUP not in log.getvalue()


def test_frames_over_http(door: Door) -> None:
    """What is no frame, and each field as something else; with a key and without."""
    plain = Plain(door.http)
    plain.hello()
    for headers in ([], [("authorization", f"Bearer {plain.key}")]):
        for name, raw in RAW.items():
            door.try_one(name, ask(door.http, "POST", "/v1/frames", headers, raw))
    for name, text in odd_frames():
        headers = [("authorization", f"Bearer {plain.key}")]
        door.try_one(name, ask(door.http, "POST", "/v1/frames", headers, text.encode("utf-8", "replace")))
    assert door.count > 500


def test_frames_over_a_socket(door: Door, connect: Any) -> None:
    """The same; each is answered or passed over, and the line stands."""
    client: Client = connect()
    client.hello()
    frames = [raw.decode("utf-8", "replace") for raw in RAW.values()] + [text for _, text in odd_frames()]
    for frame in frames:
        client.socket.send_text(frame)
        answers = client.news()
        told = json.dumps(answers)
        if "Traceback" in told or any(answer.get("code") == "unavailable" for answer in answers):
            door.wrong.append(f"{frame[:60]}: {told[:200]}")
    client.key = ""
    client.hello()
    assert client.ask("masih di sini")["text"] == "heard: masih di sini"


@pytest.mark.parametrize("over", ["http", "socket"])
def test_texts(door: Door, connect: Any, over: str) -> None:
    """Said, in a form, as a comment, as a page: kept or refused; what comes back is plain text in JSON."""
    for name, whole in TEXTS.items():
        text, short = whole[:4500], whole[:900]
        client = Plain(door.http) if over == "http" else connect()
        client.hello()
        form = {"subject": short, "description": text, "email": short, "priority": short}
        good = {"subject": text[:200], "description": text[:2000], "email": "a@example.com", "priority": "p2"}
        for type_, fields in (
            ("hello", {"protocol": 1, "lang": "id", "key": client.key, "page": {"url": short, "title": short}}),
            ("say", {"text": text}), ("say", {"text": "x", "payload": text}), ("page", {"page": {"title": text}}),
            ("ticket", {"values": form}), ("ticket", {"values": good}), ("rate", {"score": 1, "comment": text}),
            ("identify", {"identity_token": text}),
        ):
            if over == "socket":
                client.send(type_, **fields)
                answers = client.news()
            else:
                frame = json.dumps({"type": type_, "client_id": str(uuid.uuid4()), **fields}).encode()
                answer = ask(door.http, "POST", "/v1/frames", [("authorization", f"Bearer {client.key}")], frame)
                door.try_one(f"{name} {type_}", answer)
                answers = json.loads(answer.body)["frames"]
            door.wrong += [f"{name} {type_}: {answer}" for answer in answers if answer.get("code") == "unavailable"]
            client.key = next((answer["key"] for answer in answers if "key" in answer), client.key)
        if over == "http":
            headers = [("authorization", f"Bearer {client.key}")]
            for path in ("/v1/transcript", "/v1/events?after=0", "/v1/unread"):
                door.try_one(f"{name} {path}", ask(door.http, "GET", path, headers))


def test_queries(door: Door) -> None:
    """Numbers that are none, keys that open nothing."""
    plain = Plain(door.http)
    plain.hello()
    for name, text in TEXTS.items():
        value = quote(text[:4000], errors="replace")
        for key in (plain.key, text[:2000]):
            headers = [("authorization", f"Bearer {key}".encode("latin-1", "replace").decode("latin-1"))]
            for path in (f"/v1/events?after={value}", f"/v1/events?after=0&wait={value}", f"/v1/unread?x={value}",
                         f"/v1/files/x?name={value}", "/v1/transcript"):
                door.try_one(f"{name} {path[:30]}", ask(door.http, "GET", path, headers))
    for number in ("nan", "inf", "-1", "1e999", "2147483648", "2147483647", "0x1", "1_0", "٣", "1.5"):
        path = f"/v1/events?after={quote(number)}&wait={quote(number if number != '2147483647' else '0')}"
        door.try_one(number, ask(door.http, "GET", path, [("authorization", f"Bearer {plain.key}")]))


def test_files(door: Door) -> None:
    """Names and contents; what is taken comes back as a download that no browser runs."""
    plain = Plain(door.http)
    plain.hello()
    headers = [("authorization", f"Bearer {plain.key}")]
    tries = [(name, "x.png", content) for name, content in FILES.items()]
    tries += [(name, text[:3000], b"GIF89a" + bytes(30)) for name, text in TEXTS.items()]
    for number, (name, called, content) in enumerate(tries):
        named = [*headers, ("x-file-name", quote(called, errors="replace"))]
        answer = ask(door.http, "POST", f"/v1/files?client_id={ID[:-4]}{number:04x}", named, content)
        door.try_one(name, answer)
    for name, text in TEXTS.items():
        asked = quote(text[:3000], errors="replace")
        door.try_one(name, ask(door.http, "POST", f"/v1/files?client_id={asked}", headers, b"GIF89a"))
    entries = [frame["entry"] for frame in plain.events(1) if frame["type"] == "entry" and "file" in frame["entry"]]
    assert len(entries) > 40
    for entry in entries:
        assert not {"/", "\\", "\n", "\x00", "\u202e"} & set(entry["file"]["name"])
        answer = ask(door.http, "GET", f"/v1/files/{entry['file']['id']}", headers)
        door.try_one(entry["file"]["name"][:30], answer)
        assert answer.headers["content-disposition"].startswith("attachment; filename*=UTF-8''")
        assert "\n" not in answer.headers["content-disposition"]


def test_signing_in(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """The form with anything in it, and bodies that are no form."""
    monkeypatch.setattr("bot.live.rate_limits.TokenBuckets.take", lambda *_: 0.0)
    bodies = list(RAW.items())
    for name, text in TEXTS.items():
        form = {"login": text[:2000], "password": text[:2000], "secret": text[:200], "next": text[:99]}
        bodies.append((name, urlencode(form, errors="replace").encode()))
    for name, body in bodies:
        for kind in ("application/x-www-form-urlencoded", "application/json"):
            answer = ask(door.http, "POST", "/agent/login", [("content-type", kind)], body)
            door.try_one(name, answer)
            assert "kilat_agent=" not in answer.headers.get("set-cookie", "")
    for path in ("/agent/logout", "/agent/files", "/demo/sign-in"):
        for name, body in bodies:
            door.try_one(f"{path} {name}", ask(door.http, "POST", path, [], body))


def test_the_way_back_from_the_provider(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the address says."""
    monkeypatch.setattr("bot.live.rate_limits.TokenBuckets.take", lambda *_: 0.0)
    for name, text in TEXTS.items():
        value = quote(text[:2000], errors="replace")
        for asked in (f"state={value}", f"state=x&code={value}", f"error={value}&error_description={value}",
                      f"iss={value}", f"lang={value}"):
            door.try_one(name, ask(door.http, "GET", f"/agent/oidc/callback?{asked}"))
            door.try_one(name, ask(door.http, "GET", f"/agent/login?{asked}"))


def test_paths_and_methods(door: Door) -> None:
    """Nothing but what is meant to be served, by any method."""
    for path in PATHS:
        for method in ("GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PATCH", "get", "X" * 50):
            answer = ask(door.http, method, path)
            door.try_one(f"{method} {path[:60]}", answer)
            assert not any(secret in answer.body for secret in (b"root:", b"import annotations", b"[project]"))


@pytest.mark.parametrize("path", ["/", "/healthz", "/v1/unread", "/v1/frames", "/agent/login", "/agent", "/agent/oidc",
                                  "/widget.js", "/agent/static/agent.css", "/demo/static/demo.css", "/none"])
def test_headers(door: Door, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each header as something else."""
    monkeypatch.setattr("bot.live.rate_limits.TokenBuckets.take", lambda *_: 0.0)
    for name, value in HEADERS:
        method = "POST" if path == "/v1/frames" else "GET"
        door.try_one(f"{name}: {value[:40]!r}", ask(door.http, method, path, [(name, value)], b'{"type":"ping"}'))


def test_the_consoles_socket(door: Door, http: TestClient, web_settings: Settings) -> None:
    """An agent's browser may be in wrong hands, too: each frame is answered, and the line stands."""
    account = open_agents(web_settings).add(AgentAccount("", "sari@example.com", "Sari"), None)
    session = http.app.state.agent_sessions.open(account)  # type: ignore[attr-defined]
    types = [example["frame"] for example in json.loads((ROOT / "tests/wire/console-client.json").read_text())]
    odd = [*(text[:3000] for text in list(TEXTS.values())[::6]), None, 7, [], {}]
    frames = [raw.decode("utf-8", "replace") for raw in RAW.values()]
    frames += [json.dumps({**frame, name: value}) for frame in types for name in frame
               if name not in ("type", "request") for value in odd]
    with http.websocket_connect("/agent/socket", headers={"cookie": f"kilat_agent={session.token}"}) as socket:
        socket.send_text(json.dumps({"type": "hello", "request": "0", "protocol": 1}))
        for number, frame in enumerate(frames):
            socket.send_text(frame)
            socket.send_text(json.dumps({"type": "ping", "request": f"ping {number}"}))
            while (answer := json.loads(socket.receive_text())).get("request") != f"ping {number}":
                if answer.get("code") == "unavailable" or "Traceback" in json.dumps(answer):
                    door.wrong.append(f"{frame[:80]}: {answer}")
    assert len(frames) > 300


class Hooked:
    """A desk whose webhooks are read as far as `json.loads` goes."""

    name = "hooked"

    def receive_webhook(self, _headers: Mapping[str, str], body: bytes) -> None:
        """Refuses what is no event."""
        try:
            if json.loads(body)["event"]:
                return
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise WebhookRefused("it is no event") from error


def test_webhooks(door: Door) -> None:
    """Of a desk that is not chosen there is no door; of one that is, each is taken or refused."""
    bodies = [*RAW.items(), *((name, text.encode("utf-8", "replace")) for name, text in TEXTS.items())]
    for name, body in bodies:
        for path in ("/hooks/desk", "/hooks/tickets"):
            assert ask(door.http, "POST", path, [], body).status in (404, 405)
        scope = {"type": "http", "method": "POST", "path": "/hooks/desk", "query_string": b"", "headers": []}

        async def receive(body: bytes = body) -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        refused = asyncio.run(refusal(Request(scope, receive), Hooked()))  # type: ignore[arg-type]
        assert refused is not None and 400 <= refused < 500, name
