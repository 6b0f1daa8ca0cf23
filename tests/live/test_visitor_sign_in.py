"""Signing in on the way: which conversation goes on."""

from __future__ import annotations

from typing import Any

MINE = "premier:admin:business"


def test_what_was_said_goes_along(connect: Any, token: Any) -> None:
    """The anonymous talk becomes the customer's."""
    client = connect()
    client.hello()
    client.ask("sebelum masuk")
    client.send("identify", identity_token=token(MINE))
    welcome = client.until("welcome")
    assert "key" not in welcome and welcome["state"]["identity"]["status"] == "accepted"
    elsewhere = connect().hello(identity_token=token(MINE))
    assert "sebelum masuk" in [entry["text"] for entry in elsewhere["entries"]]


def test_where_nothing_was_said_the_open_one_goes_on(connect: Any, token: Any) -> None:
    """Signed out and in again, a customer finds their talk, not an empty one."""
    first = connect()
    first.hello(identity_token=token(MINE))
    first.ask("sebelum keluar")
    again = connect()
    again.hello()
    again.send("identify", identity_token=token(MINE))
    welcome = again.until("welcome")
    assert welcome["key"]
    assert "sebelum keluar" in [entry["text"] for entry in welcome["entries"]]
