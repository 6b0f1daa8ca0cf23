"""The benchmark of the proposals, small: real data, encoder and intent model (docs/learning.md has the figures)."""

from __future__ import annotations

import pytest

from benchmarks.learning import lines, measure, one_round, read_corpus
from bot.learning.groups import FARTHEST
from bot.learning.proposals import Kind
from bot.rasa_ext.encoder import open_encoder

# Every tenth line, to save time; so intents are thin, and more is missed.
EVERY = 10


def test_what_was_taken_away_comes_back(capsys: pytest.CaptureFixture[str]) -> None:
    """Groups are of one intent for the most part, and most of what is proposed as new or out of scope is."""
    encoder = open_encoder()
    if encoder is None:
        pytest.skip("no sentence encoder on this machine")
    corpus = read_corpus(encoder, EVERY)
    tally = measure([one_round(corpus, seed) for seed in (1, 2)], FARTHEST)
    with capsys.disabled():
        print("\n" + "\n".join(lines(tally)))
    assert tally.grouped and tally.pure / tally.grouped >= 0.6
    for kind in (Kind.NEW, Kind.OUT_OF_SCOPE):
        assert tally.right[kind.value] > tally.proposed[kind.value] / 2, kind
    assert tally.found >= 1
