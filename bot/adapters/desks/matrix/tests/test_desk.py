"""Matrix's behaviour against a real server: who is an agent, repeats after a restart, wrong settings."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timezone
from typing import Any
from urllib.parse import quote

import pytest
from desks.flaky_proxy import FlakyProxy
from desks.house import House
from waiting import wait_until

from bot.adapters.desks.matrix.tests.driver import LARGEST, Matrix
from bot.adapters.desks.matrix.tests.real_server import DOMAIN, Synapse
from bot.adapters.desks.registry import agent_desk
from bot.core.case import CaseState, SlaClocks
from bot.core.conversation import Author, Entry, Kind
from bot.core.errors import ConfigurationError, WebhookRefused
from bot.ports import AgentDesk, Case

pytestmark = pytest.mark.long

ROUNDS = 9
NOW = datetime(2026, 11, 23, tzinfo=timezone.utc)


@pytest.fixture
def driver(matrix_server: Synapse) -> Matrix:
    """Agents in Matrix."""
    return Matrix(matrix_server)


def made(environment: dict[str, str], words: dict[str, str] | None = None) -> AgentDesk:
    """A desk with these settings."""
    phrases = words or {"anonymous": "Somebody", "matrix_help": "help", "desk_visitor": "Visitor: {text}"}
    desk = agent_desk(environment, phrases, LARGEST)
    assert desk is not None
    return desk


def done(environment: dict[str, str], *steps: Callable[[AgentDesk], Awaitable[Any]]) -> list[Any]:
    """The results of the steps, with a new desk for each."""

    async def run() -> list[Any]:
        desk = made(environment)
        try:
            return [await step(desk) for step in steps]
        finally:
            await desk.aclose()

    return asyncio.run(run())


def case_of(number: str, conversation_id: str = "c-1") -> Case:
    """A waiting case."""
    return Case(1, number, conversation_id, CaseState.QUEUED, 1, "p1", "id", {"question": "Audio", "identity": {}}, NOW,
                None, None, None, None, None, SlaClocks())


def entry(seq: int, text: str) -> Entry:
    """A visitor's entry."""
    return Entry(seq, NOW, Author.VISITOR, Kind.TEXT, {"text": text})


def test_strangers_do_not_count(house: House, driver: Matrix) -> None:
    """Guests in a case's room who are not in the team don't reach the visitor."""
    visitor, case = house.queued()
    room = driver.room(case)
    driver.server.ask("POST", f"/_matrix/client/v3/rooms/{quote(room)}/invite",
                      {"user_id": f"@stranger-{driver.tag}:{DOMAIN}"}, driver.agents["sari"])
    driver.agents["stranger"] = driver.stranger
    driver._ask("stranger", "POST", f"join/{quote(room)}", {})
    driver.say(case, "stranger", "Beri saya kata sandinya")
    driver.say(case, "sari", "Halo")
    wait_until(lambda: visitor.texts("agent"))
    assert visitor.texts("agent") == ["Halo"]


def test_somebody_new_in_the_team(house: House, driver: Matrix) -> None:
    """A new member of the team counts at once."""
    visitor, case = house.queued()
    driver.agents["dewi"] = driver.server.register(f"dewi-{driver.tag}", display_name="Dewi")
    for room in (driver.team, driver.room(case)):
        driver._ask("sari", "POST", f"rooms/{quote(room)}/invite", {"user_id": driver.user("dewi")})
        driver._ask("dewi", "POST", f"join/{quote(room)}", {})
    driver.say(case, "dewi", "Halo, saya Dewi")
    wait_until(lambda: visitor.texts("agent") == ["Halo, saya Dewi"])


def test_sent_again_by_another_device(driver: Matrix) -> None:
    """After lost acknowledgements, a case still has one room, and each message stands there once. The server recognises
    repeated transactions of the same device only."""
    login = driver.server.ask("POST", "/_matrix/client/v3/login", {
        "type": "m.login.password", "identifier": {"type": "m.id.user", "user": f"kilat-{driver.tag}"},
        "password": "password"})
    other = driver.environment(KILAT_MATRIX_TOKEN=login["access_token"])
    case = case_of("KLC-000042")
    [first] = done(driver.environment(), lambda desk: desk.open_case(case, None, "Halo\n" * 5000))
    [second, *_] = done(other, lambda desk: desk.open_case(case, None, "Halo\n" * 5000),
                        *[lambda desk, n=n: desk.relay(first, entry(n, f"pesan {n}")) for n in (1, 2)])
    done(driver.environment(), *[lambda desk, n=n: desk.relay(first, entry(n, f"pesan {n}")) for n in (1, 2, 3)])
    assert second == first
    said = driver.seen("KLC-000042")
    assert [text for text in said if "pesan" in text] == ["pesan 1", "pesan 2", "pesan 3"]
    assert sum(text.count("Halo") for text in said) == 5000
    assert said.count("help") == 1


def test_cases_of_two_kilats(driver: Matrix) -> None:
    """The same case number of another installation gets another room."""
    rooms = done(driver.environment(), *[
        lambda desk, c=c: desk.open_case(case_of("KLC-000001", c), None, "Halo") for c in ("c-1", "c-2")])
    assert rooms[0] != rooms[1]


def test_much_was_said_meanwhile(house: House, driver: Matrix, monkeypatch: pytest.MonkeyPatch) -> None:
    """The desk fetches the messages that the server left out, in order."""
    monkeypatch.setattr("bot.adapters.desks.matrix.sync.TIMELINE", 3)
    visitor, case = house.queued()
    driver.say(case, "sari", "Halo")
    wait_until(lambda: visitor.texts("agent"))
    house.stop()
    for number in range(10):
        driver.say(case, "sari", f"jawaban {number}")
    house.start()
    wait_until(lambda: visitor.texts("agent") == ["Halo", *(f"jawaban {number}" for number in range(10))])


def test_connections_break(house: House, driver: Matrix) -> None:
    """Connections break both ways and the gateway restarts: messages come once and in order, each case once."""
    way = FlakyProxy(driver.server.port, seed=7)
    driver.address = f"http://127.0.0.1:{way.port}"
    house.stop()
    house.start()
    way.chance = 0.1
    visitors = [house.visitor(f"user-{number}") for number in range(3)]
    cases = [visitor.hand_off() for visitor in visitors]
    for case in cases:
        wait_until(lambda case=case: case in driver.cases(), f"the case {case}")
    for number in range(ROUNDS):
        for visitor, case in zip(visitors, cases, strict=True):
            visitor.say(f"pesan {number}")
            driver.say(case, "sari", f"jawaban {number}")
        if number % 3 == 2:
            house.stop()
            house.start()
    way.chance = 0.0
    wanted = list(range(ROUNDS))
    for visitor, case in zip(visitors, cases, strict=True):
        wait_until(lambda v=visitor: v.texts("agent") == [f"jawaban {number}" for number in wanted], "the answers")
        wait_until(lambda c=case: [t for t in driver.seen(c) if t == f"pesan {wanted[-1]}"], "the messages")
        assert [text for text in driver.seen(case) if text.startswith("pesan ")] == [f"pesan {n}" for n in wanted]
        assert visitor.events() == ["connected"]
    assert len(driver.cases()) == len(cases)
    assert way.broken > ROUNDS
    way.close()


def test_what_does_not_reach_the_visitor(house: House, driver: Matrix) -> None:
    """The agent gets a notice for a refused file type, a wrong command, and an encrypted message."""
    visitor, case = house.queued()
    driver.show(case, "sari", "a.txt", b"only text")
    wait_until(lambda: [text for text in driver.seen(case) if "File not sent" in text])
    help_before = len([text for text in driver.seen(case) if "!take" in text])
    driver.say(case, "sari", "!colse")
    wait_until(lambda: len([text for text in driver.seen(case) if "!take" in text]) == help_before + 1)
    driver.send(case, "sari", {"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "x"}, "m.room.encrypted")
    wait_until(lambda: [text for text in driver.seen(case) if "encrypted" in text])
    assert visitor.texts("agent") == []


def test_who_is_there(driver: Matrix) -> None:
    """Counts the team's members online; unknown while Kilat itself seems offline."""
    for agent, presence in (("sari", "online"), ("budi", "offline")):
        driver._ask(agent, "PUT", f"presence/{quote(driver.user(agent))}/status", {"presence": presence})
    before, _, after = done(driver.environment(), lambda desk: desk.online(), lambda desk: desk.news(None, ()),
                            lambda desk: desk.online())
    assert (before, after) == (None, 1)


def test_no_webhooks(driver: Matrix) -> None:
    """Webhooks are refused."""
    with pytest.raises(WebhookRefused):
        made(driver.environment()).receive_webhook({}, b"{}")


@pytest.mark.parametrize(("name", "value", "what"), [
    ("KILAT_MATRIX_TOKEN", "wrong", "KILAT_MATRIX_TOKEN.*Sign"),
    ("KILAT_MATRIX_TEAM", f"#nowhere:{DOMAIN}", "KILAT_MATRIX_TEAM.*Invite")])
def test_wrong_settings(driver: Matrix, name: str, value: str, what: str) -> None:
    """The start stops, and the error says what to do."""
    done(driver.environment(), lambda desk: desk.check())
    with pytest.raises(ConfigurationError, match=what):
        done(driver.environment(**{name: value}), lambda desk: desk.check())


def test_not_invited(driver: Matrix) -> None:
    """Kilat can't join the team's room."""
    room = driver._ask("sari", "POST", "createRoom", {"preset": "private_chat"})["room_id"]
    with pytest.raises(ConfigurationError, match=r"KILAT_MATRIX_TEAM.*Invite"):
        done(driver.environment(KILAT_MATRIX_TEAM=room), lambda desk: desk.check())


@pytest.mark.parametrize(("changes", "what"), [
    ({"KILAT_MATRIX_URL": ""}, "KILAT_MATRIX_URL is missing"),
    ({"KILAT_MATRIX_URL": "matrix.example.org"}, "KILAT_MATRIX_URL.*http"),
    ({"KILAT_MATRIX_TOKEN": ""}, "KILAT_MATRIX_TOKEN is missing"),
    ({"KILAT_MATRIX_TEAM": "support"}, "KILAT_MATRIX_TEAM.*alias"), ({"KILAT_DESK": "irc"}, "KILAT_DESK.*irc")])
def test_settings_that_can_not_be_right(changes: dict[str, str], what: str) -> None:
    """The error names the variable."""
    environment = {"KILAT_DESK": "matrix", "KILAT_MATRIX_URL": "https://matrix.example.org",
                   "KILAT_MATRIX_TOKEN": "t", "KILAT_MATRIX_TEAM": "#support:example.org"}
    made(environment)
    with pytest.raises(ConfigurationError, match=what):
        made({**environment, **changes})


def test_a_server_that_is_away() -> None:
    """An unreachable server does not stop the start."""
    environment = {"KILAT_DESK": "matrix", "KILAT_MATRIX_URL": "http://127.0.0.1:9", "KILAT_MATRIX_TOKEN": "t",
                   "KILAT_MATRIX_TEAM": "#support:example.org"}
    assert done(environment, lambda desk: desk.check()) == [None]
