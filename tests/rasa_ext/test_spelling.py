"""Words with a slip are read as the words of the training data that they stand for; all others stay as they are."""

from __future__ import annotations

import pytest

from bot.adapters.sentence_encoder.encoder import open_encoder
from bot.rasa_ext.intent_model import IntentModel
from bot.rasa_ext.spelling import SpellingCorrector

LINES = ["nomor telepon jepang", "nomor dukungan", "telepon dukungan premier", "nomor telepon dukungan",
         "beda premier dan premier+", *["tolong dong"] * 15, *["talong"] * 3, "bahas kanan", "meja", "meja", "meja"]
CORRECTOR = SpellingCorrector.fit(LINES)


def _no(word: str) -> bool:
    return False


@pytest.mark.parametrize("slip, meant", [
    ("telepn", "telepon"), ("teleppon", "telepon"), ("telwpon", "telepon"), ("telpeon", "telepon"),
    ("dukungn?", "dukungan?"), ("tlp dukungaan saya", "tlp dukungan saya"), ("(premeir)", "(premier)")])
def test_a_slip(slip: str, meant: str) -> None:
    """A letter too few, too many, another one, or two that changed places; signs stay."""
    assert CORRECTOR.correct(slip, _no) == meant


@pytest.mark.parametrize("text", [
    "telepon",  # right
    "tlpon",  # two letters away
    "beda kanan",  # known, though rare
    "meha",  # too short to tell
    "jepsng",  # what the training data have once may be a slip itself
    "zoom 12345 p1",
    "teleponi",  # another form
    "relepon",  # begins otherwise
])
def test_what_stays(text: str) -> None:
    """Nothing is guessed."""
    assert CORRECTOR.correct(text, _no) == text


def test_of_two_the_frequent_one() -> None:
    """Where two words are near, the one that is far more frequent; else neither."""
    assert CORRECTOR.correct("telong", _no) == "tolong"
    even = SpellingCorrector.fit(["bulan balan"] * 3)
    assert even.correct("belan", _no) == "belan"


def test_a_word_of_another_topic_is_no_slip() -> None:
    """What the encoder's vocabulary has whole is a word; without an encoder nobody knows."""
    encoder = open_encoder()
    if encoder is None:
        pytest.skip("no sentence encoder on this machine")
    corrector = SpellingCorrector.fit(["bahas minggu"] * 3)
    assert corrector.correct("mimggu", encoder.is_word) == "minggu"
    assert encoder.is_word("balas") and corrector.correct("balas", encoder.is_word) == "balas"
    assert corrector.correct("balas", _no) == "bahas"


def test_a_model_reads_past_a_slip() -> None:
    """In the text alone, where no vector helps."""
    lines = ["nomor telepon", "telepon dong", "minta telepon", "halo", "hai", "selamat pagi"]
    model = IntentModel.fit(lines, [()] * 6, ["phone_number"] * 3 + ["greet"] * 3, None, {})
    assert model.predict("telpeon", (), None).ranking == model.predict("telepon", (), None).ranking
