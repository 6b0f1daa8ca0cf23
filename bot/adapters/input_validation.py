"""Checks incoming messages before Rasa sees them.

The identity token is verified and dropped: Rasa's trackers and logs get its claims. All other metadata of the client is
dropped, too, so that nobody can forge claims.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import asdict, dataclass
from typing import Any

from bot.adapters.identity_token import verify
from bot.core.errors import IdentityRejected, KilatError
from bot.settings import Settings

LONGEST_SENDER = 200
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202f\ud800-\udfff]")
# Zero-width characters, soft hyphens, direction marks, tags: they hide a word, and are removed without a space.
_INVISIBLE = re.compile(r"[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]")
# Blank characters whose category is a letter or a symbol: Hangul fillers, an empty Braille cell, a note without a head,
# and code points that Unicode reserves for invisible characters.
_BLANK = re.compile(r"[\u115f\u1160\u2065\u2800\u3164\uffa0\ufff0-\ufff8\U0001d159\U000e0000-\U000e0fff]")
# Categories that are invisible alone: combining marks, formats, controls, spaces.
_MARKS = frozenset(("Mn", "Me"))
_UNSEEN = _MARKS | {"Cf", "Cc", "Zs", "Zl", "Zp"}
# Combining marks on one letter; no script needs more. Unicode allows 30 (UAX 15, stream-safe text), but sorting n marks
# takes n² steps, and many marks cover the lines above.
_MOST_MARKS = 8
_BUTTON = re.compile(r"^/[a-z_0-9]+$")


class BadRequest(KilatError):
    """The request is invalid; the message says what to send instead."""


@dataclass(frozen=True)
class Incoming:
    """A checked message. Kilat answers an `empty` or `too_long` one without Rasa."""

    sender: str
    text: str  # without control characters
    metadata: dict[str, Any]  # see `identify`
    empty: bool
    too_long: bool


def read(body: Any, settings: Settings, buttons: frozenset[str]) -> Incoming:
    """Check the JSON `body` of a REST message. Raises `BadRequest`. `buttons` are the intents that a button may send as
    `/intent`; any other text with a leading slash is plain text."""
    if not isinstance(body, dict):
        raise BadRequest("the body must be a JSON object: {\"sender\": …, \"message\": …}")
    sender, message = body.get("sender"), body.get("message")
    if not isinstance(sender, str) or not sender.strip() or len(sender) > LONGEST_SENDER or (
            _CONTROL.search(sender) or _INVISIBLE.search(sender)):
        raise BadRequest(f"`sender` must be a text of 1 to {LONGEST_SENDER} characters, without control characters")
    if not isinstance(message, str):
        raise BadRequest("`message` must be a text")
    given = body.get("metadata")
    if given is not None and not isinstance(given, dict):
        raise BadRequest("`metadata` must be a JSON object")
    most = settings.max_message_length
    text = clean(message[:most])
    is_too_long = max(len(message), len(text)) > most
    text = text if is_button(text, buttons) else as_words(text)
    return Incoming(sender, text, identify((given or {}).get("identity_token"), settings), not text, is_too_long)


def is_button(text: str, buttons: frozenset[str]) -> bool:
    """True for `/intent`, with an intent that a button may send."""
    return bool(_BUTTON.match(text)) and text[1:] in buttons


def as_words(text: str) -> str:
    """`text` without leading slashes, which would be commands of Rasa; "" when the rest is blank."""
    return _seen(re.sub(r"^[/\s]+", "", text)) if text.startswith("/") else text


def identify(token: object, settings: Settings) -> dict[str, Any]:
    """The metadata for `token`: its claims, or the reason of its refusal; {} without a token."""
    if token is None or token == "":
        return {}
    try:
        return {"identity": asdict(verify(token, settings))}
    except IdentityRejected as error:
        return {"identity_problem": error.reason, "identity_detail": str(error)}


def clean(text: str) -> str:
    """`text` in composed form (NFC), without invisible characters; control characters become spaces. "" when the rest
    is blank. Takes linear time."""
    text = unicodedata.normalize("NFC", _without_towers(_INVISIBLE.sub("", text)))
    return _seen(_CONTROL.sub(" ", text).strip())


def _seen(text: str) -> str:
    """`text`, or "" when it is blank."""
    is_seen = any(unicodedata.category(sign) not in _UNSEEN and not _BLANK.match(sign) for sign in text)
    return text if is_seen else ""


def _without_towers(text: str) -> str:
    """`text` with at most `_MOST_MARKS` combining marks in a row."""
    if text.isascii():
        return text
    kept, height = [], 0
    for sign in text:
        height = height + 1 if unicodedata.category(sign) in _MARKS else 0
        if height <= _MOST_MARKS:
            kept.append(sign)
    return "".join(kept)
