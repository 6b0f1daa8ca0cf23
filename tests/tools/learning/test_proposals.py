"""What is proposed for which group."""

from __future__ import annotations

import numpy as np
import pytest
from learning_samples import asked

from bot.tools.learning.proposals import MIN_COHESION, MIN_INTENT, MIN_OUT_OF_SCOPE, Kind, classify_group, propose

SURE = [("phone_number", 0.8)]
OUT = [("out_of_scope", 0.99)]
TOGETHER = np.ones((3, 2), dtype=np.float32) / np.sqrt(2, dtype=np.float32)


@pytest.mark.parametrize("support, dense, expected", [
    ([("thank", 0.1, 0.9), ("greet", MIN_INTENT, 0.0)], 0.0, (Kind.EXTEND, "greet")),
    ([("greet", MIN_INTENT - 0.01, 1.0)], MIN_COHESION, (Kind.NEW, None)),
    ([("greet", MIN_INTENT - 0.01, 1.0)], MIN_COHESION - 0.01, (Kind.NOTHING, None)),
    ([("out_of_scope", MIN_OUT_OF_SCOPE, 0.0), ("greet", 0.1, 1.0)], 1.0, (Kind.OUT_OF_SCOPE, "out_of_scope")),
    ([("out_of_scope", MIN_OUT_OF_SCOPE - 0.01, 1.0)], MIN_COHESION, (Kind.NEW, None)),
    ([("out_of_scope", 0.6, 0.4), ("greet", MIN_INTENT, 0.0)], 1.0, (Kind.EXTEND, "greet")),
    ([("support_unknown", 0.9, 0.6)], MIN_COHESION, (Kind.NEW, None)),
    ([], 1.0, (Kind.NEW, None)),
])
def test_judge(support: list[tuple[str, float, float]], dense: float, expected: tuple[Kind, str | None]) -> None:
    """Near an intent, dense and near none, out of scope, known to have no answer, or none of these."""
    assert classify_group(support, dense) == expected


def test_support_is_of_the_model_and_of_the_nearest_lines() -> None:
    """The mean probability, and the share of the lines; an intent may be near that is not ranked."""
    near = ["greet", "greet", "thank", "out_of_scope"]
    found = propose([asked("a", [("greet", 0.5)], nearest=near), asked("b", [("greet", 0.25)], nearest=near)],
                    TOGETHER[:2], 0.7)
    assert found[0].support == (("greet", 0.375, 0.5), ("out_of_scope", 0.0, 0.25), ("thank", 0.0, 0.25))


def test_one_person_is_nobody() -> None:
    """Three wordings of one conversation propose nothing; of three conversations they do."""
    wordings = [asked(text, SURE) for text in "abc"]
    alone = [type(one)(one.text, tuple(record._replace(conversation_id="x") for record in one.records), one.intent,
                       one.ranking) for one in wordings]
    assert [one.kind for one in propose(alone, TOGETHER, 0.7)] == [Kind.NOTHING]
    found = propose(wordings, TOGETHER, 0.7)
    assert [(one.kind, one.intent, one.people, one.number) for one in found] == [(Kind.EXTEND, "phone_number", 3, 1)]
    assert len(found[0].keys) == 3 and found[0].languages == (("id", 3),)


def test_most_people_first_and_nothing_last() -> None:
    """The order of the report."""
    vectors = np.eye(3, dtype=np.float32)
    few, many, one = (asked("few", people=3), asked("many", [("greet", 0.7)], people=9),
                      asked("one", [("thank", 0.7)], people=2))
    found = propose([one, few, many], vectors, 0.5)
    assert [(proposal.rows[0].text, proposal.number) for proposal in found] == [("many", 1), ("few", 2), ("one", 3)]


def test_what_is_declined_already_teaches_nothing() -> None:
    """Of what is out of scope, only what the model took for something else is to be learnt."""
    wordings = [asked("a", OUT), asked("b", OUT), asked("c", [("out_of_scope", 0.8)], intent="nlu_fallback")]
    found = propose(wordings, TOGETHER, 0.7)
    assert found[0].kind is Kind.OUT_OF_SCOPE
    assert [one.text for one in found[0].picked] == ["c"]


def test_a_stranger_in_the_group_is_not_picked() -> None:
    """Of a group, the patch takes the lines that the model too takes for its intent."""
    wordings = [asked("a", SURE), asked("b", SURE), asked("c", [("phone_rates", 0.4), ("phone_number", 0.3)])]
    found = propose(wordings, TOGETHER, 0.9)
    assert found[0].intent == "phone_number" and {one.text for one in found[0].picked} == {"a", "b"}
