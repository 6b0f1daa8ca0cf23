"""Cases, people and notes as JSON for the console (`docs/console.md`)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.core.conversation import Conversation, Entry, Kind
from bot.core.facts import Facts
from bot.languages import COMPLETE
from bot.live.frames import Frame, entry_json
from bot.live.page_context import page_row
from bot.ports import AgentAccount, Case, StoredNote

SHORT = 200
# Kind of words at the console to the kind of label in the facts.
_NAMES = {"plan": "plan", "account_type": "account_type", "role": "role", "priority": "priority_short",
          "feature": "feature", "rule": "rule"}


def row(case: Case, now: datetime) -> Frame:
    """A case in a list."""
    identity, clocks = case.file.get("identity") or {}, case.clocks
    claims: Mapping[str, Any] = identity.get("customer") or {}
    return {
        "conversation": case.conversation_id, "case": case.number, "status": case.state.value, "tier": case.tier,
        "priority": case.priority, "language": case.language, "name": identity.get("name"),
        **{name: claims.get(name) for name in ("plan", "account_type", "role", "licensed")},
        "question": str(case.file.get("question") or "")[:SHORT], "opened_at": at(case.created_at),
        "first_response_due_at": at(clocks.first_response_due_at), "resolution_due_at": at(clocks.resolution_due_at),
        "first_response_at": at(clocks.first_response_at), "late": is_late(case, now), "agent": case.agent,
        "reserved_for": case.reserved_for, "taken_at": at(case.taken_at), "closed_at": at(case.closed_at),
        "outcome": case.outcome.value if case.outcome else None,
    }


def is_late(case: Case, now: datetime) -> bool:
    """True when the first response of an open case is overdue."""
    clocks = case.clocks
    open_ = case.closed_at is None and clocks.first_response_at is None
    return open_ and clocks.first_response_due_at is not None and clocks.first_response_due_at < now


def case_frame(case: Case, now: datetime) -> Frame:
    """The frame `case`: the newest case of an opened conversation, and its SLA."""
    clocks = case.clocks
    return {"type": "case", "conversation": case.conversation_id, "case": row(case, now), "sla": {
        "first_response_due_at": at(clocks.first_response_due_at), "resolution_due_at": at(clocks.resolution_due_at),
        "first_response_at": at(clocks.first_response_at), "resolved_at": at(clocks.resolved_at),
        "escalates": clocks.escalates, "steps_done": list(clocks.taken),
    }}


def file_of(case: Case) -> Frame:
    """The case file."""
    names = ("question", "tried", "summary", "priority_evidence", "rule", "route")
    return {name: case.file.get(name) for name in names}


def customer_of(conversation: Conversation) -> Frame | None:
    """The verified customer; `None` for an anonymous visitor."""
    identity = conversation.identity
    if identity is None:
        return None
    claims = identity.customer
    return {"name": identity.name, "email": identity.email, "plan": claims.plan, "account_type": claims.account_type,
            "role": claims.role, "licensed": claims.licensed}


def conversation_frame(conversation: Conversation, visitor_online: bool, allowed_origins: tuple[str, ...]) -> Frame:
    """The frame `state`: the status of a conversation, and the page that its visitor is on."""
    agent = {"id": conversation.agent.id, "name": conversation.agent.name} if conversation.agent else None
    return {
        "type": "state", "conversation": conversation.id, "status": conversation.status.value,
        "lang": conversation.lang, "agent": agent, "read": conversation.read, "visitor_online": visitor_online,
        "page": page_row(conversation.context, allowed_origins),
    }


def entry_row(entry: Entry) -> Frame:
    """An entry, with the values of the visitor's form, which only agents see."""
    form = {"values": dict(entry.body["values"])} if entry.kind is Kind.TICKET and "values" in entry.body else {}
    return {**entry_json(entry), **form}


def note_row(stored: StoredNote) -> Frame:
    """A note."""
    note = stored.note
    known = {"client_id": note.client_id} if note.client_id else {}
    return {"id": stored.id, "at": at(stored.at), "kind": note.kind, "body": dict(note.body), "agent": note.agent,
            **known}


def person(account: AgentAccount, presence: str) -> Frame:
    """An agent, with the presence to show."""
    return {"id": account.id, "name": account.name, "role": account.role, "tiers": list(account.tiers),
            "languages": list(account.languages), "capacity": account.capacity, "presence": presence}


def names_of(facts: Facts) -> Frame:
    """The words for plans, roles, rules …: `{kind: {key: {language: words}}}`."""
    names: Frame = {kind: {} for kind in _NAMES}
    kinds = {label: kind for kind, label in _NAMES.items()}
    for (label, key, language), words in facts.labels.items():
        if label in kinds and language in COMPLETE:
            names[kinds[label]].setdefault(key, {})[language] = words
    return names


def at(time: datetime | None) -> str | None:
    """A time as ISO 8601 in UTC, with milliseconds."""
    return None if time is None else time.isoformat(timespec="milliseconds").replace("+00:00", "Z")
