"""The agent sees which page the visitor is on, as soon as they go on."""

from __future__ import annotations

from typing import Any

START = {"url": "https://help.example.com/start", "title": "Start"}
LURE = {"url": "https://evil.example/login", "title": "Session expired, sign in again"}


def test_it_follows_the_visitor(console: Any, visitor: Any) -> None:
    """Its address and title, each for itself, and whether it is one of ours."""
    budi, sari = console("Budi"), visitor(page=START)
    budi.take_next()
    assert budi.shown("opened")["page"] == {**START, "is_allowed": False}
    sari.send("page", page=LURE)
    assert budi.shown("state", page={**LURE, "is_allowed": False})
