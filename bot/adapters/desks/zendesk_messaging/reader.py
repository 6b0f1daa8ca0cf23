"""What a message of Sunshine Conversations says, and who says it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.adapters.desks.html_text import without_markup
from bot.core.conversation import Agent

AGENTS = "zd:agentWorkspace"
# Of a message that an agent wrote; a trigger's replies come from the same source.
_ID, _NAME = "__zendesk_msg.agent.id", "__zendesk_msg.agent.name"
# Ids that are no person's: `__trigger` and its like, and Zendesk's own user -1.
_NOBODY = ("__", "-", "0")
_MACHINES = frozenset({"bot", "ai", "activity"})


def is_ours(message: Mapping[str, Any]) -> bool:
    """Did Kilat write it?"""
    return bool(_metadata(message).get("kilat"))


def agent_of(message: Mapping[str, Any], unnamed: str) -> Agent | None:
    """The agent who wrote it, by the name that visitors see, or `unnamed`; `None` for what no person wrote."""
    author = message.get("author") or {}
    is_theirs = author.get("type") == "business" and (message.get("source") or {}).get("type") == AGENTS
    id_ = str(_metadata(message).get(_ID) or "")
    if not is_theirs or not id_ or id_.startswith(_NOBODY) or is_ours(message) or message.get("deleted"):
        return None
    if _is_machine(author):
        return None
    return Agent(id_, str(author.get("displayName") or _metadata(message).get(_NAME) or unnamed))


def is_typing_agent(activity: Mapping[str, Any]) -> bool:
    """Is it an agent who types? It does not tell which one; a visitor or another bot says whence it comes."""
    author, source = activity.get("author") or {}, activity.get("source") or {}
    return author.get("type") == "business" and not _is_machine(author) and source.get("type", AGENTS) == AGENTS


def words(message: Mapping[str, Any]) -> str:
    """Its words: where the plain text is left out, those of its HTML or Markdown."""
    content = message.get("content") or {}
    text = content.get("text") or without_markup(content.get("htmlText") or "") or content.get("markdownText")
    return text.strip() if isinstance(text, str) else ""


def seconds(changed: str) -> float:
    """A time there as seconds since 1970; 0 for what is none."""
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
