"""Checks incoming frames and renders outgoing ones as JSON. The contract is `docs/protocol.md`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.adapters.input_validation import as_words, clean, is_button
from bot.core.conversation import Entry
from bot.core.errors import KilatError
from bot.languages import LANGUAGES
from bot.live.page_context import read_page

PROTOCOL = 1
LARGEST_FRAME = 32_768
LONGEST_PAYLOAD = 200
LONGEST_COMMENT = 1000
BEST_SCORE = 5
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_SHOWN = ("text", "name", "lang", "buttons", "card", "event", "file", "rating", "ticket")

Frame = dict[str, Any]


class FrameError(KilatError):
    """A refused frame; becomes an `error` frame with this `code`."""

    def __init__(self, code: str, detail: str, *, client_id: str | None = None, **more: Any) -> None:
        super().__init__(detail)
        self.code = code
        self.client_id = client_id
        self.more = more

    def frame(self) -> Frame:
        """The `error` frame."""
        known = {"client_id": self.client_id} if self.client_id else {}
        return {"type": "error", "code": self.code, "detail": str(self), **known, **self.more}


@dataclass(frozen=True)
class LastSeen:
    """The newest entry that a client has. After an older backup was restored, another entry may have its number: the
    time tells them apart."""

    seq: int = 0  # 0 for none
    at: str | None = None  # as of `at_json`; `None` when the client does not say it


@dataclass(frozen=True)
class Limits:
    """What a client may send."""

    text: int  # characters
    buttons: frozenset[str]  # intents that a button may send


@dataclass(frozen=True)
class Request:
    """A checked frame: its `type`, and its fields (`values`) with defaults filled in."""

    type: str
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def client_id(self) -> str:
        """The client's id of this frame."""
        return str(self.values["client_id"])


def parse(raw: str | bytes, limits: Limits) -> Request:
    """Check the text of one frame; raises `FrameError`."""
    if len(raw.encode(errors="replace") if isinstance(raw, str) else raw) > LARGEST_FRAME:
        raise FrameError("bad_frame", f"a frame has at most {LARGEST_FRAME} bytes")
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise FrameError("bad_frame", "a frame is a JSON object, and this is no JSON") from error
    return check(body, limits)


def check(body: Any, limits: Limits) -> Request:
    """`parse` for a frame that is decoded already."""
    if not isinstance(body, dict) or not isinstance(body.get("type"), str):
        raise FrameError("bad_frame", "a frame is a JSON object with a `type`")
    reader = _READERS.get(body["type"])
    if reader is None:
        raise FrameError("bad_frame", "there is no frame of this type")
    return Request(body["type"], reader(body, limits))


def at_json(at: datetime) -> str:
    """A UTC time in ISO 8601 with milliseconds and `Z`, as on the wire."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def entry_json(entry: Entry) -> Frame:
    """An entry as on the wire, without the gateway's private fields."""
    shown = {name: entry.body[name] for name in _SHOWN if entry.body.get(name)}
    known = {"client_id": entry.client_id} if entry.client_id else {}
    return {"seq": entry.seq, "at": at_json(entry.at), "author": entry.author.value, "kind": entry.kind.value,
            **shown, **known}


def ack(entry: Entry) -> Frame:
    """The `ack` frame: the client's entry is stored."""
    return {"type": "ack", "client_id": entry.client_id, "seq": entry.seq, "at": at_json(entry.at)}


def dump(frame: Frame) -> str:
    """A frame as compact JSON text."""
    return json.dumps(frame, ensure_ascii=False, separators=(",", ":"))


def _hello(body: Frame, _limits: Limits) -> Frame:
    if body.get("protocol") != PROTOCOL:
        raise FrameError("protocol", f"this gateway speaks version {PROTOCOL}")
    return {"lang": _lang(body), "key": optional(body, "key", str), "after": last_seen(body), **_page(body, _limits),
            "identity_token": optional(body, "identity_token", str)}


def _page(body: Frame, _limits: Limits) -> Frame:
    return {"page": read_page(optional(body, "page", dict) or {})}


def _say(body: Frame, limits: Limits) -> Frame:
    client_id, payload = client_id_of(body), optional(body, "payload", str)
    text = body.get("text")
    if not isinstance(text, str):
        raise FrameError("bad_frame", "`text` must be a text", client_id=client_id)
    if payload is not None:
        payload = clean(payload)
        if len(payload) > LONGEST_PAYLOAD or (payload.startswith("/") and not is_button(payload, limits.buttons)):
            raise FrameError("bad_frame", "`payload` is no button's", client_id=client_id)
    said = clean(text)
    if max(len(text), len(said)) > limits.text:
        raise FrameError("too_long", f"a text has at most {limits.text} characters", client_id=client_id)
    words = payload or as_words(said)
    if not said or not words:
        raise FrameError("empty", "the text says nothing", client_id=client_id)
    return {"client_id": client_id, "text": said, "payload": words}


def _ticket(body: Frame, _limits: Limits) -> Frame:
    client_id, values = client_id_of(body), optional(body, "values", dict)
    if values is None or not all(isinstance(value, str) for value in values.values()):
        raise FrameError("bad_frame", "`values` must be an object of texts", client_id=client_id)
    fields = ("subject", "description", "email", "priority")
    return {"client_id": client_id, "values": {name: clean(values.get(name, "")) for name in fields}}


def _rate(body: Frame, _limits: Limits) -> Frame:
    client_id, comment = client_id_of(body), optional(body, "comment", str)
    score = seq_of(body, "score", None)
    if not 1 <= score <= BEST_SCORE:
        raise FrameError("bad_frame", f"`score` must be 1 to {BEST_SCORE}", client_id=client_id)
    solved = optional(body, "solved", bool)
    said = {**({} if solved is None else {"solved": solved}),
            **({"comment": clean(comment)[:LONGEST_COMMENT]} if comment else {})}
    return {"client_id": client_id, "rating": {"score": score, **said}}


def _unhelpful(body: Frame, _limits: Limits) -> Frame:
    return {"seq": seq_of(body, "seq", None), "on": optional(body, "on", bool) is not False}


def client_id_of(body: Mapping[str, Any]) -> str:
    """The `client_id`, a UUID in lower case; `FrameError` without one."""
    client_id = body.get("client_id")
    if not isinstance(client_id, str) or not _UUID.fullmatch(client_id):
        raise FrameError("bad_frame", "`client_id` must be a UUID in lower case")
    return client_id


def _named(body: Frame, _limits: Limits) -> Frame:
    return {"client_id": client_id_of(body)}


def _nothing(_body: Frame, _limits: Limits) -> Frame:
    return {}


def _lang(body: Frame) -> str:
    if body.get("lang") not in LANGUAGES:
        raise FrameError("bad_frame", f"`lang` must be one of {', '.join(LANGUAGES)}")
    return str(body["lang"])


def seq_of(body: Frame, name: str, default: int | None) -> int:
    """A whole number from 0; `FrameError` for any other value, and for a missing one without a default."""
    value = body.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**31:
        raise FrameError("bad_frame", f"`{name}` must be a whole number from 0")
    return value


def last_seen(body: Frame) -> LastSeen:
    """The fields `after` and `after_at`; may raise `FrameError`."""
    return LastSeen(seq_of(body, "after", 0), optional(body, "after_at", str))


def optional(body: Frame, name: str, kind: type) -> Any:
    """A field of this type, or `None`; `FrameError` for another type."""
    value = body.get(name)
    if value is not None and not isinstance(value, kind):
        raise FrameError("bad_frame", f"`{name}` has the wrong type")
    return value


_READERS: dict[str, Callable[[Frame, Limits], Frame]] = {
    "hello": _hello,
    "say": _say,
    "ticket": _ticket,
    "rate": _rate,
    "leave_queue": _named,
    "end": _named,
    "read": lambda body, _limits: {"seq": seq_of(body, "seq", None)},
    "unhelpful": _unhelpful,
    "language": lambda body, _limits: {"lang": _lang(body)},
    "identify": lambda body, _limits: {"identity_token": optional(body, "identity_token", str)},
    "history": lambda body, _limits: {"before": seq_of(body, "before", None)},
    "page": _page,
    "typing": _nothing,
    "ping": _nothing,
}
