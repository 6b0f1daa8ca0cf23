"""Feedback, wordings and a small tree of training data, made by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path

from bot.core.feedback import Neighbour
from bot.ports.feedback import StoredFeedback
from bot.tools.learning.feedback_rows import FeedbackRow

MORNING = datetime(2026, 11, 23, 9, tzinfo=timezone.utc)
PHONE = """version: "3.1"
nlu:
- intent: phone_number
  examples: |
    - nomor jepang
    - call support from Paris
- intent: phone_rates
  examples: |
    - berapa tarifnya
"""
SPANISH = """version: "3.1"
nlu:
- intent: phone_number
  examples: |
    - el número de México
"""
SPELLING = "berapa: [brp]\n"


def missed(
    text: str,
    conversation_id: str = "c",
    seq: int = 1,
    lang: str = "id",
    reasons: Sequence[str] = ("declined",),
) -> StoredFeedback:
    """Feedback that is not settled."""
    return StoredFeedback(
        conversation_id, seq, MORNING, lang, text, tuple(reasons), "nlu_fallback", (), 0.1, None, None
    )


def asked(text: str, ranking: Sequence[tuple[str, float]] = (("phone_number", 0.4), ("phone_rates", 0.2)), *,
          people: int = 1, lang: str = "id", intent: str | None = None, nearest: Sequence[str] = ()) -> FeedbackRow:
    """A wording; `nearest` are the intents of the training lines that lie nearest."""
    records = tuple(missed(text, f"{text}-{number}", lang=lang) for number in range(people))
    near = tuple(Neighbour(f"line {number}", name, 0.5) for number, name in enumerate(nearest))
    return FeedbackRow(text, records, intent or (ranking[0][0] if ranking else "nlu_fallback"), tuple(ranking), near)


def write_tree(tree: Path) -> Path:
    """A folder with `data/nlu/` of two files and the spelling; returns it."""
    files = {"nlu/phone.yml": PHONE, "nlu/es/phone.yml": SPANISH, "vocabulary/spelling.yml": SPELLING}
    for name, content in files.items():
        path = tree / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return tree
