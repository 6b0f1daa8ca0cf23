"""Cards of the ways out of the chat: the same as their text, structured (`docs/protocol.md`, Cards)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.ports import QueuePlace
from bot.services.wording import Words

Card = Mapping[str, Any]


def community_card(response: str, values: Mapping[str, str], words: Words) -> Card | None:
    """The link of a response that names the community's address; `None` for one that does not."""
    if not words.has(response, "community"):
        return None
    before, after = words.around(response, values, "community")
    lead = f"{before.removesuffix(':')}.\n{after}".strip()
    link = {"title": words.name("channel", "community"), "url": values["community"]}
    return {"type": "links", "lead": lead, "links": [link]}


def queue_card(text: str, place: QueuePlace) -> Card:
    """The place in the queue; `text` says it in full."""
    return {"type": "queue", "lead": text, **queue_json(place)}


def queue_json(place: QueuePlace) -> dict[str, Any]:
    """A place in the queue as clients get it; `wait` is left out while it is not known."""
    wait = {"wait": {"low": place.wait.low, "high": place.wait.high}} if place.wait else {}
    return {"case": place.case_number, "tier": place.tier, "position": place.position, **wait}
