"""A case and what is said in it, for tests of desks."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from bot.core.case import CaseState, SlaClocks
from bot.core.conversation import Author, Entry, Kind
from bot.ports import Case

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=timezone.utc)
PHRASES = {
    "author_agent": "Agent",
    "desk_refused_over": "Too late.", "desk_file_refused": "The file {name} is in the console.",
    "desk_closed": "The case is closed. {outcome}", "desk_outcome_solved": "Solved."}
MARKUP = "<img src=x onerror=alert(1)> **bold** [here](https://evil.example) {{contact.email}}"


def case(number: str = "KLC-000001", subject: str = "user-1", conversation_id: str = "c_1", **file: Any) -> Case:
    """A case that waits."""
    identity = {"subject": subject, "name": "Sari", "email": "sari@example.com",
                "customer": {"plan": "premier", "account_type": "business"}}
    about = {"identity": identity, "question": "?", **file}
    return Case(1, number, conversation_id, CaseState.QUEUED, 2, "p1", "id", about,
                NOW, None, None, None, None, None, SlaClocks())


def said(seq: int, text: str, author: Author = Author.VISITOR, **body: Any) -> Entry:
    """An entry of the log."""
    return Entry(seq, NOW, author, Kind.TEXT, {"text": text, **body})


def sent(seq: int, name: str, media_type: str) -> Entry:
    """A visitor's file."""
    file = {"id": "f_1", "name": name, "media_type": media_type, "size": 4}
    return Entry(seq, NOW, Author.VISITOR, Kind.FILE, {"text": name, "file": file})
