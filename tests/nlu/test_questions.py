"""The own test set, `questions/`, to the trained model: bars in `gates.yml`, and no loss against `figures/`.

The figures show what is weak, and `kilat report --show` the questions; don't mend the training data by them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from live_bot import active_model
from ruamel.yaml import YAML

from bot.adapters.evaluation_sets import read_questions
from bot.rasa_ext.parser import open_parser
from bot.services.evaluation import Evaluation, Figures, Parse, Score, evaluate, losses
from bot.settings import ROOT
from bot.tools.quality.report import SETS
from bot.tools.quality.text_table import table

HERE = Path(__file__).parent
GATES: Mapping[str, Any] = YAML(typ="safe").load(HERE / "gates.yml")["questions"]


@pytest.fixture(scope="module")
def parse() -> Parse:
    """The model that serves."""
    return open_parser(active_model())


@pytest.fixture(scope="module", params=sorted(path.stem for path in (HERE / "figures").glob("*.json")))
def measured(request: pytest.FixtureRequest, parse: Parse) -> tuple[str, Evaluation]:
    """A test set that has figures, asked once."""
    return request.param, evaluate(parse, read_questions(SETS[request.param], ROOT / "data"))


@pytest.fixture(scope="module")
def figures(parse: Parse, measured: tuple[str, Evaluation]) -> Figures:
    """Those of the set that has bars."""
    if measured[0] != "questions":
        pytest.skip("the bars are for the set `questions`")
    return measured[1].figures


def test_table(measured: tuple[str, Evaluation], capsys: pytest.CaptureFixture[str]) -> None:
    """Shows what is right, by topic and language, and the weakest intents."""
    with capsys.disabled():
        print("\n".join(["", measured[0], *table(measured[1])]))


def test_no_loss(measured: tuple[str, Evaluation]) -> None:
    """Nothing is worse than when the figures were committed, beyond noise (`evaluation.losses`).

    A model that is better for good: `kilat report --set NAME --json tests/nlu/figures/NAME.json`.
    """
    name, evaluation = measured
    before = Figures.from_json(json.loads((HERE / "figures" / f"{name}.json").read_text()))
    assert losses(before, evaluation.figures) == []


@pytest.mark.parametrize("topic", sorted(GATES["topics"]))
def test_topic(figures: Figures, topic: str) -> None:
    """No topic falls under its bar."""
    _reaches(figures.topics[topic], GATES["topics"][topic])


@pytest.mark.parametrize("language", sorted(GATES["languages"]))
def test_language(figures: Figures, language: str) -> None:
    """No language lags behind."""
    _reaches(figures.languages[language], GATES["languages"][language])


@pytest.mark.parametrize("kind", sorted(GATES["declined"]))
def test_declined(figures: Figures, kind: str) -> None:
    """What is out of scope gets a no."""
    _reaches(figures.declined[kind], GATES["declined"][kind])


def test_answered(figures: Figures) -> None:
    """What is in scope does not."""
    _reaches(figures.answered, GATES["answered"])


def test_the_set_is_what_it_claims() -> None:
    """At least 600 questions, every topic and intent, three kinds of language, none twice."""
    questions = read_questions(SETS["questions"], ROOT / "data")
    topics = YAML(typ="safe").load(ROOT / "data" / "topics.yml")
    assert len({question.say for question in questions}) == len(questions) >= 600
    assert {intent for question in questions for intent in question.intents} == set(topics)
    assert set(GATES["topics"]) == {entry["file"] for entry in topics.values()}
    assert {"id", "en", "mixed"} <= {question.lang for question in questions}


def _reaches(score: Score, gate: float) -> None:
    assert score.percent >= gate, f"{score.right} of {score.asked}: {score.percent:.1f}% is under the bar of {gate}%"
