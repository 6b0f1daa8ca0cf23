"""The mended call of actions is in effect: it rests on private methods of Rasa, and this is its alarm bell."""

from __future__ import annotations

import asyncio
from typing import Any

import jsonschema
import pytest
from rasa.core.actions.action import RemoteAction
from rasa.core.channels.channel import CollectingOutputChannel
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bot.adapters.port_check import free_port
from bot.adapters.wording_reader import read_wording
from bot.rasa_ext import remote_action
from bot.rasa_ext.remote_action import LATEST_EVENTS, TROUBLE
from bot.settings import ROOT

GOOD = {"events": [{"event": "slot", "name": "topic", "value": "billing"}], "responses": [{"text": "Halo"}]}


@pytest.fixture(scope="module")
def domain() -> Domain:
    """The real domain; it has no responses."""
    return Domain.load(str(ROOT / "domain.yml"))


@pytest.fixture
def action() -> RemoteAction:
    """An action whose server nobody runs."""
    return RemoteAction("action_answer", EndpointConfig(f"http://127.0.0.1:{free_port()}/webhook"))


def _tracker(domain: Domain, language: str | None = None, turns: int = 1) -> DialogueStateTracker:
    tracker = DialogueStateTracker("visitor", domain.slots)
    if language:
        tracker.update(SlotSet("language", language))
    for number in range(turns):
        tracker.update(UserUttered(f"nomor {number}"))
        tracker.update(ActionExecuted("action_listen"))
    return tracker


def test_it_is_installed() -> None:
    """Importing any module of `bot.rasa_ext` puts it in place; doing so twice harms nothing."""
    before = RemoteAction.run
    remote_action.install()
    assert RemoteAction.run is before
    assert RemoteAction._validate_action_result is remote_action._validate_action_result
    assert RemoteAction._action_call_format is remote_action._action_call_format


def test_good_results_pass_without_checking_the_schema_itself(action: RemoteAction,
                                                              monkeypatch: pytest.MonkeyPatch) -> None:
    """`jsonschema.validate` checks the schema at each call: it must not be called."""
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("jsonschema.validate was called")

    monkeypatch.setattr(jsonschema, "validate", refuse)
    assert action._validate_action_result(GOOD)
    assert action._validate_action_result({"events": [], "responses": []})


@pytest.mark.parametrize("result", [
    {"events": "none", "responses": []}, {"events": [{"no event": 1}], "responses": []},
    {"events": [5], "responses": []}, {"responses": "Halo"}, {"responses": [5]}, [], "Halo", None])
def test_bad_results_are_refused(action: RemoteAction, result: Any) -> None:
    """What the schema forbids stays forbidden."""
    with pytest.raises(jsonschema.ValidationError):
        action._validate_action_result(result)


def test_the_body_stays_small(action: RemoteAction, domain: Domain) -> None:
    """Only the latest events and no domain, so that long conversations do not get slower."""
    tracker = _tracker(domain, "en", turns=200)
    body = action._action_call_format(tracker, domain)
    events = body["tracker"]["events"]
    assert body["domain"] == {} and body["next_action"] == "action_answer" and body["sender_id"] == "visitor"
    assert len(events) == LATEST_EVENTS
    assert [event["text"] for event in events if event["event"] == "user"][-1] == "nomor 199"
    assert body["tracker"]["slots"]["language"] == "en"


@pytest.mark.parametrize(("language", "spoken"), [("id", "id"), ("en", "en"), (None, "id")])
def test_with_nobody_listening_it_says_so(action: RemoteAction, domain: Domain, language: str | None,
                                          spoken: str) -> None:
    """The visitor gets an honest sentence in the language of the conversation; nothing is raised."""
    tracker, channel = _tracker(domain, language), CollectingOutputChannel()
    loop = asyncio.new_event_loop()
    try:
        events = loop.run_until_complete(action.run(channel, None, tracker, domain))
    finally:
        loop.close()
    expected = read_wording(ROOT / "data").responses[spoken][TROUBLE]
    assert [event.text.strip() for event in events] == [expected.strip()]
