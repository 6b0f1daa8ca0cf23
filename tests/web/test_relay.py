"""Between the log and the bot: each message answered once, in its order, whatever comes in between."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from starlette.testclient import TestClient
from web_client import Client, FakeBot

from bot.core.chat import Change, Changed, Entry, Event
from bot.core.errors import BotUnavailable, StoreUnavailable
from bot.ports import BotReply, BotTurn
from bot.web.gateway import Gateway

HUMAN = {"text": "Bicara dengan manusia", "payload": "/talk_to_human"}


@pytest.fixture
def client(connect: Any) -> Client:
    """Somebody who has said hello, with the bot there."""
    visitor: Client = connect()
    visitor.hello()
    while visitor.seen[-1].get("state", visitor.seen[-1]).get("bot") != "up":
        visitor.until("state")
    return visitor


def say(client: Client, *texts: str) -> None:
    """Said and stored, not answered yet."""
    for text in texts:
        client.until("ack", client_id=client.send("say", text=text))


def answers(client: Client) -> list[str]:
    """What the bot has said to the visitor's texts, in the order of the log."""
    client.send("history", before=1000)
    entries = client.until("history")["entries"]
    assert [entry["seq"] for entry in entries] == list(range(1, len(entries) + 1))
    return [entry["text"].removeprefix("heard: ") for entry in entries if entry["text"].startswith("heard: ")]


def test_new_words_while_old_ones_are_looked_for(client: Client, fake_bot: FakeBot, gateway: Gateway,
                                                 monkeypatch: pytest.MonkeyPatch) -> None:
    """The bot has just come back, and the log is being read: what waits there comes first all the same."""
    fake_bot.up = False
    client.until("state", bot="down")
    say(client, "satu", "dua")
    reading, read = threading.Event(), gateway.conversations.unanswered

    def slowly() -> list[str]:
        found = read()
        reading.wait(20)
        return found

    monkeypatch.setattr(gateway.conversations, "unanswered", slowly)
    fake_bot.up = True
    client.until("state", bot="up")
    say(client, "tiga")
    client.until("entry", text="heard: tiga")
    reading.set()
    client.ask("empat")
    assert answers(client) == fake_bot.asked == ["satu", "dua", "tiga", "empat"]


def test_many_that_waited(client: Client, fake_bot: FakeBot) -> None:
    """More than one look at the log shows."""
    fake_bot.up = False
    client.until("state", bot="down")
    texts = [str(number) for number in range(100)]
    say(client, *texts)
    fake_bot.up = True
    client.until("entry", text="heard: 99")
    assert fake_bot.asked == texts


def test_words_while_the_bot_thinks(client: Client, fake_bot: FakeBot) -> None:
    """One after the other."""
    fake_bot.slow = True
    say(client, "satu", "dua", "tiga")
    assert fake_bot.asked == ["satu"]
    fake_bot.slow = False
    client.until("typing", on=False)
    assert {"type": "typing", "author": "bot", "on": True} in client.seen
    assert answers(client) == ["satu", "dua", "tiga"]


def test_buttons_while_the_bot_is_away(client: Client, fake_bot: FakeBot, gateway: Gateway,
                                       monkeypatch: pytest.MonkeyPatch) -> None:
    """Answered at once, each on what the one before it left, and not again when the bot is back."""
    fake_bot.up = False
    client.until("state", bot="down")
    asked: list[BotTurn] = []
    answer = gateway.counter.answer

    def slowly(turn: BotTurn) -> BotReply:
        threading.Event().wait(0.1 if not asked else 0)
        asked.append(turn)
        reply = answer(turn)
        return BotReply(reply.bubbles, {**reply.state, "misses": len(asked)})

    monkeypatch.setattr(gateway.counter, "answer", slowly)
    say(client, "menunggu")
    topics = ("phone_access", "phone_prepare", "phone_rates")
    sent = [client.send("say", text=topic, payload=f"/{topic}") for topic in topics]
    for _ in sent:
        while not client.until("entry", author="bot").get("client_id", "").startswith("re-"):
            pass
    assert [turn.state.get("misses") or 0 for turn in asked] == [0, 1, 2]
    fake_bot.up = True
    client.until("entry", text="heard: menunggu")
    client.ask("lagi")
    assert [turn.text for turn in asked] == ["/phone_access", "/phone_prepare", "/phone_rates"]
    assert fake_bot.asked == ["menunggu", "lagi"]


def test_a_queue_that_was_left_before_the_bot_came_back(connect: Any, fake_bot: FakeBot, token: Any,
                                                        gateway: Gateway) -> None:
    """The wish for a person is not fulfilled a second time."""
    customer = connect()
    chat = customer.hello(identity_token=token("premier:admin:business"))["conversation"]
    fake_bot.up = False
    customer.until("state", bot="down")
    say(customer, "menunggu")
    customer.send("say", **HUMAN)
    customer.until("state", status="queued")
    customer.send("leave_queue")
    customer.until("state", status="bot")
    fake_bot.up = True
    customer.until("entry", text="heard: menunggu")
    customer.ask("lagi")
    assert gateway.agents.place(chat) is None
    assert customer.hello()["state"]["status"] == "bot"


def test_a_button_when_the_bot_has_just_gone(client: Client, fake_bot: FakeBot) -> None:
    """Nobody knows yet: the text fails and waits, the button behind it is answered."""
    fake_bot.slow = True
    say(client, "menunggu")
    while not fake_bot.asked:
        client.news()
    client.until("ack", client_id=client.send("say", text="Telepon", payload="/phone_access"))
    fake_bot.up, fake_bot.slow = False, False
    assert client.until("entry", author="bot", client_id="re-3")
    fake_bot.up = True
    client.until("entry", text="heard: menunggu")
    client.ask("lagi")
    assert answers(client) == ["menunggu", "lagi"]


@pytest.mark.parametrize("lost", ["before", "after"])
def test_the_store_fails_at_the_answer(client: Client, fake_bot: FakeBot, gateway: Gateway, lost: str,
                                       monkeypatch: pytest.MonkeyPatch) -> None:
    """The bot has answered and it could not be stored, or nobody heard that it was: one answer in the end."""
    write, failures = gateway.conversations.write, iter(range(2))

    def failing(changes: Sequence[Change]) -> list[Changed]:
        fails = any(change.answers for change in changes) and next(failures, None) is not None
        if fails and lost == "before":
            raise StoreUnavailable("locked")
        results = write(changes)
        if fails:
            raise StoreUnavailable("locked")
        return results

    monkeypatch.setattr(gateway.conversations, "write", failing)
    say(client, "sekali")
    entries: list[dict[str, Any]] = []
    while not entries:
        client.send("history", before=1000)
        entries = [entry for entry in client.until("history")["entries"] if entry["text"] == "heard: sekali"]
    client.ask("lagi")
    assert answers(client) == ["sekali", "lagi"]
    assert len({turn.message_id for turn in fake_bot.turns if turn.text == "sekali"}) == 1


def test_a_bot_that_stumbles(client: Client, fake_bot: FakeBot, monkeypatch: pytest.MonkeyPatch) -> None:
    """It fails once and is there: asked again after a pause, it answers; the order stays."""
    reply, pauses = fake_bot.reply, iter([1, 2])

    async def stumbling(turn: BotTurn) -> BotReply:
        if turn.text == "satu" and next(pauses, None):
            raise BotUnavailable("told to")
        return await reply(turn)

    monkeypatch.setattr(fake_bot, "reply", stumbling)
    say(client, "satu", "dua")
    client.until("entry", text="heard: dua")
    assert answers(client) == ["satu", "dua"]


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


def test_the_language_chosen_meanwhile_stays(client: Client, fake_bot: FakeBot) -> None:
    """The bot answers what was said before the switch in the language of then; the switch holds."""
    client.ask("halo")
    fake_bot.slow = True
    say(client, "pertanyaan")
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
    say(client, "satu", "dua")
    client.until("ack", client_id=client.send("end"))
    fake_bot.slow = False
    client.until("typing", on=False)
    client.send("history", before=1000)
    assert client.until("history")["entries"][-1]["event"] == "ended"
    assert fake_bot.asked == ["satu"]


def test_what_a_human_hears_is_not_the_bots(client: Client, fake_bot: FakeBot, gateway: Gateway,
                                            http: TestClient) -> None:
    """Said to an agent: the bot is silent, then and later, also when it has been away meanwhile."""
    chat = client.hello()["conversation"]

    def happens(*events: Event) -> None:
        for event in events:
            http.portal.call(gateway.journal.write, Change(chat, event=event))  # type: ignore[union-attr]

    happens(Event.QUEUE, Event.ACCEPT)
    client.until("state", status="connected")
    say(client, "untuk manusia")
    fake_bot.up = False
    client.until("state", bot="down")
    happens(Event.RETURN)
    client.until("state", status="bot")
    say(client, "untuk bot")
    fake_bot.up = True
    client.until("entry", text="heard: untuk bot")
    assert fake_bot.asked == ["untuk bot"]


def test_a_conversation_read_while_it_ends(client: Client, fake_bot: FakeBot, gateway: Gateway,
                                           monkeypatch: pytest.MonkeyPatch) -> None:
    """The log was read, then the visitor ended it: nobody is asked."""
    fake_bot.up = False
    client.until("state", bot="down")
    say(client, "menunggu")
    read: Callable[..., list[Entry]] = gateway.conversations.entries
    ended, go_on = threading.Event(), threading.Event()

    def slowly(conversation: str, **bounds: Any) -> list[Entry]:
        found = read(conversation, **bounds)
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
