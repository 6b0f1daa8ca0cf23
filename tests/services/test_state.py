"""The dialogue state, as rows of the database and Rasa's slots keep it."""

from __future__ import annotations

from typing import Any

import pytest

from bot.services.dialogue.state import State


@pytest.mark.parametrize(("stored", "count"), [
    ({}, 0), ({"fallback_count": None}, 0), ({"fallback_count": 2}, 2), ({"misses": 1}, 1), ({"misses": None}, 0),
    ({"misses": 1, "fallback_count": 0}, 0)])
def test_the_fallbacks_of_an_older_row(stored: dict[str, Any], count: int) -> None:
    """The key was `misses` once; a row that has both was written by a newer version."""
    state = State.from_slots(stored)
    assert state.fallback_count == count
    assert state.slots()["fallback_count"] == count and "misses" not in state.slots()
