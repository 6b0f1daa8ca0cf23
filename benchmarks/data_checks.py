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

from bot.adapters.sentence_encoder.encoder import open_encoder
from bot.settings import Settings
from bot.tools.content_checks.similarity import NEARLY_EQUAL, nearly_equal
from bot.tools.content_checks.training_lines import Line, as_lines, training_lines
from bot.tools.quality.mislabelled import MIN_MARGIN, find_label_issues, kernel_matrix, leave_one_out_scores
from bot.tools.quality.vector_store import VectorStore

_SAMPLE = 2000
_MARGINS = (0.3, 0.4, 0.5, 0.6)
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
    stored = VectorStore(encoder.encode, settings.state / f"vectors-{type(encoder).__name__}.npz")
    kernel = kernel_matrix(lines, settings.data, stored.encode)
    intents, places = np.unique([line.intent for line in lines], return_inverse=True)
    scores = leave_one_out_scores(kernel, places)
    right = 100 * np.mean(scores.argmax(axis=1) == places)
    print(f"\n{len(lines)} lines; each judged by all others: {right:.1f}% right")
    scores[np.arange(len(lines)), places] = -np.inf
    moved = rng.sample(range(len(lines)), len(lines) // 50)
    to_any = {place: str(rng.choice([name for name in intents if name != lines[place].intent])) for place in moved}
    to_likely = {place: str(intents[scores[place].argmax()]) for place in moved}
    print(f"{'moved to':<20}" + "".join(f"{margin:>8}" for margin in _MARGINS) + f"   (taken: {MIN_MARGIN})")
    for name, planted in (("any intent", to_any), ("the likeliest other", to_likely)):
        wrong = [replace(line, intent=planted.get(place, line.intent)) for place, line in enumerate(lines)]
        found = find_label_issues(wrong, kernel, min(_MARGINS))
        margins = {issue.line.at: issue.margin for issue in found}
        caught = [margins.get(lines[place].at, 0.0) for place in moved]
        print(f"{name:<20}" + "".join(f"{100 * np.mean(np.array(caught) > margin):7.1f}%" for margin in _MARGINS))
    found = find_label_issues(lines, kernel, min(_MARGINS))
    told = (sum(issue.margin > margin for issue in found) for margin in _MARGINS)
    print(f"{'told, none planted':<20}" + "".join(f"{count:>8}" for count in told))


def slip(text: str, rng: random.Random) -> str:
    """Two letters swapped, one lost or one doubled."""
    place = rng.randrange(max(len(text) - 1, 1))
    swapped = text[:place] + text[place + 1:place + 2] + text[place:place + 1] + text[place + 2:]
    return rng.choice([swapped, text[:place] + text[place + 1:], text[:place] + text[place:place + 1] + text[place:]])


if __name__ == "__main__":
    main()
