"""What counts as touched, what there is to touch, and the gate that may only rise."""

from __future__ import annotations

import argparse
import io
import json
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import pytest
from rich.console import Console

from bot.adapters.wording_reader import read_wording
from bot.core.errors import ConfigurationError
from bot.core.facts import Facts
from bot.services.dialogue import form_steps
from bot.settings import ROOT, Settings
from bot.tools.coverage import command as module
from bot.tools.coverage.coverage import Coverage
from bot.tools.coverage.gate import Gate, read_gate, write_gate
from bot.tools.coverage.inventory import inventory
from bot.tools.coverage.table import show
from bot.tools.sandbox.play_all import read_scenarios
from bot.tools.sandbox.playing import Run
from bot.tools.sandbox.session import Turn
from bot.tools.sandbox.trace import Trace, Transition
from bot.tools.scenarios.player import Outcome, Played
from bot.tools.scenarios.scenario import Scenario, Step

ALL = {"intents": ("greet", "phone_fax"), "routes": ("sign_in",), "transitions": ("bot → say → bot",),
       "form fields": ("ticket.subject", "triage.impact", "filled in.email"), "phone_lines": ("JP",),
       "languages": ("id", "en"), "responses id": ("utter_welcome", "utter_greet"), "responses en": ("utter_greet",),
       "responses es": ("utter_greet",)}


def a_run(*traces: Trace, problem: str = "", step: Step | None = None, name: str = "one") -> tuple[Scenario, Run]:
    """A scenario with a step a trace; `problem` is that of the last step."""
    steps = tuple(step or Step(trace.text) for trace in traces)
    played = [Played(one, ()) for one in steps]
    if problem:
        played[-1] = replace(played[-1], problems=(problem,))
    scenario = Scenario(name, steps, path=Path("some/file.yml"))
    outcome = Outcome(scenario, tuple(played), (problem,) if problem else ())
    turns = tuple(Turn(one, (), trace) for one, trace in zip(steps, traces, strict=True))
    return scenario, Run(outcome, turns, Trace("", responses=("utter_welcome",)))


def touched(*traces: Trace, **more: Any) -> dict[str, list[str]]:
    """What one run touches, by kind."""
    coverage = Coverage(ALL)
    coverage.add(*a_run(*traces, **more))
    return {kind: list(count.touched) for kind, count in coverage.counts.items() if count.touched}


def said(text: str = "halo", **more: Any) -> Trace:
    """A message that was answered in Indonesian."""
    return Trace(text, **{"after": {"language": "id"}, **more})


def test_a_turn_touches_what_its_trace_tells() -> None:
    """Intent, response in the language of the reply, route, transition and fact; the greeting in the first language."""
    trace = said(answered="greet", responses=("utter_greet",), facts=("phone_lines JP",),
                 transitions=(Transition("bot", "say", "bot"),), after={"language": "en", "route": "sign_in"})
    assert touched(trace) == {
        "intents": ["greet"], "routes": ["sign_in"], "transitions": ["bot → say → bot"], "phone_lines": ["JP"],
        "languages": ["en"], "responses id": ["utter_welcome"], "responses en": ["utter_greet"]}


def test_a_button_is_no_intent_in_words() -> None:
    """Only what was typed tells that the intent is understood."""
    assert "intents" not in touched(said("/greet", intent="greet", answered="greet"))


@pytest.mark.parametrize(("asked", "intents"), [("subject", None), ("impact", ["greet"])])
def test_a_form_that_takes_a_message(asked: str, intents: list[str] | None) -> None:
    """A free text is taken as it is, whatever it sounds like; a choice is understood."""
    form = {"kind": "ticket" if asked == "subject" else "triage", "asked": asked}
    found = touched(said(intent="greet", before={"form": form}))
    assert found.get("intents") == intents and found["form fields"] == [f"{form['kind']}.{asked}"]


def test_a_form_that_is_interrupted_or_laid_aside_is_not_answered() -> None:
    """Its field stays untouched."""
    form = {"kind": "ticket", "asked": "subject"}
    assert "form fields" not in touched(said(answered="greet", before={"form": form}))
    assert "form fields" not in touched(said(before={"form": {**form, "paused": True}}))


def test_a_filled_in_form() -> None:
    """Each field that is filled in; its subject is no intent."""
    found = touched(said("", intent="greet"), step=Step("", form=(("email", "a@example.com"),)))
    assert found["form fields"] == ["filled in.email"] and "intents" not in found


def test_a_step_that_goes_wrong_touches_nothing() -> None:
    """The steps before it do; a reply in no language keeps the one before."""
    good, bad = said(responses=("utter_greet",)), Trace("hello", answered="greet", after={"language": "en"})
    found = touched(good, bad, problem="wrong")
    assert found == {"languages": ["id"], "responses id": ["utter_welcome", "utter_greet"]}


def test_the_first_scenario_is_named() -> None:
    """And every failure is kept."""
    coverage = Coverage(ALL)
    for name, problem in (("one", ""), ("two", "wrong")):
        coverage.add(*a_run(said(answered="greet"), said(), name=name, problem=problem))
    assert coverage.as_json()["intents"] == {
        "percent": 50.0, "touched": {"greet": "file.yml: one"}, "untouched": ["phone_fax"]}
    assert coverage.played == {"file.yml: one", "file.yml: two"} and coverage.failures == ["wrong"]


def test_all_there_is(facts: Facts) -> None:
    """It comes from the code and the data: what they know is in it."""
    kinds = inventory(read_wording(ROOT / "data"), facts, ROOT / "data")
    assert set(kinds["routes"]) == {
        "agent_queue_tier1", "agent_queue_tier2", "ticket_form", "community", "sign_in"}
    assert "bot → say → bot" in kinds["transitions"] and len(set(kinds["transitions"])) == len(kinds["transitions"])
    in_chat = {name.split(".")[1] for name in kinds["form fields"] if not name.startswith("filled in")}
    assert in_chat == set(form_steps._TAKE)
    assert "talk_to_human" in kinds["intents"] and set(kinds["phone_lines"]) == set(facts.phone_lines)
    assert kinds["responses id"] and set(kinds["responses id"]) == set(kinds["responses en"])


def counted(*traces: Trace, **more: Any) -> Coverage:
    """The coverage of one run."""
    coverage = Coverage(ALL)
    coverage.add(*a_run(*traces, **more))
    return coverage


GREETED = said(answered="greet", responses=("utter_greet",))
LEFT = Gate({"intents": ("phone_fax",), "routes": ("sign_in",), "transitions": ("bot → say → bot",),
             "form fields": ALL["form fields"], "phone_lines": ("JP",), "languages": ("en",),
             "responses en": ("utter_greet",)})


def test_a_new_intent_without_a_scenario_is_named() -> None:
    """Plainly; a language that is not complete is left out."""
    gate = Gate({kind: names for kind, names in LEFT.untouched.items() if kind != "intents"})
    [line] = gate.lost(counted(GREETED))
    assert "phone_fax" in line and "intent without a scenario lowers the coverage" in line
    assert LEFT.lost(counted(GREETED)) == []


def test_what_was_lost_is_named() -> None:
    """By kind."""
    assert LEFT.lost(counted(said(answered="greet"))) == ["responses id: no scenario touches utter_greet."]


def test_the_gate_only_rises(tmp_path: Path) -> None:
    """What is touched by now goes, as does what is not there any more; nothing comes."""
    gate = Gate({**LEFT.untouched, "intents": ("greet", "phone_fax", "gone"), "no such kind": ("x",)})
    assert gate.gained(counted(GREETED)) == ["intents greet", "intents gone", "no such kind x"]
    raised = gate.raised_to(counted(GREETED))
    assert raised == LEFT
    assert Gate({}).raised_to(counted(GREETED)) == Gate({})
    write_gate(tmp_path / "gate.yml", raised)
    assert read_gate(tmp_path / "gate.yml") == raised


@pytest.mark.parametrize("text", ["- greet", "intents: greet"])
def test_a_gate_of_another_shape_is_refused(tmp_path: Path, text: str) -> None:
    """With the file."""
    (tmp_path / "gate.yml").write_text(text)
    with pytest.raises(ConfigurationError, match=r"gate\.yml"):
        read_gate(tmp_path / "gate.yml")


def test_the_table_is_plain_when_piped() -> None:
    """No colour, no frame; the names in one line."""
    out = io.StringIO()
    show(counted(GREETED), Console(file=out, highlight=False))
    lines = [line.split() for line in out.getvalue().splitlines()]
    assert ["intents", "1", "2", "50.0%"] in lines and ["phone_fax"] in lines
    assert ["ticket.subject,", "triage.impact,", "filled", "in.email"] in lines
    assert "\x1b" not in out.getvalue() and "─" not in out.getvalue()


def test_the_table_breaks_no_name_at_a_terminal() -> None:
    """However narrow it is."""
    out = io.StringIO()
    names = tuple(f"before → event {number} → after" for number in range(9))
    show(Coverage({"transitions": names}), Console(file=out, highlight=False, force_terminal=True, width=70))
    assert all(name in out.getvalue() for name in names)


@pytest.fixture
def run_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: Settings) -> Any:
    """`kilat coverage`, where all scenarios come to a given coverage."""
    def run(coverage: Coverage, gate: Gate, **arguments: Any) -> int:
        @contextmanager
        def no_sandbox(*_arguments: Any) -> Any:
            yield MagicMock()

        monkeypatch.setattr(module, "open_sandbox", no_sandbox)
        monkeypatch.setattr(module, "counter", lambda app: coverage)
        monkeypatch.setattr(module, "play_all", lambda *_arguments: ())
        monkeypatch.setattr(module.Models, "active_archive", lambda self: Path("model"))
        monkeypatch.setattr(module, "GATE", tmp_path / "coverage.yml")
        write_gate(tmp_path / "coverage.yml", gate)
        given = {"files": [], "json": None, "raise_gate": False, **arguments}
        return module.coverage(argparse.Namespace(**given), settings)
    return run


def test_the_command(run_command: Any, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """0 at the gate, 1 below it, 1 when a scenario fails; figures go to a file."""
    assert run_command(counted(GREETED), LEFT, json=tmp_path / "figures.json") == 0
    assert json.loads((tmp_path / "figures.json").read_text())["routes"]["untouched"] == ["sign_in"]
    assert run_command(counted(GREETED), Gate({})) == 1 and "phone_fax" in capsys.readouterr().out
    assert run_command(counted(GREETED, said(), problem="file.yml:3: wrong"), LEFT) == 1
    assert "not to be trusted:\nfile.yml:3: wrong" in capsys.readouterr().out


def test_the_command_raises_the_gate(run_command: Any, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Only when told to, and only for all scenarios."""
    low = Gate({**LEFT.untouched, "intents": ("greet", "phone_fax")})
    assert run_command(counted(GREETED), low) == 0 and "kilat coverage --raise" in capsys.readouterr().out
    assert read_gate(tmp_path / "coverage.yml") == low
    assert run_command(counted(GREETED), low, raise_gate=True) == 0
    assert read_gate(tmp_path / "coverage.yml") == LEFT
    with pytest.raises(ConfigurationError, match="leave the files out"):
        run_command(counted(GREETED), low, raise_gate=True, files=[tmp_path])


def test_a_file_that_is_not_there() -> None:
    """Is told."""
    with pytest.raises(ConfigurationError, match=r"no nowhere\.yml"):
        read_scenarios([Path("nowhere.yml")])
