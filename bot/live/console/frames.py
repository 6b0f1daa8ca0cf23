"""Checks the frames that come from the console (`docs/console.md`)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.adapters.input_validation import clean
from bot.core.case import REASONS, Outcome
from bot.core.conversation import Destination
from bot.live.frames import LARGEST_FRAME, Frame, FrameError, client_id_of, last_seen, optional, seq_of
from bot.services.ticket_fields import FIELDS
from bot.services.ticket_fields import check as check_form

PROTOCOL = 1
TIERS = (1, 2)
PRESENCES = ("online", "away")
LONGEST_REQUEST = 64
LONGEST_NAME = 64
LONGEST_REASON = 500


@dataclass(frozen=True)
class ConsoleRequest:
    """A checked frame."""

    type: str
    request: str  # the answer names it
    values: Mapping[str, Any] = field(default_factory=dict)  # the other fields, with their defaults

    @property
    def conversation_id(self) -> str:
        """The conversation that the frame is about."""
        return str(self.values["conversation"])

    @property
    def client_id(self) -> str:
        """The console's own id of the frame."""
        return str(self.values["client_id"])


def parse(raw: str | bytes, longest_text: int) -> ConsoleRequest:
    """Check one frame, with texts of `longest_text` characters at most. `FrameError` says what is wrong, and names the
    `request` of the frame if it has one."""
    if len(raw.encode(errors="replace") if isinstance(raw, str) else raw) > LARGEST_FRAME:
        raise FrameError("bad_frame", f"a frame has at most {LARGEST_FRAME} bytes", request=None)
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise FrameError("bad_frame", f"a frame is a JSON object: {error}", request=None) from error
    return check(body, longest_text)


def check(body: Any, longest_text: int) -> ConsoleRequest:
    """`parse` for a frame that is decoded already."""
    if not isinstance(body, dict) or not isinstance(body.get("type"), str):
        raise FrameError("bad_frame", "a frame is a JSON object with a `type`", request=None)
    request = body.get("request")
    if not isinstance(request, str) or not 1 <= len(request) <= LONGEST_REQUEST:
        raise FrameError("bad_frame", f"`request` must be a text of 1 to {LONGEST_REQUEST} characters", request=None)
    try:
        if body["type"] not in _READERS:
            raise FrameError("bad_frame", "there is no frame of this type")
        return ConsoleRequest(body["type"], request, _READERS[body["type"]](body, longest_text))
    except FrameError as error:
        error.more["request"] = request
        raise


def _hello(body: Frame, _longest: int) -> Frame:
    if body.get("protocol") != PROTOCOL:
        raise FrameError("protocol", f"this gateway speaks version {PROTOCOL}")
    return {}


def _presence(body: Frame, _longest: int) -> Frame:
    if body.get("presence") not in PRESENCES:
        raise FrameError("bad_frame", f"`presence` must be one of {', '.join(PRESENCES)}")
    return {"presence": body["presence"]}


def _text(body: Frame, longest: int) -> Frame:
    client_id, text = client_id_of(body), body.get("text")
    if not isinstance(text, str):
        raise FrameError("bad_frame", "`text` must be a text", client_id=client_id)
    if len(text) > longest:
        raise FrameError("too_long", f"a text has at most {longest} characters", client_id=client_id)
    said = clean(text)
    if not said:
        raise FrameError("empty", "the text says nothing", client_id=client_id)
    return {**_conversation_id(body), "client_id": client_id, "text": said}


def _typing(body: Frame, _longest: int) -> Frame:
    if not isinstance(body.get("on"), bool):
        raise FrameError("bad_frame", "`on` must be true or false")
    return {**_conversation_id(body), "on": body["on"]}


def _transfer(body: Frame, _longest: int) -> Frame:
    tier, agent = optional(body, "tier", int), _name(body, "agent") if body.get("agent") is not None else None
    if tier is not None and (isinstance(tier, bool) or tier not in TIERS):
        raise FrameError("bad_frame", f"`tier` must be one of {', '.join(map(str, TIERS))}")
    if tier is not None and agent is not None:
        raise FrameError("bad_frame", "to a tier or to an agent, not both")
    reason = clean(optional(body, "reason", str) or "")[:LONGEST_REASON]
    return {**_step(body), "to": Destination(tier, agent), "reason": reason}


def _ticket(body: Frame, _longest: int) -> Frame:
    client_id, values = client_id_of(body), optional(body, "values", dict)
    if values is None or not all(isinstance(value, str) for value in values.values()):
        raise FrameError("bad_frame", "`values` must be an object of texts", client_id=client_id)
    filled = {name: clean(values.get(name, "")) for name in FIELDS}
    if fields := check_form(filled):
        raise FrameError("invalid_form", "the form has wrong values", client_id=client_id, fields=fields)
    return {**_conversation_id(body), "client_id": client_id, "values": filled}


def _close(body: Frame, _longest: int) -> Frame:
    if body.get("reason") not in [reason.value for reason in REASONS]:
        raise FrameError("bad_frame", f"`reason` must be one of {', '.join(reason.value for reason in REASONS)}")
    return {**_step(body), "reason": Outcome(body["reason"])}


def _conversation_id(body: Frame, _longest: int = 0) -> Frame:
    return {"conversation": _name(body, "conversation")}


def _step(body: Frame, _longest: int = 0) -> Frame:
    """The conversation, and the `client_id` if there is one: such a step may be sent again."""
    return {**_conversation_id(body), "client_id": client_id_of(body) if body.get("client_id") is not None else None}


def _name(body: Frame, field_: str) -> str:
    name = body.get(field_)
    if not isinstance(name, str) or not 1 <= len(name) <= LONGEST_NAME or clean(name) != name:
        raise FrameError("bad_frame", f"`{field_}` must be a text of 1 to {LONGEST_NAME} characters")
    return name


_READERS: dict[str, Callable[[Frame, int], Frame]] = {
    "hello": _hello,
    "presence": _presence,
    "next": lambda _body, _longest: {},
    "take": _conversation_id,
    "assign": lambda body, _longest: {**_conversation_id(body), "agent": _name(body, "agent")},
    "open": lambda body, _longest: {**_conversation_id(body), "after": last_seen(body)},
    "shut": _conversation_id,
    "history": lambda body, _longest: {**_conversation_id(body), "before": seq_of(body, "before", None)},
    "say": _text,
    "note": _text,
    "typing": _typing,
    "read": lambda body, _longest: {**_conversation_id(body), "seq": seq_of(body, "seq", None)},
    "transfer": _transfer,
    "give_back": _step,
    "ticket": _ticket,
    "close": _close,
    "ping": lambda _body, _longest: {},
}
