"""Whatever comes in: an answer below 500, a session that lives on, and never a word of another's conversation."""

from __future__ import annotations

import io
import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient
from web_client import Client, Plain

ID = "6f1c2a52-8a3f-4d0e-9a55-0d5a4d6f7c01"
SECRET = "rahasia-tetangga"
TYPES = st.sampled_from(["hello", "say", "ticket", "rate", "leave_queue", "end", "read", "language", "identify",
                         "history", "typing", "ping"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3), max_leaves=6)
# What a field may hold: what is meant, what is nearly so, and anything.
FIELDS: dict[str, Any] = {
    "protocol": st.just(1) | JSON, "lang": st.sampled_from(["id", "en"]) | JSON, "after": st.integers(-2, 99) | JSON,
    "key": st.text() | JSON, "identity_token": st.text() | st.none() | JSON,
    "page": st.dictionaries(st.sampled_from(["url", "title", "x"]), JSON) | JSON,
    "client_id": st.uuids().map(str) | st.just(ID) | JSON, "text": st.text(max_size=3000) | JSON,
    "payload": st.sampled_from(["/phone_number", "/talk_to_human", "/restart", "/", "//"]) | st.text() | JSON,
    "values": st.fixed_dictionaries({}, optional={
        "subject": st.text(), "description": st.text(), "email": st.emails() | st.text(),
        "priority": st.sampled_from(["p1", "x"])}) | JSON,
    "score": st.integers(0, 6) | JSON, "comment": st.text() | JSON, "seq": st.integers(-2, 2**40) | JSON,
    "before": st.integers(-2, 2**40) | JSON}
FRAMES = st.builds(
    lambda kind, fields: {"type": kind, **fields}, TYPES | st.text(), st.fixed_dictionaries({}, optional=FIELDS)) | JSON
ROUTES = st.sampled_from(["frames", "events", "unread", "transcript", "files", "files/f_0123456789abcdef"])
LATIN = st.characters(max_codepoint=255)
MUCH = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(autouse=True)
def neighbour(http: TestClient) -> str:
    """Somebody else's conversation; its key."""
    plain = Plain(http)
    plain.hello()
    plain.send("say", text=SECRET)
    return plain.key


@pytest.fixture(autouse=True)
def nothing_broke(log: io.StringIO, neighbour: str) -> Any:
    """Nothing was caught by the last net only."""
    yield
    assert "could not" not in log.getvalue() and "Traceback" not in log.getvalue()


@MUCH
@given(frames=st.lists(FRAMES, max_size=8))
def test_frames_over_a_socket(connect: Any, frames: list[Any]) -> None:
    """Each is answered or passed over; the conversation goes on, or another one does."""
    client: Client = connect()
    client.hello()
    for frame in frames:
        client.socket.send_text(json.dumps(frame))
        client.news()
    assert SECRET not in str(client.seen)
    client.key = ""
    client.hello()
    assert client.ask("masih hidup")["text"] == "heard: masih hidup"


@MUCH
@given(text=st.text())
def test_texts_over_a_socket(connect: Any, text: str) -> None:
    """What is no JSON at all."""
    client: Client = connect()
    client.socket.send_text(text.encode(errors="replace").decode())
    assert client.news()[0]["type"] == "error"


@MUCH
@given(frame=FRAMES)
def test_frames_over_http(http: TestClient, frame: Any) -> None:
    """With a key that is good."""
    plain = Plain(http)
    plain.hello()
    answer = http.post("/v1/frames", content=json.dumps(frame), headers=plain.headers)
    assert answer.status_code < 500 and isinstance(answer.json()["frames"], list)
    assert SECRET not in answer.text
    assert plain.send("ping") == [{"type": "pong"}]
    assert plain.hello()["entries"]


@MUCH
@given(
    body=st.binary(max_size=200), key=st.text(LATIN, max_size=40), path=ROUTES | st.text(max_size=20),
    query=st.dictionaries(st.sampled_from(["after", "client_id", "name"]), st.text(max_size=9), max_size=3),
    method=st.sampled_from(["GET", "POST"]), origin=st.none() | st.text(LATIN),
    length=st.none() | st.text(LATIN, max_size=5))
def test_requests(http: TestClient, body: bytes, key: str, path: str, query: dict[str, str], method: str,
                  origin: str | None, length: str | None) -> None:
    """Anything, anywhere, with any key: refused with a status below 500."""
    sent: list[Any] = []
    asked = "&".join(f"{name}={quote(value, errors='replace')}" for name, value in query.items())
    raw_path = quote(f"/v1/{path}", errors="replace").encode()
    headers = [(b"authorization", b"Bearer " + key.encode("latin-1")), (b"host", b"127.0.0.1:8080")]
    headers += [(b"origin", origin.encode("latin-1"))] if origin is not None else []
    headers += [(b"content-length", length.encode("latin-1"))] if length is not None else []
    scope = {"type": "http", "method": method, "path": f"/v1/{path}", "raw_path": raw_path, "root_path": "",
             "query_string": asked.encode(), "headers": headers, "client": ("10.0.0.1", 1),
             "server": ("127.0.0.1", 8080), "scheme": "http", "http_version": "1.1"}

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    http.portal.call(http.app, scope, receive, send)  # type: ignore[union-attr]
    assert sent[0]["status"] < 500
    assert SECRET.encode() not in b"".join(message.get("body", b"") for message in sent)


@MUCH
@given(key=st.text(max_size=60))
def test_keys(connect: Any, neighbour: str, key: str) -> None:
    """No key opens what is another's, nor does a part of one."""
    client: Client = connect()
    for guess in (key, neighbour[: len(key)], neighbour[:-1] + key[:1], f" {neighbour}", neighbour.upper()):
        if guess != neighbour:
            client.socket.send_text(json.dumps({"type": "hello", "protocol": 1, "lang": "id", "key": guess}))
            assert client.until("welcome")["key"] not in ("", guess, neighbour)
    assert SECRET not in str(client.seen)
