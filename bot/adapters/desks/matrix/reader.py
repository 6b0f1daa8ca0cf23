"""What the agents' words in a case's room mean. A line that begins with `!` is for Kilat, and never for the visitor.

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
# What clients of old put before an answer: the quoted words, each line with `>`, the first with who wrote them.
_FALLBACK = re.compile(r"> (?:\* )?<@[^>\n]*>")


@dataclass(frozen=True)
class MatrixEvent:
    """Something that an agent did in a case's room."""

    event: DeskEvent | None = None  # for the conversation's log
    file: str | None = None  # the `mxc://` address of the event's file
    question: str | None = None  # what the room answers by itself: `help`, `encrypted`
    caption: DeskEvent | None = None  # the words that stand with the file


def parse_event(said: Mapping[str, Any], room: str, members: Mapping[str, str]) -> MatrixEvent | None:
    """What `said`, an event of a room's timeline, means; `None` for nothing. `members` are the agents, by user id:
    nobody else counts."""
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
    """A file. Where it has a `filename`, its `body` is a caption, unless it is the same. A file with a note or another
    word for Kilat is for colleagues, too."""
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
    """The newer words beside a file, marked as chats do; the file itself was sent already."""
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
    """The words, without what an old client quotes before an answer. What an agent quotes by hand stays."""
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
    """A correction is another message, marked as chats do."""
    return clean(text if _below_quotes(text).startswith(_MARK) else f"* {text}").strip()


def _body(content: Mapping[str, Any]) -> str:
    return str(content.get("body") or "")


def _below_quotes(text: str) -> str:
    """What stands below the lines that are quoted at the beginning."""
    lines = text.splitlines()
    while lines and (lines[0].startswith(">") or not lines[0].strip()):
        lines.pop(0)
    return "\n".join(lines).strip()


def _corrects(content: Mapping[str, Any]) -> bool:
    relates = content.get("m.relates_to")
    return isinstance(relates, dict) and relates.get("rel_type") == "m.replace"
