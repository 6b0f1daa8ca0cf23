"""Cards of the queue and the community: the structured form of their text (`docs/protocol.md`, Cards)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.ports import QueuePlace
from bot.services.wording import Words

Card = Mapping[str, Any]


def community_card(response: str, values: Mapping[str, str], words: Words) -> Card | None:
    """The card of a response that names the community's address; `None` for one that does not."""
    if not words.has(response, "community"):
        return None
    before, after = words.around(response, values, "community")
    lead = f"{before.removesuffix(':')}.\n{after}".strip()
    link = {"title": words.name("channel", "community"), "url": values["community"]}
    return {"type": "links", "lead": lead, "links": [link]}


def queue_card(text: str, place: QueuePlace) -> Card:
    """The card of a place in the queue, which `text` says in full."""
    return {"type": "queue", "lead": text, **queue_json(place)}


def queue_json(place: QueuePlace) -> dict[str, Any]:
    """A place in the queue as JSON; without `wait` while the wait is unknown."""
    wait = {"wait": {"low": place.wait.low, "high": place.wait.high}} if place.wait else {}
    return {"case": place.case_number, "tier": place.tier, "position": place.position, **wait}
