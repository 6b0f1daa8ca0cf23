"""How often somebody may try: locks by login and source, which never keep the owner out."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from fakes import FakeClock
from sqlalchemy import func, select
from sqlalchemy.engine import Engine

from bot.adapters.password_hashing import Passwords
from bot.adapters.sql.agent_sessions import SqlAgentSessions
from bot.adapters.sql.agents import SqlAgents
from bot.adapters.sql.audit import SqlAudit
from bot.adapters.sql.login_attempts import (
    KEPT,
    LOCKED_FOR,
    MOST_FAILURES,
    STRANGERS_WINDOW,
    AttemptKind,
    Source,
    SqlLoginAttempts,
)
from bot.adapters.sql.tables import sign_in_tries
from bot.ports import Action, AgentAccount, AuditQuery

LOGIN, SECRET = "sari@example.com", "sepuluh gajah biru"
CHEAP = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
HERE, THERE = Source("192.0.2.1"), Source("192.0.2.2")
MOST_OF_STRANGERS = AttemptKind.PASSWORD.most_of_strangers


@pytest.fixture
def door(engine: Engine, clock: FakeClock) -> SqlAgentSessions:
    """Where agents sign in."""
    return SqlAgentSessions(engine, CHEAP, clock)


@pytest.fixture
def accounts(engine: Engine, clock: FakeClock) -> SqlAgents:
    """Accounts, without any."""
    return SqlAgents(engine, clock)


@pytest.fixture
def sari(accounts: SqlAgents) -> AgentAccount:
    """The owner of an account."""
    return accounts.add(AgentAccount("", LOGIN, "Sari"), CHEAP.hash(SECRET))


@pytest.fixture
def tries(engine: Engine, clock: FakeClock) -> SqlLoginAttempts:
    """The counts themselves."""
    return SqlLoginAttempts(engine, clock)


def _attack(door: SqlAgentSessions, number: int, login: str = LOGIN) -> None:
    """Wrong passwords, each from another address."""
    for address in range(number):
        door.attempt(login, "wrong", Source(f"203.0.113.{address}"))


def test_a_lock_is_for_one_address(door: SqlAgentSessions, sari: AgentAccount) -> None:
    """Others get in, also with the right password alone; the address stays out with it."""
    for _ in range(MOST_FAILURES):
        door.attempt(LOGIN, "wrong", HERE)
    assert door.attempt(LOGIN, SECRET, HERE).locked_until is not None
    assert door.attempt(LOGIN, SECRET, THERE).account == sari


def test_a_lock_is_for_one_login(door: SqlAgentSessions, accounts: SqlAgents, sari: AgentAccount) -> None:
    """A colleague at the same address gets in."""
    accounts.add(AgentAccount("", "budi@example.com", "Budi"), CHEAP.hash(SECRET))
    for _ in range(MOST_FAILURES):
        door.attempt(LOGIN, "wrong", HERE)
    assert door.attempt("budi@example.com", SECRET, HERE).account is not None


def test_a_known_device_is_counted_apart(door: SqlAgentSessions, sari: AgentAccount) -> None:
    """The owner gets in from the very address that is locked; and the device has its own five."""
    device = door.open(sari, HERE).device
    for _ in range(MOST_FAILURES):
        door.attempt(LOGIN, "wrong", HERE)
    known = Source(HERE.address, device)
    assert door.attempt(LOGIN, SECRET, known).account == sari
    told = [door.attempt(LOGIN, "wrong", known).locked_until for _ in range(MOST_FAILURES)]
    assert told[-2:] != [None, None] and door.attempt(LOGIN, SECRET, known).account is None


def test_many_addresses_are_slowed(door: SqlAgentSessions, sari: AgentAccount, clock: FakeClock) -> None:
    """After thirty wrong ones from everywhere no stranger is let try, until an hour after the first."""
    begun = clock.time
    _attack(door, MOST_OF_STRANGERS - 1)
    last = door.attempt(LOGIN, "wrong", Source("203.0.113.200"))
    assert last.locked_until == begun + STRANGERS_WINDOW
    assert door.attempt(LOGIN, SECRET, Source("203.0.113.201")).locked_until == begun + STRANGERS_WINDOW
    clock.forward(STRANGERS_WINDOW)
    assert door.attempt(LOGIN, SECRET, Source("203.0.113.201")).account == sari


def test_many_addresses_never_lock_the_owner_out(door: SqlAgentSessions, sari: AgentAccount) -> None:
    """A known device gets in from anywhere, a known address from any browser."""
    device = door.open(sari, HERE).device
    _attack(door, MOST_OF_STRANGERS)
    assert door.attempt(LOGIN, SECRET, Source("198.51.100.7", device)).account == sari
    assert door.attempt(LOGIN, SECRET, HERE).account == sari
    assert door.attempt(LOGIN, SECRET, THERE).locked_until is not None


@pytest.mark.parametrize("device", ["made-up", "x" * 5000, "\x00", "é"])
def test_a_device_that_nobody_knows(door: SqlAgentSessions, sari: AgentAccount, device: str) -> None:
    """Is none: its tries are its address's."""
    for number in range(MOST_FAILURES):
        door.attempt(LOGIN, "wrong", Source(HERE.address, f"{device}{number}"))
    assert door.attempt(LOGIN, SECRET, Source(HERE.address, device)).locked_until is not None


def test_a_device_is_known_for_its_login_alone(door: SqlAgentSessions, accounts: SqlAgents, sari: AgentAccount) -> None:
    """Who has an account gets no tries at another's."""
    budi = accounts.add(AgentAccount("", "budi@example.com", "Budi"), CHEAP.hash(SECRET))
    device = door.open(budi, THERE).device
    _attack(door, MOST_OF_STRANGERS)
    assert door.attempt(LOGIN, SECRET, Source(THERE.address, device)).locked_until is not None


def test_the_name_of_a_device_is_ours(door: SqlAgentSessions, sari: AgentAccount) -> None:
    """A browser that brings one that nobody knows gets a new one; a known one stays."""
    device = door.open(sari, Source("192.0.2.1", "planted")).device
    assert device != "planted" and len(device) >= 43
    assert door.open(sari, Source("192.0.2.9", device)).device == device


def test_who_is_right_leaves_no_trace(door: SqlAgentSessions, sari: AgentAccount) -> None:
    """An office of forty strangers' addresses signs in, one after the other."""
    for address in range(MOST_OF_STRANGERS + 10):
        assert door.attempt(LOGIN, SECRET, Source(f"203.0.113.{address}")).account == sari


def test_an_operator_unlocks(door: SqlAgentSessions, accounts: SqlAgents, sari: AgentAccount) -> None:
    """Everything at once, and it is recorded."""
    for _ in range(MOST_FAILURES):
        door.attempt(LOGIN, "wrong", HERE)
    _attack(door, MOST_OF_STRANGERS)
    assert accounts.unlock("SARI@example.com") == 2
    assert door.attempt(LOGIN, SECRET, HERE).account == sari
    assert accounts.unlock(LOGIN) == 0


def test_a_new_password_unlocks(door: SqlAgentSessions, accounts: SqlAgents, sari: AgentAccount) -> None:
    """For who forgot the old one has tried."""
    for _ in range(MOST_FAILURES):
        door.attempt(LOGIN, "wrong", HERE)
    accounts.change(LOGIN, password_hash=CHEAP.hash("another long one"))
    assert door.attempt(LOGIN, "another long one", HERE).account is not None


def test_many_at_once_are_many(tries: SqlLoginAttempts) -> None:
    """From one address five, from many thirty, however many come at the same moment."""
    with ThreadPoolExecutor(8) as pool:
        one = list(pool.map(lambda _: tries.begin(AttemptKind.PASSWORD, LOGIN, HERE), range(16)))
        all_ = list(pool.map(lambda number: tries.begin(AttemptKind.PASSWORD, "b@b", Source(str(number))), range(60)))
    assert sum(begun.locked_until is None for begun in one) == MOST_FAILURES
    assert sum(begun.locked_until is None for begun in all_) == MOST_OF_STRANGERS


def test_what_counts_no_more_is_deleted(tries: SqlLoginAttempts, engine: Engine, clock: FakeClock) -> None:
    """A day after; a known device stays for as long as it is known."""
    tries.begin(AttemptKind.PASSWORD, "nobody@example.com", HERE)
    tries.know(LOGIN, HERE)
    assert tries.forget() == 0
    clock.forward(KEPT)
    assert tries.forget() == 2
    clock.forward(timedelta(days=200))
    assert tries.forget() == 2
    with engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(sign_in_tries)).scalar() == 0


def test_what_was_typed_is_not_stored(tries: SqlLoginAttempts, engine: Engine) -> None:
    """It may be a password in the wrong field."""
    tries.begin(AttemptKind.PASSWORD, "hunter2-hunter2", HERE)
    with engine.connect() as connection:
        assert "hunter2" not in str(connection.execute(select(sign_in_tries)).all())


@pytest.mark.parametrize("login", [LOGIN, "nobody@example.com", "no login at all", "\udc80", "\x00"], ids=ascii)
def test_all_logins_look_alike(door: SqlAgentSessions, sari: AgentAccount, clock: FakeClock, login: str) -> None:
    """Who has an account and who has none are told the same at every step."""
    begun = clock.time
    told = [door.attempt(login, "wrong", HERE).locked_until for _ in range(MOST_FAILURES + 1)]
    assert told == [None] * (MOST_FAILURES - 1) + [begun + LOCKED_FOR] * 2
    _attack(door, MOST_OF_STRANGERS, login)
    assert door.attempt(login, "wrong", THERE).locked_until == begun + STRANGERS_WINDOW


def test_what_is_recorded(door: SqlAgentSessions, accounts: SqlAgents, sari: AgentAccount, engine: Engine,
                          clock: FakeClock) -> None:
    """Each wrong try with its address, the lock once, and never what was typed for a login that nobody has."""
    for _ in range(MOST_FAILURES + 3):
        door.attempt(LOGIN, "wrong", HERE)
    door.attempt("hunter2-hunter2", "wrong", THERE)
    accounts.unlock(LOGIN)
    session = door.open(sari, HERE)
    door.close(session, HERE.address)
    entries = SqlAudit(engine, clock).read(AuditQuery())
    told = [(entry.event.action, entry.event.actor, entry.event.subject, entry.event.address) for entry in entries]
    failed = (Action.SIGN_IN_FAILED, LOGIN, LOGIN, HERE.address)
    assert list(reversed(told)) == [
        (Action.ACCOUNT_ADDED, "shell", LOGIN, ""), *[failed] * MOST_FAILURES,
        (Action.LOCKED, "system", LOGIN, HERE.address),
        (Action.SIGN_IN_FAILED, "unknown", "unknown", THERE.address), (Action.UNLOCKED, "shell", LOGIN, ""),
        (Action.SIGN_IN, LOGIN, LOGIN, HERE.address), (Action.SIGN_OUT, LOGIN, LOGIN, HERE.address)]
    assert not any(secret in str(entries) for secret in ("hunter2", "wrong", SECRET, session.token, session.device))
