"""The bot goes and comes: what waits in the log is answered once, in its order, and buttons work meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient
from web_client import Client, FakeBot

from bot.core.conversation import Change, Entry, Event
from bot.live.gateway import Gateway
from bot.ports import BotReply, BotTurn

HUMAN = {"text": "Bicara dengan manusia", "payload": "/talk_to_human"}


def test_new_words_while_old_ones_are_looked_for(client: Client, fake_bot: FakeBot, gateway: Gateway,
                                                 monkeypatch: pytest.MonkeyPatch) -> None:
    """The bot has just come back, and the log is being read: what waits there comes first all the same."""
    fake_bot.up = False
    client.until("state", bot="down")
    client.say("satu", "dua")
    reading, read = threading.Event(), gateway.conversations.unanswered

    def slowly() -> list[str]:
        found = read()
        reading.wait(20)
        return found

    monkeypatch.setattr(gateway.conversations, "unanswered", slowly)
    fake_bot.up = True
    client.until("state", bot="up")
    client.say("tiga")
    client.until("entry", text="heard: tiga")
    reading.set()
    client.ask("empat")
    assert client.heard() == fake_bot.asked == ["satu", "dua", "tiga", "empat"]


def test_many_that_waited(client: Client, fake_bot: FakeBot) -> None:
    """More than one look at the log shows."""
    fake_bot.up = False
    client.until("state", bot="down")
    texts = [str(number) for number in range(100)]
    client.say(*texts)
    fake_bot.up = True
    client.until("entry", text="heard: 99")
    assert fake_bot.asked == texts


def test_buttons_while_the_bot_is_away(client: Client, fake_bot: FakeBot, gateway: Gateway,
                                       monkeypatch: pytest.MonkeyPatch) -> None:
    """Answered at once, each on what the one before it left, and not again when the bot is back."""
    fake_bot.up = False
    client.until("state", bot="down")
    asked: list[BotTurn] = []
    answer = gateway.responder.answer

    def slowly(turn: BotTurn) -> BotReply:
        threading.Event().wait(0.1 if not asked else 0)
        asked.append(turn)
        reply = answer(turn)
        return BotReply(reply.bubbles, {**reply.state, "fallback_count": len(asked)})

    monkeypatch.setattr(gateway.responder, "answer", slowly)
    client.say("menunggu")
    topics = ("phone_access", "phone_prepare", "phone_rates")
    sent = [client.send("say", text=topic, payload=f"/{topic}") for topic in topics]
    for _ in sent:
        while not client.until("entry", author="bot").get("client_id", "").startswith("re-"):
            pass
    assert [turn.state.get("fallback_count") or 0 for turn in asked] == [0, 1, 2]
    fake_bot.up = True
    client.until("entry", text="heard: menunggu")
    client.ask("lagi")
    assert [turn.text for turn in asked] == ["/phone_access", "/phone_prepare", "/phone_rates"]
    assert fake_bot.asked == ["menunggu", "lagi"]


def test_a_queue_that_was_left_before_the_bot_came_back(connect: Any, fake_bot: FakeBot, token: Any,
                                                        gateway: Gateway) -> None:
    """The wish for a person is not fulfilled a second time."""
    customer = connect()
    conversation = customer.hello(identity_token=token("premier:admin:business"))["conversation"]
    fake_bot.up = False
    customer.until("state", bot="down")
    customer.say("menunggu")
    customer.send("say", **HUMAN)
    customer.until("state", status="queued")
    customer.send("leave_queue")
    customer.until("state", status="bot")
    fake_bot.up = True
    customer.until("entry", text="heard: menunggu")
    customer.ask("lagi")
    assert gateway.queue.place(conversation) is None
    assert customer.hello()["state"]["status"] == "bot"


def test_a_button_when_the_bot_has_just_gone(client: Client, fake_bot: FakeBot) -> None:
    """Nobody knows yet: the text fails and waits, the button behind it is answered."""
    fake_bot.slow = True
    client.say("menunggu")
    while not fake_bot.asked:
        client.news()
    client.until("ack", client_id=client.send("say", text="Telepon", payload="/phone_access"))
    fake_bot.up, fake_bot.slow = False, False
    assert client.until("entry", author="bot", client_id="re-3")
    fake_bot.up = True
    client.until("entry", text="heard: menunggu")
    client.ask("lagi")
    assert client.heard() == ["menunggu", "lagi"]


def test_a_look_at_the_bot_that_breaks(client: Client, fake_bot: FakeBot, gateway: Gateway,
                                       monkeypatch: pytest.MonkeyPatch) -> None:
    """The watch goes on."""
    looks = []

    async def broken() -> bool:
        looks.append(1)
        raise RuntimeError("odd")

    with monkeypatch.context() as odd:
        odd.setattr(fake_bot, "is_up", broken)
        while len(looks) < 3:
            client.news()
    fake_bot.up = False
    assert client.until("state", bot="down")


def test_what_a_human_hears_is_not_the_bots(client: Client, fake_bot: FakeBot, gateway: Gateway,
                                            http: TestClient) -> None:
    """Said to an agent: the bot is silent, then and later, also when it has been away meanwhile."""
    conversation = client.hello()["conversation"]

    def happens(*events: Event) -> None:
        for event in events:
            http.portal.call(gateway.log_writer.write, Change(conversation, event=event))  # type: ignore[union-attr]

    happens(Event.QUEUE, Event.ACCEPT)
    client.until("state", status="connected")
    client.say("untuk manusia")
    fake_bot.up = False
    client.until("state", bot="down")
    happens(Event.RETURN)
    client.until("state", status="bot")
    client.say("untuk bot")
    fake_bot.up = True
    client.until("entry", text="heard: untuk bot")
    assert fake_bot.asked == ["untuk bot"]


def test_a_conversation_read_while_it_ends(client: Client, fake_bot: FakeBot, gateway: Gateway,
                                           monkeypatch: pytest.MonkeyPatch) -> None:
    """The log was read, then the visitor ended it: nobody is asked."""
    fake_bot.up = False
    client.until("state", bot="down")
    client.say("menunggu")
    read: Callable[..., list[Entry]] = gateway.conversations.entries
    ended, go_on = threading.Event(), threading.Event()

    def slowly(conversation_id: str, **bounds: Any) -> list[Entry]:
        found = read(conversation_id, **bounds)
        if "after" in bounds and not ended.is_set():
            ended.set()
            go_on.wait(20)
        return found

    monkeypatch.setattr(gateway.conversations, "entries", slowly)
    fake_bot.up = True
    ended.wait(20)
    client.until("ack", client_id=client.send("end"))
    go_on.set()
    for _ in range(20):
        client.news()
    assert fake_bot.asked == []
