"""Between the log and the bot: each message answered once, in its order, whatever fails."""

from __future__ import annotations

import asyncio
from typing import Any
from unittest.mock import Mock

import pytest
from lost_writes import lose_two
from web_client import Client, FakeBot

from bot.core.errors import BotTooSlow, BotUnavailable
from bot.live.bot_dispatcher import OF_ONE_ADDRESS, SHORTEST_COST
from bot.live.bot_failures import REST_SECONDS, BotFailures
from bot.live.gateway import Gateway
from bot.ports import BotReply, BotTurn


def test_words_while_the_bot_thinks(client: Client, fake_bot: FakeBot) -> None:
    """One after the other."""
    fake_bot.slow = True
    client.say("satu", "dua", "tiga")
    assert fake_bot.asked == ["satu"]
    fake_bot.slow = False
    client.until("typing", on=False)
    assert {"type": "typing", "author": "bot", "on": True} in client.seen
    assert client.heard() == ["satu", "dua", "tiga"]


def test_masking_leaves_the_loop(client: Client, gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    """A message that is dear to mask holds up nobody else: another thread does it."""
    feedback_recorder, on_loop = Mock(), list[bool]()

    def record(*_given: object) -> None:
        on_loop.append(asyncio._get_running_loop() is not None)

    feedback_recorder.record.side_effect = record
    monkeypatch.setattr(gateway.dispatcher, "_feedback_recorder", feedback_recorder)
    client.ask("satu")
    assert on_loop == [False]


@pytest.mark.parametrize("lost", ["before", "after"])
def test_the_store_fails_at_the_answer(client: Client, fake_bot: FakeBot, gateway: Gateway, lost: str,
                                       monkeypatch: pytest.MonkeyPatch) -> None:
    """The bot has answered and it could not be stored, or nobody heard that it was: one answer in the end."""
    lose_two(gateway, monkeypatch, lost, lambda change: change.answers)
    client.say("sekali")
    entries: list[dict[str, Any]] = []
    while not entries:
        client.send("history", before=1000)
        entries = [entry for entry in client.until("history")["entries"] if entry["text"] == "heard: sekali"]
    client.ask("lagi")
    assert client.heard() == ["sekali", "lagi"]
    assert len({turn.message_id for turn in fake_bot.turns if turn.text == "sekali"}) == 1


def test_a_bot_that_stumbles(client: Client, fake_bot: FakeBot, monkeypatch: pytest.MonkeyPatch) -> None:
    """It fails once and is there: asked again after a pause, it answers; the order stays."""
    reply, pauses = fake_bot.reply, iter([1, 2])

    async def stumbling(turn: BotTurn) -> BotReply:
        if turn.text == "satu" and next(pauses, None):
            raise BotUnavailable("told to")
        return await reply(turn)

    monkeypatch.setattr(fake_bot, "reply", stumbling)
    client.say("satu", "dua")
    client.until("entry", text="heard: dua")
    assert client.heard() == ["satu", "dua"]


def test_a_button_that_breaks(client: Client, fake_bot: FakeBot, gateway: Gateway,
                              monkeypatch: pytest.MonkeyPatch) -> None:
    """An apology, with the bot or without it; other conversations and the next message go on."""
    def broken(_turn: BotTurn) -> BotReply:
        raise KeyError("phone_access")

    monkeypatch.setattr(gateway.responder, "answer", broken)
    for up in (True, False):
        fake_bot.up = up
        client.until("state", bot="down") if not up else None
        assert client.ask("Telepon", payload="/phone_access")["text"]
    fake_bot.up = True
    assert client.ask("sesudahnya")["text"] == "heard: sesudahnya"


def test_a_message_that_takes_too_long(client: Client, connect: Any, fake_bot: FakeBot, gateway: Gateway,
                                       monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not asked again at once: after a rest, once, and then its visitor gets an apology. Meanwhile the others go
    on, and so do the buttons of that conversation; what was said after it is answered after it."""
    now, reply = [0.0], fake_bot.reply
    monkeypatch.setattr(gateway.dispatcher, "_failures", BotFailures(lambda: now[0]))
    slow = list[str]()

    async def stuck(turn: BotTurn) -> BotReply:
        if turn.text == "lama":
            slow.append(turn.message_id)
            raise BotTooSlow("told to")
        return await reply(turn)

    monkeypatch.setattr(fake_bot, "reply", stuck)
    client.say("lama")
    client.until("typing", on=False)
    client.say("sesudahnya")
    other = connect()
    other.hello()
    assert other.ask("saya")["text"] == "heard: saya"
    assert not client.ask("Telepon", payload="/phone_access")["text"].startswith("heard")
    assert len(slow) == 1 and "sesudahnya" not in fake_bot.asked
    now[0] = REST_SECONDS
    assert client.until("entry", text="heard: sesudahnya")
    assert len(slow) == 2 and len(set(slow)) == 1
    client.send("history", before=1000)
    texts = [entry["text"] for entry in client.until("history")["entries"] if entry["author"] == "bot"]
    assert sum("heard" not in text for text in texts) == 3  # the greeting, the button's answer, the apology


def test_an_address_with_many_conversations(connect: Any, fake_bot: FakeBot, monkeypatch: pytest.MonkeyPatch) -> None:
    """Four of their short messages are with the bot at once; a visitor of another address comes next."""
    address = ["192.0.2.1"]
    monkeypatch.setattr("bot.web.websocket.address_of", lambda _socket: address[0])
    fake_bot.slow = True
    many = [connect() for _ in range(6)]
    for number, client in enumerate(many):
        client.hello()
        client.say(f"dari kantor {number}")
    at_once = OF_ONE_ADDRESS // (SHORTEST_COST + len("dari kantor 0"))
    assert len(fake_bot.asked) == at_once < len(many)
    address[0] = "192.0.2.7"
    other = connect()
    other.hello()
    other.say("dari rumah")
    other.until("typing", on=True)
    assert fake_bot.asked[at_once:] == ["dari rumah"]
    fake_bot.slow = False
    for client in many:
        client.until("entry", author="bot")


def test_the_language_chosen_meanwhile_stays(client: Client, fake_bot: FakeBot) -> None:
    """The bot answers what was said before the switch in the language of then; the switch holds."""
    client.ask("halo")
    fake_bot.slow = True
    client.say("pertanyaan")
    client.send("language", lang="en")
    client.until("state", lang="en")
    fake_bot.slow = False
    assert client.until("entry", author="bot")["lang"] == "id"
    client.ask("question")
    assert fake_bot.turns[-1].state["language"] == "en"
    assert client.hello()["state"]["lang"] == "en"


def test_an_end_while_the_bot_thinks(client: Client, fake_bot: FakeBot) -> None:
    """Nothing is said after the end, and what waited is not asked any more."""
    fake_bot.slow = True
    client.say("satu", "dua")
    client.until("ack", client_id=client.send("end"))
    fake_bot.slow = False
    client.until("typing", on=False)
    client.send("history", before=1000)
    assert client.until("history")["entries"][-1]["event"] == "ended"
    assert fake_bot.asked == ["satu"]
