"""What every reply of the bot must be: never empty, without leftovers of its making, without an invented number."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from bot.adapters.yaml_reader import load
from bot.tools.scenarios.sides import Line

DIGITS = 7
_EXCEPTED = re.compile(r"\bKL[TC]-\d+\b|(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_NUMBER = re.compile(r"\+?\d(?:[\s().\-]*\d)+")
_LEFTOVER = re.compile(r"[{}]|utter_")


def wrong_with(reply: Sequence[Line], heard: str, data: Path) -> list[str]:
    """What is wrong with the bot's lines. `heard` is what was said to it so far: a number of the visitor's own may come
    back in a summary."""
    everything = "\n".join(line.everything for line in reply)
    found = []
    if not reply or not all(line.text.strip() for line in reply):
        found.append("the bot says nothing")
    if match := _LEFTOVER.search(everything):
        found.append(f"the bot shows {match.group()!r}")
    return found + [f"the bot invents the number {number!r}" for number in invented_numbers(everything, heard, data)]


def invented_numbers(text: str, heard: str, data: Path) -> list[str]:
    """Numbers like a phone number's that no phone line has and nobody said."""
    for known in _phone_numbers(data):
        text = text.replace(known, " # ")
    found = [match.group() for match in _NUMBER.finditer(_EXCEPTED.sub(" # ", text))]
    return [number for number in found if sum(c.isdigit() for c in number) >= DIGITS and number not in heard]


@lru_cache
def _phone_numbers(data: Path) -> list[str]:
    lines = load(data / "knowledge" / "phone_lines.yml")["phone_lines"]
    numbers = [number["number"] for line in lines.values() for number in line["numbers"]]
    return sorted(numbers, key=len, reverse=True)
