"""The scenarios of `tests/dialogue/*.yml`, through the real model, the real action server and SQL.

A scenario is a `name`, perhaps `as` (a sample customer), and `turns`: what the visitor says (`user`), the regexes that
the reply has (`has`: bubbles and button titles; `lacks`: bubbles), its language (`lang`) and the hand-off's `route`.
`known_gap: "reason"` expects it to fail, until somebody mends it and takes the mark away.
"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from live_bot import LiveBot, wrong_in

KEYS = {"name", "as", "turns", "known_gap"}
TURN_KEYS = {"user", "has", "lacks", "lang", "route"}


def test_scenario(live_bot: LiveBot, scenario: dict[str, Any]) -> None:
    """Every turn is answered as told."""
    assert set(scenario) <= KEYS and all(set(turn) <= TURN_KEYS for turn in scenario["turns"]), "a key is misspelt"
    sender, transcript, heard = f"scenario-{uuid4().hex}", [], ""
    for turn in scenario["turns"]:
        heard += turn["user"] + "\n"
        said = live_bot.say(sender, turn["user"], scenario.get("as"))
        transcript += [f"> {turn['user']}   [{said.intent} {said.confidence:.2f}]", said.text]
        problems = wrong_in(said, turn, heard)
        assert not problems, "\n".join([*transcript, *(f"!! {problem}" for problem in problems)])
