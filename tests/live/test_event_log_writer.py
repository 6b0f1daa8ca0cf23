"""One transaction for what comes together, told in order, and only what was stored."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timezone
from typing import Any

import pytest

from bot.core.conversation import Author, Change, Changed, Conversation, Entry, Kind, NewEntry, Status
from bot.core.errors import StoreUnavailable
from bot.live import event_log_writer as module
from bot.live.event_log_writer import EventLogWriter

AT = datetime(2026, 11, 22, tzinfo=timezone.utc)


class Store:
    """Keeps batches; `broken` are conversations on which it fails, and how."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.broken: dict[str, Exception] = {}

    def write(self, changes: Sequence[Change]) -> list[Changed]:
        """See `Conversations`."""
        for change in changes:
            if change.conversation_id in self.broken:
                raise self.broken[change.conversation_id]
        self.batches.append([change.conversation_id for change in changes])
        return [_done(change) for change in changes]


def _done(change: Change) -> Changed:
    entry = Entry(1, AT, Author.BOT, Kind.TEXT, {})
    return Changed(Conversation(change.conversation_id, Status.BOT, "id", None), (entry,), is_new=change.read is None)


def change(conversation_id: str, **more: Any) -> Change:
    """A change of a conversation."""
    return Change(conversation_id, (NewEntry(Author.BOT, Kind.TEXT, {}),), **more)


def run(store: Store, *changes: Change, listeners: Sequence[Any] = ()) -> tuple[list[Any], list[str], list[str]]:
    """Write all at once; the results or errors, who was told of, and who was in doubt."""
    told: list[str] = []
    doubts: list[str] = []

    async def all_at_once() -> list[Any]:
        log_writer = EventLogWriter(store)  # type: ignore[arg-type]
        log_writer.on_commit += [*listeners, lambda changed: told.append(changed.conversation.id)]
        log_writer.on_uncertain_commit.append(doubts.append)
        running = asyncio.create_task(log_writer.run())
        results = await asyncio.gather(*map(log_writer.write, changes), return_exceptions=True)
        running.cancel()
        return list(results)

    return asyncio.run(all_at_once()), told, doubts


def test_one_batch() -> None:
    """What comes together is one transaction; everybody gets their own, in order."""
    store, names = Store(), [f"c_{number}" for number in range(30)]
    results, told, doubts = run(store, *map(change, names))
    assert store.batches == [names]
    assert [result.conversation.id for result in results] == told == names and doubts == []


def test_no_batch_is_endless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Later ones wait for the next."""
    monkeypatch.setattr(module, "LARGEST_BATCH", 4)
    store = Store()
    run(store, *map(change, "abcdefghij"))
    assert ["".join(batch) for batch in store.batches] == ["abcd", "efgh", "ij"]


def test_what_comes_soon_after(monkeypatch: pytest.MonkeyPatch) -> None:
    """Is gathered; the first after a pause waits for nothing."""
    monkeypatch.setattr(module, "GATHER_SECONDS", 0.5)
    store = Store()

    async def one_after_the_other() -> None:
        log_writer = EventLogWriter(store)  # type: ignore[arg-type]
        running = asyncio.create_task(log_writer.run())
        await log_writer.write(change("a"))
        soon = []
        for name in "bcd":
            soon.append(asyncio.create_task(log_writer.write(change(name))))
            await asyncio.sleep(0.01)
        await asyncio.gather(*soon)
        running.cancel()

    asyncio.run(one_after_the_other())
    assert store.batches == [["a"], ["b", "c", "d"]]


def test_what_changed_nothing_is_told_to_nobody() -> None:
    """Its sender alone gets the result."""
    results, told, _ = run(Store(), change("a"), change("b", read=1))
    assert [result.conversation.id for result in results] == ["a", "b"] and told == ["a"]


def test_the_store_is_away() -> None:
    """Nobody is told that anything was stored; whoever looks is in doubt. The next batch counts."""
    store = Store()
    store.broken["b"] = StoreUnavailable("locked")
    results, told, doubts = run(store, *map(change, "abc"))
    assert all(isinstance(result, StoreUnavailable) for result in results)
    assert (told, doubts, store.batches) == ([], ["a", "b", "c"], [])
    store.broken.clear()
    assert run(store, change("a"))[1] == ["a"]


def test_one_change_that_breaks() -> None:
    """Fails alone; those that came with it are stored, in their order."""
    store = Store()
    store.broken["b"] = KeyError("b")
    results, told, doubts = run(store, *map(change, "abcd"))
    assert [type(result).__name__ for result in results] == ["Changed", "KeyError", "Changed", "Changed"]
    assert (told, doubts, store.batches) == (["a", "c", "d"], ["b"], [["a"], ["c"], ["d"]])


def test_a_listener_that_breaks() -> None:
    """Stored is stored: the sender hears of it, and so do the other listeners; the writer goes on."""
    def broken(_changed: Changed) -> None:
        raise RuntimeError("odd")

    results, told, _ = run(Store(), *map(change, "ab"), listeners=[broken])
    assert [result.conversation.id for result in results] == told == ["a", "b"]


def test_a_sender_that_is_gone() -> None:
    """What it wrote is stored and told; the others of its batch get theirs."""
    store, told = Store(), []

    async def one_leaves() -> Any:
        log_writer = EventLogWriter(store)  # type: ignore[arg-type]
        log_writer.on_commit.append(lambda changed: told.append(changed.conversation.id))
        gone, stays = (asyncio.create_task(log_writer.write(change(name))) for name in "ab")
        await asyncio.sleep(0)
        gone.cancel()
        running = asyncio.create_task(log_writer.run())
        result = await stays
        running.cancel()
        return result

    assert asyncio.run(one_leaves()).conversation.id == "b"
    assert told == ["a", "b"] and store.batches == [["a", "b"]]
