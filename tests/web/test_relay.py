"""Between the log and the bot: each message answered once, in its order, whatever fails."""

from __future__ import annotations

from typing import Any

import pytest
from lost_writes import lose_two
from web_client import Client, FakeBot

from bot.core.errors import BotUnavailable
from bot.ports import BotReply, BotTurn
from bot.web.gateway import Gateway


def test_words_while_the_bot_thinks(client: Client, fake_bot: FakeBot) -> None:
    """One after the other."""
    fake_bot.slow = True
    client.say("satu", "dua", "tiga")
    assert fake_bot.asked == ["satu"]
    fake_bot.slow = False
    client.until("typing", on=False)
    assert {"type": "typing", "author": "bot", "on": True} in client.seen
    assert client.heard() == ["satu", "dua", "tiga"]


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

    monkeypatch.setattr(gateway.counter, "answer", broken)
    for up in (True, False):
        fake_bot.up = up
        client.until("state", bot="down") if not up else None
        assert client.ask("Telepon", payload="/phone_access")["text"]
    fake_bot.up = True
    assert client.ask("sesudahnya")["text"] == "heard: sesudahnya"


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
