"""After a restored backup or a deleted conversation, whoever is ahead of the log begins anew and sees what comes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient
from web_client import Client, Plain

from bot.adapters.sql.engine import open_engine
from bot.settings import Settings

Cut = Callable[[str, int], None]


@pytest.fixture
def restore(web_settings: Settings) -> Cut:
    """Brings a conversation back to an older state: its log ends at `last`, 0 for a conversation that isn't there."""

    def restored(conversation_id: str, last: int) -> None:
        engine = open_engine(web_settings.database_url)
        values = {"this": conversation_id, "last": last}
        with engine.begin() as connection:
            connection.execute(text("DELETE FROM entry WHERE conversation = :this AND seq > :last"), values)
            connection.execute(text("UPDATE conversation SET last_seq = :last, asked = 0, answered = :last, "
                                    "seen = CASE WHEN seen > :last THEN :last ELSE seen END WHERE id = :this"), values)
            if not last:
                connection.execute(text("DELETE FROM conversation WHERE id = :this"), values)
                connection.execute(text("DELETE FROM conversation_key WHERE conversation = :this"), values)
        engine.dispose()

    return restored


@pytest.fixture
def talked(connect: Any) -> Client:
    """Somebody who has seen five entries."""
    client: Client = connect()
    client.hello()
    client.ask("satu")
    client.ask("dua")
    client.send("read", seq=5)
    client.news()
    return client


def last_of(client: Client) -> dict[str, Any]:
    """`after` and `after_at`, as the widget says them."""
    entries = [frame["entry"] for frame in client.seen if frame["type"] == "entry"]
    return {"after": entries[-1]["seq"], "after_at": entries[-1]["at"]}


def conversation_of(client: Client) -> str:
    """The name of the conversation."""
    return str(next(frame for frame in client.seen if frame["type"] == "welcome")["conversation"])


@pytest.mark.parametrize("says_when", [True, False])
def test_a_client_ahead_of_the_log(talked: Client, restore: Cut, connect: Any, says_when: bool) -> None:
    """Its next hello brings the log as it is; the answer that then gets the number of an old one is shown."""
    seen = last_of(talked)
    restore(conversation_of(talked), 3)
    again = connect(talked.key)
    welcome = again.hello(**(seen if says_when else {"after": seen["after"]}))
    assert [entry["seq"] for entry in welcome["entries"]] == [1, 2, 3] and welcome["read"] == 3
    assert again.ask("tiga")["seq"] == 5


def test_a_log_that_has_grown_again(talked: Client, restore: Cut, connect: Any) -> None:
    """The number is there, but means another entry: nothing is mixed."""
    seen = last_of(talked)
    restore(conversation_of(talked), 3)
    tab = connect(talked.key)
    tab.hello()
    tab.ask("tiga")
    tab.ask("empat")
    welcome = connect(talked.key).hello(**seen)
    assert [entry["seq"] for entry in welcome["entries"]] == [1, 2, 3, 4, 5, 6, 7]
    assert [entry["text"] for entry in welcome["entries"]][3:] == ["tiga", "heard: tiga", "empat", "heard: empat"]


def test_a_client_that_is_right_is_not_sent_everything(talked: Client, connect: Any) -> None:
    """Who has seen what is there gets what came after it, alone."""
    seen = last_of(talked)
    talked.ask("tiga")
    assert [entry["seq"] for entry in connect(talked.key).hello(**seen)["entries"]] == [6, 7]
    for first in ({"after": 1}, {"after": 6}):
        entries = connect(talked.key).hello(**first)["entries"]
        assert [entry["seq"] for entry in entries] == list(range(first["after"] + 1, 8))


@pytest.mark.parametrize("odd", [2**31 - 1, 8, 100])
def test_a_number_that_was_never_there(talked: Client, connect: Any, odd: int) -> None:
    """The newest entries come, as to somebody new."""
    assert len(connect(talked.key).hello(after=odd)["entries"]) == 5
    assert len(connect(talked.key).hello(after=5, after_at="x" * 5000)["entries"]) == 5


def test_restored_while_somebody_looks(talked: Client, restore: Cut, connect: Any) -> None:
    """The next change shows that the log is another one: the client has to say hello, and sees it all."""
    other = connect(talked.key)
    other.hello()
    restore(conversation_of(talked), 2)
    other.send("say", text="tiga")
    assert talked.until("error")["code"] == "no_session"
    welcome = talked.hello(**last_of(talked))
    assert "tiga" in [entry["text"] for entry in welcome["entries"]]


def test_over_http(talked: Client, restore: Cut, http: TestClient) -> None:
    """Waiting for what comes after a number that is not there would wait for ever: say hello."""
    plain = Plain(http, talked.key)
    plain.hello(**last_of(talked))
    restore(conversation_of(talked), 3)
    answer = http.get("/v1/events?after=5&wait=25", headers=plain.headers)
    assert (answer.status_code, answer.json()["frames"][0]["code"]) == (401, "no_session")
    assert [entry["seq"] for entry in plain.hello(**last_of(talked))["entries"]] == [1, 2, 3]
    assert http.get("/v1/unread", headers=plain.headers).json() == {"unread": 0}
    plain.send("say", text="tiga")
    plain.until_said("heard: tiga")


@pytest.mark.parametrize("frame", [
    ("say", {"text": "masih di sini"}), ("read", {"seq": 1}), ("rate", {"score": 5}), ("end", {}),
    ("language", {"lang": "en"})])
def test_a_conversation_that_was_deleted(talked: Client, restore: Cut, log: Any, frame: tuple[str, dict[str, Any]],
                                         http: TestClient) -> None:
    """Whatever its client does next, it learns that another one has to begin, and that one goes on."""
    restore(conversation_of(talked), 0)
    talked.send(frame[0], **frame[1])
    assert talked.until("error")["code"] == "unknown_key"
    assert Plain(http, talked.key).send("history", before=3)[0]["code"] in ("unknown_key", "no_session")
    old, talked.key = talked.key, ""
    assert talked.hello()["key"] != old
    assert talked.ask("lagi")["text"] == "heard: lagi"
    assert "Traceback" not in log.getvalue()
