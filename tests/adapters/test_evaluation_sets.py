"""Labelled questions are read with their topics; a wrong one is told plainly."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.adapters.evaluation_sets import read_questions
from bot.core.errors import ConfigurationError
from bot.settings import ROOT

DATA = ROOT / "data"
GOOD = "- {say: 'nomor jepang', lang: id, kind: short, intent: [phone_number, phone_countries]}\n"


def test_a_folder_is_read_with_what_lies_below(tmp_path: Path) -> None:
    """One intent or several; the first names the topic."""
    (tmp_path / "es").mkdir()
    (tmp_path / "phone.yml").write_text(GOOD)
    (tmp_path / "es" / "smalltalk.yml").write_text("- {say: hola, lang: es, kind: short, intent: greet}\n")
    greeting, phone = sorted(read_questions(tmp_path, DATA), key=lambda question: question.say)
    assert (phone.intents, phone.topic, phone.lang) == (("phone_number", "phone_countries"), "phone", "id")
    assert (greeting.intents, greeting.topic, greeting.lang) == (("greet",), "smalltalk", "es")


@pytest.mark.parametrize("slip", [("phone_number", "phone_nmuber"), ("say:", "says:"), (", kind: short", "")])
def test_a_slip_is_told(tmp_path: Path, slip: tuple[str, str]) -> None:
    """With the file."""
    path = tmp_path / "phone.yml"
    path.write_text(GOOD.replace(*slip))
    with pytest.raises(ConfigurationError, match=r"phone\.yml: .* Mend it"):
        read_questions(path, DATA)


@pytest.mark.parametrize("name", ["unseen", "holdout"])
def test_the_sets_of_the_house(name: str) -> None:
    """Hundreds each, every label a topic."""
    assert len(read_questions(ROOT / "tests" / "nlu" / f"{name}.yml", DATA)) >= 300
