"""The gateway is killed in the middle of traffic, and so is the bot: nothing acknowledged is lost, doubled or moved.

Three kills by default; `KILAT_KILLS=200 make test-all ARGS=tests/web/test_kill_gateway.py` for the full run.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from persistent_visitors import OverHttp, OverSocket, Tireless, restart, stay_through
from waiting import wait_until_async

from benchmarks.processes import Stage, stage
from benchmarks.stub_bot import reply_text
from bot.adapters.sql.conversations import SqlConversations
from bot.adapters.sql.engine import open_engine
from bot.adapters.sql.feedback import SqlFeedback
from bot.core.conversation import Author, Entry
from bot.live.frames import entry_json

pytestmark = pytest.mark.long

KILLS = int(os.environ.get("KILAT_KILLS") or 3)
SEED = int(os.environ.get("KILAT_SEED") or random.randrange(10_000))
# Acknowledgements between two kills, at most.
MOST_PROGRESS = 30
LARGEST_LOG = 1_000_000


@pytest.mark.timeout(600 + 20 * KILLS)
def test_killed(tmp_path: Path, database_url: str) -> None:
    """Whatever moments it is: every log is whole, every reply is there once, and every client has seen all of it."""
    with stage(tmp_path, database_url=database_url) as played:
        port = played.settings.gateway_port
        ada = OverSocket(port, "ada")
        clients = [ada, OverSocket(port, "ada's other tab", ada), OverSocket(port, "budi"), OverHttp(port, "citra")]
        asyncio.run(stay_through(_chaos(played, clients, random.Random(SEED)), clients))
    engine = open_engine(database_url)
    conversations = SqlConversations(engine, timedelta(minutes=5))
    for conversation_id in {client.conversation_id for client in clients}:
        log = conversations.entries(conversation_id, limit=LARGEST_LOG)
        _check_log(log, [client for client in clients if client.conversation_id == conversation_id])
    _check_feedback(SqlFeedback(engine), conversations, {client.conversation_id for client in clients})
    engine.dispose()
    print(f"seed {SEED}: {KILLS} kills,", ", ".join(f"{c.name}: {len(c.sent)} in {c.visits} visits" for c in clients))


async def _chaos(played: Stage, clients: Sequence[Tireless], dice: random.Random) -> None:
    """Kill the gateway, and now and then the bot, and start them again; then let all be said and seen."""
    played.bot.start()
    played.gateway.start()
    await wait_until_async(lambda: all(client.acks for client in clients), "nobody gets through")
    for number in range(KILLS):
        for kill_bot in [True] * (dice.random() < 0.5) + [False]:
            enough = _acknowledged(clients) + dice.randint(1, MOST_PROGRESS)
            await wait_until_async(
                lambda enough=enough: _acknowledged(clients) >= enough, f"{number}: nobody is heard, {SEED}")
            await asyncio.sleep(dice.random() * 0.05)
            restart(played.bot if kill_bot else played.gateway)
        if dice.random() < 0.2:
            await asyncio.sleep(dice.random())
            restart(played.gateway)
    await wait_until_async(lambda: all(client.visits > 1 for client in clients), f"not everybody came back, {SEED}")
    for client in clients:
        client.is_silent = True
    await wait_until_async(lambda: all(client.is_content for client in clients), f"no answer, {SEED}")
    newest = {client.conversation_id: 0 for client in clients}
    for client in clients:
        newest[client.conversation_id] = max(newest[client.conversation_id], client.shown[-1]["seq"])
    await wait_until_async(
        lambda: all(c.shown[-1]["seq"] == newest[c.conversation_id] for c in clients), f"tabs differ, {SEED}")


def _check_feedback(feedback: SqlFeedback, conversations: SqlConversations, talks: set[str]) -> None:
    """The stub was in doubt about every message: each is kept once, under its number."""
    said = [(conversation_id, entry.seq, entry.body["text"]) for conversation_id in sorted(talks)
            for entry in conversations.entries(conversation_id, limit=LARGEST_LOG) if entry.author is Author.VISITOR]
    kept = [(record.conversation_id, record.seq, record.text) for record in feedback.open(limit=LARGEST_LOG)]
    assert sorted(kept) == said, SEED


def _acknowledged(clients: Sequence[Tireless]) -> int:
    return sum(len(client.acks) for client in clients)


def _check_log(log: Sequence[Entry], clients: Sequence[Tireless]) -> None:
    """One conversation against what its clients know."""
    assert [entry.seq for entry in log] == list(range(1, len(log) + 1)), SEED
    said = [entry for entry in log if entry.author is Author.VISITOR]
    for client in clients:
        assert not client.errors, SEED
        own = [(entry.client_id, entry.body["text"]) for entry in said if entry.client_id in client.sent]
        assert own == list(client.sent.items()), SEED
        assert client.acks == {entry.client_id: entry.seq for entry in said if entry.client_id in client.sent}, SEED
        assert client.shown == [entry_json(entry) for entry in log], SEED
    assert len(said) == sum(len(client.sent) for client in clients), SEED
    greeting, *replies = [entry for entry in log if entry.author is Author.BOT]
    assert greeting.seq == 1, SEED
    # The bot counts its turns in the state that travels: a lost, doubled or stale one would show in all that follow.
    assert [(reply.client_id, reply.body["text"]) for reply in replies] == [
        (f"re-{entry.seq}", reply_text(turn, entry.body["text"])) for turn, entry in enumerate(said, 1)], SEED
