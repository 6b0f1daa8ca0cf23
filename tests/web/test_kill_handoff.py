"""People talk to people while everything around them dies: the gateway, the bot, connections, the database's, too.

Three kills by default; `KILAT_KILLS=300 make test-all ARGS=tests/web/test_kill_handoff.py` for the full run.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from persistent_agents import Answerer, Asker, answer_id
from persistent_visitors import restart, stay_through
from sqlalchemy import text
from sqlalchemy.engine import Engine
from waiting import wait_until_async

from benchmarks.processes import Stage, stage
from bot.adapters.identity_token import sign
from bot.adapters.sample_customers import sample_identity
from bot.adapters.sql.agent_sessions import SqlAgentSessions
from bot.adapters.sql.agents import SqlAgents
from bot.adapters.sql.cases import SqlCases
from bot.adapters.sql.conversations import SqlConversations
from bot.adapters.sql.engine import open_engine
from bot.core.conversation import Author, Entry, Kind, Status
from bot.live.frames import entry_json
from bot.ports import AgentAccount

pytestmark = pytest.mark.long

KILLS = int(os.environ.get("KILAT_KILLS") or 3)
SEED = int(os.environ.get("KILAT_SEED") or random.randrange(10_000))
VISITORS, AGENTS = 4, 3
MOST_PROGRESS = 30
LARGEST_LOG = 1_000_000
LOCKED_SECONDS = 2.5


@pytest.mark.timeout(600 + 20 * KILLS)
def test_killed_while_people_talk(tmp_path: Path, database_url: str) -> None:
    """Every word is there once and in order on both sides, no case is lost, and none has two agents."""
    dice = random.Random(SEED)
    with stage(tmp_path, database_url=database_url) as played:
        engine = open_engine(database_url, 30)
        port = played.settings.gateway_port
        askers = [Asker(port, f"v{number}", token_of(played, number), dice) for number in range(VISITORS)]
        agents = [Answerer(port, f"a{number}", _session(engine, number), dice) for number in range(AGENTS)]
        conversations = SqlConversations(engine, timedelta(minutes=5))

        def log_of(asker: Asker) -> list[Entry]:
            return conversations.entries(asker.conversation_id, limit=LARGEST_LOG)

        faults = _faults(played, engine, askers, agents, dice)
        asyncio.run(stay_through(_chaos(played, askers, agents, faults, dice, log_of), [*askers, *agents]))
    cases = SqlCases(engine)
    handed_over = 0
    for asker in askers:
        log = log_of(asker)
        check_visitor(log, asker, SEED)
        handed_over += _check_people(log, asker.conversation_id)
        assert {case.state.value for case in cases.of_conversation(asker.conversation_id)} <= {"closed"}, SEED
    assert cases.open() == [], SEED
    assert handed_over >= VISITORS, SEED
    engine.dispose()
    print(f"seed {SEED}: {KILLS} faults, {handed_over} times taken,",
          ", ".join(f"{asker.name}: {len(asker.sent)} in {asker.visits} visits" for asker in askers))


def token_of(played: Stage, number: int) -> str:
    """A customer who may talk to people."""
    identity = sample_identity("premier:member:business")
    return sign(replace(identity, subject=f"visitor-{number}"), played.settings)


def _session(engine: Engine, number: int) -> str:
    account = AgentAccount("", f"a{number}@example.com", f"a{number}", "lead", (1, 2), ("id", "en"), 50)
    return SqlAgentSessions(engine).open(SqlAgents(engine).add(account, None)).token


def _faults(played: Stage, engine: Engine, askers: Sequence[Asker], agents: Sequence[Answerer],
            dice: random.Random) -> list[Callable[[], None]]:
    """What may happen; the gateway dies most often."""

    def cut() -> None:
        for somebody in dice.sample([*askers, *agents], 3):
            if somebody.socket:
                somebody.socket.close()

    def lose_database() -> None:
        if engine.dialect.name == "postgresql":
            others = "datname = current_database() AND pid <> pg_backend_pid()"
            with engine.connect() as connection:
                connection.execute(text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}"))
        else:
            asyncio.get_running_loop().create_task(_hold(engine))

    kill = [lambda: restart(played.gateway)] * 3
    return [*kill, lambda: restart(played.bot), cut, lose_database]


async def _hold(engine: Engine) -> None:
    """Somebody else writes for longer than the gateway waits."""
    connection = engine.raw_connection()
    connection.cursor().execute("BEGIN IMMEDIATE")
    await asyncio.sleep(LOCKED_SECONDS)
    connection.rollback()
    connection.close()


async def _chaos(played: Stage, askers: Sequence[Asker], agents: Sequence[Answerer],
                 faults: Sequence[Callable[[], None]], dice: random.Random,
                 log_of: Callable[[Asker], list[Entry]]) -> None:
    played.bot.start()
    played.gateway.start()
    await wait_until_async(
        lambda: all(asker.acks for asker in askers) and any(agent.done for agent in agents), "nobody meets")
    for number in range(KILLS):
        enough = _progress(askers, agents) + dice.randint(1, MOST_PROGRESS)
        await wait_until_async(
            lambda enough=enough: _progress(askers, agents) >= enough, f"{number}: nobody gets on, {SEED}")
        await asyncio.sleep(dice.random() * 0.05)
        dice.choice(faults)()
    await wait_until_async(lambda: any(agent.done > 5 for agent in agents), f"no agent works, {SEED}")
    for asker in askers:
        asker.is_silent = True
    for agent in agents:
        agent.is_closing = True
        if agent.socket:
            agent.socket.close()
    await wait_until_async(lambda: all(asker.is_content for asker in askers), f"somebody waits, {SEED}")
    await wait_until_async(lambda: all(is_settled(log_of(asker), asker) for asker in askers), f"no answer, {SEED}")
    await asyncio.sleep(1)


def _progress(askers: Sequence[Asker], agents: Sequence[Answerer]) -> int:
    return sum(len(asker.acks) for asker in askers) + sum(agent.done for agent in agents)


def check_visitor(log: Sequence[Entry], asker: Asker, seed: int) -> None:
    """The visitor's side: what was said, and what was seen."""
    assert [entry.seq for entry in log] == list(range(1, len(log) + 1)), seed
    said = [entry for entry in log if entry.author is Author.VISITOR]
    assert not asker.errors or {error["code"] for error in asker.errors} == {"unavailable"}, (seed, asker.errors)
    assert [(entry.client_id, entry.body["text"]) for entry in said] == list(asker.sent.items()), seed
    assert asker.shown == [entry_json(entry) for entry in log], seed


def _check_people(log: Sequence[Entry], conversation_id: str) -> int:
    """One speaks at a time; each word is answered once, by whoever had the word. How often it was taken."""
    holder, taken = "", 0
    for entry in log:
        event = entry.body.get("event")
        if event == "connected":
            assert holder == "", (SEED, entry)
            holder, taken = entry.body["name"], taken + 1
        elif event in ("transferred", "returned"):
            assert holder == entry.body["name"], (SEED, entry)
            holder = ""
        elif entry.author is Author.AGENT:
            assert holder and entry.body["text"].startswith(f"{holder}: "), (SEED, entry)
        elif entry.author is Author.BOT:
            assert not holder, (SEED, entry)
    assert holder == "", SEED
    answers = _answers(log)
    assert len(answers) == len(set(answers)), SEED
    assert not unanswered(log, conversation_id), SEED
    return taken


def is_settled(log: Sequence[Entry], asker: Asker) -> bool:
    """True when nobody owes the visitor an answer, and all that was said was shown to them."""
    return not unanswered(log, asker.conversation_id) and asker.shown[-1]["seq"] == log[-1].seq


def unanswered(log: Sequence[Entry], conversation_id: str) -> list[Entry]:
    """What was said while no human had the word, and what nobody has answered yet."""
    answers, missing, with_human = set(_answers(log)), [], False
    for entry in log:
        event = entry.body.get("event")
        with_human = event == "connected" or (with_human and event not in ("transferred", "returned"))
        if entry.author is Author.VISITOR and entry.kind is Kind.TEXT and not with_human:
            by_bot, by_agent = f"re-{entry.seq}" in answers, answer_id(conversation_id, entry.seq) in answers
            if not (by_bot or by_agent or _was_passed_on(log, entry)):
                missing.append(entry)
    return missing


def _answers(log: Sequence[Entry]) -> list[str]:
    return [entry.client_id for entry in log if entry.author in (Author.AGENT, Author.BOT) and entry.client_id]


def _was_passed_on(log: Sequence[Entry], entry: Entry) -> bool:
    """Said while the bot had not answered yet and a human came, or between two humans."""
    later = [other.body.get("event") for other in log if other.seq > entry.seq]
    return "connected" in later or "returned" in later or Status.CLOSED.value in later
