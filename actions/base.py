"""What every action does: tracker in, one turn of the conversation, bubbles and slot events out."""

from __future__ import annotations

import logging
from functools import lru_cache
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.bootstrap import App, app
from bot.core.customer import Customer, Identity
from bot.core.errors import StoreUnavailable
from bot.services.dialogue.converse import Conversation
from bot.services.dialogue.state import State
from bot.services.dialogue.turn import Turn

logger = logging.getLogger(__name__)

TROUBLE = "utter_service_trouble"
REMEMBERED_MESSAGES = 10
_NOT_VALUES = ("language",)


class TurnAction:
    """One turn. The topics' actions give it a name, so that stories and logs tell which topic answered.

    No `Action` itself, for rasa_sdk would register it.
    """

    action_name: str

    def name(self) -> str:
        """The action's name in `domain.yml`."""
        return self.action_name

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
        """Answer the latest message."""
        state = State.from_slots(tracker.slots)
        try:
            reply = _conversation().reply(read_turn(tracker), state, app().facts.load())
        except StoreUnavailable:
            logger.exception("The store did not answer; the visitor was told so.")
            dispatcher.utter_message(response=TROUBLE)
            return []
        for bubble in reply.bubbles:
            buttons = [{"title": button.title, "payload": button.payload} for button in bubble.buttons]
            dispatcher.utter_message(text=bubble.text, buttons=buttons)
        return [SlotSet(name, value) for name, value in state.changes(reply.state).items()]


def read_turn(tracker: Tracker) -> Turn:
    """The latest message of `tracker` as a `Turn`."""
    message = tracker.latest_message
    metadata = message.get("metadata") or {}
    earlier = [event["text"] for event in tracker.events if event.get("event") == "user" and event.get("text")]
    return Turn(
        conversation=tracker.sender_id,
        text=message.get("text") or "",
        intent=(message.get("intent") or {}).get("name") or "nlu_fallback",
        ranking={item["name"]: item["confidence"] for item in message.get("intent_ranking") or []},
        entities=tuple(
            (e["entity"], str(e["value"])) for e in message.get("entities") or [] if e["entity"] not in _NOT_VALUES
        ),
        identity=_identity(metadata.get("identity")),
        identity_problem=metadata.get("identity_problem"),
        history=tuple(earlier[:-1][-REMEMBERED_MESSAGES:]),
        message_id=str(message.get("message_id") or ""),
    )


def _identity(claims: Any) -> Identity | None:
    """The claims that the door (REST channel, shell) verified; nobody else can put them there."""
    if not isinstance(claims, dict):
        return None
    customer = Customer(**claims["customer"])
    return Identity(claims["subject"], customer, claims.get("name"), claims.get("email"))


@lru_cache(maxsize=1)
def _conversation() -> Conversation:
    built: App = app()
    return Conversation(built.wording, built.agents, built.tickets, built.settings.community_url)
