"""Visitors and agents in Matrix talk while gateway and Matrix server are killed and connections break: each message
arrives once and in order on both sides.

Three faults by default; `KILAT_KILLS=100 make test ARGS=bot/adapters/desks/matrix/tests/test_kill.py` for more.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable
from contextlib import ExitStack, suppress
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from desks.flaky_proxy import FlakyProxy
from waiting import PATIENCE_SECONDS, wait_until

from benchmarks.processes import stage
from bot.adapters.desks.matrix.tests.driver import Matrix
from bot.adapters.desks.matrix.tests.real_server import Synapse
from bot.adapters.identity_token import sign
from bot.adapters.sample_customers import sample_identity
from bot.adapters.sql.cases import SqlCases
from bot.adapters.sql.conversations import SqlConversations
from bot.adapters.sql.engine import open_engine
from bot.core.conversation import Entry

pytestmark = pytest.mark.long

KILLS = int(os.environ.get("KILAT_KILLS") or 3)
SEED = int(os.environ.get("KILAT_SEED") or random.randrange(10_000))
VISITORS = 3
BREAKS = 0.15
# How long people keep trying while something is away.


def stubborn(step: Callable[[], Any]) -> Any:
    """The result of `step`, which is repeated until it succeeds."""
    found: list[Any] = []

    def tried() -> bool:
        with suppress(OSError, http.client.HTTPException):
            found.append(step())
        return bool(found)

    wait_until(tried, "nobody answers")
    return found[0]


class Talker:
    """A visitor who sends each word until it is acknowledged."""

    def __init__(self, port: int, token: str) -> None:
        self._url, self._token, self._key = f"http://127.0.0.1:{port}/v1/frames", token, ""
        self.words: list[str] = []
        self.conversation_id = ""

    def say(self, text: str, **more: str) -> None:
        """Send a text until it is stored."""
        client_id = str(uuid.uuid4())
        stubborn(lambda: self._once({"type": "say", "client_id": client_id, "text": text, **more}))

    def _once(self, frame: dict[str, Any]) -> None:
        if not self._key or not self._ask(frame):
            hello = {"type": "hello", "protocol": 1, "lang": "id", "identity_token": self._token}
            welcome = self._ask({**hello, **({"key": self._key} if self._key else {})})
            self._key = welcome.get("key", self._key)
            self.conversation_id = welcome["conversation"]
            if not self._ask(frame):
                raise OSError("not acknowledged")

    def _ask(self, frame: dict[str, Any]) -> dict[str, Any]:
        bearer = {"Authorization": f"Bearer {self._key}"} if self._key else {}
        headers = {"Content-Type": "application/json", **bearer}
        request = urllib.request.Request(self._url, json.dumps(frame).encode(), headers)
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                frames = json.loads(answer.read())["frames"]
        except urllib.error.HTTPError as error:
            assert error.code in (401, 503), error.read()
            return {}
        return next((frame for frame in frames if frame["type"] in ("ack", "welcome")), {})


@pytest.mark.timeout(600 + 20 * KILLS)
def test_killed_while_people_talk(matrix_server: Synapse, tmp_path: Path) -> None:
    """Each message arrives once and in order on both sides; each case exists once, and is taken once."""
    dice = random.Random(SEED)
    driver, way = Matrix(matrix_server), FlakyProxy(matrix_server.port, SEED)
    driver.address = f"http://127.0.0.1:{way.port}"
    with ExitStack() as stack:
        played = stack.enter_context(stage(tmp_path))
        played.gateway.environment.update(driver.environment())
        for process in (played.bot, played.gateway):
            process.start()
            process.wait()
        engine = open_engine(played.settings.database_url, 30)
        conversations, cases = SqlConversations(engine, timedelta(minutes=5)), SqlCases(engine)
        talkers = [Talker(played.settings.gateway_port, _token(played.settings, n)) for n in range(VISITORS)]
        for talker in talkers:
            talker.say("Bicara dengan manusia", payload="/talk_to_human")
        numbers = [
            wait_until(lambda t=talker: cases.of_conversation(t.conversation_id))[0].number for talker in talkers]
        wait_until(lambda: driver.cases() == sorted(numbers), "the cases")
        answers: list[list[str]] = [[] for _ in talkers]
        over = threading.Event()
        people = [threading.Thread(target=_talk, args=(talker, over)) for talker in talkers]
        people += [threading.Thread(target=_answer, args=(driver, driver.room(number), said, over))
                   for number, said in zip(numbers, answers, strict=True)]
        for person in people:
            person.start()
        way.chance = BREAKS
        for _ in range(KILLS):
            time.sleep(dice.uniform(0.2, 2.0))
            if dice.random() < 0.2:
                matrix_server.kill()
                matrix_server.start()
            else:
                played.gateway.kill()
                played.gateway.start()
                if dice.random() < 0.8:  # else it may die while it starts
                    played.gateway.wait()
        over.set()
        for person in people:
            person.join(PATIENCE_SECONDS)
        way.chance = 0.0
        for talker, number, said in zip(talkers, numbers, answers, strict=True):
            log = partial(conversations.entries, talker.conversation_id, limit=100_000)
            wait_until(lambda said=said, log=log: len(_texts(log(), "agent")) >= len(said),
                 f"the answers, {SEED}", PATIENCE_SECONDS)
            wait_until(lambda t=talker, n=number: len(_read(driver, n)) >= len(t.words),
                 f"the messages, {SEED}", PATIENCE_SECONDS)
            assert _texts(log(), "agent") == said, SEED
            assert _read(driver, number) == talker.words, SEED
            assert [e.body["event"] for e in log() if e.kind.value == "event"] == ["connected"], SEED
        assert driver.cases() == sorted(numbers), SEED
        print(f"seed {SEED}: {KILLS} kills, {way.broken} connections broken,",
              f"{sum(len(t.words) for t in talkers)} messages, {sum(map(len, answers))} answers")
        engine.dispose()
    way.close()


def _talk(talker: Talker, over: threading.Event) -> None:
    while not over.is_set():
        text = f"pesan {len(talker.words)}"
        talker.say(text)
        talker.words.append(text)
        time.sleep(0.3)


def _answer(driver: Matrix, room: str, said: list[str], over: threading.Event) -> None:
    """Sari's client repeats a message with the same transaction."""
    while not over.is_set():
        text = f"jawaban {len(said)}"
        path = f"rooms/{room}/send/m.room.message/{uuid.uuid4().hex}"
        stubborn(lambda path=path, text=text: driver._ask("sari", "PUT", path, {"msgtype": "m.text", "body": text}))
        said.append(text)
        time.sleep(0.3)


def _read(driver: Matrix, case: str) -> list[str]:
    """The visitor's messages as agents read them; the bot answers some in the queue."""
    return [text for text in driver.seen(case) if text.startswith("pesan ")]


def _texts(log: list[Entry], author: str) -> list[str]:
    return [entry.body["text"] for entry in log if entry.author.value == author]


def _token(settings: Any, number: int) -> str:
    identity = sample_identity("premier:admin:business")
    return sign(type(identity)(f"user-{number}", identity.customer, identity.name, identity.email), settings)
