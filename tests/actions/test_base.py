"""From Rasa's tracker to a turn and back: what the gateway gets, and what everybody else gets."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import base
from bot.core.answer import Bubble, Button
from bot.core.errors import StoreUnavailable
from bot.core.feedback import Neighbour, Understanding
from bot.services import bot_protocol
from bot.services.dialogue.manager import Reply
from bot.services.dialogue.state import State
from bot.services.dialogue.turn import Turn

TROUBLES = {"id": {base.TROUBLE: "Maaf"}, "en": {base.TROUBLE: "Sorry"}}
BUBBLES = (Bubble("Satu", (Button("Tiket", "/create_ticket"),)), Bubble("Dua", card={"type": "links"}))


class FakeConversation:
    """Says always the same, and keeps what it heard."""

    def __init__(self) -> None:
        self.down = False
        self.intent: str | None = None
        self.heard: list[tuple[Turn, State]] = []

    def reply(self, turn: Turn, state: State, _facts: Any) -> Reply:
        """See `DialogueManager`."""
        if self.down:
            raise StoreUnavailable("locked")
        self.heard.append((turn, state))
        return Reply(BUBBLES, state.with_values(topic="phone_number", fallback_count=2), self.intent)


@pytest.fixture
def conversation_id(monkeypatch: pytest.MonkeyPatch) -> FakeConversation:
    """Instead of the real one."""
    fake = FakeConversation()
    monkeypatch.setattr(base, "app", lambda: SimpleNamespace(
        dialogue_manager=fake, facts=SimpleNamespace(load=lambda: None), cases=None, tickets=None,
        wording=SimpleNamespace(responses=TROUBLES, words=lambda facts, language: None)))
    return fake


def _tracker(channel: str, metadata: dict[str, Any], slots: dict[str, Any], language: str | None = None) -> Tracker:
    entities = [{"entity": "language", "value": language}] if language else []
    message = {"text": "halo", "intent": {"name": "greet"}, "entities": entities, "metadata": metadata,
               "message_id": "m-1"}
    events = [{"event": "user", "text": text, "input_channel": channel} for text in ("dari Rasa", "halo")]
    return Tracker("c-1", slots, message, events, False, None, {}, None)


def _gateway(spoken: str | None = None, **state: Any) -> Tracker:
    metadata = {"gateway": {"state": state, "history": [f"lama {number}" for number in range(12)]}}
    return _tracker("gateway", metadata, {"topic": "greet", "fallback_count": 5, "language": "en"}, spoken)


def _run(tracker: Tracker) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """What is said, and the slots that are set."""
    dispatcher = CollectingDispatcher()
    events = base.TurnAction().run(dispatcher, tracker, {})
    return dispatcher.messages, {event["name"]: event["value"] for event in events}


def test_the_gateway_gets_all_in_one(conversation_id: FakeConversation) -> None:
    """Bubbles with their cards, and the whole state."""
    messages, slots = _run(_gateway(countries=["JP"]))
    (message,) = messages
    reply = bot_protocol.reply_from_json(message["custom"][bot_protocol.CUSTOM])
    assert reply.bubbles == BUBBLES and message["text"] is None
    assert State.from_slots(reply.state) == State(topic="phone_number", fallback_count=2, countries=("JP",))
    assert slots == {"topic": "phone_number", "fallback_count": 2, "countries": ["JP"], "language": "id"}


def test_the_gateway_brings_state_and_history(conversation_id: FakeConversation) -> None:
    """Rasa's own memory counts for nothing; there is a client that shows cards."""
    _run(_gateway(topic="billing"))
    ((turn, state),) = conversation_id.heard
    assert state == State(topic="billing")
    assert turn.history == tuple(f"lama {number}" for number in range(2, 12))
    assert turn.cards and turn.message_id == "m-1" and turn.conversation_id == "c-1"


@pytest.mark.parametrize(("before", "message", "spoken"), [
    ("id", "en", "en"), ("en", "id", "id"), ("en", None, "en"), (None, None, "id")])
def test_the_language_of_the_message_wins(conversation_id: FakeConversation, before: str | None, message: str | None,
                                          spoken: str) -> None:
    """As Rasa's slot filling has it elsewhere."""
    _run(_gateway(message, language=before) if before else _gateway(message))
    assert conversation_id.heard[0][1].language == spoken


def test_others_get_bubble_by_bubble(conversation_id: FakeConversation) -> None:
    """Text and buttons, without cards; Rasa's slots are the state and only changes are set."""
    messages, slots = _run(_tracker("rest", {}, {"fallback_count": 2, "language": "en"}))
    assert [(m["text"], m["buttons"], m["custom"]) for m in messages] == [
        ("Satu", [{"title": "Tiket", "payload": "/create_ticket"}], {}), ("Dua", [], {})]
    ((turn, state),) = conversation_id.heard
    assert state == State(language="en", fallback_count=2) and not turn.cards and turn.history == ("dari Rasa",)
    assert slots == {"topic": "phone_number"}


@pytest.mark.parametrize("channel", ["cmdline", "telegram", None])
def test_nobody_else_speaks_for_the_gateway(conversation_id: FakeConversation, channel: str | None) -> None:
    """A channel without a door hands on what its client wrote."""
    metadata = {"gateway": {"state": {"fallback_count": 9}, "history": []}}
    messages, _ = _run(_tracker(channel, metadata, {}))  # type: ignore[arg-type]
    ((turn, state),) = conversation_id.heard
    assert state == State() and not turn.cards and not any(message["custom"] for message in messages)


def test_a_store_that_is_down(conversation_id: FakeConversation) -> None:
    """The gateway learns that there is no answer; everybody else is told so in words. Nothing is remembered."""
    conversation_id.down = True
    messages, slots = _run(_gateway())
    assert [message["custom"] for message in messages] == [
        {bot_protocol.CUSTOM: dict(bot_protocol.UNAVAILABLE)}
    ] and slots == {}
    messages, slots = _run(_tracker("rest", {}, {"language": "en"}))
    assert [message["text"] for message in messages] == ["Sorry"] and slots == {}


RANKED = [{"name": name, "confidence": share} for name, share in (
    ("nlu_fallback", 0.75), ("out_of_scope", 0.2), ("greet", 0.25), ("thank", 0.1), ("abuse", 0.09), ("deny", 0.08),
    ("affirm", 0.07))]


def _understood(tracker: Tracker, **message: Any) -> Understanding | None:
    tracker.latest_message.update(message)
    (said,), _ = _run(tracker)
    return bot_protocol.reply_from_json(said["custom"][bot_protocol.CUSTOM]).understood


def test_the_gateway_learns_how_it_was_understood(conversation_id: FakeConversation) -> None:
    """What was answered, the five likeliest meanings, the lead of the first, the nearest lines."""
    conversation_id.intent = "nlu_fallback"
    near = [{"text": "halo", "intent": "greet", "similarity": 0.9}]
    understood = _understood(_gateway(), intent_ranking=RANKED, reason={"margin": 0.05, "nearest": near})
    ranking = (("greet", 0.25), ("out_of_scope", 0.2), ("thank", 0.1), ("abuse", 0.09), ("deny", 0.08))
    nearest = (Neighbour("halo", "greet", 0.9),)
    assert understood == Understanding("nlu_fallback", ranking, pytest.approx(0.05), nearest)


def test_what_was_not_ranked(conversation_id: FakeConversation) -> None:
    """A bare follow-up has no ranking, and leaves no doubt."""
    conversation_id.intent = "follow_up"
    assert _understood(_gateway()) == Understanding("follow_up", (), 1.0)


def test_an_answer_to_a_form_was_not_to_be_understood(conversation_id: FakeConversation) -> None:
    """So there is nothing to tell."""
    conversation_id.intent = None
    assert _understood(_gateway(), intent_ranking=RANKED) is None
