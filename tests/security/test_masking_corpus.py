"""What is kept of a question holds no secret: measured on lines by somebody who had not seen the rules."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from bot.adapters.anonymizer import read_anonymizer
from bot.core.privacy import Anonymizer
from bot.settings import ROOT

HERE = Path(__file__).parent
LEAST_RECALL = 0.98
MOST_TOUCHED = 0.02


@pytest.fixture(scope="module")
def anonymizer() -> Anonymizer:
    """With the words of every language."""
    return read_anonymizer(ROOT / "data")


def _lines(name: str) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = YAML(typ="safe").load(HERE / name)
    return lines


def _measured(anonymizer: Anonymizer, lines: list[dict[str, Any]]) -> tuple[float, float, str]:
    """The share of secret parts that are gone, the share of harmless lines that changed, and all that went wrong."""
    wrong, parts, kept, harmless, touched = [], 0, 0, 0, 0
    for line in lines:
        hidden, secret = anonymizer.hide(line["text"]), line.get("secret", [])
        left = [part for part in secret if part in hidden]
        parts, kept, harmless = parts + len(secret), kept + len(left), harmless + (not secret)
        touched += not secret and hidden != line["text"]
        if left or (not secret and hidden != line["text"]):
            wrong.append(f"{left or 'touched'}: {line['text']} -> {hidden}")
    return 1 - kept / parts, touched / harmless, "\n".join(wrong)


@pytest.mark.parametrize("name", ["masking_corpus.yml", "masking_later.yml"])
def test_unseen_lines(anonymizer: Anonymizer, name: str) -> None:
    """98 of 100 secret parts are gone; 2 of 100 harmless lines may change."""
    recall, touched, wrong = _measured(anonymizer, _lines(name))
    assert recall >= LEAST_RECALL and touched <= MOST_TOUCHED, f"recall {recall:.3f}, touched {touched:.3f}\n{wrong}"


@pytest.mark.parametrize("name", ["masking_variations.yml", "masking_families.yml"])
def test_variations(anonymizer: Anonymizer, name: str) -> None:
    """Further members of each family: all of them."""
    assert _measured(anonymizer, _lines(name)) == (1, 0, "")
