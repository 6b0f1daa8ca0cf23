"""Reads messages of Sunshine Conversations."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.adapters.desks.html_text import without_markup
from bot.core.conversation import Agent

AGENTS = "zd:agentWorkspace"
# Metadata of an agent's message. (Replies of triggers come from the same source.)
_ID, _NAME = "__zendesk_msg.agent.id", "__zendesk_msg.agent.name"
# Beginnings of ids that are no person's, such as `__trigger` and Zendesk's user -1.
_NOBODY = ("__", "-", "0")
_MACHINES = frozenset({"bot", "ai", "activity"})


def is_ours(message: Mapping[str, Any]) -> bool:
    """True for a message of Kilat."""
    return bool(_metadata(message).get("kilat"))


def agent_of(message: Mapping[str, Any], unnamed: str) -> Agent | None:
    """The agent who wrote the message, with the name that visitors see, or `unnamed`; `None`: no agent wrote it."""
    author = message.get("author") or {}
    is_theirs = author.get("type") == "business" and (message.get("source") or {}).get("type") == AGENTS
    id_ = str(_metadata(message).get(_ID) or "")
    is_person = bool(id_) and not id_.startswith(_NOBODY) and not _is_machine(author)
    if not is_theirs or not is_person or is_ours(message) or message.get("deleted"):
        return None
    return Agent(id_, str(author.get("displayName") or _metadata(message).get(_NAME) or unnamed))


def is_typing_agent(activity: Mapping[str, Any]) -> bool:
    """True when an agent types. The activity does not say which one; those of visitors and bots name another source."""
    author, source = activity.get("author") or {}, activity.get("source") or {}
    return author.get("type") == "business" and not _is_machine(author) and source.get("type", AGENTS) == AGENTS


def words(message: Mapping[str, Any]) -> str:
    """The message's text; without a plain one, that of its HTML or Markdown."""
    content = message.get("content") or {}
    text = content.get("text") or without_markup(content.get("htmlText") or "") or content.get("markdownText")
    return text.strip() if isinstance(text, str) else ""


def seconds(changed: str) -> float:
    """An ISO time in seconds since 1970; 0 when it is invalid."""
    try:
        return datetime.fromisoformat(changed.replace("Z", "+00:00")).timestamp()
    except ValueError:
        return 0.0


def _is_machine(author: Mapping[str, Any]) -> bool:
    subtypes = author.get("subtypes") or ()
    return bool(_MACHINES & {str(one).lower() for one in ([subtypes] if isinstance(subtypes, str) else subtypes)})


def _metadata(message: Mapping[str, Any]) -> Mapping[str, Any]:
    metadata = message.get("metadata")
    return metadata if isinstance(metadata, dict) else {}
