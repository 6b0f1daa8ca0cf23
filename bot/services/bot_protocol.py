"""The JSON between the gateway and the bot behind Rasa, written and read in this one place.

Request: the gateway sends `request` to `POST /webhooks/gateway/webhook`; Rasa hands its `metadata` on to the action.
Reply: the action returns `reply_to_json` as Rasa's custom JSON under `CUSTOM`, the channel as its body. The channel
adds which model has understood the message.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from pydantic import parse_obj_as
from pydantic.json import pydantic_encoder

from bot.core.answer import Bubble, Button
from bot.core.customer import Customer, Identity
from bot.core.effects import Effect, OpenCase, OpenTicket
from bot.core.feedback import Neighbour, Understanding
from bot.ports import BotReply, BotTurn

CUSTOM = "kilat"
GATEWAY = "gateway"
UNDERSTOOD = "understood"
EFFECT = "effect"
_EFFECTS: Mapping[str, type[Effect]] = {"open_case": OpenCase, "open_ticket": OpenTicket}
UNAVAILABLE: Mapping[str, Any] = {"unavailable": True}


def request(turn: BotTurn) -> dict[str, Any]:
    """`{sender, message, message_id, metadata: {gateway: {state, history}, identity?, identity_problem?}}`."""
    metadata: dict[str, Any] = {GATEWAY: {"state": dict(turn.state), "history": list(turn.history)}}
    if turn.identity:
        metadata["identity"] = asdict(turn.identity)
    if turn.identity_problem:
        metadata["identity_problem"] = turn.identity_problem
    return {"sender": turn.conversation_id, "message": turn.text, "message_id": turn.message_id, "metadata": metadata}


def identity_from_json(claims: Any) -> Identity | None:
    """The identity in the metadata of a request; `None` for an anonymous visitor."""
    if not isinstance(claims, dict):
        return None
    return Identity(claims["subject"], Customer(**claims["customer"]), claims.get("name"), claims.get("email"))


def reply_to_json(
    bubbles: Iterable[Bubble], state: Mapping[str, Any], understood: Understanding | None = None,
) -> dict[str, Any]:
    """`{bubbles: [{text, buttons?, card?, effect?}], state: {slot: value}, understood?: {intent, ranking, …}}`."""
    known = {UNDERSTOOD: asdict(understood)} if understood else {}
    said = [{**bubble_to_json(bubble), **_effect_to_json(bubble.effect)} for bubble in bubbles]
    return {"bubbles": said, "state": dict(state), **known}


def reply_from_json(body: Any) -> BotReply:
    """The reply that `reply_to_json` wrote; `ValueError` for anything else, and for an empty reply."""
    try:
        bubbles, state = tuple(bubble_from_json(item) for item in body["bubbles"]), body["state"]
        understood = _understood(body[UNDERSTOOD]) if UNDERSTOOD in body else None
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"this is no reply of the bot: {str(body)[:200]}") from error
    if not bubbles or not isinstance(state, dict):
        raise ValueError(f"this is no reply of the bot: {str(body)[:200]}")
    return BotReply(bubbles, state, understood)


def bubble_to_json(bubble: Bubble) -> dict[str, Any]:
    """`{text, buttons?, card?}`, the fields of an entry (`docs/protocol.md`), without empty ones."""
    fields = {
        "text": bubble.text,
        "buttons": [{"title": button.title, "payload": button.payload} for button in bubble.buttons],
        "card": dict(bubble.card) if bubble.card else None,
    }
    return {name: value for name, value in fields.items() if value or name == "text"}


def bubble_from_json(fields: Mapping[str, Any]) -> Bubble:
    """The bubble that `reply_to_json` wrote; `AttributeError`, `KeyError`, `TypeError` or `ValueError` for anything
    else."""
    buttons = tuple(Button(button["title"], button["payload"]) for button in fields.get("buttons") or ())
    effect = fields.get(EFFECT)
    return Bubble(fields["text"], buttons, fields.get("card"),
                  parse_obj_as(_EFFECTS[effect["type"]], effect) if effect else None)


def _effect_to_json(effect: Effect | None) -> dict[str, Any]:
    """`{effect: {type, …}}`: the fields of `OpenCase` or `OpenTicket`."""
    if effect is None:
        return {}
    kind = next(name for name, effect_type in _EFFECTS.items() if isinstance(effect, effect_type))
    return {EFFECT: {"type": kind, **json.loads(json.dumps(effect, default=pydantic_encoder))}}


def _understood(fields: Mapping[str, Any]) -> Understanding:
    ranking = tuple((str(intent), float(share)) for intent, share in fields["ranking"])
    nearest = tuple(Neighbour(*near) for near in fields["nearest"])
    return Understanding(fields["intent"], ranking, float(fields["margin"]), nearest, fields["model"])
