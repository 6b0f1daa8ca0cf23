"""What was missed, read again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from learning_samples import asked, missed

from bot.tools.learning.feedback_rows import parse_again


def read(text: str) -> dict[str, Any]:
    """A parse as Rasa's, under the threshold."""
    return {
        "intent": {"name": "nlu_fallback", "confidence": 0.8},
        "intent_ranking": [{"name": "nlu_fallback", "confidence": 0.8}, {"name": "greet", "confidence": 0.2},
                           {"name": "out_of_scope", "confidence": 0.25}],
        "reason": {"nearest": [{"text": "halo", "intent": "greet", "similarity": 0.7}]},
    }


def test_one_wording_however_it_is_written() -> None:
    """Case and white space are no difference; everybody who used it is kept."""
    found = parse_again([missed("Halo  Min", "a"), missed("apa", "b"), missed("halo min", "c", lang="en"),
                       missed("  ", "d")], read)
    assert [one.text for one in found] == ["Halo Min", "apa"]
    assert found[0].people == {"a", "c"} and found[0].languages == {"id", "en"}


def test_the_fallback_is_no_meaning() -> None:
    """The ranking holds intents alone, the likeliest first."""
    one = parse_again([missed("apa")], read)[0]
    assert one.intent == "nlu_fallback"
    assert one.ranking == (("out_of_scope", 0.25), ("greet", 0.2))
    assert one.nearest[0].intent == "greet"


def test_understood_since() -> None:
    """Sure of a topic, and nobody complained."""
    sure = asked("a", [("greet", 0.9), ("thank", 0.05)])
    assert sure.is_understood_since(0.3, "new")
    assert not asked("a", [("greet", 0.5), ("thank", 0.4)]).is_understood_since(0.3, "new")
    assert not asked("a", [("out_of_scope", 0.9), ("thank", 0.05)]).is_understood_since(0.3, "new")
    complained = replace(sure, records=(missed("a", reasons=["rated"]),))
    assert not complained.is_understood_since(0.3, "new")


def test_the_model_that_missed_it_has_learnt_nothing_since() -> None:
    """It was sure then too, and the conversation made something else of it."""
    sure = asked("a", [("greet", 0.9), ("thank", 0.05)])
    own = replace(sure, records=(missed("a")._replace(model="new"),))
    assert not own.is_understood_since(0.3, "new")
