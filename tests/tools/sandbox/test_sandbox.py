"""The sandbox: nothing that is tried in it is real, and each turn has its trace."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from live_bot import LiveBot
from sqlalchemy import func, select
from waiting import wait_until

from bot.adapters.model_store import ModelError
from bot.adapters.sql.engine import open_engine
from bot.adapters.sql.tables import cases, tickets
from bot.core.errors import ConfigurationError
from bot.live.rate_limits import TICKETS_AT_ONCE
from bot.settings import Settings
from bot.tools.sandbox.local_bot import run
from bot.tools.sandbox.playing import play_in
from bot.tools.sandbox.sandbox import Sandbox, open_sandbox
from bot.tools.sandbox.session import Session, Turn, Who
from bot.tools.scenarios.reader import typed
from bot.tools.scenarios.scenario import REST, WIDGET, Scenario, Step

PREMIER = "premier:admin:business"
FORM = Step("", form=(("subject", "Audio"), ("description", "Putus-putus"), ("email", "sari@example.com"),
                      ("priority", "p2")))
CHAT = ["buat tiket", "Audio putus", "putus-putus di semua rapat sejak pagi", "ya", "kirim"]


@pytest.fixture
def configured(live_bot: LiveBot, tmp_path: Path) -> Settings:
    """The settings that a person has configured, with a database of their own."""
    return replace(live_bot.settings, state=tmp_path, database_url=f"sqlite:///{tmp_path}/kilat.db",
                   tam_webhook="https://example.com/hook")


def _rows(url: str) -> tuple[int, int]:
    """How many cases and tickets the database has."""
    engine = open_engine(url)
    with engine.connect() as connection:
        return tuple(connection.execute(select(func.count()).select_from(table)).scalar_one()
                     for table in (cases, tickets))


@pytest.mark.parametrize("channel", [WIDGET, REST])
def test_nothing_is_real(live_bot: LiveBot, configured: Settings, tmp_path: Path, channel: str) -> None:
    """A case and a ticket are opened in a database that is gone afterwards, and nowhere else."""
    with open_sandbox(configured, live_bot.bot.model, bot=live_bot.bot) as sandbox:
        session = Session(sandbox, Who(PREMIER, channel=channel))
        for step in (Step("mau bicara sama orang"), *([FORM] if channel == WIDGET else map(Step, CHAT))):
            session.take(step)
        assert "KLC-000001" in _said(session.turns[0]) and "KLT-000001" in _said(session.turns[-1])
        assert sandbox.app.settings.tam_webhook is None
        url = sandbox.app.settings.database_url
        assert _rows(url) == (1, 1)
    assert not list(tmp_path.iterdir()) and not Path(url.removeprefix("sqlite:///")).exists()


def test_real_is_real(live_bot: LiveBot, configured: Settings) -> None:
    """On request alone: over the REST channel, without agents, and nothing can be taken back."""
    with open_sandbox(configured, live_bot.bot.model, is_real=True, bot=live_bot.bot) as sandbox:
        session = Session(sandbox, Who(PREMIER))
        assert session.who.channel == REST and "KLC-000001" in _said(session.take(Step("mau bicara sama orang")))
        with pytest.raises(ConfigurationError, match="can't be taken back"):
            session.undo()
        with pytest.raises(ConfigurationError, match="no agents"):
            session.take(typed("agent> take"))
    assert _rows(configured.database_url) == (1, 0)


def test_a_lent_bot_comes_back(live_bot: LiveBot, configured: Settings) -> None:
    """Who lends it, finds it with their own application."""
    with open_sandbox(configured, live_bot.bot.model, bot=live_bot.bot):
        assert live_bot.bot.app is not live_bot.sandbox.app
    assert live_bot.bot.app is live_bot.sandbox.app


@pytest.fixture
def session(live_bot: LiveBot) -> Iterator[Session]:
    """A conversation of a Premier administrator in English."""
    begun = Session(live_bot.sandbox, Who(PREMIER, "en"))
    yield begun
    begun.visitor.end()


def test_the_trace_of_a_question(session: Session) -> None:
    """All that made the answer."""
    trace = session.take(Step("what's the support number in Japan?")).trace
    assert (trace.intent, trace.answered, trace.action) == ("phone_number", "phone_number", "action_answer")
    assert trace.confidence > 0.9 and trace.ranking[0] == (trace.intent, trace.confidence)
    line, intent, similarity = trace.nearest[0]
    assert line and intent == "phone_number" and 0 < similarity <= 1
    assert trace.entities == (("country", "JP"),) and trace.question["countries"] == ("JP",)
    assert trace.facts == ("phone_lines JP",) and trace.responses == ("utter_phone_number",)
    assert trace.changes()["topic"] == (None, "phone_number") and trace.language == "en"
    assert {"HybridIntentClassifier", "dialogue", "action", "store"} <= set(trace.stages)
    assert 0 < trace.stages["dialogue"] <= trace.stages["action"] <= trace.seconds


def test_the_trace_of_a_button(session: Session) -> None:
    """The gateway answers it alone; the visitor's words are the button's title."""
    turn = session.take(Step("/tier2_access"))
    assert turn.trace.action == "" and turn.trace.intent == turn.trace.answered == "tier2_access"
    assert "rules tier2.premier.licensed_admin" in turn.trace.facts
    assert not session.visitor.lines()[-2].text.startswith("/")


def test_the_trace_of_people(session: Session) -> None:
    """Each step of the status, and what was opened."""
    turns = [session.take(typed(line)) for line in
             ("a person please", "agent> take", "anybody there?", "agent> give_back", "P1?", "/talk_to_human")]
    assert turns[0].trace.effects == ("OpenCase",) and turns[0].trace.route == "agent_queue_tier2"
    steps = [str(step) for turn in turns[:4] for step in turn.trace.transitions]
    assert steps == ["bot → say → bot", "bot → queue → queued", "queued → accept → connected",
                     "connected → say → connected", "connected → return → bot"]
    assert turns[2].entries == () and turns[2].trace.answered is None and turns[4].trace.answered


def test_the_trace_of_a_form(live_bot: LiveBot) -> None:
    """The field that is asked next; an answer to it answers no intent."""
    session = Session(live_bot.sandbox, Who(channel=REST))
    asked, answered = session.take(Step("buat tiket")).trace, session.take(Step("Audio putus")).trace
    assert (asked.field, asked.answered) == ("ticket.subject", "create_ticket")
    assert (answered.field, answered.answered) == ("ticket.description", None)


def test_undo_and_replay(session: Session) -> None:
    """The conversation is as if the turn had never been; a changed one goes another way."""
    assert session.undo() is None
    for text in ("what's the support number in Japan?", "and France?", "thanks"):
        session.take(Step(text))
    undone = session.undo()
    assert undone is not None and undone.step.words == "thanks"
    assert [turn.step.words for turn in session.turns] == ["what's the support number in Japan?", "and France?"]
    assert session.turns[-1].trace.after["topic"] == "phone_number"
    session.replay([Step("what's the support number in Spain?"), session.turns[1].step])
    assert session.turns[0].trace.facts == ("phone_lines ES",)


def test_unknown_customers(live_bot: LiveBot) -> None:
    """Refused, and the conversation goes on."""
    session = Session(live_bot.sandbox, Who())
    with pytest.raises(ConfigurationError, match="PLAN:ROLE:TYPE"):
        session.begin(Who("gold:admin:pro"))
    assert session.take(Step("P1?")).entries


def _said(turn: Turn) -> str:
    return "\n".join(entry.get("text", "") for entry in turn.entries)


@pytest.mark.parametrize("channel", [WIDGET, REST])
def test_a_language_to_begin_in(live_bot: LiveBot, channel: str) -> None:
    """Nothing is said for it that the visitor did not say: a case's agent reads what was asked, and no more."""
    session = Session(live_bot.sandbox, Who(PREMIER, "en", channel))
    answer = session.take(Step("P1?"))
    assert "first response" in _said(answer) and answer.trace.language == "en"
    assert [line.text for line in session.visitor.lines() if line.author == "visitor"] == ["P1?"]
    assert answer.trace.before["asked"] == "" and answer.trace.before["language"] == "en"


def test_visitors_are_strangers_to_each_other(live_bot: LiveBot) -> None:
    """Two of the same kind of customer have conversations of their own."""
    sandbox: Sandbox = live_bot.sandbox
    first, second = (sandbox.visitor(WIDGET, PREMIER, "id") for _ in range(2))
    first.say("P1?")
    first.settle()
    assert len(second.lines()) == 1 < len(first.lines())


def test_a_refused_ticket(live_bot: LiveBot) -> None:
    """One ticket too many is no ticket: the trace says so."""
    session = Session(live_bot.sandbox, Who(PREMIER))
    turns = [session.take(FORM) for _ in range(8)]
    assert str(turns[0].trace.transitions[-1]) == "bot → ticket → ticketed" and turns[0].trace.intent == ""
    assert turns[-1].trace.transitions[-1].event == "offer" and "KLT-" not in _said(turns[-1])


def test_a_sandbox_that_ends_at_once(live_bot: LiveBot, configured: Settings, caplog: pytest.LogCaptureFixture) -> None:
    """What its threads had begun is done before its database goes."""
    for _ in range(5):
        with open_sandbox(configured, live_bot.bot.model, bot=live_bot.bot):
            pass
    assert not caplog.records


def test_nobody_follows_a_sandbox_that_is_gone(live_bot: LiveBot, configured: Settings) -> None:
    """Nor does a task of it go on, though a visitor was left in the middle of a conversation."""
    before = run(_tasks())
    with open_sandbox(configured, live_bot.bot.model, bot=live_bot.bot) as sandbox:
        Session(sandbox, Who(PREMIER)).take(Step("P1?"))
        assert run(_tasks()) > before
    wait_until(lambda: run(_tasks()) == before)


async def _tasks() -> int:
    return len(asyncio.all_tasks())


def test_a_damaged_model(configured: Settings, tmp_path: Path) -> None:
    """Told before anything is played: the gateway would speak of trouble, which is an answer."""
    model = tmp_path / "damaged.tar.gz"
    model.write_bytes(b"no archive")
    scenario = Scenario("one", (Step("halo"),))
    with open_sandbox(configured, model) as sandbox, pytest.raises(ModelError, match="damaged"):
        play_in(sandbox, scenario)


def test_it_is_deleted_when_the_process_is_ended(live_bot: LiveBot, configured: Settings) -> None:
    """By SIGTERM, or by the closing of the terminal."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        before = signal.getsignal(number)
        with (pytest.raises(SystemExit) as ended,
              open_sandbox(configured, live_bot.bot.model, bot=live_bot.bot) as sandbox):
            folder = sandbox.app.settings.state
            signal.raise_signal(number)
        assert ended.value.code == 128 + number and not folder.exists() and signal.getsignal(number) is before


def test_each_visitor_may_send_tickets(live_bot: LiveBot, configured: Settings) -> None:
    """Those of others, and of turns that were taken back, do not count."""
    with open_sandbox(configured, live_bot.bot.model, bot=live_bot.bot) as sandbox:
        for _ in range(TICKETS_AT_ONCE + 2):
            assert "KLT-" in _said(Session(sandbox, Who(PREMIER)).take(FORM))
