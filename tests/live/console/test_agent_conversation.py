"""An agent and a visitor talk, both through their own sockets."""

from __future__ import annotations

from typing import Any

from starlette.testclient import TestClient
from web_client import FakeBot

from bot.web.console.sessions import COOKIE

ID = "6f1c2a52-8a3f-4d0e-9a55-0d5a4d6f7c01"


def test_from_the_queue_to_the_end(console: Any, visitor: Any, fake_bot: FakeBot) -> None:
    """The agent sees who waits, takes the case, reads, answers, closes; the bot stays silent meanwhile."""
    budi = console("Budi")
    sari = visitor("user-sari")
    [row] = budi.until_rows(1)
    assert (row["status"], row["tier"], row["plan"], row["late"]) == ("queued", 2, "premier", False)
    conversation_id = budi.take_next()
    assert conversation_id == row["conversation"]
    assert sari.until("entry", event="connected")["name"] == "Budi"
    assert budi.until_rows(0) == [] and budi.until_rows(1, "mine")[0]["agent"] == budi.id
    done = budi.do("say", conversation=conversation_id, text="Halo, saya Budi.")
    entry = sari.until("entry", author="agent")
    assert (entry["text"], entry["name"], entry["seq"]) == ("Halo, saya Budi.", "Budi", done["seq"])
    heard = len(fake_bot.asked)
    sari.say("Akhirnya!")
    assert budi.until("entry", author="visitor")["text"] == "Akhirnya!"
    assert budi.until("mine")["cases"][0]["last"]["text"] == "Akhirnya!"
    budi.do("close", conversation=conversation_id, reason="solved")
    assert sari.until("state", status="closed")
    assert budi.shown("state", status="closed")["agent"] is None
    assert budi.shown("case", status="closed")["outcome"] == "solved"
    assert budi.until_rows(0, "mine") == []
    assert len(fake_bot.asked) == heard


def test_typing(console: Any, visitor: Any) -> None:
    """Both ways, while they talk; nobody else's typing is told."""
    budi, tono, sari = console("Budi"), console("Tono"), visitor()
    conversation_id = budi.until_rows(1)[0]["conversation"]
    tono.open(conversation_id)
    tono.do("typing", conversation=conversation_id, on=True)
    sari.send("typing")
    sari.news()
    budi.take_next()
    budi.do("typing", conversation=conversation_id, on=True)
    assert sari.until("typing")["name"] == "Budi"
    budi.do("typing", conversation=conversation_id, on=False)
    assert sari.until("typing")["on"] is False
    sari.send("typing")
    typing = {"type": "typing", "conversation": conversation_id, "on": True}
    assert budi.until("typing") == typing == tono.until("typing")
    tono.do("shut", conversation=conversation_id)
    sari.send("typing")
    assert budi.until("typing") == typing
    assert not [frame for frame in tono.news() if frame["type"] == "typing"]
    assert len([frame for frame in sari.seen if frame["type"] == "typing"]) == 2


def test_typing_ends_with_a_takeover(console: Any, visitor: Any) -> None:
    """Who was typing does so no more for the visitor, once a lead has the case."""
    budi, lead, sari = console("Budi"), console("Lia", role="lead"), visitor()
    conversation_id = budi.take_next()
    budi.do("typing", conversation=conversation_id, on=True)
    assert sari.until("typing")["on"] is True
    lead.do("assign", conversation=conversation_id, agent=lead.id)
    assert sari.until("typing")["on"] is False


def test_notes_are_for_agents(console: Any, visitor: Any, http: TestClient) -> None:
    """Who looks sees them at once, once; the visitor neither sees nor gets them, by no way."""
    budi, tono, sari = console("Budi"), console("Tono"), visitor()
    conversation_id = budi.take_next()
    tono.open(conversation_id)
    for _ in range(2):
        tono.do("note", conversation=conversation_id, client_id=ID, text="Rahasia: tagihannya dobel")
    note = budi.shown("note", client_id=ID)
    assert (note["kind"], note["body"]["text"], note["agent"]) == ("note", "Rahasia: tagihannya dobel", tono.id)
    assert [n["kind"] for n in budi.open(conversation_id)["notes"]] == ["taken", "note"]
    assert len([f for f in [*tono.seen, *tono.news()] if f["type"] == "note" and f["note"].get("client_id")]) == 1
    sari.send("history", before=1000)
    sari.until("history")
    text = http.get("/v1/transcript", headers={"Authorization": f"Bearer {sari.key}"}).text
    mine = http.get(f"/agent/transcript/{conversation_id}", headers=cookie(budi)).text
    assert mine == text
    assert "Rahasia" not in text + str(sari.seen)


def test_after_a_lost_connection(console: Any, visitor: Any) -> None:
    """What was missed comes, nothing twice; what is sent again is stored once."""
    budi, sari = console("Budi"), visitor()
    conversation_id = budi.take_next()
    last = budi.do("say", conversation=conversation_id, client_id=ID, text="Halo")["seq"]
    budi.socket.close()
    sari.say("satu", "dua")
    again = console("Budi", session=budi.session)
    assert [row["conversation"] for row in again.welcome["mine"]["cases"]] == [conversation_id]
    assert again.welcome["mine"]["cases"][0]["unread"] == 2
    opened = again.open(conversation_id, after=last)
    assert ([entry["text"] for entry in opened["entries"]], opened["more"]) == (["satu", "dua"], False)
    assert again.do("say", conversation=conversation_id, client_id=ID, text="Halo")["seq"] == last
    sari.say("tiga")
    assert again.until("entry")["text"] == "tiga"
    again.do("read", conversation=conversation_id, seq=last + 3)
    assert again.until("mine")["cases"][0]["unread"] == 0
    entries = again.do("history", conversation=conversation_id, before=1000)["entries"]
    assert [entry["seq"] for entry in entries] == list(range(1, last + 4))


def test_whether_the_visitor_is_there(console: Any, visitor: Any, connect: Any) -> None:
    """And how far they have read."""
    budi, sari = console("Budi"), visitor()
    conversation_id = budi.take_next()
    assert budi.shown("opened")["visitor_online"] is True
    sari.send("read", seq=2)
    assert budi.shown("state", read=2)
    sari.socket.close()
    assert budi.shown("state", visitor_online=False)
    back = connect(sari.key)
    back.hello()
    assert budi.shown("opened")["conversation"] == conversation_id


def test_markup_is_text(console: Any, visitor: Any) -> None:
    """What people write comes through as they wrote it, both ways; only invisible characters are gone."""
    budi, sari = console("Budi"), visitor()
    conversation_id = budi.take_next()
    for text in ("<img src=x onerror=alert(1)>", "</script><b>&amp;", "{{7*7}} ${x} {name}", "/restart", "🙂\n“ya”"):
        budi.do("say", conversation=conversation_id, text=text)
        assert sari.until("entry", author="agent")["text"] == text
        sari.say(text.lstrip("/"))
        assert budi.until("entry", author="visitor")["text"] == text.lstrip("/")
        budi.do("note", conversation=conversation_id, text=text)
        while budi.shown("note", kind="note")["body"]["text"] != text:
            budi.next()
    budi.do("say", conversation=conversation_id, text="a\u202eb\u0007c")
    assert sari.until("entry", author="agent")["text"] == "ab c"


def cookie(agent: Any) -> dict[str, str]:
    """The headers of an agent's browser."""
    return {"cookie": f"{COOKIE}={agent.session.token}"}
