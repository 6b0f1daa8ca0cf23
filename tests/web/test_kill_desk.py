"""The same with a desk outside: the gateway dies, the desk goes away, breaks, loses answers and forgets to call.

Three kills by default; `KILAT_KILLS=300 make test ARGS=tests/web/test_kill_desk.py` for the full run. The desk is the
stand-in for Chatwoot (`bot/adapters/desks/chatwoot/tests/stand_in.py`).
"""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from persistent_agents import Asker
from persistent_visitors import restart, stay_through
from test_kill_handoff import check_visitor, is_settled, token_of
from waiting import wait_until_async

from benchmarks.processes import Stage, stage
from bot.adapters.desks.chatwoot.tests.driver import screen
from bot.adapters.desks.chatwoot.tests.stand_in import ACCOUNT, INBOX, INBOX_TOKEN, TOKEN, ChatwootServer
from bot.adapters.desks.chatwoot.tests.stand_in_account import SECRET
from bot.adapters.sql.cases import SqlCases
from bot.adapters.sql.conversations import SqlConversations
from bot.adapters.sql.desk_links import SqlDeskLinks
from bot.adapters.sql.engine import open_engine
from bot.core.conversation import Author, Entry, Kind

pytestmark = pytest.mark.long

KILLS = int(os.environ.get("KILAT_KILLS") or 3)
SEED = int(os.environ.get("KILAT_SEED") or random.randrange(10_000))
VISITORS, LARGEST_LOG = 6, 1_000_000
# Words of agents between two faults, at most.
MOST_PROGRESS = 3
LOOK_SECONDS = 0.05
# People type; faster than a desk can be told, its backlog would be all that is tested.
PACE_SECONDS = 0.15
# What a visitor says and what an agent answers.
INCOMING, OUTGOING = 0, 1


class Agents:
    """Agents at the desk: they answer each word of a visitor once, and after a while give the bot the word."""

    def __init__(self, server: ChatwootServer, dice: random.Random) -> None:
        self.said: dict[int, list[str]] = {}
        self.is_closing = False
        self._server = server
        self._dice = dice
        self._names = [server.agent(name) for name in ("Sari", "Budi")]
        self._answered: dict[int, int] = {}

    @property
    def words(self) -> int:
        """How much was said."""
        return sum(len(texts) for texts in self.said.values())

    async def stay(self) -> None:
        """For ever."""
        while True:
            for number in list(self._server.conversations):
                self._work(number)
            await asyncio.sleep(LOOK_SECONDS)

    def _work(self, number: int) -> None:
        one = self._server.conversations[number]
        if one["status"] != "open":
            return
        heard = [message for message in one["messages"] if _is_of_visitor(message)]
        new = heard[self._answered.get(number, 0):]
        for message in new:
            text = f"jawaban: {message['content']}"
            self.said.setdefault(number, []).append(text)
            self._server.say(number, self._dice.choice(self._names), text)
        self._answered[number] = len(heard)
        if not new and self.said.get(number) and (self.is_closing or self._dice.random() < 0.05):
            self._server.set_status(number, "pending")
        elif not new and self.is_closing:
            self.said.setdefault(number, []).append("jawaban: halo")
            self._server.say(number, self._names[0], "jawaban: halo")


@pytest.mark.timeout(600 + 30 * KILLS)
def test_killed_before_a_desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each word of a visitor stands at the desk once and in order; each of an agent reached the visitor once."""
    dice = random.Random(SEED)
    server = ChatwootServer()
    server.start()
    for name, value in {"DESK": "chatwoot", "CHATWOOT_URL": server.url, "CHATWOOT_ACCOUNT": ACCOUNT,
                        "CHATWOOT_TOKEN": TOKEN, "CHATWOOT_INBOX": INBOX, "CHATWOOT_INBOX_TOKEN": INBOX_TOKEN,
                        "CHATWOOT_WEBHOOK_SECRET": SECRET}.items():
        monkeypatch.setenv(f"KILAT_{name}", value)
    agents = Agents(server, dice)
    with stage(tmp_path, keep=("KILAT_DESK", "KILAT_CHATWOOT_")) as played:
        port = played.settings.gateway_port
        server.hook = _hooks(port, dice)
        askers = [Asker(port, f"v{number}", token_of(played, number), dice, PACE_SECONDS) for number in range(VISITORS)]
        asyncio.run(stay_through(_chaos(played, server, askers, agents, dice), [*askers, agents]))
        engine = open_engine(played.settings.database_url)
    server.stop()
    assert server.wrong == [], SEED
    conversations, cases = SqlConversations(engine, timedelta(minutes=5)), SqlCases(engine)
    assert cases.open() == [], SEED
    for asker in askers:
        log = conversations.entries(asker.conversation_id, limit=LARGEST_LOG)
        check_visitor(log, asker, SEED)
        _check_desk(
            log, [case.number for case in reversed(cases.of_conversation(asker.conversation_id))], server, agents)
    engine.dispose()
    print(f"seed {SEED}: {KILLS} faults, {len(server.conversations)} cases, {agents.words} words of agents")


def _is_of_visitor(message: dict[str, Any]) -> bool:
    return message["message_type"] == INCOMING and not message["private"]


def _hooks(port: int, dice: random.Random) -> Any:
    """Webhooks as they come: some are lost, some come twice, and none waits for an answer long."""

    def send(headers: dict[str, str], body: bytes) -> None:
        for _ in range(dice.choice([0, 1, 1, 2])):
            try:
                httpx.post(f"http://127.0.0.1:{port}/hooks/desk", headers=headers, content=body, timeout=0.5)
            except httpx.HTTPError:
                return

    return send


async def _chaos(played: Stage, server: ChatwootServer, askers: Sequence[Asker], agents: Agents,
                 dice: random.Random) -> None:
    played.bot.start()
    played.gateway.start()
    await wait_until_async(lambda: agents.words > 0, "nobody meets")

    def kill() -> None:
        restart(played.gateway)

    def go_away() -> None:
        server.stop()
        time.sleep(dice.random())
        server.start()

    def break_calls() -> None:
        server.faults += dice.choices(["error", "lost", "busy", ""], k=3)

    for number in range(KILLS):
        enough = agents.words + dice.randint(1, MOST_PROGRESS)
        await wait_until_async(lambda enough=enough: agents.words >= enough, f"{number}: nobody gets on, {SEED}")
        dice.choice([kill, kill, go_away, break_calls])()
    for asker in askers:
        asker.is_silent = True
    agents.is_closing = True
    await wait_until_async(lambda: all(asker.is_content for asker in askers), f"somebody waits, {SEED}", 240)
    engine = open_engine(played.settings.database_url)
    links, conversations = SqlDeskLinks(engine), SqlConversations(engine, timedelta(minutes=5))
    await wait_until_async(lambda: not links.open("chatwoot"), f"something was not shown at the desk, {SEED}")
    await wait_until_async(
        lambda: all(
            is_settled(conversations.entries(asker.conversation_id, limit=LARGEST_LOG), asker) for asker in askers),
        f"no answer, {SEED}")
    engine.dispose()


def _check_desk(log: Sequence[Entry], numbers: Sequence[str], server: ChatwootServer, agents: Agents) -> None:
    """What stands at the desk of each case of one conversation, against the log."""
    said = [entry for entry in log if entry.author is Author.VISITOR and entry.kind is Kind.TEXT]
    shown, answered = [], []
    for case in numbers:
        number = next((n for n, one in server.conversations.items() if one["custom_attributes"]["case"] == case), None)
        if number is None:
            continue  # over before anybody there could see it
        shown += [screen(m["content"]) for m in server.conversations[number]["messages"] if _is_of_visitor(m)]
        answered += agents.said.get(number, [])
    texts = [entry.body["text"] for entry in said]
    assert len(shown) == len(set(shown)), (SEED, shown)
    positions = [texts.index(text) for text in shown]
    assert positions == sorted(positions), (SEED, shown)
    # What was said while a human had the word was shown there.
    holder = ""
    for entry in log:
        event = entry.body.get("event")
        holder = entry.body["name"] if event == "connected" else "" if event in ("returned", "transferred") else holder
        if holder and entry in said:
            assert entry.body["text"] in shown, (SEED, entry)
    heard = [entry.body["text"] for entry in log if entry.author is Author.AGENT]
    assert heard == answered, SEED
