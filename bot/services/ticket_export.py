"""What a ticket desk gets with a ticket: a file of all facts, the conversation, and the visitor's receipt."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.core.conversation import Entry
from bot.core.customer import Identity
from bot.core.facts import Facts
from bot.core.question import Question
from bot.ports import Case, Receipt, Ticket, TicketExport
from bot.services.answer.eligibility import describe
from bot.services.answer.priority import times_line
from bot.services.ticket_fields import has_times
from bot.services.transcript import hanging, transcript
from bot.services.wording import Words

_TIME = "{:%Y-%m-%d %H:%M} UTC"


def ticket_export(
    ticket: Ticket, entries: Sequence[Entry], case: Case | None, facts: Facts, words: Words, *, may_write: bool,
    is_new: bool = True,
) -> TicketExport:
    """The export of `ticket` in its language; `case` is the newest case of its conversation. There is a receipt if the
    ticket `is_new` and the desk `may_write` to its address."""
    due_at = _respond_by(ticket, facts)
    identity = ticket.draft.identity
    visitor = (identity.name if identity else None) or words.phrase("anonymous")
    receipt = _receipt(ticket, facts, words) if may_write and is_new else None
    return TicketExport(
        _file(ticket, case, due_at, words), transcript(entries, words, visitor), due_at, may_write, receipt)


def _file(ticket: Ticket, case: Case | None, first_response_due_at: datetime | None, words: Words) -> str:
    draft = ticket.draft
    evidence = draft.context.get("priority_evidence")
    asked = [str(text) for text in draft.context.get("asked_before") or ()]
    lines = {
        "ticket": ticket.number,
        "priority": draft.priority.upper() + (f" ({hanging(str(evidence))})" if evidence else ""),
        "due": _TIME.format(first_response_due_at) if first_response_due_at else "",
        "customer": _customer(draft.identity, words), "email": draft.email, "conversation": draft.conversation_id,
        "case": f"{case.number}: {hanging(str(case.file.get('summary') or ''))}" if case else "",
        "asked": "".join(f"\n- {hanging(text)}" for text in asked),
    }
    return "\n".join(f"{words.phrase(f'field_{name}')}: {value}" for name, value in lines.items() if value)


def _customer(identity: Identity | None, words: Words) -> str:
    if identity is None:
        return words.phrase("customer_unverified")
    who = describe(identity.customer, Question(""), words)
    known = " ".join(part for part in (identity.name, f"<{identity.email}>" if identity.email else "") if part)
    return f"{known or identity.subject}, {who}"


def _respond_by(ticket: Ticket, facts: Facts) -> datetime | None:
    if not has_times(ticket.draft.identity, facts):
        return None
    return ticket.created_at + timedelta(hours=facts.priorities[ticket.draft.priority].first_response_hours)


def _receipt(ticket: Ticket, facts: Facts, words: Words) -> Receipt:
    level = facts.priorities[ticket.draft.priority]
    promised = has_times(ticket.draft.identity, facts)
    times = words.phrase("ticket_with_times", times=times_line(level, words)) if promised else ""
    values = {"number": ticket.number, "priority": level.key.upper(), "times": times}
    text = words.phrase("receipt_text", **values).replace("\n\n\n", "\n\n")
    return Receipt(words.phrase("receipt_subject", number=ticket.number), text)
