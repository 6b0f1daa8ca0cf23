"""What travels between the gateway and the bot: it comes out as it went in, and nothing else is taken for it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from bot.adapters.sample_customers import sample_identity
from bot.core.answer import Bubble, Button
from bot.core.effects import CaseFile, OpenCase, OpenTicket, SlaTargets, TicketDraft
from bot.core.feedback import Neighbour, Understanding
from bot.core.routing import HandoffTarget, Route
from bot.ports import BotReply, BotTurn
from bot.services import bot_protocol
from bot.services.dialogue.state import State

BUBBLES = (Bubble("Halo"), Bubble("Mau apa?", (Button("Tiket", "/create_ticket"),)), Bubble("", card={"type": "x"}))


def _over_the_wire(value: Any) -> Any:
    return json.loads(json.dumps(value))


def test_a_reply() -> None:
    """Bubbles and the whole state."""
    state = State(language="en", topic="phone_number", countries=("JP",), fallback_count=1)
    reply = bot_protocol.reply_from_json(_over_the_wire(bot_protocol.reply_to_json(BUBBLES, state.slots())))
    assert reply == BotReply(BUBBLES, state.slots())
    assert State.from_slots(reply.state) == state


def test_how_it_was_understood() -> None:
    """As the action tells it, and with the model that the channel names."""
    ranking = (("phone_number", 0.6), ("phone_access", 0.3))
    understood = Understanding("phone_number", ranking, 0.3, (Neighbour("nomor jepang", "phone_number", 0.9),), "m-1")
    for one in (understood, Understanding("greet")):
        body = _over_the_wire(bot_protocol.reply_to_json(BUBBLES, {}, one))
        assert bot_protocol.reply_from_json(body) == BotReply(BUBBLES, {}, one)


def test_what_a_reply_does() -> None:
    """Each effect with its bubble; the bubble's entry has no such field."""
    ada = sample_identity("premier:admin:business")
    route = Route(HandoffTarget.AGENT_QUEUE, "tier2", 2, "tier2.premier.licensed_admin")
    terms = SlaTargets(timedelta(hours=1), escalates=True)
    file = CaseFile("c", "?", ("a", "b"), "id", "Ada", "p1", None, ada, route, terms)
    draft = TicketDraft("c:m", "c", "Audio", "Putus", "ada@example.com", "p2", "en", None, {"asked_before": ["a"]})
    effects = (OpenCase(file, {"wait": "sebentar"}), OpenTicket(draft, "1 jam", bounded=False))
    bubbles = tuple(Bubble("", effect=effect) for effect in effects)
    assert bot_protocol.reply_from_json(_over_the_wire(bot_protocol.reply_to_json(bubbles, {}))).bubbles == bubbles
    assert all(bot_protocol.bubble_to_json(bubble) == {"text": ""} for bubble in bubbles)


def test_what_is_empty_is_left_out() -> None:
    """So that an entry of the log has the fields of the protocol."""
    assert [set(bubble) for bubble in bot_protocol.reply_to_json(BUBBLES, {})["bubbles"]] == [
        {"text"}, {"text", "buttons"}, {"text", "card"}]


@pytest.mark.parametrize("customer", ["premier:admin:business", "access:member:basic", None])
def test_a_request(customer: str | None) -> None:
    """The identity comes out whole, an anonymous visitor stays anonymous."""
    identity = sample_identity(customer) if customer else None
    turn = BotTurn("c", "m", "halo", {"topic": "greet"}, ("hai",), identity, None if identity else "expired")
    body = _over_the_wire(bot_protocol.request(turn))
    assert (body["sender"], body["message"], body["message_id"]) == ("c", "halo", "m")
    metadata = body["metadata"]
    assert metadata["gateway"] == {"state": {"topic": "greet"}, "history": ["hai"]}
    assert bot_protocol.identity_from_json(metadata.get("identity")) == identity
    assert metadata.get("identity_problem") == turn.identity_problem


@pytest.mark.parametrize("body", [
    None, [], "halo", 5, {}, {"bubbles": []}, {"bubbles": [], "state": {}}, {"bubbles": [{"text": "a"}]},
    {"bubbles": [{"text": "a"}], "state": None}, {"bubbles": [{}], "state": {}}, {"bubbles": ["a"], "state": {}},
    {"bubbles": [{"text": "a", "buttons": [{"title": "b"}]}], "state": {}}, {"bubbles": 5, "state": {}},
    dict(bot_protocol.UNAVAILABLE), {"error": "no answer"},
    {"bubbles": [{"text": "", "effect": {"type": "open_case"}}], "state": {}},
    {"bubbles": [{"text": "", "effect": {"type": "sing"}}], "state": {}},
    {"bubbles": [{"text": "a"}], "state": {}, "understood": {}},
    {"bubbles": [{"text": "a"}], "state": {}, "understood": {"intent": "greet", "ranking": 5}}])
def test_no_reply(body: Any) -> None:
    """Anything else is refused, so that nothing half is shown."""
    with pytest.raises(ValueError, match="no reply"):
        bot_protocol.reply_from_json(body)
