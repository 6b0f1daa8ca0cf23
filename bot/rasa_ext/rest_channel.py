"""The REST channel: `POST /webhooks/rest/webhook {sender, message, metadata: {identity_token}}`.

Answers with a list of `{recipient_id, text, buttons}`. A refused token is told to the integrator in the header
`X-Kilat-Identity`; the visitor counts as anonymous. Wrong requests get a 4xx with a reason.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from sanic import Blueprint, response
from sanic.exceptions import SanicException
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.adapters.identity_token import check_keys
from bot.adapters.input_validation import BadRequest, Incoming, read
from bot.adapters.internal_auth import GuardedBlueprint, is_opened
from bot.adapters.wording_reader import read_wording
from bot.languages import LANGUAGES
from bot.rasa_ext.language import MessageLanguageDetector
from bot.settings import Settings

logger = structlog.get_logger()

LARGEST_BODY = 262_144
# This channel believes nothing but signed tokens, so it asks for no internal secret: any program here may be a client.
OPEN_TO_ALL = "/webhooks/rest/"
IDENTITY_HEADER = "X-Kilat-Identity"


class RestChannel(InputChannel):
    """Rasa's REST channel with a door in front of it."""

    def __init__(self) -> None:
        self._settings = Settings.from_environment()
        check_keys(self._settings)
        self._wording = read_wording(self._settings.data)
        self._detector = MessageLanguageDetector.from_file(self._settings.data / "vocabulary" / "language.yml")
        self._buttons = frozenset(self._wording.topics)

    @classmethod
    def name(cls) -> str:
        """Its place in the URL."""
        return "rest"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The routes."""
        routes = GuardedBlueprint("kilat_rest", self._settings.internal_secret, OPEN_TO_ALL)

        @routes.route("/", methods=["GET"])
        async def health(_request: Request) -> HTTPResponse:
            return response.json({"status": "ok"})

        @routes.route("/webhook", methods=["POST"])
        async def receive(request: Request) -> HTTPResponse:
            if not self._may_enter(request):
                return response.json({"error": "`Authorization: Bearer KILAT_REST_TOKEN` is missing"}, status=401)
            try:
                incoming = read(json_body(request), self._settings, self._buttons)
            except BadRequest as error:
                return response.json({"error": str(error)}, status=400)
            return await self._reply(incoming, on_new_message)

        return routes

    def _may_enter(self, request: Request) -> bool:
        """With KILAT_REST_TOKEN set, only who carries it; never in the address, which lands in logs."""
        wanted = self._settings.rest_token
        return wanted is None or is_opened(request, wanted)

    async def _reply(self, incoming: Incoming, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> HTTPResponse:
        headers = {}
        if problem := incoming.metadata.get("identity_problem"):
            detail = incoming.metadata.pop("identity_detail")
            logger.warning("kilat.identity.rejected", reason=problem, detail=detail)
            headers[IDENTITY_HEADER] = f"rejected; reason={problem}"
        elif incoming.metadata:
            headers[IDENTITY_HEADER] = "accepted"
        if incoming.empty or incoming.too_long:
            return response.json([self._turned_away(incoming)], headers=headers)
        collector = CollectingOutputChannel()
        message = UserMessage(incoming.text, collector, incoming.sender, input_channel=self.name(),
                              metadata=incoming.metadata)
        try:
            await on_new_message(message)
        except asyncio.CancelledError:
            logger.error("kilat.rest.cancelled", sender=incoming.sender)
            raise
        except Exception:  # the edge: whatever broke inside, the visitor gets an honest sentence
            logger.exception("kilat.rest.failed", sender=incoming.sender)
        if not collector.messages:
            collector.messages.append(self._say("utter_service_trouble", incoming))
        return response.json(collector.messages, headers=headers)

    def _turned_away(self, incoming: Incoming) -> dict[str, Any]:
        return self._say("utter_empty_message" if incoming.empty else "utter_message_too_long", incoming)

    def _say(self, name: str, incoming: Incoming) -> dict[str, Any]:
        language = self._detector.detect(incoming.text[:500]) or LANGUAGES[0]
        text = self._wording.responses[language][name].format(limit=self._settings.max_message_length)
        return {"recipient_id": incoming.sender, "text": text}


def json_body(request: Request) -> Any:
    """The JSON of a request; `BadRequest` says what is wrong with it."""
    if len(request.body) > LARGEST_BODY:
        raise BadRequest(f"the body is larger than {LARGEST_BODY} bytes")
    try:
        return json.loads(request.body)
    except (ValueError, RecursionError, SanicException) as error:
        raise BadRequest(f"the body is not valid JSON: {error}") from error
