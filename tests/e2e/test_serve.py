"""`kilat serve` from outside, over REST: answers, identities, bad input, failures, and a clean end."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
from dataclasses import replace
from typing import Any

import jwt
import pytest
from server import Server, is_alive
from waiting import wait_until

from bot.adapters.identity_token import sign
from bot.adapters.sample_customers import sample_identity
from bot.adapters.wording_reader import read_wording
from bot.settings import ROOT, Settings

IDENTITY = "X-Kilat-Identity"
CUSTOMER = "premier:admin:business"
MARKUP = "<script>alert(1)</script><img src=x onerror=alert(2)> & <b>nomor telepon Jepang</b>?"
RESPONSES = read_wording(ROOT / "data").responses
TROUBLE = {language: texts["utter_service_trouble"] for language, texts in RESPONSES.items()}
QUESTIONS = {"id": "Berapa nomor telepon dukungan di Jepang?", "en": "What is the support phone number in Japan?"}


@pytest.fixture(scope="session")
def settings(kilat: Server) -> Settings:
    """The server's settings, to sign tokens with."""
    return Settings.from_environment(kilat.environment)


@pytest.mark.parametrize("language", QUESTIONS)
def test_a_question(kilat: Server, language: str) -> None:
    """Answered in its language, with the number and the extension."""
    answer = kilat.ask(f"plain-{language}", QUESTIONS[language])
    assert answer.status == 200 and "120427732" in answer.text
    assert ("Jepang" in answer.text) is (language == "id")
    assert all(set(message) <= {"recipient_id", "text", "buttons"} for message in answer.body)
    assert IDENTITY not in answer.headers


def test_an_accepted_token_opens_the_queue(kilat: Server, settings: Settings) -> None:
    """A licensed admin on Premier goes to Tier 2, with a case number."""
    answer = kilat.ask("accepted", "saya mau bicara dengan agen", sign(sample_identity(CUSTOMER), settings))
    assert answer.headers[IDENTITY] == "accepted"
    assert re.search(r"KLC-\d{6}", answer.text)


def test_the_token_is_kept_nowhere(kilat: Server, settings: Settings) -> None:
    """Neither the log nor the database has it."""
    token = sign(sample_identity(CUSTOMER), settings)
    kilat.ask("secret-keeper", "saya mau bicara dengan agen", token)
    kept = [kilat.log, *kilat.state.glob("kilat.db*")]
    assert not [path for path in kept if token.encode() in path.read_bytes()]


@pytest.mark.parametrize("kind", ["expired", "wrong", "unsigned", "garbage", "number"])
def test_a_refused_token_opens_nothing(kilat: Server, settings: Settings, kind: str) -> None:
    """The header tells the integrator; the visitor counts as anonymous."""
    identity = sample_identity(CUSTOMER)
    good = sign(identity, settings)
    tokens: dict[str, Any] = {
        "expired": sign(identity, settings, lifetime_seconds=-3600),
        "wrong": sign(identity, replace(settings, identity_secret="w" * 48)),
        "unsigned": jwt.encode(jwt.decode(good, options={"verify_signature": False}), None, algorithm="none"),
        "garbage": "not.a.token",
        "number": 5,
    }
    reasons = {"expired": "expired", "wrong": "signature", "unsigned": "signature"}
    answer = kilat.ask(f"refused-{kind}", "saya mau bicara dengan agen", tokens[kind])
    assert answer.status == 200
    assert answer.headers[IDENTITY] == f"rejected; reason={reasons.get(kind, 'malformed')}"
    assert "KLC-" not in answer.text and "masuk" in answer.text.lower()


def test_claims_without_a_token_count_for_nothing(kilat: Server) -> None:
    """A client can't bring claims of its own."""
    customer = {"plan": "premier", "account_type": "business", "role": "admin", "licensed": True}
    metadata = {"identity": {"subject": "u", "customer": customer}}
    answer = kilat.post({"sender": "forger", "message": "saya mau bicara dengan agen", "metadata": metadata})
    assert answer.status == 200 and "KLC-" not in answer.text and IDENTITY not in answer.headers


@pytest.mark.parametrize(
    "message",
    [
        "",
        "   \n\t ",
        "x" * 20_000,
        "berapa lama " * 1700,
        "\x00\x07\x1b[31mhalo\x7f",
        MARKUP,
        "'; DROP TABLE ticket; --",
        "/restart",
        '/intent{"a": 1}',
        "{{7*7}} {plan} %s ${x}",
        "🎉🎉🎉",
        "\u202ereversed",
        "日本の電話番号は?",
        "¿Cuál es el número de teléfono?",
    ],
    ids=lambda message: repr(message[:20]),
)
def test_bad_messages(kilat: Server, message: str) -> None:
    """A clear reply; nothing of the visitor's markup, no placeholder, no trace of the machinery."""
    answer = kilat.ask(f"bad-{abs(hash(message))}", message)
    assert answer.status == 200 and answer.text.strip()
    assert not re.search(r"[<>{}]|utter_|Traceback|49 ", answer.text)


@pytest.mark.parametrize(
    "body",
    [
        b"{broken",
        b"",
        b"\xff\xfe",
        b"[" * 100_000,
        [],
        [{"sender": "a", "message": "b"}],
        "halo",
        None,
        {"message": "halo"},
        {"sender": "", "message": "halo"},
        {"sender": 5, "message": "halo"},
        {"sender": "s" * 500, "message": "halo"},
        {"sender": "a"},
        {"sender": "a", "message": 5},
        {"sender": "a", "message": None},
        {"sender": "a", "message": ["halo"]},
        {"sender": "a", "message": "b", "metadata": 5},
        {"sender": "a", "message": "x" * 1_000_000},
    ],
    ids=lambda body: repr(body)[:40],
)
def test_bad_bodies(kilat: Server, body: Any) -> None:
    """A 400 that says what to send instead."""
    answer = kilat.post(body)
    assert answer.status == 400 and '"error"' in answer.body
    assert "Traceback" not in answer.body


def test_a_huge_body(kilat: Server) -> None:
    """Turned away, and the next visitor is served."""
    try:
        status = kilat.post(b" " * 120_000_000).status
    except OSError:
        status = 413  # closed while the body was still on its way
    assert 400 <= status < 500
    assert kilat.ask("after-huge", QUESTIONS["id"]).status == 200


def test_other_methods(kilat: Server) -> None:
    """The webhook takes POST alone; for any other method it is not there."""
    assert kilat.post(None, "GET").status == 404
    assert kilat.post({}, "DELETE").status == 404


def test_a_ticket_does_not_echo_markup(kilat: Server) -> None:
    """What a visitor writes into a ticket comes back in its summary; not as markup."""
    sender = "markup-ticket"
    for message in ("buat tiket", "<b>suara</b> putus", MARKUP, "sari@example.com", "cuma satu fitur", "ya"):
        answer = kilat.ask(sender, message)
        assert answer.status == 200
        assert not re.search(r"<(script|img|b)\b", answer.text), answer.text


def test_a_killed_action_server(kilat: Server) -> None:
    """An honest sentence in the visitor's language; then it comes back by itself."""
    for language, question in QUESTIONS.items():
        assert "120427732" in kilat.ask(f"killed-{language}", question).text
    pid = next(pid for pid, command in kilat.children().items() if "action_server" in command)
    os.kill(pid, signal.SIGKILL)
    for language, question in QUESTIONS.items():
        assert kilat.ask(f"killed-{language}", question).text.strip() == TROUBLE[language].strip()
    wait_until(lambda: "120427732" in kilat.ask("killed-id", QUESTIONS["id"]).text)
    assert "The action server ended" in kilat.log.read_text()


def test_a_locked_database(kilat: Server) -> None:
    """Nothing is lost and nothing stored twice: the same "ya kirim" works when the lock is gone."""
    sender = "locked"
    story = "cuma satu fitur yang rusak, suaranya putus-putus"
    for message in ("buat tiket", "Suara putus-putus", story, "sari@example.com"):
        said = kilat.ask(sender, message).text
    for _ in range(4):
        if "Subject" in said or "Judul:" in said:
            break
        said = kilat.ask(sender, "P3").text
    assert "Judul:" in said
    database = sqlite3.connect(kilat.state / "kilat.db", isolation_level=None)
    database.execute("BEGIN EXCLUSIVE")
    try:
        assert kilat.ask(sender, "ya kirim").text.strip() == TROUBLE["id"].strip()
    finally:
        database.execute("ROLLBACK")
    assert re.search(r"KLT-\d{6}", kilat.ask(sender, "ya kirim").text)
    assert database.execute("SELECT count(*) FROM ticket WHERE conversation = ?", (sender,)).fetchone() == (1,)
    database.close()


def test_a_changed_fact_needs_no_restart(kilat: Server) -> None:
    """`kilat seed` is enough."""
    path = kilat.data / "knowledge" / "phone_lines.yml"
    assert "120427732" in kilat.ask("before-seed", QUESTIONS["id"]).text
    original = path.read_text()
    path.write_text(original.replace("+81 120427732", "+81 120427799"))
    kilat.seed()
    assert "120427799" in kilat.ask("after-seed", QUESTIONS["id"]).text
    path.write_text(original)
    kilat.seed()
    assert "120427732" in kilat.ask("restored", QUESTIONS["id"]).text


def test_the_log_is_ours(kilat: Server) -> None:
    """No noise of libraries that nobody here can mend."""
    log = kilat.log.read_text()
    assert "Registered function for 'action_answer'" in log
    noise = ("sanic_cors", "alembic", "not defined in the domain")
    assert not [line for line in log.splitlines() if any(word in line for word in noise)]


def test_sigterm_leaves_nothing_behind(kilat: Server) -> None:
    """The last test of this server: it ends well, and no child outlives it."""
    pids = list(kilat.children())
    assert len(pids) >= 2
    assert kilat.stop() == 0
    wait_until(lambda: not any(map(is_alive, pids)))
