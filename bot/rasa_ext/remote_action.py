"""Patches Rasa's call of a custom action (docs/decisions/0004):

1. The validator of the reply is built once. `jsonschema.validate` checks the schema itself at each call, which takes
   two thirds of a turn.
2. When the action server is away, the visitor gets an honest sentence. Rasa would say nothing.
3. The call carries the internal secret, whatever file names the action server.
4. The body carries only what our actions read, so that long conversations do not get slower.

The patch rests on private methods of Rasa 3.6.21 (pinned); `tests/rasa_ext/test_remote_action.py` proves it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import rasa
import structlog
from jsonschema import Draft7Validator
from rasa.core.actions.action import ActionExecutionRejection, RemoteAction, create_bot_utterance
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import EventVerbosity
from rasa.shared.exceptions import RasaException

from bot.adapters.internal_auth import bearer
from bot.adapters.locales import read_locales
from bot.languages import LANGUAGES
from bot.settings import Settings

logger = structlog.get_logger()

TROUBLE = "utter_service_trouble"
LATEST_EVENTS = 60

_validator = Draft7Validator(RemoteAction.action_response_format_spec())
_run = RemoteAction.run


def _validate_action_result(_self: RemoteAction, result: dict[str, Any]) -> bool:
    _validator.validate(result)
    return True


def _action_call_format(self: RemoteAction, tracker: Any, _domain: Any) -> dict[str, Any]:
    state = tracker.current_state(EventVerbosity.NONE)
    state["events"] = [event.as_dict() for event in list(tracker.events)[-LATEST_EVENTS:]]
    return {"next_action": self._name, "sender_id": tracker.sender_id, "tracker": state, "domain": {},
            "version": rasa.__version__}


@lru_cache(maxsize=1)
def _secret() -> str:
    return Settings.from_environment().internal_secret


@lru_cache(maxsize=1)
def _responses() -> dict[str, dict[str, str]]:
    return read_locales(Settings.from_environment().data, "responses")


async def _run_or_apologise(
    self: RemoteAction, output_channel: Any, nlg: Any, tracker: Any, domain: Any,
) -> list[Event]:
    if "Authorization" not in self.action_endpoint.headers:
        self.action_endpoint.headers |= bearer(_secret())
    try:
        events: list[Event] = await _run(self, output_channel, nlg, tracker, domain)
        return events
    except ActionExecutionRejection:
        raise
    except (RasaException, OSError, TimeoutError) as error:
        logger.error("kilat.action.failed", action=self.name(), error=str(error))
        said = _responses()[tracker.get_slot("language") or LANGUAGES[0]][TROUBLE]
        return [create_bot_utterance({"text": said, "utter_action": TROUBLE})]


def install() -> None:
    """Patch `RemoteAction`; may be called twice."""
    RemoteAction._validate_action_result = _validate_action_result
    RemoteAction._action_call_format = _action_call_format
    RemoteAction.run = _run_or_apologise
