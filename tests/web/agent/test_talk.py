"""An agent and a visitor talk, both through their own sockets."""

from __future__ import annotations

from typing import Any

from web_client import FakeBot


def test_from_the_queue_to_the_end(console: Any, visitor: Any, fake_bot: FakeBot) -> None:
    """The agent sees who waits, takes the case, reads, answers, closes; the bot stays silent meanwhile."""
    budi = console("Budi")
    sari = visitor("user-sari")
    [row] = budi.until_rows(1)
    assert (row["state"], row["tier"], row["plan"], row["late"]) == ("queued", 2, "premier", False)
    conversation = budi.take_next()
    assert conversation == row["conversation"]
    assert sari.until("entry", event="connected")["name"] == "Budi"
    assert budi.until_rows(0) == [] and budi.until_rows(1, "mine")[0]["agent"] == budi.id
    done = budi.do("say", conversation=conversation, text="Halo, saya Budi.")
    entry = sari.until("entry", author="agent")
    assert (entry["text"], entry["name"], entry["seq"]) == ("Halo, saya Budi.", "Budi", done["seq"])
    heard = len(fake_bot.asked)
    sari.say("Akhirnya!")
    assert budi.until("entry", author="visitor")["text"] == "Akhirnya!"
    assert budi.until("mine")["cases"][0]["last"]["text"] == "Akhirnya!"
    budi.do("close", conversation=conversation, reason="solved")
    assert sari.until("state", status="closed")
    assert budi.shown("chat", status="closed")["agent"] is None
    assert budi.shown("case", state="closed")["outcome"] == "solved"
    assert budi.until_rows(0, "mine") == []
    assert len(fake_bot.asked) == heard
