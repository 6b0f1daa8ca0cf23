"""Files of a conversation, given and taken by its agent; what was said, to keep."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from starlette.testclient import TestClient
from web_client import Plain

from bot.web.console.sessions import COOKIE

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + bytes(40)
ID = "6f1c2a52-8a3f-4d0e-9a55-0d5a4d6f7c01"


def headers(agent: Any, **more: str) -> dict[str, str]:
    """Of an agent's browser."""
    return {"cookie": f"{COOKIE}={agent.session.token}", "x-csrf-token": agent.welcome["csrf"], **more}


def show(http: TestClient, agent: Any, conversation_id: str, content: bytes = PNG, **more: Any) -> Any:
    """Upload a file."""
    asked = {"conversation": conversation_id, "client_id": ID, **more.pop("params", {})}
    named = {"x-file-name": "..%2Flog.png", **more}
    return http.post("/agent/files", params=asked, content=content, headers=headers(agent, **named))


def test_to_the_visitor(http: TestClient, console: Any, visitor: Any) -> None:
    """Shown once, however often it is sent; the visitor gets what the agent gave."""
    budi, sari = console("Budi"), visitor()
    conversation_id = budi.take_next()
    done = [show(http, budi, conversation_id).json()["frames"][0] for _ in range(2)]
    assert done[0] == done[1] and done[0]["type"] == "done"
    entry = sari.until("entry", kind="file")
    assert (entry["name"], entry["file"]["media_type"], entry["text"]) == ("Budi", "image/png", ".._log.png")
    assert not [frame for frame in sari.news() if frame["type"] == "entry"]
    got = http.get(f"/v1/files/{entry['file']['id']}", headers=Plain(http, sari.key).headers)
    assert got.content == PNG


def test_from_the_visitor(http: TestClient, console: Any, visitor: Any, connect: Any) -> None:
    """A download for agents, of a conversation with a case alone."""
    budi, sari = console("Budi"), visitor()
    conversation_id = budi.take_next()
    plain = Plain(http, sari.key)
    named = {**plain.headers, "x-file-name": "gambar.png"}
    http.post("/v1/files", params={"client_id": ID}, content=PNG, headers=named)
    file = budi.until("entry", kind="file")["file"]
    # The file is the agent's: the bot says nothing to it.
    assert not [frame for frame in sari.news() if frame["type"] == "entry" and frame["entry"]["author"] == "bot"]
    got = http.get(f"/agent/files/{conversation_id}/{file['id']}", headers=headers(budi))
    assert (got.content, got.headers["content-type"], got.headers["cache-control"]) == (
        PNG, "application/octet-stream", "no-store")
    assert got.headers["content-disposition"] == "attachment; filename*=UTF-8''gambar.png"
    assert http.get(f"/agent/files/{conversation_id}/f_{'0' * 24}", headers=headers(budi)).status_code == 404
    other = connect().hello()["conversation"]
    for path in (f"files/{other}/{file['id']}", f"transcript/{other}", "files/x/y", "transcript/x"):
        assert http.get(f"/agent/{path}", headers=headers(budi)).status_code == 404


def test_a_transcript(http: TestClient, console: Any, visitor: Any) -> None:
    """What was said, for whoever is signed in."""
    budi, sari = console("Budi"), visitor()
    conversation_id = budi.take_next()
    sari.say("<b>tolong</b>")
    got = http.get(f"/agent/transcript/{conversation_id}", headers=headers(budi))
    assert "<b>tolong</b>" in got.text and got.headers["content-type"] == "text/plain; charset=utf-8"
    refused = http.get(f"/agent/transcript/{conversation_id}", follow_redirects=False)
    assert refused.status_code == 303 and "tolong" not in refused.text


@pytest.mark.parametrize(("more", "status"), [
    ({"x-csrf-token": "guessed"}, 403), ({"x-csrf-token": ""}, 403), ({"origin": "https://evil.example"}, 403),
    ({"cookie": ""}, 401), ({"params": {"client_id": "x"}}, 400), ({"params": {"conversation": "c_x"}}, 404),
    ({"content": b"<html>"}, 415), ({"content": PNG + bytes(6_000_000)}, 413)])
def test_refused(http: TestClient, console: Any, visitor: Any, more: dict[str, Any], status: int) -> None:
    """Without the session, the form's secret, the right page; and what is no picture, or too large."""
    budi, sari = console("Budi"), visitor()
    assert show(http, budi, budi.take_next(), **more).status_code == status
    sari.until("entry", event="connected")
    assert not [frame for frame in sari.news() if frame["type"] == "entry"]


def test_of_somebody_else(http: TestClient, console: Any, visitor: Any) -> None:
    """Only who has the conversation shows files there."""
    budi, tono, sari = console("Budi"), console("Tono"), visitor()
    answer = show(http, tono, budi.take_next(), params={"client_id": str(uuid.uuid4())})
    assert (answer.status_code, answer.json()["frames"][0]["code"]) == (403, "not_case_owner")
    sari.until("entry", event="connected")
    assert not [frame for frame in sari.news() if frame["type"] == "entry"]
