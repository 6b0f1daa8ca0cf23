"""Files on replies reach the visitor: once, in order, or a plain word on why not."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient
from ticket_desk import FakeDesk, file_ticket, replies
from waiting import wait_until
from web_client import Plain

from bot.workers import ticket_replies as bringing

PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452") + b"\0" * 40
PDF = b"%PDF-1.4\nisi"


@pytest.fixture
def http(desk_http: TestClient) -> TestClient:
    """A client of the gateway before the desk."""
    return desk_http


def told(client: Plain) -> list[tuple[str, str]]:
    """Who said what of tickets, and which files."""
    return [(entry["author"], entry["file"]["name"] if "file" in entry else entry["text"]) for entry in replies(client)]


def test_a_reply_with_files(visitor_of_desk: Any, desk: FakeDesk, http: TestClient) -> None:
    """The text, then each file, by the agent's name and with the ticket's number; each can be opened, and comes once
    and is fetched once, however often it is told."""
    desk.forgetful = True
    client = visitor_of_desk()
    number = file_ticket(client)
    desk.write(number, "Ini", **{"a.png": PNG, "b.pdf": PDF})
    desk.write(number, "", **{"c.pdf": PDF + b"2"})
    desk.write(number, "Itu")
    wait_until(lambda: len(replies(client)) >= 5)
    asked = len(desk.asked)
    wait_until(lambda: len(desk.asked) > asked + 2)
    assert told(client) == [("agent", "Ini"), ("agent", "a.png"), ("agent", "b.pdf"), ("agent", "c.pdf"),
                            ("agent", "Itu")]
    assert desk.fetched == ["a.png", "b.pdf", "c.pdf"]
    shown = replies(client)[2]
    assert (shown["kind"], shown["name"], shown["ticket"], shown["file"]["size"]) == ("file", "Budi", number, len(PDF))
    answer = http.get(f"/v1/files/{shown['file']['id']}", headers=client.headers)
    assert answer.content == PDF


@pytest.mark.parametrize(("content", "word"), [
    (b"MZ\x90\x00 program", "hanya bisa PNG"), (b"<html>", "hanya bisa PNG"), (None, "tidak bisa diambil"),
    (b"%PDF" + b"x" * 6_000_000, "terlalu besar")])
def test_a_file_that_cannot_be_had(visitor_of_desk: Any, desk: FakeDesk, content: bytes | None, word: str) -> None:
    """The text arrives, a plain word stands in the file's place, and what comes after it comes; once."""
    desk.forgetful = True
    client = visitor_of_desk(lang="id")
    number = file_ticket(client)
    desk.write(number, "Ini", **{"a.exe": content})
    desk.write(number, "Itu")
    wait_until(lambda: len(replies(client)) >= 3)
    asked = len(desk.asked)
    wait_until(lambda: len(desk.asked) > asked + 2)
    first, (author, text), last = told(client)
    assert (first, author, last) == (("agent", "Ini"), "system", ("agent", "Itu"))
    assert word in text and "a.exe" in text and number in text


def test_too_large_by_its_own_word(visitor_of_desk: Any, desk: FakeDesk) -> None:
    """It is not even asked for."""
    client = visitor_of_desk()
    number = file_ticket(client)
    desk.write(number, "Ini", **{"a.pdf": PDF + b"x" * 6_000_000})
    wait_until(lambda: len(replies(client)) == 2)
    assert desk.fetched == []


def test_not_now(visitor_of_desk: Any, desk: FakeDesk) -> None:
    """The text is there already; the file, and what was said after it, come when it can be had: in order."""
    client = visitor_of_desk()
    number = file_ticket(client)
    desk.broken.add("b.pdf")
    desk.write(number, "Ini", **{"a.png": PNG, "b.pdf": PDF})
    desk.write(number, "Itu")
    wait_until(lambda: desk.fetched.count("b.pdf") > 2)
    assert told(client) == [("agent", "Ini"), ("agent", "a.png")]
    desk.broken.clear()
    wait_until(lambda: len(replies(client)) == 4)
    assert told(client)[2:] == [("agent", "b.pdf"), ("agent", "Itu")]
    assert desk.fetched.count("a.png") == 1


def test_not_for_too_long(visitor_of_desk: Any, desk: FakeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that never comes holds up nothing for ever. How long one is waited for: `test_late_files.py`."""
    monkeypatch.setattr(bringing, "PATIENT_SECONDS", 0.0)
    client = visitor_of_desk(lang="id")
    number = file_ticket(client)
    desk.broken.add("b.pdf")
    desk.write(number, "Ini", **{"b.pdf": PDF})
    desk.write(number, "Itu")
    wait_until(lambda: len(replies(client)) == 3)
    assert "tidak bisa diambil" in told(client)[1][1]
