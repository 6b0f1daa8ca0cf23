"""A case as plain text for outside desks: who asks what, how urgent it is, and what was said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from babel import Locale

from bot.core.conversation import Entry
from bot.ports import Case, QueuePlace
from bot.services.transcript import hanging, transcript
from bot.services.wording import Words


def case_summary(case: Case, place: QueuePlace | None, entries: Sequence[Entry], words: Words) -> str:
    """The case file, a line for each fact, then the conversation. Nothing in it is markup."""
    file = case.file
    priority = words.name("priority_short", case.priority) if case.priority else words.phrase("sheet_no_priority")
    # A visitor who pressed a button at once has asked nothing yet.
    question = "" if str(file.get("question")).startswith("/") else file.get("question")
    lines = [
        words.phrase("sheet_head", number=case.number, tier=str(case.tier)),
        words.phrase("sheet_who", who=_who(file.get("identity") or {}, words)),
        *([words.phrase("sheet_question", question=hanging(question))] if question else []),
        words.phrase("sheet_priority", priority=f"{case.priority.upper()} – {priority}" if case.priority else priority),
        words.phrase("sheet_language", language=Locale.parse(case.language).get_display_name(words.language) or ""),
    ]
    if evidence := file.get("priority_evidence"):
        lines.append(words.phrase("sheet_evidence", evidence=hanging(evidence)))
    if case.clocks.first_response_due_at:
        lines.append(words.phrase("sheet_respond_by", time=f"{case.clocks.first_response_due_at:%Y-%m-%d %H:%M} UTC"))
    if place:
        lines.append(words.phrase("sheet_position", position=str(place.position)))
    if tried := file.get("tried"):
        lines.append(words.phrase("sheet_tried"))
        lines.extend(f"- {hanging(text)}" for text in tried)
    return "\n".join(lines) + "\n\n" + transcript(entries, words, visitor_of(case, words))


def visitor_of(case: Case, words: Words) -> str:
    """The visitor's name, or the word for an anonymous visitor."""
    return (case.file.get("identity") or {}).get("name") or words.phrase("anonymous")


def _who(identity: Mapping[str, Any], words: Words) -> str:
    """Name, e-mail address, and the verified claims."""
    customer = identity.get("customer") or {}
    claims = [words.name(kind, customer[kind]) for kind in ("plan", "account_type", "role") if customer.get(kind)]
    return ", ".join([identity.get("name") or words.phrase("anonymous"),
                      *([identity["email"]] if identity.get("email") else []), *claims])
