"""What comes in from outside: bad bodies, odd characters, slash commands, forged and refused identities."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest

from bot.adapters.identity_token import sign
from bot.adapters.input_validation import LONGEST_SENDER, BadRequest, Incoming, clean, identify, read
from bot.core.customer import Customer, Identity
from bot.settings import Settings

BUTTONS = frozenset({"talk_to_human", "phone_number"})
ADA = Identity("user-1", Customer("premier", "business", "admin", True), "Ada", "ada@example.com")


def _read(settings: Settings, message: Any = "halo", **body: Any) -> Incoming:
    return read({"sender": "ani", "message": message, **body}, settings, BUTTONS)


@pytest.mark.parametrize(("body", "reason"), [
    (None, "JSON object"), ([], "JSON object"), ("halo", "JSON object"), (5, "JSON object"), ({}, "sender"),
    ({"message": "halo"}, "sender"), ({"sender": None, "message": "halo"}, "sender"),
    ({"sender": 5, "message": "halo"}, "sender"), ({"sender": "", "message": "halo"}, "sender"),
    ({"sender": " \n ", "message": "halo"}, "sender"),
    ({"sender": "a" * (LONGEST_SENDER + 1), "message": "halo"}, "sender"),
    ({"sender": "a\x00b", "message": "halo"}, "sender"), ({"sender": "a\ud800", "message": "halo"}, "sender"),
    ({"sender": "ani"}, "message"), ({"sender": "ani", "message": None}, "message"),
    ({"sender": "ani", "message": 5}, "message"), ({"sender": "ani", "message": ["halo"]}, "message"),
    ({"sender": "ani", "message": {"text": "halo"}}, "message"),
    ({"sender": "ani", "message": "halo", "metadata": "token"}, "metadata"),
    ({"sender": "ani", "message": "halo", "metadata": []}, "metadata")])
def test_a_bad_body(settings: Settings, body: object, reason: str) -> None:
    """The reason says which part is wrong."""
    with pytest.raises(BadRequest, match=reason):
        read(body, settings, BUTTONS)


def test_a_plain_message(settings: Settings) -> None:
    """It comes through as it is, and unknown keys are ignored."""
    expected = Incoming("ani", "Berapa lama P1?", {}, empty=False, too_long=False)
    assert _read(settings, "Berapa lama P1?", stream=True, metadata=None) == expected
    assert _read(settings, "Berapa lama P1?", sender="a" * LONGEST_SENDER).sender == "a" * LONGEST_SENDER


@pytest.mark.parametrize(("message", "text"), [
    ("  halo \r\n", "halo"), ("ha\x00lo", "ha lo"), ("P1\x07 berapa\x1b[31m", "P1  berapa [31m"),
    ("\ufeffhalo\u200b", "halo"), ("\u202ehalo", "halo"), ("ha\u200blo", "halo"),
    ("nomor tele\u00adpon", "nomor telepon"), ("P1\U000e0049\U000e0067\U000e006e\U000e007f?", "P1?"),
    ("cafe\u200d\u0301", "caf\u00e9"), ("satu\u2028dua", "satu dua"), ("\ud800halo", "halo"),
    ("satu\ndua\ttiga", "satu\ndua\ttiga"), ("cafe\u0301", "caf\u00e9"),
    ("<b>P1</b> <script>alert(1)</script>", "<b>P1</b> <script>alert(1)</script>"),
    ("'; DROP TABLE ticket; --", "'; DROP TABLE ticket; --"), ("P1 & P2 👋🏽", "P1 & P2 👋🏽")])
def test_characters(settings: Settings, message: str, text: str) -> None:
    """Control and invisible characters go, markup stays the text that it is."""
    assert _read(settings, message).text == clean(message) == text


@pytest.mark.parametrize("message", [
    "", " ", "\n\t", "\x00\x01", "\u200b\ufeff", "/", "///", " / ",
    # What shows nothing: fillers, an empty Braille cell, selectors, joiners, marks without a letter, all of the kind.
    "\u3164", "\u2800", "\u2800 \u2800", "\uffa0", "\u115f\u1160", "\u034f", "\u17b4\u17b5", "\u180b\u180e",
    "\ufe0f", "\ufe00\ufe0f", "\u2061\u2064", "\u2065", "\ufff0", "\ufff9", "\U000e0100", "\U000e0fff", "\U0001d159",
    "\U0001d173", "\U0001bca0", "\u0301", "\u20dd", "\u00a0\u3000\u1680\u205f", "/\u3164", "/ \u2800"])
def test_an_empty_message(settings: Settings, message: str) -> None:
    """Nothing left to understand."""
    assert _read(settings, message).empty


@pytest.mark.parametrize("message", [
    "?", ".", "👍", "❤️", "1️⃣", "\U0001fae0", "\u3164a", "ก็", "हि", "\u1112\u1161\u11ab", "\ufffd", "_", "🇮🇩", "\ue000",
])
def test_a_short_message(settings: Settings, message: str) -> None:
    """One sign that is seen is enough, also one that is newer than this Python."""
    assert not _read(settings, message).empty


def test_a_text_that_grows(settings: Settings) -> None:
    """Composed, a musical note is three characters; the limit holds for what is stored."""
    assert _read(settings, "\U0001d160" * settings.max_message_length).too_long
    assert not _read(settings, "\U0001d160" * (settings.max_message_length // 3)).too_long


def test_the_longest_message(settings: Settings) -> None:
    """Exactly the limit is welcome, one more is not; padding counts."""
    longest = settings.max_message_length
    assert not _read(settings, "a" * longest).too_long
    assert _read(settings, "a" * (longest + 1)).too_long
    assert _read(settings, " " * 20_000).too_long


@pytest.mark.parametrize("message", ["/talk_to_human", " /phone_number\n", "\u200b/talk_to_human"])
def test_a_button(settings: Settings, message: str) -> None:
    """The intents of our own buttons come through as such."""
    assert _read(settings, message).text.removeprefix("/") in BUTTONS
    assert _read(settings, message).text.startswith("/")


@pytest.mark.parametrize("message", [
    "/restart", "/session_start", "/back", "/TALK_TO_HUMAN", "//restart", "/ restart", "/ /restart", "/\n/restart",
    "/\t/restart", "/\u00a0/restart", "/\u3000/restart", "\x00/restart", "/\x00/restart", "/\x1f/restart",
    '/talk_to_human{"plan": "premier_plus"}', "/talk_to_human@1.0", "/talk_to_human /restart",
    "/talk_to_human\n/restart"])
def test_other_slash_commands_are_text(settings: Settings, message: str) -> None:
    """Rasa strips a message and takes a leading slash for a command: none may be left by then."""
    text = _read(settings, message).text.strip()
    assert text
    assert not text.startswith("/")


def test_a_slash_inside_is_left_alone(settings: Settings) -> None:
    """24/7 is no command."""
    assert _read(settings, "buka 24/7 atau /restart?").text == "buka 24/7 atau /restart?"


def test_an_identity(settings: Settings) -> None:
    """The claims go on, the token stays outside."""
    token = sign(ADA, settings)
    incoming = _read(settings, metadata={"identity_token": token})
    assert incoming.metadata == {"identity": asdict(ADA)}
    assert token not in repr(incoming)


@pytest.mark.parametrize("token", [None, ""])
def test_no_token(settings: Settings, token: str | None) -> None:
    """The anonymous are no problem."""
    assert _read(settings, metadata={"identity_token": token}).metadata == {}


@pytest.mark.parametrize("forged", [
    {"identity": asdict(ADA)}, {"identity": asdict(ADA), "identity_token": ""},
    {"identity": asdict(ADA), "identity_problem": None, "language": "en", "model_id": "x"},
    {"gateway": {"state": {"form": {}}, "history": []}}])
def test_forged_claims_are_dropped(settings: Settings, forged: dict[str, Any]) -> None:
    """Nobody brings claims of their own."""
    assert _read(settings, metadata=forged).metadata == {}


def test_forged_claims_beside_a_refused_token(settings: Settings) -> None:
    """The problem is told, the claims are dropped."""
    metadata = _read(settings, metadata={"identity": asdict(ADA), "identity_token": "x"}).metadata
    assert set(metadata) == {"identity_problem", "identity_detail"}


def test_forged_claims_beside_a_good_token(settings: Settings) -> None:
    """The token's claims win."""
    member = Identity("user-2", Customer("access", "basic", "member", False))
    metadata = {"identity": asdict(ADA), "identity_token": sign(member, settings)}
    assert _read(settings, metadata=metadata).metadata == {"identity": asdict(member)}


@pytest.mark.parametrize(("token", "reason"), [
    ("no token", "malformed"), ("a.b.c", "malformed"), (5, "malformed"), (["x"], "malformed"), (True, "malformed"),
    ({"account": {}}, "malformed"), ("\ud800", "malformed")])
def test_what_is_no_token(settings: Settings, token: object, reason: str) -> None:
    """The visitor counts as anonymous, and the integrator learns why."""
    problem = identify(token, settings)
    assert problem["identity_problem"] == reason
    assert problem["identity_detail"]
    assert "identity" not in problem


def test_an_expired_token(settings: Settings) -> None:
    """Expired is told apart."""
    assert identify(sign(ADA, settings, lifetime_seconds=-60), settings)["identity_problem"] == "expired"
