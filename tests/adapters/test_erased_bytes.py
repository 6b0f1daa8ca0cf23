"""What was erased is not in SQLite's files either."""

from __future__ import annotations

import random
import shutil
from datetime import timedelta
from pathlib import Path

from bot.adapters.sql.conversations import SqlConversations
from bot.adapters.sql.engine import open_engine
from bot.adapters.sql.erasures import SqlErasures
from bot.core.conversation import Author, Change, Conversation, Event, Kind, NewEntry, Status
from bot.ports.audit import SHELL, Action, AuditEvent


def test_no_piece_is_left(tmp_path: Path, migrated_sqlite: Path) -> None:
    """After an erasure and a rewrite no byte of the files holds a word of it, however often pages were split."""
    shutil.copy(migrated_sqlite, tmp_path / "kilat.db")
    engine = open_engine(f"sqlite:///{tmp_path / 'kilat.db'}")
    log, erasures = SqlConversations(engine, timedelta(minutes=3)), SqlErasures(engine, lambda records, at: ())
    chance, words = random.Random(1), ("Zwartkopje", "Witkopje")
    names = [(f"c_{number:024x}", words[number % 3 > 0]) for number in range(90)]
    for name, word in names:
        log.create(Conversation(name, Status.BOT, "id", None, context={"title": word}), name)
    for _ in range(12):
        chance.shuffle(names)
        log.write([
            Change(name, (NewEntry(Author.VISITOR, Kind.TEXT, {"text": f"{word} " * chance.randint(1, 150)}),),
                   Event.SAY, bot_state={"asked": f"{word} " * chance.randint(1, 60)})
            for name, word in names])
    erased = [name for name, word in names if word == words[0]]
    erasures.erase(erased, (), AuditEvent(Action.ERASED, SHELL))
    erasures.compact()
    content = b"".join(path.read_bytes() for path in tmp_path.glob("kilat.db*"))
    assert words[0].encode() not in content and words[1].encode() in content
    engine.dispose()
