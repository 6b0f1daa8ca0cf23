"""The benchmark of the proposals, small: real data, encoder and intent model (docs/learning.md has the figures)."""

from __future__ import annotations

import pytest

from benchmarks.learning import lines, measure, one_round, read_corpus
from bot.adapters.sentence_encoder.encoder import open_encoder
from bot.tools.learning.groups import DISTANCE_THRESHOLD
from bot.tools.learning.proposals import Kind

# Every second line, to save time.
EVERY = 2
SEEDS = (1, 2)


@pytest.mark.long
def test_what_was_taken_away_comes_back(capsys: pytest.CaptureFixture[str]) -> None:
    """Groups are of one intent for the most part; intents that the model has never seen are proposed as new."""
    encoder = open_encoder()
    if encoder is None:
        pytest.skip("no sentence encoder on this machine")
    corpus = read_corpus(encoder, EVERY)
    tally = measure([one_round(corpus, seed) for seed in SEEDS], DISTANCE_THRESHOLD)
    with capsys.disabled():
        print("\n" + "\n".join(lines(tally)))
    assert tally.pure / tally.grouped >= 0.75
    kinds = (Kind.NEW.value, Kind.OUT_OF_SCOPE.value)
    assert sum(tally.right[kind] for kind in kinds) / sum(tally.proposed[kind] for kind in kinds) >= 0.55
    assert tally.found >= 2
