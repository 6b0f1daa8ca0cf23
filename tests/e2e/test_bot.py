"""The bot as the gateway reaches it, in a real `kilat serve`: whatever dies, it is asked again and nothing is lost."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
from pathlib import Path

import pytest
from server import Server
from waiting import wait_until

from bot.adapters.rasa_client import RasaBot
from bot.adapters.sample_customers import sample_identity
from bot.core.effects import OpenCase, OpenTicket
from bot.core.errors import BotUnavailable
from bot.ports import BotReply, BotTurn
from bot.services.dialogue.state import State
from bot.settings import Settings

QUESTION = "Berapa nomor telepon dukungan di Jepang?"


@pytest.fixture(scope="session")
def secret(kilat: Server) -> str:
    """The secret that the server made for itself."""
    return Settings.from_environment(kilat.environment).internal_secret


def _bot(kilat: Server, secret: str) -> RasaBot:
    return RasaBot(f"http://127.0.0.1:{kilat.rasa_port}", secret)


def _ask(kilat: Server, secret: str, turn: BotTurn) -> BotReply:
    return asyncio.run(_bot(kilat, secret).reply(turn))


def _is_up(kilat: Server, secret: str) -> bool:
    return asyncio.run(_bot(kilat, secret).is_up())


def _kill(kilat: Server, command: str) -> None:
    pid = next(pid for pid, line in kilat.children().items() if command in line)
    os.kill(pid, signal.SIGKILL)


def _database(kilat: Server) -> sqlite3.Connection:
    return sqlite3.connect(Path(kilat.state) / "kilat.db", isolation_level=None)


def test_it_answers(kilat: Server, secret: str) -> None:
    """With a card, and it says that it is there."""
    assert _is_up(kilat, secret)
    reply = _ask(kilat, secret, BotTurn("c-1", "m-1", QUESTION, {}))
    assert "120427732" in reply.bubbles[0].text
    assert (reply.bubbles[0].card or {})["type"] == "phone"


def test_with_a_wrong_secret(kilat: Server, secret: str) -> None:
    """Nobody else gets an answer."""
    with pytest.raises(BotUnavailable, match="401"):
        _ask(kilat, secret + "x", BotTurn("c-2", "m-1", QUESTION, {}))


def test_without_the_action_server(kilat: Server, secret: str) -> None:
    """No sentence of trouble, but no answer; the same message is answered when it is back."""
    turn = BotTurn("c-3", "m-1", QUESTION, {})
    _kill(kilat, "action_server")
    with pytest.raises(BotUnavailable, match="503"):
        _ask(kilat, secret, turn)
    wait_until(lambda: _is_up(kilat, secret), kilat.log.read_text)
    assert "120427732" in _ask(kilat, secret, turn).bubbles[0].text


def test_the_bot_only_reads(kilat: Server, secret: str) -> None:
    """It answers while nobody can write; the same message again has the same effect."""
    form = {"kind": "ticket", "key": "c-4:m-0", "subject": "Audio", "description": "Putus-putus",
            "email": "sari@example.com", "priority": "p3", "proposed": "p3", "asked": "confirm"}
    turn = BotTurn("c-4", "m-1", "ya kirim", State(form=form).slots())
    database = _database(kilat)
    database.execute("BEGIN EXCLUSIVE")
    try:
        first, second = _ask(kilat, secret, turn), _ask(kilat, secret, turn)
    finally:
        database.execute("ROLLBACK")
    effect = first.bubbles[0].effect
    assert isinstance(effect, OpenTicket) and effect.draft.key == "c-4:m-0" and first == second
    assert database.execute("SELECT count(*) FROM ticket WHERE conversation = 'c-4'").fetchone() == (0,)
    database.close()


@pytest.mark.long
def test_after_a_restart_of_rasa(kilat: Server, secret: str) -> None:
    """It held nothing: the follow-up is understood, and the case is the same."""
    identity = sample_identity("premier:admin:business")
    before = _ask(kilat, secret, BotTurn("c-5", "m-1", QUESTION, {}, (), identity))
    queued = _ask(kilat, secret, BotTurn("c-5", "m-2", "mau bicara dengan agen", before.state, (QUESTION,), identity))
    _kill(kilat, "rasa run")
    with pytest.raises(BotUnavailable):
        _ask(kilat, secret, BotTurn("c-5", "m-3", "kalau Prancis?", before.state))
    assert not _is_up(kilat, secret)
    wait_until(lambda: _is_up(kilat, secret), kilat.log.read_text)
    assert "800.94.64.64" in _ask(kilat, secret, BotTurn("c-5", "m-3", "kalau Prancis?", before.state)).bubbles[0].text
    again = _ask(kilat, secret, BotTurn("c-5", "m-4", "agen dong", queued.state, (QUESTION,), identity))
    effects = [reply.bubbles[0].effect for reply in (queued, again)]
    assert [isinstance(effect, OpenCase) and effect.case_file.route.tier for effect in effects] == [2, 2]
