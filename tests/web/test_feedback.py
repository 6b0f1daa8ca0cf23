"""From a visitor's question to what is kept to learn from it, through the running gateway."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from lost_writes import lose_two
from waiting import wait_until
from web_client import Client, FakeBot

from bot.adapters.sql.engine import now_in_milliseconds
from bot.bootstrap import open_feedback
from bot.core.feedback import Neighbour, Understanding
from bot.core.retention import RetentionPeriods
from bot.live.gateway import Gateway
from bot.ports import BotReply, BotTurn
from bot.ports.feedback import StoredFeedback
from bot.settings import Settings

NEAREST = (Neighbour("nomor telepon jepang", "phone_number", 0.9),)
RANKING = (("phone_number", 0.44), ("phone_access", 0.4))
ANSWERED = {
    "jelas": Understanding("phone_number", (("phone_number", 0.97),), 0.97, NEAREST, "m-1"),
    "ragu": Understanding("phone_number", RANKING, 0.04, NEAREST, "m-1"),
    "xyzzy": Understanding("nlu_fallback", RANKING, 0.04, (), "m-1"),
    "ga membantu": Understanding("dissatisfied", (("dissatisfied", 0.9),), 0.9, (), "m-1")}


class UnderstandingBot(FakeBot):
    """Tells how it understood what it knows."""

    async def reply(self, turn: BotTurn) -> BotReply:
        """See `Bot`."""
        said = await super().reply(turn)
        known = next((found for text, found in ANSWERED.items() if turn.text.startswith(text)), None)
        return BotReply(said.bubbles, said.state, known)


@pytest.fixture
def fake_bot() -> FakeBot:
    """The bot behind the gateway."""
    return UnderstandingBot()


@pytest.fixture
def missed(web_settings: Settings) -> Any:
    """Reads what another process, the one that learns, would see."""
    return lambda: open_feedback(web_settings).open()


def _kept(found: Sequence[StoredFeedback]) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.text, one.reasons) for one in found]


def test_declined_and_doubtful(client: Client, missed: Any) -> None:
    """With all that the bot thought, under the key of the log; what it was sure of is nothing to learn from."""
    for text in ("jelas", "ragu", "xyzzy"):
        client.ask(text)
    assert _kept(missed()) == [("ragu", ("doubtful",)), ("xyzzy", ("declined",))]
    doubtful, declined = missed()
    asked = {e["text"]: e["seq"] for f in client.seen if (e := f.get("entry")) and e["author"] == "visitor"}
    assert (doubtful.seq, declined.seq) == (asked["ragu"], asked["xyzzy"])
    assert (doubtful.intent, doubtful.ranking, doubtful.margin) == ("phone_number", RANKING, 0.04)
    assert (doubtful.nearest, doubtful.model, doubtful.lang, doubtful.settled) == (NEAREST, "m-1", "id", None)


def test_nobody_is_told(client: Client, missed: Any) -> None:
    """What the bot thought goes to no client, neither now nor later."""
    client.ask("ragu")
    client.hello()
    client.send("history", before=1000)
    client.until("history")
    seen = json.dumps(client.seen)
    assert missed() and not any(word in seen for word in ("understood", "ranking", "phone_access", NEAREST[0].text))


@pytest.mark.parametrize("lost", ["before", "after"])
def test_the_store_fails_at_the_answer(client: Client, gateway: Gateway, missed: Any, lost: str,
                                       monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing was stored, or nobody heard that it was: asked again, it is kept once."""
    failures = lose_two(gateway, monkeypatch, lost, lambda change: change.feedback)
    client.say("xyzzy")
    while "heard: xyzzy" not in [f["entry"]["text"] for f in client.seen if f["type"] == "entry"]:
        client.hello(after=0)
        client.seen += [{"type": "entry", "entry": entry} for entry in client.seen[-1].get("entries", ())]
    client.ask("jelas")
    assert _kept(missed()) == [("xyzzy", ("declined",))] and next(failures, None) is None


def test_a_customer_is_not_named(connect: Any, token: Any, missed: Any) -> None:
    """Neither by their sign-in nor by what they write of themselves."""
    visitor = connect()
    visitor.hello(identity_token=token("premier:admin:business"))
    while visitor.seen[-1].get("state", visitor.seen[-1]).get("bot") != "up":
        visitor.until("state")
    name = visitor.seen[0]["state"]["identity"]["name"]
    visitor.ask(f"xyzzy, saya {name}; nama saya Wahyuningsih, wahyu@example.com, host key 654321")
    [found] = missed()
    assert found.text == "xyzzy, saya [name]; nama saya [name], [e-mail], host key [secret]"


def test_a_complaint(client: Client, missed: Any) -> None:
    """Says that the answer before it was wrong, though the bot was sure of it."""
    client.ask("jelas")
    client.ask("ga membantu")
    assert _kept(missed()) == [("jelas", ("rated",))]


def test_a_complaint_of_a_button(client: Client, missed: Any) -> None:
    """Blames nothing that was understood: there was nothing to understand."""
    client.ask("jelas")
    client.ask("Nomor telepon", payload="/phone_number")
    client.ask("ga membantu")
    assert _kept(missed()) == []


def test_an_answer_that_is_marked(client: Client, connect: Any, missed: Any) -> None:
    """By its own number; nobody else can, nothing else is marked, and it can be taken back."""
    seq = client.ask("jelas")["seq"]
    client.ask("jelas lagi")
    stranger = connect()
    stranger.hello()
    for one, marked in ((stranger, seq), (client, seq - 1), (client, 1), (client, seq + 50), (client, 2**31 - 1)):
        one.send("unhelpful", seq=marked)
        one.news()
    assert _kept(missed()) == []
    client.send("unhelpful", seq=seq)
    assert [frame["type"] for frame in client.news()] == []
    assert _kept(missed()) == [("jelas", ("rated",))]
    client.send("unhelpful", seq=seq, on=False)
    client.news()
    assert _kept(missed()) == []


def test_a_bad_rating(client: Client, missed: Any) -> None:
    """Of the conversation: a reason to look at each answer; sent again, it is the same."""
    client.ask("jelas")
    client.ask("ragu")
    client_id = client.send("rate", score=2, solved=False)
    client.until("ack", client_id=client_id)
    client.until("ack", client_id=client.send("rate", score=2, solved=False, client_id=client_id))
    assert _kept(missed()) == [("jelas", ("rated",)), ("ragu", ("doubtful", "rated"))]


class Clock:
    """Runs ahead as far as it is told to."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def __call__(self) -> datetime:
        """The time, as it is stored."""
        return now_in_milliseconds() + self.ahead


class TestForgetting:
    """What is kept is deleted in time."""

    @pytest.fixture(autouse=True)
    def rounds(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """They come at once."""
        monkeypatch.setattr("bot.workers.retention.ROUND_SECONDS", 0.02)

    @pytest.fixture
    def web_clock(self) -> Clock:
        """The time in the gateway."""
        return Clock()

    def test_in_time(self, web_clock: Clock, client: Client, missed: Any, log: io.StringIO) -> None:
        """After the days of the settings, and not before; what nothing speaks against after a day."""
        client.ask("jelas")
        client.ask("xyzzy")
        web_clock.ahead = timedelta(days=89)
        wait_until(lambda: "Deleted 1 messages that were kept to learn from" in log.getvalue())
        assert _kept(missed()) == [("xyzzy", ("declined",))]
        web_clock.ahead = timedelta(days=91)
        wait_until(lambda: missed() == ())


class TestSwitchedOff:
    """`KILAT_KEEP_DAYS=feedback=0`."""

    @pytest.fixture
    def web_settings(self, web_settings: Settings) -> Settings:
        """Keep nothing."""
        return replace(web_settings, keep=RetentionPeriods(feedback=0))

    def test_nothing_is_kept(self, client: Client, missed: Any) -> None:
        """Whatever the bot thought."""
        client.ask("xyzzy")
        assert missed() == ()
