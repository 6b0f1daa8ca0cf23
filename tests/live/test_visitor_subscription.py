"""What viewers see while things happen at once: every entry once, in order, and in the end how things stand."""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient
from web_client import Client, FakeBot

from bot.core.conversation import Author, Change, Entry, Kind, NewEntry
from bot.core.errors import StoreUnavailable
from bot.live.gateway import Gateway

Hold = Callable[[], None]


def seqs(client: Client, begin: int = 0) -> list[int]:
    """The numbers of the entries that came, with welcomes and alone."""
    numbers: list[int] = []
    for frame in client.seen[begin:]:
        if frame["type"] == "welcome":
            numbers += [entry["seq"] for entry in frame["entries"]]
        elif frame["type"] == "entry":
            numbers.append(frame["entry"]["seq"])
    return numbers


def last_state(client: Client) -> dict[str, Any]:
    """How things stand, as the client has it."""
    states = [frame.get("state", frame) for frame in client.seen if frame["type"] in ("welcome", "state")]
    return states[-1]  # type: ignore[no-any-return]


@pytest.fixture
def held(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> tuple[threading.Event, threading.Event]:
    """Set the second to let go on what reads entries for a welcome; the first says that something waits there."""
    waits, go_on = threading.Event(), threading.Event()
    read: Callable[..., list[Entry]] = gateway.conversations.entries

    def slowly(conversation_id: str, **bounds: Any) -> list[Entry]:
        found = read(conversation_id, **bounds)
        if bounds.get("limit") in (50, 500) and "before" not in bounds:
            waits.set()
            go_on.wait(20)
        return found

    monkeypatch.setattr(gateway.conversations, "entries", slowly)
    return waits, go_on


def test_viewers_join_while_others_write(connect: Any) -> None:
    """Whenever they come, with whatever they have seen: no gap, nothing twice, the same order for all."""
    dice = random.Random(7)
    writers = [connect()]
    writers[0].hello()
    writers.append(connect(writers[0].key))
    writers[1].hello()
    viewers: list[Client] = []
    for number in range(40):
        writers[number % 2].send("say", text=f"pesan {number}")
        if dice.random() < 0.4:
            viewers.append(connect(writers[0].key))
            after = dice.choice([0, 0, number])
            viewers[-1].send("hello", protocol=1, lang="id", key=writers[0].key, after=after)
    for client in (*writers, *viewers):
        while not seqs(client) or seqs(client)[-1] < 81:
            client.next()
        numbers = seqs(client)
        assert numbers == list(range(numbers[0], 82))
    assert len(viewers) > 8
    texts = [[f["entry"]["text"] for f in writer.seen if f["type"] == "entry"] for writer in writers]
    assert texts[0] == texts[1]


def test_a_change_while_a_welcome_is_made(connect: Any, held: tuple[threading.Event, threading.Event]) -> None:
    """The welcome is old already when it comes; what has changed follows."""
    waits, go_on = held
    go_on.set()
    one, other = connect(), connect()
    one.hello()
    go_on.clear()
    waits.clear()
    other.send("hello", protocol=1, lang="id", key=one.key)
    waits.wait(20)
    one.ask("meanwhile")
    one.send("language", lang="en")
    one.until("state", lang="en")
    one.until("ack", client_id=one.send("end"))
    go_on.set()
    while not (seqs(other) and seqs(other)[-1] == 4 and last_state(other)["status"] == "closed"):
        other.next()
    assert seqs(other) == [1, 2, 3, 4] and last_state(other)["lang"] == "en"


def test_signed_in_to_while_a_welcome_is_made(connect: Any, token: Any,
                                              held: tuple[threading.Event, threading.Event]) -> None:
    """It is somebody's now: the other tab is not let in any more."""
    waits, go_on = held
    go_on.set()
    one = connect()
    one.hello()
    one.ask("rahasia")
    go_on.clear()
    waits.clear()
    other, owner = connect(one.key), connect(one.key)
    other.send("hello", protocol=1, lang="id", key=one.key)
    waits.wait(20)
    owner.send("hello", protocol=1, lang="id", key=one.key, identity_token=token("premier:admin:business"))
    one.until("error", code="no_session")
    go_on.set()
    assert owner.until("welcome")["state"]["identity"]["status"] == "accepted"
    assert other.until("error")["code"] == "no_session"
    assert "rahasia" not in str(other.seen)


def test_changes_while_a_state_is_found_out(connect: Any, gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    """The state that comes last is the newest, however slow the first was."""
    client = connect()
    client.hello()
    client.ask("halo")
    state, calls, go_on = gateway.state, [], threading.Event()

    async def slowly(conversation: Any, who: Any) -> Any:
        calls.append(conversation.lang)
        frame = await state(conversation, who)
        if len(calls) == 1:
            await asyncio.to_thread(go_on.wait, 20)
        return frame

    monkeypatch.setattr(gateway, "state", slowly)
    begin = len(client.seen)
    for lang in ("en", "id", "en"):
        client.send("language", lang=lang)
    client.news()
    go_on.set()
    while [frame["type"] for frame in client.seen[begin:]].count("state") < 2:
        client.next()
    assert calls[1:] == ["en"] and last_state(client)["lang"] == "en"


def test_a_welcome_that_fails(connect: Any, gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    """The client knows that it is not there: nothing comes until it says hello again."""
    one, other = connect(), connect()
    one.hello()

    def locked(_conversation_id: str) -> None:
        raise StoreUnavailable("locked")

    with monkeypatch.context() as broken:
        broken.setattr(gateway.conversations, "get", locked)
        other.send("hello", protocol=1, lang="id", key=one.key)
        assert other.until("error")["code"] == "unavailable"
    one.ask("tanpa yang lain")
    assert other.news() == []
    other.send("read", seq=1)
    assert other.until("error")["code"] == "no_session"
    other.key = one.key
    assert [entry["seq"] for entry in other.hello()["entries"]] == [1, 2, 3]


def test_a_state_that_can_not_be_had(connect: Any, gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    """Comes when it can."""
    client = connect()
    client.hello()
    client.ask("halo")
    state, failures = gateway.state, iter(range(3))

    async def failing(conversation: Any, who: Any) -> Any:
        if next(failures, None) is not None:
            raise StoreUnavailable("locked")
        return await state(conversation, who)

    monkeypatch.setattr(gateway, "state", failing)
    client.send("language", lang="en")
    assert client.until("state")["lang"] == "en"
    assert next(failures, None) is None


def test_stored_but_not_told(connect: Any, gateway: Gateway, http: TestClient) -> None:
    """Another process has written: the gap is seen with the next entry, and filled."""
    client = connect()
    conversation = client.hello()["conversation"]
    entries = tuple(NewEntry(Author.BOT, Kind.TEXT, {"text": str(number)}) for number in range(700))
    gateway.conversations.write([Change(conversation, entries)])
    client.send("say", text="berikutnya")
    while seqs(client)[-1] < 703:
        client.next()
    assert seqs(client) == list(range(1, 704))


def test_an_entry_while_news_are_read(connect: Any, gateway: Gateway, http: TestClient,
                                      monkeypatch: pytest.MonkeyPatch) -> None:
    """What is read is older than what was shown meanwhile: that is no restored backup."""
    one = connect()
    conversation_id, reads, go_on = one.hello()["conversation"], threading.Event(), threading.Event()
    get = gateway.conversations.get

    def slowly(this: str) -> Any:
        found = get(this)
        reads.set()
        go_on.wait(20)
        return found

    monkeypatch.setattr(gateway.conversations, "get", slowly)
    http.portal.call(gateway.pubsub.resync, conversation_id)  # type: ignore[union-attr]
    assert reads.wait(20)
    one.until("ack", client_id=one.send("say", text="halo"))
    one.until("entry")
    go_on.set()
    one.ask("masih di sana?")
    assert not [frame for frame in one.seen if frame["type"] == "error"]


def test_read_and_typing(connect: Any, fake_bot: FakeBot) -> None:
    """Passing frames reach the others; reading back and forth is told once."""
    one = connect()
    one.hello()
    other = connect(one.key)
    other.hello()
    one.ask("halo")
    for seq in (3, 2, 3):
        one.send("read", seq=seq)
    one.news()
    assert [frame["seq"] for frame in other.news() if frame["type"] == "read"] == [3]
    assert other.hello()["read"] == 3


def test_nobody_is_remembered_for_ever(connect: Any, gateway: Gateway, token: Any) -> None:
    """Who leaves, or goes to another conversation, leaves nothing behind."""
    clients = [connect() for _ in range(3)]
    for client in clients:
        client.hello()
        client.ask("halo")
        client.hello()
    clients[0].send("identify", identity_token=token("premier:admin:business"))
    clients[0].until("welcome")
    clients[0].send("identify", identity_token=None)
    clients[0].until("welcome")
    assert len(gateway.pubsub._subscribers) == 3
    for client in clients:
        client.socket.close()
    while gateway.pubsub._subscribers or gateway.pubsub._conversations or gateway.dispatcher._answering:
        threading.Event().wait(0.01)
