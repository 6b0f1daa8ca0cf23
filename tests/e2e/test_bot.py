"""The bot as the gateway reaches it, in a real `kilat serve`: whatever dies, it is asked again and nothing is lost."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from server import Server
from waiting import wait_until

from bot.adapters.rasa_client import RasaBot
from bot.adapters.sample_customers import sample_identity
from bot.core.errors import BotUnavailable
from bot.ports import BotReply, BotTurn
from bot.services.dialogue.state import State
from bot.settings import Settings
from bot.tools.training import is_trained

QUESTION = "Berapa nomor telepon dukungan di Jepang?"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for this file."""
    if not is_trained():
        pytest.skip("there is no model of the present tree: run make train")
    running = Server(tmp_path_factory.mktemp("bot"))
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def secret(server: Server) -> str:
    """The secret that the server made for itself."""
    return Settings.from_environment(server.environment).internal_secret


def _bot(server: Server, secret: str) -> RasaBot:
    return RasaBot(f"http://127.0.0.1:{server.rasa_port}", secret)


def _ask(server: Server, secret: str, turn: BotTurn) -> BotReply:
    return asyncio.run(_bot(server, secret).reply(turn))


def _is_up(server: Server, secret: str) -> bool:
    return asyncio.run(_bot(server, secret).is_up())


def _kill(server: Server, command: str) -> None:
    pid = next(pid for pid, line in server.children().items() if command in line)
    os.kill(pid, signal.SIGKILL)


def _database(server: Server) -> sqlite3.Connection:
    return sqlite3.connect(Path(server.state) / "kilat.db", isolation_level=None)


def test_it_answers(server: Server, secret: str) -> None:
    """With a card, and it says that it is there."""
    assert _is_up(server, secret)
    reply = _ask(server, secret, BotTurn("c-1", "m-1", QUESTION, {}))
    assert "120427732" in reply.bubbles[0].text
    assert (reply.bubbles[0].card or {})["type"] == "phone"


def test_with_a_wrong_secret(server: Server, secret: str) -> None:
    """Nobody else gets an answer."""
    with pytest.raises(BotUnavailable, match="401"):
        _ask(server, secret + "x", BotTurn("c-2", "m-1", QUESTION, {}))


def test_without_the_action_server(server: Server, secret: str) -> None:
    """No sentence of trouble, but no answer; the same message is answered when it is back."""
    turn = BotTurn("c-3", "m-1", QUESTION, {})
    _kill(server, "action_server")
    with pytest.raises(BotUnavailable, match="503"):
        _ask(server, secret, turn)
    wait_until(lambda: _is_up(server, secret), server.log.read_text)
    assert "120427732" in _ask(server, secret, turn).bubbles[0].text


def test_with_a_locked_database(server: Server, secret: str) -> None:
    """The same message again, one ticket."""
    form = {"kind": "ticket", "key": "c-4:m-0", "subject": "Audio", "description": "Putus-putus",
            "email": "sari@example.com", "priority": "p3", "proposed": "p3", "asked": "confirm"}
    turn = BotTurn("c-4", "m-1", "ya kirim", State(form=form).slots())
    database = _database(server)
    database.execute("BEGIN EXCLUSIVE")
    try:
        with pytest.raises(BotUnavailable, match="503"):
            _ask(server, secret, turn)
    finally:
        database.execute("ROLLBACK")
    first, second = _ask(server, secret, turn), _ask(server, secret, turn)
    assert "KLT-" in first.bubbles[0].text and first == second
    assert database.execute("SELECT count(*) FROM ticket WHERE conversation = 'c-4'").fetchone() == (1,)
    database.close()


def test_after_a_restart_of_rasa(server: Server, secret: str) -> None:
    """It held nothing: the follow-up is understood, and the place in the queue is the same."""
    identity = sample_identity("premier:admin:business")
    before = _ask(server, secret, BotTurn("c-5", "m-1", QUESTION, {}, (), identity))
    queued = _ask(server, secret, BotTurn("c-5", "m-2", "mau bicara dengan agen", before.state, (QUESTION,), identity))
    _kill(server, "rasa run")
    with pytest.raises(BotUnavailable):
        _ask(server, secret, BotTurn("c-5", "m-3", "kalau Prancis?", before.state))
    assert not _is_up(server, secret)
    wait_until(lambda: _is_up(server, secret), server.log.read_text)
    assert "800.94.64.64" in _ask(server, secret, BotTurn("c-5", "m-3", "kalau Prancis?", before.state)).bubbles[0].text
    again = _ask(server, secret, BotTurn("c-5", "m-4", "agen dong", queued.state, (QUESTION,), identity))
    place = queued.bubbles[0].card or {}
    assert (again.bubbles[0].card or {})["case"] == place["case"] and place["tier"] == 2
