"""No message is dear to read: the steps of each loop over what a visitor types grow with its length, not faster."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import pytest
from ruamel.yaml import YAML
from steps import growth, steps

from benchmarks.expensive_texts import KINDS, VOCABULARY, Make
from bot.adapters.input_validation import as_words, clean
from bot.adapters.sentence_encoder.encoder import MAX_CHARACTERS, MAX_TOKENS, OnnxEncoder, open_encoder
from bot.adapters.wording_reader import read_wording
from bot.core.question import Question
from bot.rasa_ext.ellipsis import EllipsisClassifier
from bot.rasa_ext.language import MessageLanguageDetector
from bot.rasa_ext.spelling import SpellingCorrector
from bot.rasa_ext.text_features import TextVectorizer, normalise
from bot.rasa_ext.vocabulary import EntityMatch, VocabularyFinder, as_rasa
from bot.settings import ROOT

# Characters of the longest message.
LONGEST = 2000
# By so much at most where the text is twice as long; sets and caches make it a little uneven.
FACTOR = 2.5
LINES = ["berapa nomor telepon jepang", "apakah premier termasuk live chat", "how fast is a p1", "halo kak"] * 3
WORDS = ROOT / "data" / "vocabulary"
DETECTOR = MessageLanguageDetector.from_file(WORDS / "language.yml")
_FILLER = YAML(typ="safe").load(WORDS / "filler.yml")
ELLIPSIS = EllipsisClassifier(_FILLER["phrases"], _FILLER["filler"])
CORRECTOR = SpellingCorrector.fit(LINES)
VECTORIZER = TextVectorizer.fit(LINES, [[("plan", "premier")]] * len(LINES))
CUES = read_wording(ROOT / "data").cues


@cache
def finder() -> VocabularyFinder:
    """Finds the words of the vocabulary; made when a test needs it, for that takes seconds."""
    return VocabularyFinder(VOCABULARY, ["telepon", "masalah"])


@dataclass(frozen=True)
class Read:
    """A text with the values that were found in it."""

    text: str
    found: list[EntityMatch]

    @property
    def entities(self) -> list[tuple[str, str]]:
        """As the classifier gets them."""
        return [(item.entity, item.value) for item in self.found]

    @property
    def spans(self) -> list[tuple[int, int]]:
        """Where."""
        return [(item.start, item.end) for item in self.found]


def _question(read: Read) -> object:
    question = Question("phone_number", read.text, cues=CUES.find(read.text))
    return question.hours, question.number, question.perhaps_yes_no


# What reads a message, and how many lines of Python it may take for a character.
READERS: dict[str, tuple[Callable[[Read], object], float]] = {
    "the door": (lambda read: as_words(clean(read.text)), 12),
    "the vocabulary": (lambda read: finder().find(read.text), 70),
    "the language": (lambda read: DETECTOR.detect(read.text, read.spans), 15),
    "the ellipsis": (lambda read: ELLIPSIS.is_ellipsis(read.text, [as_rasa(item) for item in read.found]), 10),
    "normalisation": (lambda read: normalise(read.text, {"nmr": "nomor"}), 5),
    "spelling correction": (lambda read: CORRECTOR.correct(read.text, lambda word: False), 10),
    "features": (lambda read: VECTORIZER.transform([read.text], [read.entities]), 60),
    "the question": (_question, 3),
}


@pytest.fixture(scope="module")
def texts() -> dict[str, tuple[Read, Read]]:
    """Of each kind a text of a quarter of the longest message, and one of a half."""
    def read(text: str) -> Read:
        return Read(text, finder().find(text))

    return {kind: (read(make(LONGEST // 4)), read(make(LONGEST // 2))) for kind, make in KINDS.items()}


@pytest.mark.parametrize("reader", READERS)
def test_twice_the_text_is_twice_the_work(reader: str, texts: dict[str, tuple[Read, Read]]) -> None:
    """Of every kind of text."""
    work, most = READERS[reader]
    bad = {}
    for kind, (short, long) in texts.items():
        factor, most_steps = growth(work, short, long)
        each = most_steps / len(long.text)
        # Of few steps the set-up is most, and tells of no growth.
        if (factor > FACTOR and each > 1) or each > most:
            bad[kind] = (round(factor, 1), round(each, 1))
    assert bad == {}


@pytest.mark.parametrize("kind", KINDS)
def test_no_tokenizer_gets_a_long_piece(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """spaCy's takes steps by the square of what has no white space in it."""
    text, given = KINDS[kind](LONGEST), list[str]()
    make_doc = finder()._nlp.make_doc

    def noted(piece: str) -> object:
        given.append(piece)
        return make_doc(piece)

    monkeypatch.setattr(finder()._nlp, "make_doc", noted)
    doc = finder()._tokens(text)
    assert doc.text == text
    assert max((len(run) for piece in given for run in re.findall(r"\S+", piece)), default=0) <= 64


def test_nothing_is_kept_of_strangers_words() -> None:
    """However many different ones they type, the memory does not grow."""
    finder().find("halo")
    known = len(finder()._nlp.vocab.strings)
    finder().find(KINDS["invented words"](LONGEST))
    assert len(finder()._nlp.vocab.strings) == known
    assert [item.value for item in finder().find("premier di Jepang")] == ["premier", "JP"]


@pytest.mark.parametrize("kind", KINDS)
def test_no_form_is_longer_than_thrice(kind: str) -> None:
    """Neither the composed one, which is stored, nor the one that is compared."""
    text = KINDS[kind](LONGEST)
    assert len(clean(text)) <= 3 * len(text) and len(normalise(text, {})) <= 3 * len(text)


def test_the_encoder_reads_so_much() -> None:
    """A sentence vector is the dearest part of a turn, and dear by its tokens."""
    encoder = open_encoder()
    if not isinstance(encoder, OnnxEncoder):
        pytest.skip("no sentence encoder here")
    assert max(len(encoder._tokens(make(LONGEST))) for make in KINDS.values()) == MAX_TOKENS + 2


def test_an_ordinary_question_is_read_whole() -> None:
    """The cap on tokens cuts nothing off what the cap on characters leaves of prose."""
    encoder = open_encoder()
    if not isinstance(encoder, OnnxEncoder):
        pytest.skip("no sentence encoder here")
    prose = ("Selamat pagi, sejak kemarin rapat kami sering terputus dan suaranya hilang, padahal jaringannya baik; "
             "could you tell me how long a P2 takes for a Premier account in Singapore, and whom we may call? ") * 2
    whole = encoder._tokenizer.encode(prose[:MAX_CHARACTERS].rstrip())
    assert len(whole) < MAX_TOKENS and len(encoder._tokens(prose)) == len(whole) + 2


def test_the_step_counter_counts() -> None:
    """Loops, comprehensions and what is called."""
    def square(text: str) -> int:
        return sum(1 for _ in text for _ in text)

    assert steps(lambda: None) < 5
    factor, most = growth(square, "a" * 50, "a" * 100)
    assert factor > 3.5 and most > 100 ** 2


@pytest.mark.parametrize("make", [KINDS["a tower of marks"], KINDS["marks alone"]])
def test_towers_of_marks(make: Make) -> None:
    """Eight on a letter, so that putting them in order is cheap and no tower covers the lines above."""
    marks: Sequence[str] = [sign for sign in unicodedata.normalize("NFD", clean(make(LONGEST))) if sign != "a"]
    assert len(marks) <= 8
