"""After an older backup was restored the console shows the log as it is, and what is said next."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from bot.adapters.sql.engine import open_engine
from bot.settings import Settings


def _cut(settings: Settings, conversation_id: str, last: int) -> None:
    engine = open_engine(settings.database_url)
    values = {"this": conversation_id, "last": last}
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM entry WHERE conversation = :this AND seq > :last"), values)
        connection.execute(text("UPDATE conversation SET last_seq = :last WHERE id = :this"), values)
    engine.dispose()


def test_the_screen_begins_anew(console: Any, visitor: Any, web_settings: Settings) -> None:
    """The newest entries, once more, instead of a silence; also for who comes back with what it has seen."""
    budi, sari = console("Budi"), visitor()
    conversation_id = budi.take_next()
    budi.do("say", conversation=conversation_id, text="Halo, Sari.")
    last = budi.shown("entry", text="Halo, Sari.")
    _cut(web_settings, conversation_id, last["seq"] - 1)
    seen = {"after": last["seq"], "after_at": last["at"]}
    assert [entry["seq"] for entry in budi.open(conversation_id, **seen)["entries"]] == list(range(1, last["seq"]))
    budi.do("say", conversation=conversation_id, text="Halo lagi.")
    assert budi.shown("entry", text="Halo lagi.")["seq"] == last["seq"]

    _cut(web_settings, conversation_id, last["seq"] - 2)
    sari.send("say", text="masih di sana?")
    screen: list[int] = []
    begun_anew = False
    while not begun_anew or last["seq"] - 1 not in screen:
        frame = budi.next()
        if frame["type"] == "opened":
            begun_anew, screen = True, [entry["seq"] for entry in frame["entries"]]
        elif frame["type"] == "entry":
            screen.append(frame["entry"]["seq"])
    assert screen == list(range(1, last["seq"]))
