"""A conversation through the gateway: said once, stored once, answered once, in order, to everybody who looks."""

from __future__ import annotations

import uuid
from typing import Any

from web_client import FakeBot

ID = "6f1c2a52-8a3f-4d0e-9a55-0d5a4d6f7c01"


def test_a_new_visitor(connect: Any) -> None:
    """Gets a key, a greeting in their language, and the ways on."""
    welcome = connect().hello(lang="en")
    assert welcome["key"].startswith("kb_") and welcome["conversation"].startswith("c_")
    greeting = welcome["entries"][0]
    assert (greeting["seq"], greeting["author"], greeting["lang"]) == (1, "bot", "en")
    assert greeting["buttons"]
    assert [option["type"] for option in welcome["state"]["contact_options"]] == ["sign_in", "community", "ticket_form"]


def test_question_and_answer(connect: Any) -> None:
    """The acknowledgement has the number; the entry comes to the sender, too; the bot's answer is next."""
    client = connect()
    client.hello()
    client_id = client.send("say", text="halo <b>dunia</b>")
    assert client.until("ack", client_id=client_id)["seq"] == 2
    frames = [frame["entry"] for frame in client.seen if frame["type"] == "entry"]
    said = frames[0] if frames else client.until("entry", author="visitor")
    assert said["text"] == "halo <b>dunia</b>" and said["client_id"] == client_id
    assert client.until("entry", author="bot")["text"] == "heard: halo <b>dunia</b>"


def test_sent_again(connect: Any, fake_bot: FakeBot) -> None:
    """A client id counts once, in this session or the next."""
    client = connect()
    client.hello()
    client.ask("sekali", client_id=ID)
    again = connect(client.key)
    assert "key" not in again.hello()
    again.send("say", text="sekali", client_id=ID)
    assert again.until("ack", client_id=ID)["seq"] == 2
    again.ask("lagi")
    assert [turn.text for turn in fake_bot.turns] == ["sekali", "lagi"]


def test_two_tabs(connect: Any) -> None:
    """What one says, the other sees; read in one is read in the other."""
    one = connect()
    one.hello()
    other = connect(one.key)
    other.hello()
    one.ask("dari tab pertama")
    assert other.until("entry", author="visitor")["text"] == "dari tab pertama"
    assert other.until("entry", author="bot")["text"] == "heard: dari tab pertama"
    other.send("read", seq=3)
    assert one.until("read")["seq"] == 3


def test_catching_up(connect: Any) -> None:
    """Everything after the number seen last, in order."""
    client = connect()
    client.hello()
    for number in range(5):
        client.ask(f"pesan {number}")
    welcome = connect(client.key).hello(after=4)
    assert [entry["seq"] for entry in welcome["entries"]] == list(range(5, 12))
    assert welcome["more"] is False


def test_a_long_history(connect: Any) -> None:
    """The newest first, the rest on demand."""
    client = connect()
    client.hello()
    for number in range(30):
        client.ask(f"pesan {number}")
    later = connect(client.key)
    welcome = later.hello()
    assert [entry["seq"] for entry in welcome["entries"]] == list(range(12, 62)) and welcome["more"]
    later.send("history", before=12)
    history = later.until("history")
    assert [entry["seq"] for entry in history["entries"]] == list(range(1, 12)) and not history["more"]


def test_the_bots_state_travels(connect: Any, fake_bot: FakeBot) -> None:
    """What the bot remembered comes with the next message, with what was said before."""
    client = connect()
    client.hello()
    client.ask("satu")
    client.ask("dua")
    first, second = fake_bot.turns
    assert (first.state.get("fallback_count"), second.state["fallback_count"]) in ((None, 1), (0, 1))
    assert second.history == ("satu",)
    assert first.message_id != second.message_id


def test_the_bot_is_away_and_comes_back(connect: Any, fake_bot: FakeBot) -> None:
    """The visitor learns of it, buttons work meanwhile, and what waited is answered once, in order."""
    client = connect()
    client.hello()
    client.until("state", bot="up") if client.seen[-1]["state"]["bot"] == "down" else None
    fake_bot.up = False
    client.until("state", bot="down")
    for text in ("pertama", "kedua"):
        client.until("ack", client_id=client.send("say", text=text))
    assert client.ask("Siapa yang bisa menelepon", payload="/phone_access")["text"]
    fake_bot.up = True
    client.until("state", bot="up")
    assert client.until("entry", author="bot", text="heard: pertama")["seq"] == 6
    assert client.until("entry", author="bot", text="heard: kedua")["seq"] == 7
    client.ask("ketiga")
    assert [turn.text for turn in fake_bot.turns] == ["pertama", "kedua", "ketiga"]


def test_a_message_that_breaks_the_bot(connect: Any, fake_bot: FakeBot) -> None:
    """Gets an apology after some attempts, and the conversation goes on."""
    client = connect()
    client.hello()
    fake_bot.broken.add("racun")
    client.until("ack", client_id=client.send("say", text="racun"))
    sorry = client.until("entry", author="bot")
    assert "heard" not in sorry["text"]
    assert client.ask("sesudahnya")["text"] == "heard: sesudahnya"


def test_a_language_is_switched(connect: Any) -> None:
    """Before anything was said the greeting comes anew; later the state alone."""
    client = connect()
    client.hello(lang="id")
    client.send("language", lang="en")
    assert client.until("entry", author="bot")["lang"] == "en"
    assert client.until("state", lang="en")
    client.ask("hello")
    client.send("language", lang="id")
    assert client.until("state", lang="id")


def test_the_end(connect: Any) -> None:
    """Nothing more can be said, but a rating; then another conversation begins."""
    client = connect()
    first = client.hello()["conversation"]
    client.until("ack", client_id=client.send("end"))
    client.until("state", status="closed")
    client.send("say", text="masih ada?")
    assert client.until("error", code="closed")
    client.until("ack", client_id=client.send("rate", score=5, comment="cepat"))
    client.key = ""
    assert client.hello()["conversation"] != first


def test_unknown_frames_and_no_hello(connect: Any) -> None:
    """Refused; the connection stays."""
    client = connect()
    client.send("say", text="terlalu cepat")
    assert client.until("error", code="no_session")
    client.socket.send_text("nonsense")
    assert client.until("error", code="bad_frame")
    client.hello()
    assert client.ask("baik")["text"] == "heard: baik"


def test_a_key_that_opens_nothing(connect: Any) -> None:
    """A new conversation, with a new key."""
    welcome = connect("kb_" + "x" * 32).hello(after=7)
    assert welcome["key"] and welcome["entries"][0]["seq"] == 1


def test_ids_are_unguessable_and_differ(connect: Any) -> None:
    """192 bits in a key; none is the other's."""
    keys = {connect().hello()["key"] for _ in range(5)}
    assert len(keys) == 5 and all(len(key) == 35 for key in keys)
    assert uuid.UUID(ID)
