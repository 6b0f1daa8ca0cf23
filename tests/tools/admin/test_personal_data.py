"""Whose data `kilat forget` and `kilat export` take what is typed for."""

from __future__ import annotations

import pytest

from bot.live.visitor_sessions import hash_of, new_conversation_id, new_key
from bot.ports.personal_data import DataSubject
from bot.tools.admin.personal_data import NothingKept, whose


@pytest.mark.parametrize(("given", "meant"), [
    ("user-1", DataSubject(subject="user-1", conversation_id="user-1")),
    # Another customer than the one without the space.
    ("user-1 ", DataSubject(subject="user-1 ", conversation_id="user-1 ")),
    ("\u00a0user-1", DataSubject(subject="\u00a0user-1", conversation_id="\u00a0user-1")),
    (" bo@example.com ", DataSubject(subject=" bo@example.com ", email="bo@example.com")),
    # A subject that begins as a key does.
    ("kb_anna", DataSubject(subject="kb_anna", conversation_id="kb_anna")),
    ("klc-000007 ", DataSubject(case=7)), ("KLT-7", DataSubject(ticket=7)),
    ("KLT-7x", DataSubject(subject="KLT-7x", conversation_id="KLT-7x")),
    ("%", DataSubject(subject="%", conversation_id="%")),
], ids=ascii)
def test_whose(given: str, meant: DataSubject) -> None:
    """Nobody is taken for somebody else."""
    assert whose(given) == meant


def test_what_the_gateway_made() -> None:
    """The key of a session, and the id of a conversation."""
    key, conversation_id = new_key(), new_conversation_id()
    assert whose(f" {key}\n") == DataSubject(key_hash=hash_of(key))
    assert whose(f" {conversation_id}") == DataSubject(conversation_id=conversation_id)


@pytest.mark.parametrize("given", ["\udcff", "a\udcff@example.com"], ids=ascii)
def test_no_text(given: str) -> None:
    """What a terminal of another encoding sends; no traceback, and no "nothing is kept"."""
    with pytest.raises(NothingKept, match="UTF-8"):
        whose(given)


@pytest.mark.parametrize("given", ["", " ", "\u00a0\n"], ids=ascii)
def test_nobody(given: str) -> None:
    """Nothing is nobody's name."""
    with pytest.raises(NothingKept, match="whose data"):
        whose(given)
