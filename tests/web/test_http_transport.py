"""A conversation over plain HTTP: the same as over a socket, for those whose network blocks these."""

from __future__ import annotations

from threading import Timer
from typing import Any

import pytest
from starlette.testclient import TestClient
from waiting import wait_until
from web_client import FakeBot, Plain

from bot.core.conversation import Author, Change, Kind, NewEntry
from bot.live.frames import LARGEST_FRAME
from bot.live.gateway import Gateway

ID = "6f1c2a52-8a3f-4d0e-9a55-0d5a4d6f7c01"


def texts(frames: list[dict[str, Any]]) -> list[str]:
    """What the entries say."""
    return [frame["entry"]["text"] for frame in frames if frame["type"] == "entry"]


def test_question_and_answer(visitor: Plain, fake_bot: FakeBot) -> None:
    """Acknowledged in the answer to the request; the reply comes with the events."""
    [ack] = visitor.send("say", text="halo", client_id=ID)
    assert (ack["type"], ack["client_id"], ack["seq"]) == ("ack", ID, 2)
    assert visitor.until_said("heard: halo")["seq"] == 3
    assert visitor.send("say", text="halo", client_id=ID) == [ack]
    assert fake_bot.asked == ["halo"]
    state, *entries = visitor.events(1)
    assert state["type"] == "state" and [frame["entry"]["seq"] for frame in entries] == [2, 3]


def test_events_wait(visitor: Plain) -> None:
    """Until there is something, or as long as they were asked to."""
    assert texts(visitor.events(1, 0.3)) == []
    later = Timer(0.2, visitor.send, ("say",), {"text": "baru"})
    later.start()
    assert texts(visitor.events(1, 20))[0] == "baru"
    later.join()


def test_events_tell_of_a_change(visitor: Plain, fake_bot: FakeBot) -> None:
    """The bot goes away: whoever waits hears of it; what happens between two requests, at the end of the next wait."""
    wait_until(lambda: visitor.events(1, 0)[0]["bot"] == "up")
    fake_bot.up = False
    assert any(visitor.events(1, 10)[0]["bot"] == "down" for _ in range(3))


def test_both_at_once(visitor: Plain, connect: Any) -> None:
    """One tab over a socket, one over HTTP: they see the same."""
    client = connect(visitor.key)
    client.hello()
    visitor.send("say", text="lewat HTTP")
    assert client.until("entry", text="lewat HTTP")
    client.ask("lewat soket")
    assert visitor.until_said("heard: lewat soket")["seq"] == 5


def test_hello_with_a_key_that_the_gateway_has_forgotten(visitor: Plain, gateway: Gateway) -> None:
    """A restart: the widget sends its key as a header too, and goes on where it was."""
    visitor.send("say", text="sebelum")
    gateway.visitor_sessions.forget(next(iter(gateway.visitor_sessions._sessions)))
    assert visitor.send("say", text="hilang")[0]["code"] == "no_session"
    assert "key" not in visitor.hello(after=1)
    assert visitor.send("say", text="sesudah")[0]["type"] == "ack"
    visitor.key = "kb_" + "x" * 32
    assert visitor.hello()["key"]


def test_other_frames(visitor: Plain, token: Any) -> None:
    """Each brings what the protocol says."""
    assert [frame["type"] for frame in visitor.send("ping")] == ["pong"]
    assert visitor.send("read", seq=1) == visitor.send("typing") == []
    assert [frame["lang"] for frame in visitor.send("language", lang="en")] == ["en"]
    assert [frame["lang"] for frame in visitor.send("language", lang="en")] == ["en"]
    assert visitor.send("history", before=2)[0]["entries"][0]["seq"] == 1
    assert visitor.send("say", text="halo")[0]["type"] == "ack"
    assert [frame["lang"] for frame in visitor.send("language", lang="id")] == ["id"]
    [welcome] = visitor.send("identify", identity_token=token("premier:admin:business"))
    assert welcome["state"]["identity"]["status"] == "accepted" and "key" not in welcome
    assert visitor.send("end")[0]["type"] == "ack"
    assert visitor.send("say", text="masih ada?")[0]["code"] == "closed"
    assert visitor.send("rate", score=5)[0]["type"] == "ack"


@pytest.mark.parametrize(("body", "code", "status"), [
    (b"", "bad_frame", 400), (b"{", "bad_frame", 400), (b'{"type":"say"}', "bad_frame", 400),
    (b'{"type":"hello","protocol":2,"lang":"id"}', "protocol", 400), (b" " * (LARGEST_FRAME + 1), "bad_frame", 400),
    (b'{"type":"read","seq":1}', "no_session", 401), (b'{"type":"ping"}', None, 200)])
def test_wrong_frames(http: TestClient, body: bytes, code: str | None, status: int) -> None:
    """Refused with an error frame and a status to match; without a key there is only a hello, and a ping."""
    answer = http.post("/v1/frames", content=body)
    assert (answer.json()["frames"][0].get("code"), answer.status_code) == (code, status)


@pytest.mark.parametrize("query", ["after=-1", "after=x", "after=nan", "wait=inf", "wait=-2", "after=99999999999"])
def test_wrong_numbers(visitor: Plain, query: str) -> None:
    """Refused."""
    answer = visitor.http.get(f"/v1/events?{query}", headers=visitor.headers)
    assert (answer.status_code, answer.json()["frames"][0]["code"]) == (400, "bad_frame")


def test_a_long_absence(visitor: Plain, gateway: Gateway) -> None:
    """However much was missed: over HTTP each entry comes, in order; a welcome brings the newest page instead."""
    conversation = gateway.visitor_sessions.find(next(iter(gateway.visitor_sessions._sessions)))
    assert conversation is not None
    entries = tuple(NewEntry(Author.BOT, Kind.TEXT, {"text": str(number)}) for number in range(1200))
    gateway.conversations.write([Change(conversation.conversation_id, entries)])
    seen: list[int] = []
    while more := [frame["entry"]["seq"] for frame in visitor.events(seen[-1] if seen else 0)[1:]]:
        seen += more
    assert seen == list(range(1, 1202))
    welcome = visitor.hello(after=5)
    assert ([entry["seq"] for entry in welcome["entries"]], welcome["more"]) == (list(range(1152, 1202)), True)
    assert [entry["seq"] for entry in visitor.hello(after=1000)["entries"]] == list(range(1001, 1202))


def test_small_requests(visitor: Plain, connect: Any) -> None:
    """The badge, the transcript, and whether all is well."""
    visitor.send("say", text="halo <b>")
    visitor.until_said("heard: halo <b>")
    assert visitor.http.get("/v1/unread", headers=visitor.headers).json() == {"unread": 2}
    visitor.send("read", seq=3)
    assert visitor.http.get("/v1/unread", headers=visitor.headers).json() == {"unread": 0}
    answer = visitor.http.get("/v1/transcript", headers=visitor.headers)
    assert "heard: halo <b>" in answer.text and answer.headers["content-type"].startswith("text/plain")
    assert "attachment" in answer.headers["content-disposition"]
    assert visitor.http.get("/healthz").json()["status"] == "ok"
    assert visitor.http.get("/v1/unread", headers={"Authorization": "Bearer nobody"}).status_code == 401
    assert visitor.http.get("/v1/unread", headers={"Authorization": f"Basic {visitor.key}"}).status_code == 401
