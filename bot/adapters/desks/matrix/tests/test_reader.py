"""How agents' messages in a Matrix room are read."""

from __future__ import annotations

from typing import Any

import pytest

from bot.adapters.desks.matrix.reader import MatrixEvent, parse_event
from bot.core.conversation import Agent
from bot.ports import DeskEvent

SARI = "@sari:example.org"
MEMBERS = {SARI: "Sari"}


def event(kind: str, text: str = "", **more: Any) -> MatrixEvent:
    """An event of Sari at the desk."""
    return MatrixEvent(DeskEvent("$1", "!room", kind, Agent(SARI, "Sari"), text, **more))


def said(content: Any, sender: Any = SARI, kind: str = "m.room.message") -> MatrixEvent | None:
    """The reading of an event of the room."""
    return parse_event({"event_id": "$1", "sender": sender, "type": kind, "content": content}, "!room", MEMBERS)


def text(body: str, **more: Any) -> MatrixEvent | None:
    """The reading of a text message."""
    return said({"msgtype": "m.text", "body": body, **more})


@pytest.mark.parametrize(("body", "meant"), [
    ("Halo!", event("message", "Halo!")), ("  satu\n dua ", event("message", "satu\n dua")),
    ("a\u202eb\x07c", event("message", "ab c")), ("!take", event("accepted")), ("!TAKE", event("accepted")),
    ("!bot", event("returned")), ("!close", event("closed", "solved")),
    ("!close Unsolved", event("closed", "unsolved")),
    ("!transfer 2 perlu ahli", event("transferred", "perlu ahli", tier=2)), ("!note pelanggan lama", None), ("", None),
    ("   ", None)])
def test_words(body: str, meant: MatrixEvent | None) -> None:
    """Messages go to the visitor, commands don't."""
    assert text(body) == meant


@pytest.mark.parametrize("body", ["!help", "!", "!colse", "!close maybe", "!transfer", "!transfer 3", "!transfer x"])
def test_not_understood(body: str) -> None:
    """A wrong command does not go to the visitor."""
    heard = text(body)
    assert heard is not None and heard.question == "help"


def test_a_correction() -> None:
    """A corrected message comes as another message; a corrected note does not."""
    relates = {"rel_type": "m.replace", "event_id": "$0"}
    newer = {"m.new_content": {"msgtype": "m.text", "body": "besok"}, "m.relates_to": relates}
    assert text("* besok", **newer) == event("message", "* besok")
    note = {"m.new_content": {"msgtype": "m.text", "body": "!note rahasia"}, "m.relates_to": relates}
    assert text("* !note rahasia", **note) is None


@pytest.mark.parametrize(("body", "meant"), [
    ("> <@kilat:example.org> rahasia\n> dua\n\nBaik", "Baik"), ("> * <@kilat:example.org> melambai\n\nBaik", "Baik"),
    ("> Apakah sudah dicoba?\nSudah.", "> Apakah sudah dicoba?\nSudah."),
    ("> lihat kutipan ini", "> lihat kutipan ini"), (">.< maaf", ">.< maaf"), ("> 5 peserta", "> 5 peserta"),
    ("> <b>tag</b>\nBaik", "> <b>tag</b>\nBaik")])
def test_a_quotation(body: str, meant: str) -> None:
    """An old client's quotation before an answer is removed; a quotation by hand stays."""
    answer = {"m.relates_to": {"m.in_reply_to": {"event_id": "$0"}}}
    assert text(body, **answer) == event("message", meant)
    assert text(body) == event("message", body)


@pytest.mark.parametrize("kind", ["m.image", "m.file", "m.audio", "m.video"])
def test_a_file(kind: str) -> None:
    """A file keeps its name, and its caption follows. An encrypted file has no usable address."""
    sent = {"msgtype": kind, "body": "Lihat ini", "filename": "a.png", "url": "mxc://example.org/1"}
    heard = said(sent)
    assert heard is not None and heard.event is not None and heard.caption is not None
    assert (heard.event.kind, heard.event.text, heard.file) == ("file", "a.png", "mxc://example.org/1")
    assert (heard.caption.kind, heard.caption.text, heard.caption.id) == ("message", "Lihat ini", "$1.caption")
    for plainly in ({**sent, "body": "a.png"}, {key: sent[key] for key in ("msgtype", "body", "url")}):
        alone = said(plainly)
        assert alone is not None and alone.caption is None and alone.file
    assert said({"msgtype": kind, "body": "a.png", "file": {"url": "mxc://example.org/1"}}) is None


@pytest.mark.parametrize("caption", ["!note rahasia", "> ini?\n!note rahasia", "!Note"])
def test_a_file_with_a_note(caption: str) -> None:
    """A file with a note as its caption is for colleagues. With another command, only the command counts."""
    sent = {"msgtype": "m.image", "body": caption, "filename": "a.png", "url": "mxc://example.org/1"}
    assert said(sent) is None
    assert said({**sent, "body": "!take"}) == event("accepted")
    slip = said({**sent, "body": "!nota"})
    assert slip is not None and slip.question == "help" and slip.file is None


@pytest.mark.parametrize("body", ["> Apakah sudah?\n!note rahasia", "> satu\n> dua\n\n!note rahasia"])
@pytest.mark.parametrize("more", [
    {}, {"m.relates_to": {"m.in_reply_to": {"event_id": "$0"}}},
    {"m.relates_to": {"rel_type": "m.replace", "event_id": "$0"}}])
def test_a_note_below_a_quotation(body: str, more: dict[str, Any]) -> None:
    """A note after a quotation is a note, also in a correction without `m.new_content`."""
    assert text(body, **more) is None
    newer = {"m.relates_to": {"rel_type": "m.replace", "event_id": "$0"}}
    assert text(f"* {body}", **newer) is None
    assert text(f"* {body}", **newer, **{"m.new_content": {"msgtype": "m.text", "body": body}}) is None
    assert text(body.replace("!note", "Baik,")) == event("message", body.replace("!note", "Baik,"))


def test_a_corrected_caption_sends_no_file_again() -> None:
    """The corrected caption comes as a message; a correction without a caption gives nothing."""
    new = {"msgtype": "m.image", "body": "Bukan, yang ini", "filename": "a.png", "url": "mxc://example.org/1"}
    edit = {**new, "body": "* Bukan, yang ini", "m.new_content": new,
            "m.relates_to": {"rel_type": "m.replace", "event_id": "$0"}}
    assert said(edit) == event("message", "* Bukan, yang ini")
    assert said({**edit, "m.new_content": {**new, "body": "a.png"}}) is None
    assert said({**edit, "m.new_content": {**new, "body": "!note rahasia"}}) is None


def test_who_does_not_count() -> None:
    """Strangers, bots, and events that are no messages don't count."""
    hello = {"msgtype": "m.text", "body": "Halo"}
    assert said(hello, sender="@stranger:example.org") is None
    assert said(hello, sender=None) is None
    assert said({"msgtype": "m.notice", "body": "Halo"}) is None
    assert said({}) is None
    assert said("Halo") is None
    encrypted = said({"ciphertext": "x"}, kind="m.room.encrypted")
    assert encrypted is not None and encrypted.question == "encrypted"
