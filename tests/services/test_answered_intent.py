"""A reply says which intent it answers, so that nothing else counts as a question that was missed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fakes import FakeQueue

from bot.adapters.wording_reader import read_wording
from bot.core.facts import Facts
from bot.services.dialogue.form import TICKET, start
from bot.services.dialogue.manager import DialogueManager
from bot.services.dialogue.state import State
from bot.services.dialogue.turn import Turn
from bot.settings import ROOT

FORM = start(TICKET, Turn("c", "buat tiket", "create_ticket", message_id="m"))
Answered = Callable[..., str | None]


@pytest.fixture(scope="module")
def answered(facts: Facts) -> Answered:
    """The intent that a turn's reply answers, in a state."""
    manager = DialogueManager(read_wording(ROOT / "data"), FakeQueue(), "https://example.com")

    def answer(turn: Turn, **state: object) -> str | None:
        return manager.reply(turn, State(**state), facts).intent  # type: ignore[arg-type]

    return answer


@pytest.mark.parametrize("intent", [
    "phone_number", "greet", "out_of_scope", "dissatisfied", "nlu_fallback", "talk_to_human", "repeat", "cancel"])
def test_what_was_understood(answered: Answered, intent: str) -> None:
    """A topic, small talk, a refusal: as it came."""
    assert answered(Turn("c", "nomor telepon", intent, {intent: 0.9})) == intent


def test_what_the_conversation_settles(answered: Answered) -> None:
    """A few words that name a value of the last topic are a follow-up; a greeting in doubt is none."""
    turn = Turn("c", "yang Jepang gimana?", "nlu_fallback", {"nlu_fallback": 0.8}, (("country", "JP"),))
    assert answered(turn, topic="phone_number") == "follow_up"
    assert answered(turn) == "nlu_fallback"
    assert answered(Turn("c", "halo ini apa ya", "greet", {"greet": 0.4})) == "nlu_fallback"


def test_an_answer_to_a_form(answered: Answered) -> None:
    """Is no question: a subject that sounds like none was not missed."""
    assert answered(Turn("c", "Suara putus-putus terus", "nlu_fallback", {"nlu_fallback": 0.8}), form=FORM) is None


def test_a_question_within_a_form(answered: Answered) -> None:
    """Is one."""
    assert answered(Turn("c", "mau bicara dengan orang", "talk_to_human"), form=FORM) == "talk_to_human"
