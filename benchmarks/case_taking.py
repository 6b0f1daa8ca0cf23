"""How long taking a case takes: many agents at their consoles, many cases waiting, the gateway on one core.

    make bench-take ARGS="--agents 50 --cases 1000 --json take.json"

Each agent presses "next", says a word, closes the case, and is back after a pause; so the queue, which is pushed to all
of them, moves all the time. At the end all press in the same moment. What is measured is from the press to the case.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import tempfile
import time
import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from statistics import quantiles
from typing import Any

from benchmarks.processes import Stage, stage
from benchmarks.socket_client import Frame, SocketClient
from bot.adapters.sample_customers import sample_identity
from bot.adapters.sql.agent_sessions import SqlAgentSessions
from bot.adapters.sql.agents import SqlAgents
from bot.adapters.sql.cases import SqlCases
from bot.adapters.sql.conversations import SqlConversations
from bot.adapters.sql.engine import open_engine
from bot.core.conversation import Change, Conversation, Event, Status
from bot.core.routing import HandoffTarget, Route
from bot.ports import AgentAccount, CaseFile


def main() -> None:
    """Run, and print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--agents", type=int, default=50)
    parser.add_argument("--cases", type=int, default=1000, help="that wait at the start")
    parser.add_argument("--pause", type=float, default=10.0, help="seconds from one case to the next, on average")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--database", default="", help="an SQLAlchemy URL; SQLite without one")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        stage(Path(folder), database_url=arguments.database, gateway_core=0) as played,
    ):
        tokens = _fill(played, arguments.agents, arguments.cases)
        played.gateway.start()
        played.gateway.wait()
        figures = asyncio.run(_measure(played, tokens, arguments))
    print(json.dumps(figures, indent=2))
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=2))


def _fill(played: Stage, agents: int, cases: int) -> list[str]:
    """Cases that wait, and sessions of agents."""
    engine = open_engine(played.settings.database_url, 30)
    conversations, desk = SqlConversations(engine, timedelta(days=1)), SqlCases(engine)
    ada, dice = sample_identity("premier:member:business"), random.Random(1)
    for number in range(cases):
        identity = replace(ada, subject=f"visitor-{number}")
        conversation = conversations.create(Conversation(f"c_{number}", Status.BOT, "id", identity), uuid.uuid4().hex)
        route = Route(HandoffTarget.AGENT_QUEUE, "tier1", 1, "tier1_chat.premier.licensed_member")
        priority = dice.choice([None, "p1", "p2", "p3", "p4"])
        question = f"Suara putus-putus, nomor {number}"
        desk.open_case(CaseFile(conversation.id, question, (), "id", "", priority, None, identity, route))
        conversations.write([Change(conversation.id, event=Event.QUEUE)])
    accounts, sessions = SqlAgents(engine), SqlAgentSessions(engine)
    tokens = []
    for number in range(agents):
        account = AgentAccount("", f"agent{number}@example.com", f"Agent {number}", capacity=1000)
        tokens.append(sessions.open(accounts.add(account, None)).token)
    engine.dispose()
    return tokens


async def _measure(played: Stage, tokens: Sequence[str], arguments: argparse.Namespace) -> dict[str, Any]:
    consoles = [_Console(played.settings.gateway_port, token) for token in tokens]
    await asyncio.gather(*(console.begin() for console in consoles))
    until, cpu = time.monotonic() + arguments.seconds, played.gateway.cpu
    await asyncio.gather(*(console.work(until, arguments.pause) for console in consoles))
    busy = (played.gateway.cpu - cpu) / arguments.seconds
    steady = [seconds for console in consoles for seconds in console.takes]
    at_once = await asyncio.gather(*(console.take() for console in consoles))
    conversations = [case for console in consoles for case in console.taken]
    assert len(conversations) == len(set(conversations)), "a case was taken twice"
    for console in consoles:
        console.close()
    return {
        "agents": len(consoles), "cases": arguments.cases, "taken": len(conversations),
        "takes_a_second": round(len(steady) / arguments.seconds, 1), "gateway_core_busy": round(busy, 2),
        "p50_ms": _ms(steady, 50), "p95_ms": _ms(steady, 95), "p99_ms": _ms(steady, 99),
        "all_at_once_p50_ms": _ms(at_once, 50), "all_at_once_p95_ms": _ms(at_once, 95),
    }


def _ms(seconds: Sequence[float], share: int) -> float:
    return round(1000 * quantiles(seconds, n=100)[share - 1], 1)


class _Console:
    """One agent's console."""

    def __init__(self, port: int, token: str) -> None:
        self.takes: list[float] = []
        self.taken: list[str] = []
        self._port = port
        self._token = token
        self._waiting: dict[str, asyncio.Future[Frame]] = {}

    async def begin(self) -> None:
        """Sign in."""
        self._socket = await SocketClient.connect(self._port, "/agent/socket", f"kilat_agent={self._token}")
        self._reader = asyncio.create_task(self._read())
        await self._ask("hello", protocol=1)

    async def work(self, until: float, pause: float) -> None:
        """One case after the other."""
        await asyncio.sleep(random.random() * pause)
        while time.monotonic() < until:
            begun = time.monotonic()
            self.takes.append(await self.take())
            conversation_id = self.taken[-1]
            await self._ask("open", conversation=conversation_id)
            await self._ask(
                "say", conversation=conversation_id, client_id=str(uuid.uuid4()), text="Halo, saya bantu ya."
            )
            await self._ask("close", conversation=conversation_id, reason="solved")
            await asyncio.sleep(max(0.0, begun + pause * (0.5 + random.random()) - time.monotonic()))

    async def take(self) -> float:
        """Press "next"; the seconds until the case is there."""
        begun = time.monotonic()
        done = await self._ask("next")
        self.taken.append(done["conversation"])
        return time.monotonic() - begun

    def close(self) -> None:
        """Leave."""
        self._reader.cancel()
        self._socket.close()

    async def _read(self) -> None:
        async for frame in self._socket.frames():
            waiting = self._waiting.pop(frame.get("request") or "", None)
            if waiting:
                waiting.set_result(frame)

    async def _ask(self, type_: str, **fields: Any) -> Frame:
        request = uuid.uuid4().hex[:12]
        self._waiting[request] = asyncio.get_running_loop().create_future()
        self._socket.send({"type": type_, "request": request, **fields})
        answer = await asyncio.wait_for(self._waiting[request], 30)
        assert answer["type"] != "error", answer
        return answer


if __name__ == "__main__":
    main()
