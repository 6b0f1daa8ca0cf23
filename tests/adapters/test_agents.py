"""Agents' accounts in SQL: what is kept, who is away, and who may sign in."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from fakes import FakeClock
from sqlalchemy import select, update
from sqlalchemy.engine import Engine

from bot.adapters.password_hashing import LONGEST, Passwords, _hash_of_nobody
from bot.adapters.sql.agent_sessions import IDLE, LIFETIME, SqlAgentSessions
from bot.adapters.sql.agents import AccountProblem, SqlAgents
from bot.adapters.sql.audit import SqlAudit
from bot.adapters.sql.cases import SqlCases
from bot.adapters.sql.engine import open_engine, transaction
from bot.adapters.sql.login_attempts import LOCKED_FOR, MOST_FAILURES, Source
from bot.adapters.sql.tables import agent_sessions, agents
from bot.adapters.sql.tables import cases as case_table
from bot.core.errors import StoreUnavailable
from bot.ports import Action, AgentAccount, AuditEvent, AuditQuery, CaseFile
from bot.ports.audit import SHELL

SECRET = "sepuluh gajah biru"
# As cheap as argon2 can be.
CHEAP = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
Giver = Callable[[str], None]
SARI = AgentAccount("", "Sari@Example.com", "Sari", "lead", (1, 2), ("id",), 5)


@pytest.fixture
def accounts(engine: Engine, clock: FakeClock) -> SqlAgents:
    """Accounts, without any."""
    return SqlAgents(engine, clock)


@pytest.fixture
def sari(accounts: SqlAgents) -> AgentAccount:
    """Somebody with a password."""
    return accounts.add(SARI, CHEAP.hash(SECRET))


@pytest.fixture
def sign_in(engine: Engine, clock: FakeClock) -> SqlAgentSessions:
    """The door."""
    return SqlAgentSessions(engine, CHEAP, clock)


@pytest.fixture
def has_case(engine: Engine, cases: SqlCases, case_file: Callable[..., CaseFile]) -> Giver:
    """Gives an agent a case."""

    def give(agent: str) -> None:
        cases.open_case(case_file(f"c-{agent}"))
        with transaction(engine) as connection:
            connection.execute(update(case_table).values(state="taken", agent=agent))

    return give


def test_an_account_is_kept_as_it_was_made(accounts: SqlAgents, sari: AgentAccount) -> None:
    """Found by its id, and by its login in any capitals; its id is none that anybody could guess from it."""
    assert (sari.login, sari.role, sari.tiers, sari.languages, sari.capacity) == (
        "sari@example.com", "lead", (1, 2), ("id",), 5)
    assert (sari.presence, sari.seen_at, sari.is_active) == ("offline", None, True)
    assert accounts.get(sari.id) == accounts.find(" SARI@example.COM ") == sari
    assert accounts.get("sari@example.com") is None
    assert accounts.find("budi@example.com") is None


def test_a_login_is_one_accounts(accounts: SqlAgents, sari: AgentAccount) -> None:
    """In other capitals, too."""
    with pytest.raises(AccountProblem, match="already"):
        accounts.add(AgentAccount("", "SARI@EXAMPLE.COM", "Sari II"), None)
    assert accounts.all() == [sari]


def test_accounts_come_by_name(accounts: SqlAgents, sari: AgentAccount) -> None:
    """As people look for them."""
    accounts.add(AgentAccount("", "z@example.com", "Ani"), None)
    assert [account.name for account in accounts.all()] == ["Ani", "Sari"]


def test_a_change_leaves_the_rest(accounts: SqlAgents, sari: AgentAccount) -> None:
    """Only what was named becomes different."""
    changed = accounts.change("sari@example.com", name="Sari W.", tiers=(3,))
    assert (changed.name, changed.tiers, changed.languages, changed.role) == ("Sari W.", (3,), ("id",), "lead")
    with pytest.raises(AccountProblem, match="no agent"):
        accounts.change("budi@example.com", name="Budi")


def test_a_password_opens_the_door(sign_in: SqlAgentSessions, sari: AgentAccount) -> None:
    """The right one of the right agent."""
    assert sign_in.attempt("SARI@example.com", SECRET).account == sari
    assert sign_in.attempt("sari@example.com", SECRET + "!").account is None
    assert sign_in.attempt("sari@example.com", "").account is None
    assert sign_in.attempt("budi@example.com", SECRET).account is None


def test_a_password_counts_to_its_end(accounts: SqlAgents, sign_in: SqlAgentSessions, sari: AgentAccount) -> None:
    """The longest one that is taken opens; with something behind it, it does not."""
    longest = ("katak kuda lampu " * 60)[:LONGEST]
    accounts.change("sari@example.com", password_hash=CHEAP.hash(longest))
    assert sign_in.attempt("sari@example.com", longest).account is not None
    assert sign_in.attempt("sari@example.com", longest + "!").account is None


def test_without_a_password_none_is_right(accounts: SqlAgents, sign_in: SqlAgentSessions) -> None:
    """Who signs in at an identity provider has none, and an empty one isn't it."""
    accounts.add(AgentAccount("", "budi@example.com", "Budi"), None)
    for guess in ("", "nobody has this password", "None"):
        assert sign_in.attempt("budi@example.com", guess).account is None


@pytest.mark.parametrize("login", ["sari@example.com", "nobody@example.com"])
def test_guessing_locks_the_door(sign_in: SqlAgentSessions, sari: AgentAccount, clock: FakeClock, login: str) -> None:
    """After five wrong ones in a row the right one helps no more, for a while; who has no account sees the same."""
    told = [sign_in.attempt(login, "wrong").locked_until for _ in range(MOST_FAILURES)]
    assert told == [None] * (MOST_FAILURES - 1) + [clock.time + LOCKED_FOR]
    clock.forward(timedelta(minutes=1))
    assert sign_in.attempt(login, SECRET) == sign_in.attempt(login, "wrong")
    assert sign_in.attempt(login, SECRET).account is None
    assert sign_in.attempt(login, SECRET).locked_until == told[-1]
    clock.forward(LOCKED_FOR)
    assert sign_in.attempt(login, "wrong").locked_until is None
    assert (sign_in.attempt(login, SECRET).account is not None) is (login == sari.login)


def test_a_lock_outlives_a_restart(sign_in: SqlAgentSessions, sari: AgentAccount, clock: FakeClock, engine: Engine,
                                   ) -> None:
    """It is in the database."""
    for _ in range(MOST_FAILURES):
        sign_in.attempt(sari.login, "wrong")
    assert SqlAgentSessions(engine, CHEAP, clock).attempt(sari.login, SECRET).locked_until is not None


def test_the_right_password_forgives(sign_in: SqlAgentSessions, sari: AgentAccount) -> None:
    """Wrong ones count in a row."""
    for _ in range(3):
        for _ in range(MOST_FAILURES - 1):
            assert sign_in.attempt(sari.login, "wrong").locked_until is None
        assert sign_in.attempt(sari.login, SECRET).account is not None


def test_many_guesses_at_once_are_many(sign_in: SqlAgentSessions, sari: AgentAccount, engine: Engine) -> None:
    """No more than five get an answer before the lock, however many come at the same moment."""
    asked: list[str] = []

    class Counting(Passwords):
        def check(self, password: str, stored: str | None) -> bool:
            asked.append(password)
            return super().check(password, stored)

    door = SqlAgentSessions(engine, Counting(PasswordHasher(1, 8, 1)), sign_in._now)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: door.attempt(sari.login, f"wrong {number}"), range(24)))
    assert len(asked) == MOST_FAILURES


def test_an_old_hash_is_renewed(accounts: SqlAgents, engine: Engine, clock: FakeClock, sari: AgentAccount) -> None:
    """At the first right password after the parameters have changed; it opens the door as before."""
    dearer = SqlAgentSessions(engine, Passwords(PasswordHasher(2, 16, 1)), clock)
    before = _hash(engine)
    assert dearer.attempt(sari.login, "wrong").account is None
    assert _hash(engine) == before
    assert dearer.attempt(sari.login, SECRET).account is not None
    assert "m=16,t=2" in _hash(engine)
    assert dearer.attempt(sari.login, SECRET).account is not None


def test_no_password_is_stored(engine: Engine, sari: AgentAccount) -> None:
    """Only its argon2id hash, and two of the same differ."""
    assert SECRET not in _hash(engine)
    assert _hash(engine).startswith("$argon2id$")
    assert CHEAP.hash(SECRET) != CHEAP.hash(SECRET)


def test_an_unknown_login_is_checked_like_any_other(engine: Engine, clock: FakeClock) -> None:
    """One hash is computed for it, too, so that time tells nothing."""
    checked = []

    class Watching(Passwords):
        def check(self, password: str, stored: str | None) -> bool:
            checked.append(stored)
            return super().check(password, stored)

    door = SqlAgentSessions(engine, Watching(PasswordHasher(1, 8, 1)), clock)
    assert door.attempt("nobody@example.com", "x").account is None
    assert checked == [None]
    assert _hash_of_nobody(door._passwords._hasher).startswith("$argon2id$")


def test_a_session_opens_with_its_token_alone(sign_in: SqlAgentSessions, sari: AgentAccount, engine: Engine) -> None:
    """The token is long, each is another, and only its hash is stored."""
    one, two = sign_in.open(sari), sign_in.open(sari)
    assert one.token != two.token and one.csrf != two.csrf and len(one.token) >= 43
    found = sign_in.find(one.token)
    assert found is not None and (found.account, found.csrf, found.id, found.token) == (sari, one.csrf, one.id, "")
    for wrong in ("", one.id, one.csrf, one.token[:-1]):
        assert sign_in.find(wrong) is None
    with engine.connect() as connection:
        assert one.token not in str(connection.execute(select(agent_sessions)).all())


def test_a_session_ends(sign_in: SqlAgentSessions, sari: AgentAccount, clock: FakeClock) -> None:
    """By signing out, alone; unused for two hours; and after twelve hours, however busy."""
    out, idle, busy = (sign_in.open(sari) for _ in range(3))
    sign_in.close(out)
    assert sign_in.find(out.token) is None
    assert sign_in.find(idle.token) is not None
    begun = clock.time
    while clock.time < begun + LIFETIME - timedelta(hours=1):
        clock.forward(IDLE - timedelta(minutes=30))
        assert (sign_in.find(busy.token) is not None) is (clock.time < begun + LIFETIME)
    assert sign_in.find(idle.token) is None
    clock.time = begun + LIFETIME
    assert sign_in.still(busy.id) is None


def test_what_has_ended_is_removed(sign_in: SqlAgentSessions, sari: AgentAccount, clock: FakeClock, engine: Engine,
                                   ) -> None:
    """The table does not grow for ever."""
    sign_in.open(sari)
    clock.forward(IDLE)
    new = sign_in.open(sari)
    with engine.connect() as connection:
        assert [row.token_hash for row in connection.execute(select(agent_sessions))] == [new.id]


@pytest.mark.parametrize("change", [{"is_active": False}, {"password_hash": "other"}, {"role": "agent"}])
def test_some_changes_end_all_sessions(accounts: SqlAgents, sign_in: SqlAgentSessions, sari: AgentAccount,
                                       change: dict[str, object]) -> None:
    """Of that agent; a new name doesn't."""
    budi = sign_in.open(accounts.add(AgentAccount("", "budi@example.com", "Budi"), None))
    session = sign_in.open(sari)
    accounts.change(sari.login, name="Sari W.")
    assert sign_in.find(session.token) is not None
    accounts.change(sari.login, **change)
    assert sign_in.find(session.token) is None
    assert sign_in.find(budi.token) is not None


def test_who_was_removed_stays_out(accounts: SqlAgents, sign_in: SqlAgentSessions, sari: AgentAccount) -> None:
    """And comes in again once restored."""
    accounts.change(sari.login, is_active=False)
    assert sign_in.attempt(sari.login, SECRET).account is None
    assert sign_in.bind(sari.login, "subject-1") is None
    accounts.change(sari.login, is_active=True)
    assert sign_in.attempt(sari.login, SECRET).account is not None


def test_an_identity_is_bound_to_one_account(accounts: SqlAgents, sign_in: SqlAgentSessions, sari: AgentAccount,
                                             ) -> None:
    """First by the address, from then on by the subject alone: whoever gets the address later is nobody."""
    assert sign_in.bind("nobody@example.com", "subject-1") is None
    assert sign_in.bind("SARI@example.com", "subject-1") == sari
    assert sign_in.bind("sari.w@example.com", "subject-1") == sari
    assert sign_in.bind("sari@example.com", "subject-2") is None
    accounts.change(sari.login, oidc_subject=None)
    assert sign_in.bind("sari@example.com", "subject-1", "admin") == replace(sari, role="admin")
    accounts.change(sari.login, is_active=False)
    assert sign_in.bind("sari@example.com", "subject-1") is None


def test_who_is_there(accounts: SqlAgents, sari: AgentAccount, clock: FakeClock) -> None:
    """`seen` keeps the presence unless told another; there is none of another name."""
    accounts.seen(sari.id, "online")
    clock.forward(timedelta(seconds=30))
    accounts.seen(sari.id)
    seen = accounts.get(sari.id)
    assert seen is not None and (seen.presence, seen.seen_at) == ("online", clock.time)
    with pytest.raises(ValueError, match="busy"):
        accounts.seen(sari.id, "busy")


def test_only_who_has_cases_is_absent(accounts: SqlAgents, sari: AgentAccount, clock: FakeClock, has_case: Giver,
                                      ) -> None:
    """Who has none holds nothing up."""
    assert accounts.absent(clock.time) == []
    has_case(sari.id)
    assert [agent.id for agent in accounts.absent(clock.time)] == [sari.id]


def test_unheard_of_for_ninety_seconds(accounts: SqlAgents, sari: AgentAccount, clock: FakeClock, has_case: Giver,
                                       ) -> None:
    """A console that has died says nothing."""
    has_case(sari.id)
    accounts.seen(sari.id, "online")
    assert accounts.absent(clock.forward(timedelta(seconds=90))) == []
    assert len(accounts.absent(clock.forward(timedelta(seconds=1)))) == 1


def test_away_for_hours(accounts: SqlAgents, sari: AgentAccount, clock: FakeClock, has_case: Giver) -> None:
    """Takes no case from anybody whose console is open; closed, it is another matter."""
    has_case(sari.id)
    accounts.seen(sari.id, "away")
    for _ in range(200):
        clock.forward(timedelta(minutes=1))
        accounts.seen(sari.id)
        assert accounts.absent(clock.time) == []
    assert accounts.absent(clock.forward(timedelta(seconds=91))) != []


def test_a_database_that_is_away() -> None:
    """Says so."""
    engine = open_engine("postgresql+psycopg2://root@127.0.0.1:1/none")
    for ask in (lambda: SqlAgents(engine).get("x"), lambda: SqlAgentSessions(engine, CHEAP).attempt("x", "y"),
                lambda: SqlAgentSessions(engine, CHEAP).find("x")):
        with pytest.raises(StoreUnavailable):
            ask()


def _hash(engine: Engine) -> str:
    with engine.connect() as connection:
        return str(connection.execute(select(agents.c.password_hash)).scalar_one())


def test_one_session_may_stay(accounts: SqlAgents, sign_in: SqlAgentSessions, sari: AgentAccount) -> None:
    """That in which an agent changes the password."""
    mine, other = sign_in.open(sari), sign_in.open(sari)
    accounts.change(sari.login, password_hash="other", keep=mine.id)
    assert sign_in.find(mine.token) is not None
    assert sign_in.find(other.token) is None


def test_sessions_are_listed_and_ended(accounts: SqlAgents, sign_in: SqlAgentSessions, sari: AgentAccount,
                                       clock: FakeClock) -> None:
    """One, or all others; never another agent's, never the one that asks."""
    budi = sign_in.open(accounts.add(AgentAccount("", "budi@example.com", "Budi"), None))
    old, phone, mine = (sign_in.open(sari, Source(f"192.0.2.{n}"), "Firefox, Linux") for n in range(3))
    clock.forward(IDLE - timedelta(minutes=1))
    for session in (phone, mine, budi):
        sign_in.find(session.token)
    assert {(each.id, each.address) for each in sign_in.of(sari)} == {
        (old.id, "192.0.2.0"), (phone.id, "192.0.2.1"), (mine.id, "192.0.2.2")}
    clock.forward(timedelta(minutes=1))
    assert [each.id for each in sign_in.of(sari)] in ([phone.id, mine.id], [mine.id, phone.id])
    assert [sign_in.end_others(mine, which) for which in (budi.id, mine.id, old.id, "")] == [0, 0, 0, 0]
    third = sign_in.open(sari)
    assert sign_in.end_others(mine, phone.id) == 1
    assert sign_in.find(phone.token) is None and sign_in.find(third.token) is not None
    assert sign_in.end_others(mine) == 1
    assert sign_in.find(third.token) is None
    assert sign_in.find(mine.token) is not None and sign_in.find(budi.token) is not None


def test_changes_are_recorded(accounts: SqlAgents, sari: AgentAccount, engine: Engine) -> None:
    """By whom and what, with the names of fields alone."""
    accounts.change(sari.login, role="admin", name="Sari Wulandari")
    accounts.change(sari.login, by="budi@example.com", address="192.0.2.1", password_hash="other")
    accounts.change(sari.login, is_active=False)
    accounts.change(sari.login, is_active=True, role="admin")
    told = [entry.event for entry in SqlAudit(engine).read(AuditQuery())]
    login = sari.login
    assert list(reversed(told)) == [
        AuditEvent(Action.ACCOUNT_ADDED, SHELL, login, details={"role": "lead"}),
        AuditEvent(Action.ROLE_CHANGED, SHELL, login, details={"from": "lead", "to": "admin"}),
        AuditEvent(Action.ACCOUNT_CHANGED, SHELL, login, details={"fields": ["name"]}),
        AuditEvent(Action.PASSWORD_CHANGED, "budi@example.com", login, "192.0.2.1"),
        AuditEvent(Action.ACCOUNT_REMOVED, SHELL, login),
        AuditEvent(Action.ACCOUNT_CHANGED, SHELL, login, details={"fields": ["is_active"]})]
