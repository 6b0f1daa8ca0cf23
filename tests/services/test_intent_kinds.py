"""What answers an intent: the dialogue manager, a function, or its response as it stands."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fakes import FakeQueue

from bot.adapters.wording_reader import read_wording
from bot.core.facts import Facts
from bot.services.dialogue.intent_kinds import is_question, is_small_talk, needs_response
from bot.services.dialogue.manager import DialogueManager
from bot.services.dialogue.state import State
from bot.services.dialogue.turn import Turn
from bot.services.wording import Topic
from bot.settings import ROOT

WORDING = read_wording(ROOT / "data")


@pytest.mark.parametrize(("intent", "question", "small_talk", "response"), [
    ("phone_number", True, False, False), ("howto", True, False, True), ("greet", False, True, True),
    ("danger", False, True, True), ("triage_start", False, False, False), ("repeat", False, False, False)])
def test_kinds(intent: str, question: bool, small_talk: bool, response: bool) -> None:
    """By the file of its topic, and by whether code answers."""
    assert (is_question(intent, WORDING), is_small_talk(intent, WORDING)) == (question, small_talk)
    assert needs_response(intent, WORDING.topics[intent].file) is response


@pytest.mark.parametrize("intent", ["nlu_fallback", "weather", "", None])
def test_no_topic(intent: str | None) -> None:
    """Is neither."""
    assert not is_question(intent, WORDING) and not is_small_talk(intent or "", WORDING)


def test_a_response_alone(facts: Facts) -> None:
    """Is an answer like those that are computed: with its next topics, remembered, and said again."""
    fax = Topic("phone", {"id": "Faks"}, ("phone_number",), frozenset())
    responses = {language: {**texts, "utter_phone_fax": "Tidak ada faks."} for language, texts in
                 WORDING.responses.items()}
    wording = replace(WORDING, topics={**WORDING.topics, "phone_fax": fax}, responses=responses)
    manager = DialogueManager(wording, FakeQueue(), "https://example.com")
    said = manager.reply(Turn("c", "ada faks?", "phone_fax", {"phone_fax": 0.9}), State(), facts)
    (bubble,) = said.bubbles
    assert bubble.text == "Tidak ada faks." and [button.payload for button in bubble.buttons] == ["/phone_number"]
    assert said.state.topic == "phone_fax"
    assert manager.reply(Turn("c", "ulangi", "repeat", {"repeat": 0.9}), said.state, facts).bubbles == said.bubbles
