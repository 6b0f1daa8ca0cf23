"""Reads what agents write in a case's room. A message that begins with `!` is for Kilat, never for the visitor.

Events: https://spec.matrix.org/latest/client-server-api/#instant-messaging
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.adapters.input_validation import clean
from bot.core.case import REASONS, Outcome
from bot.core.conversation import Agent
from bot.ports import DeskEvent

TIERS = (1, 2)
_TEXTS = ("m.text", "m.emote")
_FILES = ("m.image", "m.file", "m.audio", "m.video")
_MARK = "!"
# The first line of a quotation that old clients put before an answer: `>`, and the quoted author's id.
_FALLBACK = re.compile(r"> (?:\* )?<@[^>\n]*>")


@dataclass(frozen=True)
class MatrixEvent:
    """An event of an agent in a case's room."""

    event: DeskEvent | None = None  # for the conversation's log
    file: str | None = None  # the `mxc://` address of the event's file
    question: str | None = None  # the notice that answers the event: `help`, `encrypted`
    caption: DeskEvent | None = None  # the file's caption


def parse_event(said: Mapping[str, Any], room: str, members: Mapping[str, str]) -> MatrixEvent | None:
    """Read `said`, an event of a room's timeline; `None`: nothing to do. `members` are the agents' names by user id;
    events of other users are ignored."""
    sender, id_, content = said.get("sender"), said.get("event_id"), said.get("content")
    if not isinstance(sender, str) or not isinstance(id_, str) or not isinstance(content, dict):
        return None
    if sender not in members:
        return None
    if said.get("type") == "m.room.encrypted":
        return MatrixEvent(question="encrypted")
    agent = Agent(sender, members[sender])
    kind = content.get("msgtype")
    if kind in _FILES and not _corrects(content):
        return _file(content, DeskEvent(id_, room, "file", agent))
    text = _text(content) if kind in _TEXTS else _corrected_caption(content) if kind in _FILES else ""
    if not text:
        return None
    answer = _below_quotes(text)
    if not answer.startswith(_MARK):
        return MatrixEvent(DeskEvent(id_, room, "message", agent, text))
    return None if _corrects(content) else _command(DeskEvent(id_, room, "", agent), answer)


def _file(content: Mapping[str, Any], event: DeskEvent) -> MatrixEvent | None:
    """A file. A `body` that differs from the `filename` is a caption. With a command as caption, only that counts."""
    if not isinstance(content.get("url"), str):
        return None
    body = str(content.get("body") or "")
    name = str(content.get("filename") or body)
    caption = clean(body).strip() if body != name else ""
    if (answer := _below_quotes(caption)).startswith(_MARK):
        return _command(event, answer)
    said = replace(event, id=f"{event.id}.caption", kind="message", text=caption)
    return MatrixEvent(replace(event, text=name), content["url"], caption=said if caption else None)


def _corrected_caption(content: Mapping[str, Any]) -> str:
    """The corrected caption of a file, marked as a correction; the file was sent before."""
    newer = content.get("m.new_content")
    if not isinstance(newer, dict) or newer.get("body") in (None, newer.get("filename", newer.get("body"))):
        return ""
    return _corrected(str(newer["body"]))


def _command(event: DeskEvent, text: str) -> MatrixEvent | None:
    word, _, rest = text[1:].partition(" ")
    word, rest = word.lower(), rest.strip()
    if word == "note":
        return None
    if word in ("take", "bot"):
        return MatrixEvent(_become(event, "accepted" if word == "take" else "returned"))
    if word == "close" and rest.lower() in ("", *(reason.value for reason in REASONS)):
        return MatrixEvent(_become(event, "closed", rest.lower() or Outcome.SOLVED.value))
    if word == "transfer":
        tier, _, reason = rest.partition(" ")
        if tier in map(str, TIERS):
            return MatrixEvent(_become(event, "transferred", reason.strip(), int(tier)))
    return MatrixEvent(event, question="help")


def _become(event: DeskEvent, kind: str, text: str = "", tier: int | None = None) -> DeskEvent:
    return DeskEvent(event.id, event.ref, kind, event.agent, text, tier=tier)


def _text(content: Mapping[str, Any]) -> str:
    """The text, without an old client's quotation before an answer. Quotations by hand stay."""
    if _corrects(content):
        newer = content.get("m.new_content")
        text = str(newer.get("body") or "") if isinstance(newer, dict) else _body(content).removeprefix("* ")
        return _corrected(text)
    text = _body(content)
    relates = content.get("m.relates_to")
    if isinstance(relates, dict) and "m.in_reply_to" in relates and _FALLBACK.match(text):
        text = _below_quotes(text)
    return clean(text).strip()


def _corrected(text: str) -> str:
    """The message for a correction: the new text after an asterisk."""
    return clean(text if _below_quotes(text).startswith(_MARK) else f"* {text}").strip()


def _body(content: Mapping[str, Any]) -> str:
    return str(content.get("body") or "")


def _below_quotes(text: str) -> str:
    """`text` without the quoted lines at its beginning."""
    lines = text.splitlines()
    while lines and (lines[0].startswith(">") or not lines[0].strip()):
        lines.pop(0)
    return "\n".join(lines).strip()


def _corrects(content: Mapping[str, Any]) -> bool:
    relates = content.get("m.relates_to")
    return isinstance(relates, dict) and relates.get("rel_type") == "m.replace"
