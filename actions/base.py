"""The one action: tracker in, one turn of the conversation, bubbles and slot events out.

Behind the gateway Rasa remembers nothing: what the bot knew comes with the message, and what it knows goes back with
the reply (`bot/services/bot_protocol.py`).
"""

from __future__ import annotations

import logging
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.bootstrap import app
from bot.core.errors import StoreUnavailable
from bot.core.feedback import RANKED, Neighbour, Understanding, margin_of
from bot.services import bot_protocol
from bot.services.dialogue.intent_correction import NOT_UNDERSTOOD
from bot.services.dialogue.manager import Reply
from bot.services.dialogue.state import State
from bot.services.dialogue.turn import Turn
from bot.services.effect_messages import carry_out

logger = logging.getLogger(__name__)

TROUBLE = "utter_service_trouble"
REMEMBERED_MESSAGES = 10
LANGUAGE = "language"
# The channels that check a message's metadata before they hand it on; Rasa's own hand on what their client wrote.
CHECKED_CHANNELS = ("rest", bot_protocol.GATEWAY)


class TurnAction(Action):
    """Answers every message; `bot.services.dialogue` decides how."""

    def name(self) -> str:
        """The action's name in `domain.yml` and `data/stories/rules.yml`."""
        return "action_answer"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
        """Answer the latest message."""
        state = read_state(tracker)
        try:
            reply = app().dialogue_manager.reply(read_turn(tracker), state, app().facts.load())
            _say(reply, dispatcher, tracker)
        except StoreUnavailable:
            logger.exception("The store did not answer; the visitor was told so, or the gateway asks again.")
            _say_trouble(dispatcher, tracker, state.language)
            return []
        remembered = State.from_slots(tracker.slots)
        return [SlotSet(name, value) for name, value in remembered.changes(reply.state).items()]


def read_turn(tracker: Tracker) -> Turn:
    """The latest message of `tracker` as a `Turn`."""
    message = tracker.latest_message
    metadata = _metadata(tracker)
    return Turn(
        conversation_id=tracker.sender_id,
        text=message.get("text") or "",
        intent=(message.get("intent") or {}).get("name") or "nlu_fallback",
        ranking={item["name"]: item["confidence"] for item in message.get("intent_ranking") or []},
        entities=tuple((kind, value) for kind, value in _entities(tracker) if kind != LANGUAGE),
        identity=bot_protocol.identity_from_json(metadata.get("identity")),
        identity_problem=metadata.get("identity_problem"),
        history=_history(tracker),
        message_id=str(message.get("message_id") or ""),
        cards=_gateway(tracker) is not None,
    )


def read_state(tracker: Tracker) -> State:
    """What the conversation remembers: from the gateway where the message came through it, else from the slots.

    Rasa has put the message's language into its slot by now; with the gateway's state that is left to do.
    """
    gateway = _gateway(tracker)
    if gateway is None:
        return State.from_slots(tracker.slots)
    state = State.from_slots(gateway["state"])
    return state.with_values(language=dict(_entities(tracker)).get(LANGUAGE, state.language))


def _gateway(tracker: Tracker) -> dict[str, Any] | None:
    """What the gateway sent along; nobody else can put it there (see `bot/adapters/input_validation.py`)."""
    found: dict[str, Any] | None = _metadata(tracker).get(bot_protocol.GATEWAY)
    return found


def _metadata(tracker: Tracker) -> dict[str, Any]:
    """The metadata of the latest message; nothing from a channel without a door, where a client may claim anything."""
    if tracker.get_latest_input_channel() not in CHECKED_CHANNELS:
        return {}
    return tracker.latest_message.get("metadata") or {}


def _entities(tracker: Tracker) -> list[tuple[str, str]]:
    return [(found["entity"], str(found["value"])) for found in tracker.latest_message.get("entities") or []]


def _history(tracker: Tracker) -> tuple[str, ...]:
    """The visitor's texts before this message, the newest last."""
    gateway = _gateway(tracker)
    if gateway is not None:
        return tuple(gateway["history"][-REMEMBERED_MESSAGES:])
    said = [event["text"] for event in tracker.events if event.get("event") == "user" and event.get("text")]
    return tuple(said[:-1][-REMEMBERED_MESSAGES:])


def _say(reply: Reply, dispatcher: CollectingDispatcher, tracker: Tracker) -> None:
    """Hand the reply to the gateway, which carries out its effects. For Rasa's own channels this is done here."""
    if _gateway(tracker) is not None:
        said = bot_protocol.reply_to_json(
            reply.bubbles, reply.state.slots(), _understood(reply, tracker.latest_message)
        )
        dispatcher.utter_message(json_message={bot_protocol.CUSTOM: said})
        return
    built = app()
    words = built.wording.words(built.facts.load(), reply.state.language)
    for bubble in [carry_out(bubble, built.cases, built.tickets, words) for bubble in reply.bubbles]:
        buttons = [{"title": button.title, "payload": button.payload} for button in bubble.buttons]
        dispatcher.utter_message(text=bubble.text, buttons=buttons)


def _understood(reply: Reply, message: dict[str, Any]) -> Understanding | None:
    """How the message was understood, where it was no answer to a form's question."""
    if reply.intent is None:
        return None
    listed = [(item["name"], item["confidence"]) for item in message.get("intent_ranking") or []]
    # The fallback is no meaning, and what goes first out of caution is not always the likeliest.
    ranking = sorted((item for item in listed if item[0] != NOT_UNDERSTOOD), key=lambda item: -item[1])
    nearest = (message.get("reason") or {}).get("nearest") or []
    return Understanding(
        reply.intent, tuple(ranking[:RANKED]), margin_of(ranking),
        tuple(Neighbour(near["text"], near["intent"], near["similarity"]) for near in nearest),
    )


def _say_trouble(dispatcher: CollectingDispatcher, tracker: Tracker, language: str) -> None:
    if _gateway(tracker) is not None:
        dispatcher.utter_message(json_message={bot_protocol.CUSTOM: dict(bot_protocol.UNAVAILABLE)})
    else:
        dispatcher.utter_message(text=app().wording.responses[language][TROUBLE])
