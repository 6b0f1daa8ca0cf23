"""The inspector over HTTP: what it tells of each turn, what it plays, what an edit changes, whom it refuses."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from inspected import CUSTOMER, NUMBER, PERSON, PLANS, TALK, Inspected, StandIn, inspected
from live_bot import active_model
from waiting import wait_until

from bot.adapters.port_check import free_port
from bot.adapters.sample_customers import sample_identity
from bot.bootstrap import seed
from bot.core.errors import ConfigurationError
from bot.ports import BotReply, BotTurn
from bot.settings import ROOT, Settings
from bot.tools.inspector.arguments import add_to
from bot.tools.inspector.command import inspect
from bot.tools.inspector.model_loading import FAILED, Loading
from bot.tools.sandbox.local_bot import LocalBot
from bot.tools.sandbox.recorded_app import RecordedApp, build_recorded
from bot.tools.sandbox.session import Who
from bot.tools.sandbox.trace import Recorder
from bot.tools.scenarios.scenario import Expected, Step


@pytest.fixture
def page(settings: Settings) -> Iterator[Inspected]:
    """An inspector that begins with a customer who may talk to agents."""
    with inspected(settings, Who(CUSTOMER)) as page:
        yield page


def test_a_typed_turn(page: Inspected) -> None:
    """How it was understood, what was decided, what that changed, and how long each part took."""
    turn = page.say(NUMBER)
    trace = turn["trace"]
    assert (turn["number"], turn["who"], trace["intent"], trace["answered"]) == (2, "visitor", *2 * ["phone_number"])
    assert trace["ranking"] == [["phone_number", 0.9], ["greet", 0.1]]
    assert trace["nearest"] == [["nomor telp jepang", "phone_number", 0.84]]
    assert trace["entities"] == [["country", "JP"]]
    assert any(response.startswith("utter_phone") for response in trace["responses"])
    assert ["topic", "phone_number", ""] in trace["state"]
    assert {"dialogue", "store"} <= {name for name, _ in trace["stages"]}
    assert turn["says"][0]["author"] == "bot" and turn["says"][0]["text"]


def test_a_pressed_button(page: Inspected) -> None:
    """Answered in the gateway: nothing is classified, and facts are read."""
    turn = page.say("Daftar prioritas", payload="/priority_overview")
    assert turn["trace"]["answered"] == "priority_overview" and turn["trace"]["ranking"] == []
    assert any(fact.startswith("priorities ") for fact in turn["trace"]["facts"])
    assert turn["step"]["words"] == "/priority_overview"


def test_turns_do_not_mix(page: Inspected) -> None:
    """What one turn read is not told of the next."""
    page.say("Daftar prioritas", payload="/priority_overview")
    assert not any(fact.startswith("priorities ") for fact in page.say(NUMBER)["trace"]["facts"])


def test_what_is_read_for_the_contact_options(settings: Settings) -> None:
    """Clients are shown them while a message is answered, too: that is no part of the turn."""
    seed(settings)
    recorder = Recorder()
    responder = build_recorded(settings, recorder).responder
    recorder.begin()
    assert responder.contact_options(sample_identity(CUSTOMER).customer, "id")
    assert recorder.trace("", 0.0).facts == ()
    responder.answer(BotTurn("c", "c:1", "/plan_compare", {}))
    facts = recorder.trace("", 0.0).facts
    assert len(facts) > 9 and all(fact.startswith("rules ") for fact in facts)


def test_a_ticket(page: Inspected) -> None:
    """The form's fields come back to be edited, and the effect is told."""
    values = {"subject": "Suara putus", "description": "Sejak pagi", "email": "a@example.com", "priority": "p3"}
    page.send(type="ticket", values=values)
    turn = page.answered("Suara putus")
    assert turn["trace"]["effects"] == ["OpenTicket"]
    assert {"before": "bot", "event": "ticket", "after": "ticketed"} in turn["transitions"]
    assert dict(turn["step"]["form"]) == values
    assert page.do("edit", number=turn["number"], form={"subject": "Gambar beku"})["plan"]
    assert [dict(item["step"]["form"])["subject"] for item in page.play()] == ["Gambar beku"]


def test_a_hand_off_and_agents(page: Inspected) -> None:
    """Its transition and its effect; then agents act from the page, and the bot is not asked."""
    turn = page.say(PERSON)
    assert turn["trace"]["effects"] == ["OpenCase"] and turn["trace"]["route"]
    assert turn["transitions"][-1] == {"before": "bot", "event": "queue", "after": "queued"}
    assert page.do("act", line="take") == {"plan": []}
    assert page.do("act", line="budi@agent> say Halo")["problem"]  # it is Sari's case
    page.send(type="say", text="terima kasih")
    items = {item["label"]: item for item in page.news()["items"]}
    assert items["take"]["transitions"] == [{"before": "queued", "event": "accept", "after": "connected"}]
    assert not items["terima kasih"]["waits"] and items["terima kasih"]["trace"] is None
    assert page.do("act", line="dance")["problem"].startswith("an agent can't")


def test_a_scenario_step_by_step(page: Inspected) -> None:
    """Each step when it is asked for, in the conversation that the widget shows, until none is left."""
    begun = page.news()["begun"]
    assert len(page.do("begin", scenario=0)["plan"]) == 6
    news = page.news()
    assert (news["begun"], news["scenario"]["name"], news["customer"]) == (begun + 1, TALK.name, CUSTOMER)
    assert len(page.do("next")["plan"]) == 5
    assert page.answered(NUMBER)["problems"] == []
    items = page.play()
    assert [item["who"] for item in items] == ["visitor", "visitor", "agent", "agent", "agent", "visitor"]
    assert items[-1]["trace"]["answered"] == "plan_compare" and not any(item["problems"] for item in items)
    assert page.do("next") == {"plan": []}


def test_an_edit(page: Inspected) -> None:
    """The conversation is played again with it: its turn tells what is another outcome, and what is not as the scenario
    says; turns without a difference tell that, too."""
    page.do("begin", scenario=0)
    before = page.play()
    plan = page.do("edit", number=before[0]["number"], words=PLANS)["plan"]
    assert plan == [f"> {PLANS}", f"> {PERSON}", "Sari> take", "Sari> say Halo, saya Sari.", "Sari> give_back",
                    f"> {PLANS}"]
    first, *others = page.play()
    assert ["intent", "phone_number", "plan_compare"] in first["edited"]
    assert "negara" in first["problems"][0]
    assert next(item for item in others if item["label"] == "take")["edited"] == []
    assert "KLC-" in others[0]["says"][0]["text"]  # another number each time
    assert "says" not in {name for name, _before, _now in others[0]["edited"]}
    assert len(page.do("edit", number=first["number"])["plan"]) == 5
    assert page.do("edit", number=99, words="x")["problem"]


def test_what_differs_from_the_scenario(settings: Settings) -> None:
    """Told at its turn, and the rest can be played."""
    wrong = replace(TALK, steps=(Step(NUMBER, expected=Expected(has=("tidak mungkin",))), Step(PLANS)))
    with inspected(settings, scenarios=(wrong,), is_script=True) as page:
        first, second = page.play()
        assert "tidak mungkin" in first["problems"][0] and second["trace"]["answered"] == "plan_compare"


@pytest.mark.parametrize("token", [True, False])
def test_a_conversation_that_the_widget_begins(page: Inspected, token: bool) -> None:
    """It is shown; with the widget's key, steps are played into it."""
    welcome = {"type": "hello", "protocol": 1, "lang": "en", "identity_token": page.news()["token"] if token else None}
    page.send(type="end")
    hello = page.http.post("/v1/frames", json=welcome).json()["frames"][0]
    seen = page.news()
    assert not seen["joined"] and seen["items"][0]["label"] == "The bot greets"
    page.do("join", key="another")
    assert not page.news()["joined"]
    page.do("join", key=hello["key"])
    seen = page.news()
    assert seen["joined"] and seen["key"] == hello["key"] and seen["begun"] == 1
    assert page.say(PLANS)["trace"]["answered"] == "plan_compare"


def test_news_wait(page: Inspected) -> None:
    """Only what is new since a version is told."""
    first = page.news()
    page.say(NUMBER)
    later = page.news(first["version"], first["epoch"])
    assert [item["label"] for item in later["items"]] == [NUMBER]


@pytest.mark.parametrize(
    ("headers", "status"),
    [({"origin": "http://evil.example"}, 404), ({"origin": "http://127.0.0.1:1"}, 403), ({"origin": ""}, 404),
     ({"host": "evil.example"}, 404), ({"x-forwarded-for": "10.0.0.1"}, 404)])
def test_strangers(page: Inspected, headers: dict[str, str], status: int) -> None:
    """Another site, another port of this machine, another name for it, a proxy: none may do anything."""
    begun = page.news()["begun"]
    assert page.http.post("/inspect/begin", json={"lang": "id"}, headers=headers).status_code == status
    del page.http.headers["origin"]
    assert page.http.post("/inspect/begin", json={"lang": "id"}).status_code == 403
    assert page.news()["begun"] == begun
    if status == 404 and "origin" not in headers:
        for path in ("/inspect", "/inspect/turns", "/inspect/choices", "/inspect/static/app.js"):
            assert page.http.get(path, headers=headers).status_code == 404


def test_its_tokens_open_nothing_elsewhere(settings: Settings) -> None:
    """They are signed with a secret of its own, and its database is gone with it."""
    folders: list[Path] = []

    def make_bot(app: RecordedApp) -> StandIn:
        assert app.settings.identity_secret != settings.identity_secret
        assert app.settings.database_url != settings.database_url
        folders.append(app.settings.state)
        return StandIn(app)

    with inspected(settings, make_bot=make_bot):
        assert folders[0].is_dir()
    assert not folders[0].exists()


def test_a_request_that_makes_no_sense(page: Inspected) -> None:
    """Is told, and nothing breaks."""
    assert page.do("begin", scenario=7)["problem"]
    assert page.do("begin", lang="id", customer="king:of:nothing")["problem"]
    assert page.do("act")["problem"]
    assert page.http.post("/inspect/edit", content=b"[").status_code == 400


def test_a_model_that_can_not_be_loaded() -> None:
    """The page tells why."""
    def load() -> None:
        raise ConfigurationError("it is broken")

    told: list[bool] = []
    loading = Loading(load, lambda: told.append(True))
    loading.run()
    assert (loading.state, loading.detail, told) == (FAILED, "it is broken", [True])


class Slow(StandIn):
    """Its model is loaded when it is told to."""

    def __init__(self, app: RecordedApp) -> None:
        super().__init__(app)
        self.may_load = threading.Event()

    @property
    def agent(self) -> Any:
        """Waits."""
        self.may_load.wait()
        return None

    async def reply(self, turn: BotTurn) -> BotReply:
        """See `Bot`."""
        await asyncio.to_thread(lambda: self.agent)
        return await super().reply(turn)


def test_while_the_model_loads(settings: Settings) -> None:
    """The page says so; a button is answered, and a message waits and is answered, too."""
    bots: list[Slow] = []

    def make_bot(app: RecordedApp) -> Slow:
        bots.append(Slow(app))
        return bots[0]

    with inspected(settings, make_bot=make_bot, is_loaded=False) as page:
        assert page.news()["model"] == "loading"
        assert page.say("Daftar prioritas", payload="/priority_overview")["trace"]
        page.send(type="say", text=NUMBER)
        waiting = page.news()["items"][-1]
        assert waiting["waits"] and waiting["trace"] is None
        bots[0].may_load.set()
        assert page.answered(NUMBER)["trace"]["intent"] == "phone_number"
        wait_until(lambda: page.news()["model"] == "ready", "the page hears of it")


@pytest.mark.long
def test_the_command(tmp_path: Path) -> None:
    """It says where the page is, and Ctrl-C ends it without a word, although a page waits for news."""
    port = free_port()
    environment = {**os.environ, "KILAT_STATE_DIR": str(tmp_path / "state"),
                   "KILAT_MODELS_DIR": str(active_model().parent)}
    command = [sys.executable, "-m", "bot.cli", "inspect", "--port", str(port), "--script", "tests/handoff/first.yml"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT) as process:
        assert process.stdout
        url = f"http://127.0.0.1:{port}"
        assert f"{url}/inspect" in process.stdout.readline()
        page = Inspected(url)
        wait_until(lambda: page.is_there, "it serves")
        news = page.news()
        assert news["scenario"]["name"] == "from the question to the answer" and news["plan"]
        wait_until(lambda: page.news()["model"] == "ready", "the model is loaded")
        seen = page.news()
        waits = threading.Thread(target=page.news, args=(seen["version"], seen["epoch"]), daemon=True)
        waits.start()
        process.send_signal(signal.SIGINT)
        assert (process.wait(60), process.stdout.read()) == (0, "")
    assert not any((tmp_path / "state").glob("kilat.db*"))


@pytest.mark.parametrize(("arguments", "told"), [
    (["--as", "king:of:nothing"], "say PLAN:ROLE:TYPE"), (["--script", "nowhere.yml"], "there is no file nowhere.yml")])
def test_wrong_arguments(settings: Settings, arguments: list[str], told: str) -> None:
    """Told before anything is served."""
    parser = argparse.ArgumentParser()
    add_to(parser.add_subparsers())
    parsed = parser.parse_args(["inspect", *arguments, "--port", str(free_port())])
    with pytest.raises(ConfigurationError, match=told):
        inspect(parsed, settings)


def test_the_real_model(settings: Settings) -> None:
    """Its ranking, its nearest lines, its stages, the row of the facts that was read."""
    model = active_model()
    with inspected(settings, make_bot=lambda app: LocalBot(model, app)) as page:
        trace = page.say("nomor telepon dukungan jepang berapa?")["trace"]
        assert trace["intent"] == "phone_number" and trace["action"] == "action_answer"
        assert trace["ranking"][0][0] == "phone_number" and len(trace["nearest"]) > 1
        assert ["country", "JP"] in trace["entities"] and trace["question"]["countries"] == "JP"
        assert trace["facts"] == ["phone_lines JP"] and trace["responses"] == ["utter_phone_number"]
        assert {"HybridIntentClassifier", "action", "dialogue", "store"} <= {name for name, _ in trace["stages"]}
        wait_until(lambda: not page.news()["plan"], "nothing is planned")
