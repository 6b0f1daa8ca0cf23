"""How much the checks of the training data find: slips of the keyboard and wrong labels, planted in the real data.

    python -m benchmarks.data_checks        # minutes; the sentence vectors are kept in var/
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from rapidfuzz.distance import Levenshtein

from bot.rasa_ext.encoder import open_encoder
from bot.settings import Settings
from bot.tools.content_checks.similarity import NEARLY_EQUAL, nearly_equal
from bot.tools.content_checks.training_lines import Line, as_lines, training_lines
from bot.tools.quality.mislabelled import LEAD, doubts, left_out_scores, similarities
from bot.tools.quality.vector_store import StoredVectors

_SAMPLE = 2000
_LEADS = (0.3, 0.4, 0.5, 0.6)
_SHARES = (0.75, 0.8, 0.85, 0.9, 0.95)


def main() -> None:
    """Prints both tables."""
    settings, rng = Settings.from_environment(), random.Random(1)
    lines = training_lines(settings.data)
    copies(lines, rng, settings)
    labels(lines, rng, settings)


def copies(lines: list[Line], rng: random.Random, settings: Settings) -> None:
    """Copies of lines of four words or more: how many each threshold finds, by what was changed."""
    originals = rng.sample([line for line in lines if len(line.plain.split()) >= 4], _SAMPLE)
    changes: dict[str, Callable[[str], str]] = {
        "one slip": lambda text: slip(text, rng), "two slips": lambda text: slip(slip(text, rng), rng),
        "three slips": lambda text: slip(slip(slip(text, rng), rng), rng),
        "a word added": lambda text: f"{text} {rng.choice(['dong', 'please', 'min', 'nih', 'thanks'])}",
    }
    print(f"{'copies found at':<16}" + "".join(f"{share:>8}" for share in _SHARES) + f"   (taken: {NEARLY_EQUAL})")
    for name, change in changes.items():
        changed = as_lines([change(line.text) for line in originals], settings.data)
        shares = np.array([Levenshtein.normalized_similarity(one.plain, other.plain)
                           for one, other in zip(originals, changed, strict=True)])
        print(f"{name:<16}" + "".join(f"{100 * np.mean(shares >= share):7.1f}%" for share in _SHARES))
    pairs = [(one, other) for one, other in nearly_equal(lines) if one.intent != other.intent]
    told = [pair for pair in pairs if re.findall(r"\d", pair[0].plain) == re.findall(r"\d", pair[1].plain)]
    print(f"pairs of two intents in the real data: {len(pairs)}, without those that differ by a number {len(told)}")


def labels(lines: list[Line], rng: random.Random, settings: Settings) -> None:
    """Two lines of a hundred moved, to any other intent, or to the one that is likeliest after their own."""
    encoder = open_encoder()
    assert encoder is not None, "this machine has no encoder"
    stored = StoredVectors(encoder.encode, settings.state / f"vectors-{type(encoder).__name__}.npz")
    alike = similarities(lines, settings.data, stored.encode)
    intents, places = np.unique([line.intent for line in lines], return_inverse=True)
    scores = left_out_scores(alike, places)
    right = 100 * np.mean(scores.argmax(axis=1) == places)
    print(f"\n{len(lines)} lines; each judged by all others: {right:.1f}% right")
    scores[np.arange(len(lines)), places] = -np.inf
    moved = rng.sample(range(len(lines)), len(lines) // 50)
    to_any = {place: str(rng.choice([name for name in intents if name != lines[place].intent])) for place in moved}
    to_likely = {place: str(intents[scores[place].argmax()]) for place in moved}
    print(f"{'moved to':<20}" + "".join(f"{lead:>8}" for lead in _LEADS) + f"   (taken: {LEAD})")
    for name, planted in (("any intent", to_any), ("the likeliest other", to_likely)):
        wrong = [replace(line, intent=planted.get(place, line.intent)) for place, line in enumerate(lines)]
        found = doubts(wrong, alike, min(_LEADS))
        leads = {doubt.line.at: doubt.lead for doubt in found}
        caught = [leads.get(lines[place].at, 0.0) for place in moved]
        print(f"{name:<20}" + "".join(f"{100 * np.mean(np.array(caught) > lead):7.1f}%" for lead in _LEADS))
    found = doubts(lines, alike, min(_LEADS))
    print(f"{'told, none planted':<20}" + "".join(f"{sum(d.lead > lead for d in found):>8}" for lead in _LEADS))


def slip(text: str, rng: random.Random) -> str:
    """Two letters swapped, one lost or one doubled."""
    place = rng.randrange(max(len(text) - 1, 1))
    swapped = text[:place] + text[place + 1:place + 2] + text[place:place + 1] + text[place + 2:]
    return rng.choice([swapped, text[:place] + text[place + 1:], text[:place] + text[place:place + 1] + text[place:]])


if __name__ == "__main__":
    main()
