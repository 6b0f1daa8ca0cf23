"""The second factor: codes that work once and in their time, recovery codes that work once, tries that are bounded."""

from __future__ import annotations

from datetime import timedelta

import pyotp
import pytest
from argon2 import PasswordHasher
from fakes import FakeClock
from sqlalchemy import select, update
from sqlalchemy.engine import Engine

from bot.adapters.password_hashing import Passwords
from bot.adapters.sql.agent_sessions import AgentSession, SqlAgentSessions
from bot.adapters.sql.agents import SqlAgents
from bot.adapters.sql.audit import SqlAudit
from bot.adapters.sql.login_attempts import MOST_FAILURES, Source
from bot.adapters.sql.second_factor import RECOVERY_CODES, SqlSecondFactor, new_secret, uri_of
from bot.adapters.sql.tables import agent_recovery, agents
from bot.ports import Action, AgentAccount, AuditQuery

KEY = "k" * 48
HERE = Source("192.0.2.1")
STEP = timedelta(seconds=30)
CHEAP = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def door(engine: Engine, clock: FakeClock) -> SqlAgentSessions:
    """Where agents sign in."""
    return SqlAgentSessions(engine, CHEAP, clock)


@pytest.fixture
def second(engine: Engine, clock: FakeClock, door: SqlAgentSessions) -> SqlSecondFactor:
    """The second factor of all agents."""
    return SqlSecondFactor(engine, KEY, door.failed, clock)


@pytest.fixture
def session(engine: Engine, clock: FakeClock, door: SqlAgentSessions) -> AgentSession:
    """Sari, who has signed in."""
    return door.open(SqlAgents(engine, clock).add(AgentAccount("", "sari@example.com", "Sari"), CHEAP.hash("x" * 12)))


def _code(secret: str, clock: FakeClock, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(int(clock.time.timestamp()) + 30 * steps)


@pytest.fixture
def secret(second: SqlSecondFactor, session: AgentSession, clock: FakeClock) -> str:
    """The secret on Sari's phone, turned on some steps ago."""
    secret = new_secret()
    assert len(second.enable(session, secret, _code(secret, clock))) == RECOVERY_CODES
    clock.forward(5 * STEP)
    return secret


def _is_right(second: SqlSecondFactor, account: AgentAccount, code: str, source: Source = HERE) -> bool:
    return second.check(account, code, source).is_right


def test_a_code_works_once(second: SqlSecondFactor, session: AgentSession, secret: str, clock: FakeClock) -> None:
    """Not again, and no older one after it, though its time is not over."""
    now = _code(secret, clock)
    assert _is_right(second, session.account, now)
    assert not _is_right(second, session.account, now)
    assert not _is_right(second, session.account, _code(secret, clock, -1))
    assert _is_right(second, session.account, _code(secret, clock, 1))
    assert not _is_right(second, session.account, now)


def test_the_code_that_turned_it_on_is_used(second: SqlSecondFactor, session: AgentSession, clock: FakeClock) -> None:
    """Who saw it over a shoulder gets nothing by it."""
    secret = new_secret()
    code = _code(secret, clock)
    assert second.enable(session, secret, code)
    assert not _is_right(second, session.account, code)


@pytest.mark.parametrize(("steps", "is_right"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_phone_whose_clock_is_off(second: SqlSecondFactor, session: AgentSession, secret: str, clock: FakeClock,
                                    steps: int, is_right: bool) -> None:
    """By one step, and no more."""
    assert _is_right(second, session.account, _code(secret, clock, steps)) is is_right


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "١٢٣٤٥٦", "１２３４５６", "\x00", "-12345", "None",
                                   "x" * 100_000], ids=range(9))
def test_what_is_no_code(second: SqlSecondFactor, session: AgentSession, secret: str, clock: FakeClock, typed: str,
                         ) -> None:
    """Is wrong, whatever it is."""
    assert not _is_right(second, session.account, typed)


def test_a_code_with_spaces(second: SqlSecondFactor, session: AgentSession, secret: str, clock: FakeClock) -> None:
    """As apps show it."""
    code = _code(secret, clock)
    assert _is_right(second, session.account, f" {code[:3]} {code[3:]} ")


def test_tries_are_bounded(second: SqlSecondFactor, session: AgentSession, secret: str, clock: FakeClock) -> None:
    """Five from one source, ten from all strangers; a right one helps no more then, and the owner's device does."""
    told = [second.check(session.account, "x", HERE).locked_until for _ in range(MOST_FAILURES)]
    assert told[-2] is None and told[-1] is not None
    assert second.check(session.account, _code(secret, clock), HERE).locked_until == told[-1]
    for address in range(10):
        second.check(session.account, "x", Source(f"203.0.113.{address}"))
    assert second.check(session.account, _code(secret, clock), Source("198.51.100.1")).locked_until is not None


def test_an_attack_does_not_lock_the_owner_out(second: SqlSecondFactor, door: SqlAgentSessions, session: AgentSession,
                                               secret: str, clock: FakeClock) -> None:
    """Whose browser is known."""
    device = door.open(session.account, HERE).device
    for address in range(12):
        second.check(session.account, "x", Source(f"203.0.113.{address}"))
    assert _is_right(second, session.account, _code(secret, clock), Source("198.51.100.1", device))


def test_each_recovery_code_works_once(second: SqlSecondFactor, session: AgentSession, clock: FakeClock) -> None:
    """In any capitals and grouping; how many are left is told; new ones end the old."""
    secret = new_secret()
    codes = second.enable(session, secret, _code(secret, clock))
    assert len(set(codes)) == RECOVERY_CODES and second.left(session.account) == RECOVERY_CODES
    first = second.check(session.account, codes[0].lower().replace("-", " "), HERE)
    assert (first.is_right, first.was_recovery, first.left) == (True, True, RECOVERY_CODES - 1)
    assert not _is_right(second, session.account, codes[0])
    new = second.renew(session.account)
    assert not _is_right(second, session.account, codes[1])
    assert all(_is_right(second, session.account, code) for code in new)
    assert second.left(session.account) == 0


def test_nothing_readable_is_stored(second: SqlSecondFactor, session: AgentSession, clock: FakeClock, engine: Engine,
                                    ) -> None:
    """The secret is encrypted, recovery codes are hashed."""
    secret = new_secret()
    codes = second.enable(session, secret, _code(secret, clock))
    with engine.connect() as connection:
        stored = str([connection.execute(select(table)).all() for table in (agents, agent_recovery)])
    assert secret not in stored
    assert not any(code in stored or code.replace("-", "") in stored for code in codes)


def test_a_secret_is_of_its_account(second: SqlSecondFactor, door: SqlAgentSessions, secret: str, engine: Engine,
                                    clock: FakeClock) -> None:
    """Copied into another account's row, it lets nobody in there: who writes in the database makes no codes either."""
    budi = SqlAgents(engine, clock).add(AgentAccount("", "budi@example.com", "Budi"), CHEAP.hash("y" * 12))
    second.enable(door.open(budi), own := new_secret(), _code(own, clock))
    clock.forward(5 * STEP)
    with engine.begin() as connection:
        copied = connection.execute(select(agents.c.totp_secret).where(agents.c.login == "sari@example.com")).scalar()
        connection.execute(update(agents).where(agents.c.id == budi.id).values(totp_secret=copied))
    assert not _is_right(second, budi, _code(secret, clock))


def test_another_internal_secret(second: SqlSecondFactor, door: SqlAgentSessions, session: AgentSession, engine: Engine,
                                 clock: FakeClock, caplog: pytest.LogCaptureFixture) -> None:
    """Makes no codes from a copy of the database; the log says what to do, and recovery codes work."""
    secret = new_secret()
    codes = second.enable(session, secret, _code(secret, clock))
    clock.forward(5 * STEP)
    other = SqlSecondFactor(engine, "o" * 48, door.failed, clock)
    assert not _is_right(other, session.account, _code(secret, clock))
    assert "kilat agents totp reset" in caplog.text
    assert _is_right(other, session.account, codes[0])


def test_the_internal_secret_is_changed(second: SqlSecondFactor, door: SqlAgentSessions, session: AgentSession,
                                        secret: str, engine: Engine, clock: FakeClock) -> None:
    """Phones go on to work by the new one, and by the old one no more; twice does no harm, a wrong one no damage."""
    other = SqlSecondFactor(engine, "o" * 48, door.failed, clock)
    assert other.rekey("w" * 48) == (0, 1)
    assert _is_right(second, session.account, _code(secret, clock))
    clock.forward(STEP)
    assert (other.rekey(KEY), other.rekey(KEY)) == ((1, 0), (0, 0))
    assert not _is_right(second, session.account, _code(secret, clock))
    assert _is_right(other, session.account, _code(secret, clock))


def test_a_wrong_first_code_turns_nothing_on(second: SqlSecondFactor, session: AgentSession, engine: Engine,
                                             clock: FakeClock) -> None:
    """Who can't make codes would be locked out."""
    assert second.enable(session, new_secret(), "000000") == ()
    found = SqlAgents(engine, clock).find("sari@example.com")
    assert found is not None and not found.has_totp


def test_on_and_off_end_other_sessions(second: SqlSecondFactor, door: SqlAgentSessions, session: AgentSession,
                                       clock: FakeClock, engine: Engine) -> None:
    """Those begun without it; a reset by an operator ends all. All is recorded."""
    other, secret = door.open(session.account), new_secret()
    second.enable(session, secret, _code(secret, clock), "192.0.2.1")
    assert door.find(other.token) is None
    found = door.find(session.token)
    assert found is not None and found.account.has_totp
    second.disable(session.account, "shell")
    assert door.find(session.token) is None
    told = [entry.event.action for entry in SqlAudit(engine).read(AuditQuery())]
    assert told[:2] == [Action.TOTP_DISABLED, Action.TOTP_ENABLED]


def test_what_a_phone_reads() -> None:
    """The login and who asks."""
    assert uri_of("sari@example.com", "A" * 32) == (
        "otpauth://totp/Kilat:sari%40example.com?secret=" + "A" * 32 + "&issuer=Kilat")
