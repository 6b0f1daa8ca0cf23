"""Reads Chatwoot's messages, and makes the attributes of a case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.adapters.desks.chatwoot.markdown import editor_text
from bot.adapters.desks.plain_text import case_name
from bot.core.conversation import Agent
from bot.ports import Case

# The beginning of the `source_id` of Kilat's messages.
OURS = "kilat:"
_OUTGOING = 1
# Labels of a conversation that are outcomes; without one, the case is solved.
_OUTCOMES = ("unsolved", "duplicate", "spam")


def source_of(ref: str, key: str) -> str:
    """The `source_id` of Kilat's message `key` in the case `ref`."""
    return f"{OURS}{ref.partition('/')[2]}:{key}"


def is_ours(message: Mapping[str, Any]) -> bool:
    """True for a message of Kilat."""
    return str(message.get("source_id") or "").startswith(OURS)


def author_of(message: Mapping[str, Any]) -> Agent | None:
    """The agent who wrote to the visitor; `None` for notes, and messages of Kilat, another bot or a rule."""
    sender, more = message.get("sender") or {}, message.get("content_attributes") or {}
    is_said = message.get("message_type") == _OUTGOING and not message.get("private") and not more.get("deleted")
    return agent_of(sender) if is_said and sender.get("type") == "user" and not is_ours(message) else None


def agent_of(user: Mapping[str, Any]) -> Agent:
    """The agent of a user, with the name that visitors see."""
    return Agent(str(user["id"]), str(user.get("available_name") or user.get("name") or user["id"]))


def words(message: Mapping[str, Any]) -> str:
    """The message's text, as it was typed."""
    content = message.get("content")
    return editor_text(content).strip() if isinstance(content, str) else ""


def outcome(labels: Sequence[str]) -> str:
    """The `Outcome` of a conversation with these labels."""
    return next((each for each in _OUTCOMES if each in labels), "solved")


def attributes(case: Case) -> dict[str, str]:
    """The conversation's attributes, for agents and for rules there."""
    customer = (case.file.get("identity") or {}).get("customer") or {}
    known = {"kilat": case_name(case), "case": case.number, "plan": customer.get("plan"),
             "account_type": customer.get("account_type"), "priority": case.priority, "tier": str(case.tier),
             "language": case.language}
    return {key: value for key, value in known.items() if value}
