"""The worker between a desk and the log: what fails is done later, what is told twice is done once."""

from __future__ import annotations

import time

import pytest
from desks.console import Console
from desks.fake_desk import BUDI, SARI, FakeOutsideDesk
from desks.house import House, Visitor
from waiting import wait_until

from bot.core.conversation import Agent, Author, Change, Kind, NewEntry
from bot.core.errors import StoreUnavailable
from bot.workers.desk_sync import runner
from bot.workers.desk_sync.ids import LONGEST, agent_of, client_id


def test_one_that_fails_holds_up_no_other(house: House, driver: FakeOutsideDesk, visitor: Visitor, case: str) -> None:
    """It comes when it can, with all that was said."""
    other = house.visitor("user-2")
    number = other.hand_off()
    wait_until(lambda: number in driver.opened)
    driver.fails = {case}
    visitor.say("satu")
    wait_until(lambda: driver.tries)
    for text in ("a", "b"):
        other.say(text)
    wait_until(lambda: [text for text in driver.shown.get(number, []) if text in "ab"] == ["a", "b"])
    visitor.say("dua")
    assert "satu" not in driver.shown.get(case, [])
    driver.fails.clear()
    wait_until(lambda: [text for text in driver.shown.get(case, []) if text in ("satu", "dua")] == ["satu", "dua"])


def test_a_desk_says_when_to_come_again(driver: FakeOutsideDesk, visitor: Visitor, case: str) -> None:
    """Not sooner."""
    driver.retry_after, driver.fails = 1.0, {case}
    visitor.say("satu")
    wait_until(lambda: len(driver.tries) == 2)
    assert driver.tries[1] - driver.tries[0] >= 1.0


def test_opened_and_not_known(house: House, driver: FakeOutsideDesk, visitor: Visitor) -> None:
    """The answer got lost, and more is said before the next try: it opens with the same words, the rest comes after."""
    driver.stumbles = 1
    number = visitor.hand_off()
    wait_until(lambda: number in driver.opened)
    visitor.say("sesudahnya")
    wait_until(lambda: "sesudahnya" in driver.shown.get(number, []))
    first, second = driver.opened[number]
    assert first == second
    assert "sesudahnya" not in first


def test_gone_before_anybody_saw(house: House, driver: FakeOutsideDesk, visitor: Visitor) -> None:
    """A case that was over before the desk could be reached is not shown there; one that may be there is closed."""
    driver.fails = {"KLC-000001"}
    number = visitor.hand_off()
    wait_until(lambda: driver.tries)
    visitor.send("leave_queue")
    driver.fails.clear()
    wait_until(lambda: driver.closed.get(number) == "left")


def test_told_twice_done_once(house: House, driver: FakeOutsideDesk, visitor: Visitor, case: str) -> None:
    """A whole case, and then all of it again, as after a crash before the cursor was stored."""
    driver.tell("accepted", case)
    driver.tell("message", case, text="Halo")
    driver.tell("accepted", case, BUDI)
    driver.tell("message", case, BUDI, "Saya lanjutkan")
    driver.tell("transferred", case, BUDI, tier=1)
    driver.tell("message", case, SARI, "Saya lagi")
    wait_until(lambda: visitor.texts("agent")[-1:] == ["Saya lagi"])
    before = visitor.log()
    driver.forgets = True
    house.stop()
    house.start()
    last = driver.tell("message", case, SARI, "Selesai?")
    wait_until(lambda: visitor.texts("agent")[-1:] == ["Selesai?"])
    assert visitor.log()[:len(before)] == before
    assert visitor.texts("agent") == ["Halo", "Saya lanjutkan", "Saya lagi", "Selesai?"]
    assert visitor.events() == ["connected", "transferred", "connected", "transferred", "connected"]
    assert [entry.client_id for entry in visitor.log()][-1] == client_id("fake", last.id)


@pytest.mark.parametrize(("kind", "status"), [("returned", "bot"), ("closed", "closed")])
def test_the_end_told_twice(house: House, driver: FakeOutsideDesk, visitor: Visitor, case: str, kind: str,
                            status: str) -> None:
    """Even by an agent who had not said a word; a word after it does not reach the visitor."""
    ended = driver.tell(kind, case)
    wait_until(lambda: visitor.status == status)
    wait_until(lambda: case in driver.closed)
    before = visitor.log()
    late = driver.tell("message", case, text="Terlambat")
    wait_until(lambda: (late.id, "over") in driver.refused)
    driver.forgets = True
    wait_until(lambda: driver.refused.count((late.id, "over")) == 2)
    assert visitor.log() == before
    assert ended.id not in [event for event, _ in driver.refused]


def test_an_old_case_is_not_the_new_one(house: House, driver: FakeOutsideDesk, visitor: Visitor, case: str) -> None:
    """Who goes on in a case that is over does nothing to the visitor's next one, even when they have that, too."""
    driver.tell("message", case, text="Halo")
    driver.tell("returned", case)
    wait_until(lambda: visitor.status == "bot")
    second = visitor.hand_off()
    wait_until(lambda: second in driver.opened)
    driver.tell("message", second, text="Halo lagi")
    wait_until(lambda: visitor.texts("agent")[-1:] == ["Halo lagi"])
    before = visitor.log()
    late = driver.tell("message", case, text="Di tempat yang salah")
    driver.tell("closed", case)
    wait_until(lambda: driver.refused == [(late.id, "over")])
    driver.forgets = True
    wait_until(lambda: len(driver.refused) == 2)
    assert (visitor.log(), visitor.status) == (before, "connected")
    assert {event for event, _ in driver.refused} == {late.id}


def test_who_has_it_elsewhere_keeps_it(house: House, driver: FakeOutsideDesk, visitor: Visitor, case: str) -> None:
    """An agent of the console."""
    console = Console()
    console.attach(house)
    console.accept(case, "ayu")
    events = [driver.tell(kind, case) for kind in ("accepted", "message", "transferred", "returned", "closed")]
    wait_until(lambda: driver.refused == [(event.id, "elsewhere") for event in events])
    assert visitor.events() == ["connected"]
    console.say(case, "ayu", "Dari konsol")
    wait_until(lambda: "Dari konsol" in driver.shown[case])


def test_what_breaks_stops_nothing(house: House, driver: FakeOutsideDesk, visitor: Visitor, case: str) -> None:
    """Events that make no sense, of cases that nobody knows, of nobody."""
    driver.tell("message", "KLC-999999", text="Halo")
    driver.tell("dances", case)
    driver.tell("message", case, None, "Siapa?")
    driver.tell("failed", case, None, "no agents")
    driver.tell("file", case, text="a.exe", file=b"MZ")
    gone = driver.tell("file", case, text="a.pdf", file=b"")
    driver.tell("message", case, text="Halo")
    wait_until(lambda: visitor.texts("agent"))
    assert visitor.texts("agent") == ["Halo"]
    assert driver.refused == [("e4", "file_type"), (gone.id, "file_gone")]


def test_the_store_is_away(house: House, driver: FakeOutsideDesk, visitor: Visitor, case: str) -> None:
    """What an agent said meanwhile waits, in its order."""
    write = house.gateway.conversations.write
    house.gateway.conversations.write = _away  # type: ignore[method-assign]
    for text in ("satu", "dua"):
        driver.tell("message", case, text=text)
    time.sleep(0.5)
    house.gateway.conversations.write = write  # type: ignore[method-assign]
    wait_until(lambda: visitor.texts("agent") == ["satu", "dua"])


def test_typing_is_told_now_and_then(house: House, driver: FakeOutsideDesk, visitor: Visitor, case: str) -> None:
    """Not with every key."""
    driver.tell("accepted", case)
    wait_until(lambda: visitor.status == "connected")
    for _ in range(5):
        visitor.send("typing")
    wait_until(lambda: driver.typed)
    assert driver.typed == [True]
    driver.tell("typing", case, BUDI, "typing")
    driver.tell("typing", case, SARI, "typing")
    wait_until(lambda: [frame["name"] for _, frame in house.passing if frame["author"] == "agent"] == ["Sari"])


def test_who_typed_is_forgotten(house: House, driver: FakeOutsideDesk, visitor: Visitor, case: str,
                                monkeypatch: pytest.MonkeyPatch) -> None:
    """What is known of those who typed must not grow with every visitor."""
    monkeypatch.setattr(runner, "TYPING_SECONDS", 0.01)
    other = house.visitor("user-2")
    number = other.hand_off()
    for one, whose in ((case, visitor), (number, other)):
        driver.tell("accepted", one)
        wait_until(lambda: whose.status == "connected")  # noqa: B023
        before = len(driver.typed)
        whose.send("typing")
        wait_until(lambda: len(driver.typed) > before)  # noqa: B023
        time.sleep(0.05)
    assert list(house.http.app.state.desk_sync._typed) == [number]  # type: ignore[attr-defined]


def test_the_reply_on_a_ticket_is_shown(house: House, driver: FakeOutsideDesk, visitor: Visitor, case: str) -> None:
    """Also where tickets are worked on at a system of the same name: it was not said at this desk."""
    body = {"text": "Tiketnya sudah selesai", "name": "Budi", "lang": "id", "ticket": "KLT-000001"}
    entry = NewEntry(Author.AGENT, Kind.TEXT, body, "fake:77")
    house.http.portal.call(house.gateway.log_writer.write, Change(visitor.id, (entry,)))  # type: ignore[union-attr]
    wait_until(lambda: "Tiketnya sudah selesai" in driver.shown.get(case, []), "the reply", 8)


def test_who_is_there(house: House, driver: FakeOutsideDesk) -> None:
    """Remembered, for whoever tells visitors what to expect."""
    memory = house.memory()
    wait_until(lambda: memory.recall("staffing") == {"desk": "fake", "online": 3})


def test_webhooks(house: House) -> None:
    """Theirs are welcome, others' refused."""
    assert house.hook({"X-Secret": "right"}, b"{}") == 200
    assert house.hook({"X-Secret": "wrong"}, b"{}") == 401
    assert house.hook({"X-Secret": "right"}, b"x" * 2_000_000) == 400


def test_names_fit() -> None:
    """However long a desk's own are, and never those of the console."""
    long = "@" + "a" * 300 + ":example.org"
    assert len(client_id("matrix", "$" + "b" * 300)) <= LONGEST
    assert agent_of("matrix", Agent(long, "A")).id != agent_of("matrix", Agent(long + "b", "A")).id
    assert agent_of("matrix", Agent("matrix:@a:b", "A")) == agent_of("matrix", Agent("@a:b", "A"))
    assert len(agent_of("matrix", Agent(long, "A")).id) <= LONGEST


def _away(_changes: object) -> object:
    raise StoreUnavailable("away")
