"""Cases go where their conversations go: taken once, given back, closed with how they ended; and their notes."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from fakes import FakeClock

from bot.adapters.sql.cases import SqlCases
from bot.core.case import CaseState, Outcome
from bot.core.conversation import (
    Agent,
    Author,
    Change,
    Changed,
    Conversation,
    Destination,
    Event,
    Kind,
    NewEntry,
    Note,
    Status,
)
from bot.core.effects import SlaTargets
from bot.ports import Case, CaseFile, Conversations

CaseMaker = Callable[..., CaseFile]
NO_TERMS = SlaTargets()
SARI, BAYU = Agent("a_sari", "Sari"), Agent("a_bayu", "Bayu")
TAKE = Change("ani", (NewEntry(Author.SYSTEM, Kind.EVENT, {"event": "connected", "text": "…"}),), Event.ACCEPT)


def word(text: str = "Halo", client_id: str | None = None) -> NewEntry:
    """An agent's text."""
    return NewEntry(Author.AGENT, Kind.TEXT, {"text": text}, client_id)


class Desk:
    """Cases and their conversations, as few words as can be."""

    def __init__(self, cases: SqlCases, conversations: Conversations, case_file: CaseMaker) -> None:
        self.cases, self._conversations, self._case_file = cases, conversations, case_file

    def queue(self, conversation_id: str, *, terms: SlaTargets = NO_TERMS, **more: object) -> None:
        """A visitor is queued, as the gateway does it."""
        self.cases.open_case(replace(self._case_file(conversation_id, **more), terms=terms))
        self.do(conversation_id, Event.QUEUE)

    def do(self, conversation_id: str, event: Event, by: Agent | None = None, **more: object) -> Changed:
        """One step of its conversation."""
        return self._conversations.write([Change(conversation_id, event=event, by=by, **more)])[0]  # type: ignore[arg-type]

    def case(self, conversation_id: str) -> Case:
        """Its newest case."""
        return self.cases.of_conversation(conversation_id)[0]

    def order(self, *tiers: int) -> list[str]:
        """Whose turn it is."""
        return [case.conversation_id for case in self.cases.waiting(tiers or (1,))]


@pytest.fixture
def desk(cases: SqlCases, conversations: Conversations, case_file: CaseMaker) -> Desk:
    """An empty desk."""
    return Desk(cases, conversations, case_file)


def test_a_case_is_taken_once(desk: Desk, conversations: Conversations) -> None:
    """Eight agents reach for it at the same moment: one has it, and nothing of the others is stored."""
    desk.queue("ani")
    agents = [Agent(f"a_{number}", f"Agen {number}") for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda agent: conversations.write([replace(TAKE, by=agent)])[0], agents))
    [winner] = [agent for agent, changed in zip(agents, results, strict=True) if changed.is_new]
    assert {changed.conversation.agent for changed in results} == {winner}
    assert len(conversations.entries("ani")) == 1
    case = desk.case("ani")
    assert (case.state, case.agent, desk.order()) == (CaseState.TAKEN, winner.id, [])


ENDS = [
    ([Event.LEAVE], None, Outcome.LEFT), ([Event.END], None, Outcome.ABANDONED),
    ([Event.ACCEPT, Event.END], None, Outcome.ENDED), ([Event.ACCEPT, Event.RETURN], SARI, Outcome.RETURNED),
    ([Event.ACCEPT, Event.TICKET], SARI, Outcome.TICKETED)]


@pytest.mark.parametrize(("events", "by", "outcome"), ENDS, ids=lambda value: getattr(value, "value", None))
def test_how_a_case_ends(desk: Desk, clock: FakeClock, events: list[Event], by: Agent | None, outcome: Outcome) -> None:
    """Each end is told apart, and the conversation can queue again, with another case."""
    desk.queue("ani")
    for event in events:
        desk.do("ani", event, SARI if event is Event.ACCEPT else by)
    case = desk.case("ani")
    assert (case.state, case.outcome, case.closed_at) == (CaseState.CLOSED, outcome, clock())
    assert (desk.order(), desk.cases.of_agent("a_sari"), desk.cases.open()) == ([], [], [])
    if outcome not in (Outcome.ABANDONED, Outcome.ENDED):
        desk.queue("ani")
        assert desk.case("ani").number != case.number and desk.order() == ["ani"]


def test_silence_ends_a_case(desk: Desk, clock: FakeClock) -> None:
    """Half an hour without a word."""
    desk.queue("ani")
    desk.do("ani", Event.ACCEPT, SARI)
    clock.forward(timedelta(minutes=29))
    assert not desk.do("ani", Event.TIMEOUT).is_new
    clock.forward(timedelta(minutes=1))
    assert desk.do("ani", Event.TIMEOUT).is_new
    assert desk.case("ani").outcome is Outcome.SILENT


def test_an_agents_reason(desk: Desk) -> None:
    """Who closes says why."""
    desk.queue("ani")
    desk.do("ani", Event.ACCEPT, SARI)
    desk.do("ani", Event.END, SARI, outcome=Outcome.SOLVED.value)
    assert desk.case("ani").outcome is Outcome.SOLVED


def test_a_transfer_keeps_the_turn(desk: Desk, clock: FakeClock) -> None:
    """Who has waited longest still goes first; another tier's agents see it, and the one it is kept for."""
    desk.queue("ani")
    desk.do("ani", Event.ACCEPT, SARI)
    clock.forward(timedelta(minutes=1))
    desk.queue("budi")
    desk.do("ani", Event.TRANSFER, SARI)
    assert desk.order() == ["ani", "budi"]
    desk.do("ani", Event.ACCEPT, BAYU)
    desk.do("ani", Event.TRANSFER, BAYU, to=Destination(2, "a_sari"))
    case = desk.case("ani")
    assert (case.tier, case.reserved_for, case.agent, desk.order(1), desk.order(2)) == (
        2, "a_sari", None, ["budi"], ["ani"])
    desk.do("ani", Event.ACCEPT, SARI)
    assert (desk.case("ani").agent, desk.case("ani").reserved_for) == ("a_sari", None)


def test_whose_turn_it_is(desk: Desk, clock: FakeClock) -> None:
    """By priority, then by how late the first response runs, then by waiting; each place says the same."""
    hour = timedelta(hours=1)
    arrivals = [("a", "p3", None), ("b", "p2", None), ("c", "p2", 4), ("d", "p2", 3), ("e", "p1", None),
                ("f", None, None), ("g", "p3", 24), ("h", "p2", None)]
    for name, priority, hours in arrivals:
        desk.queue(name, priority=priority, terms=SlaTargets(hours and hours * hour))
        clock.forward(timedelta(seconds=1))
    assert desk.order() == ["e", "d", "c", "b", "h", "f", "g", "a"]
    assert [case.conversation_id for case in desk.cases.open()] == desk.order()
    places = desk.cases.places()
    assert sorted(places, key=lambda name: places[name].position) == desk.order()
    for name, place in places.items():
        assert desk.cases.place(name) == place
    assert desk.cases.count_waiting() == {1: 8}


def test_whose_language_it_is(desk: Desk) -> None:
    """Only those whom an agent can talk with."""
    desk.queue("ani")
    assert [case.conversation_id for case in desk.cases.waiting([1], ["id"])] == ["ani"]
    assert desk.cases.waiting([1], ["en"]) == []
    assert desk.cases.waiting([2]) == []


def test_the_first_response(desk: Desk, conversations: Conversations, clock: FakeClock) -> None:
    """The first word of an agent; taking the case is none, and neither is what comes later."""
    desk.queue("ani", terms=SlaTargets(timedelta(hours=1)))
    due = clock() + timedelta(hours=1)
    desk.do("ani", Event.ACCEPT, SARI)
    assert (desk.case("ani").clocks.first_response_due_at, desk.case("ani").clocks.first_response_at) == (due, None)
    first = clock.forward(timedelta(minutes=1))
    for text in ("Halo", "Ada yang bisa dibantu?"):
        conversations.write([Change("ani", (word(text),), Event.SAY, by=SARI)])
        clock.forward(timedelta(minutes=1))
    assert desk.case("ani").clocks.first_response_at == first


def test_notes(desk: Desk, conversations: Conversations, clock: FakeClock) -> None:
    """They are kept in order, once, with the step they belong to, and are no entries."""
    desk.queue("ani")
    changed = conversations.write([replace(TAKE, by=SARI, notes=(Note("taken", agent="a_sari"),))])[0]
    assert [note.kind for note in changed.notes] == ["taken"]
    note = Note("note", {"text": "VIP <b>"}, "a_bayu", "n-1")
    assert conversations.write([Change("ani", notes=(note,))])[0].notes == (note,)
    assert conversations.write([Change("ani", notes=(note,))])[0].notes == ()
    refused = conversations.write([replace(TAKE, by=BAYU, notes=(Note("taken", agent="a_bayu"),))])[0]
    assert refused.notes == ()
    stored = desk.cases.notes("ani")
    assert [(one.note, one.case, one.at) for one in stored] == [
        (Note("taken", {}, "a_sari"), desk.case("ani").id, clock()), (note, desk.case("ani").id, clock())]
    assert [entry.body.get("event") for entry in conversations.entries("ani")] == ["connected"]


def test_an_agents_word_comes_once(desk: Desk, conversations: Conversations) -> None:
    """Sent again after a lost connection, it is the same one; even when the case is somebody else's by then."""
    desk.queue("ani")
    desk.do("ani", Event.ACCEPT, SARI)
    say = Change("ani", (word(client_id="m-1"),), Event.SAY, by=SARI)
    first, again = conversations.write([say, say])
    assert (first.is_new, again.is_new, again.entries) == (True, False, first.entries)
    desk.do("ani", Event.TRANSFER, SARI)
    desk.do("ani", Event.ACCEPT, BAYU)
    assert conversations.write([say])[0].entries == first.entries
    late = conversations.write([replace(say, entries=(word("Lagi", "m-2"),))])[0]
    assert (late.is_new, late.entries) == (False, ())


def test_winding_a_clock_counts_once(desk: Desk, clock: FakeClock) -> None:
    """Of two keepers that take the same step, one did it."""
    desk.queue("ani", terms=SlaTargets(timedelta(hours=1), escalates=True))
    [due] = desk.cases.clocks_due(clock())
    assert due.clocks.escalates
    next_at = clock() + timedelta(minutes=45)
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda _: desk.cases.record_sla_steps(due.id, ["warned"], next_at), range(2)))
    assert sorted(done) == [False, True]
    assert desk.cases.clocks_due(clock()) == []
    [again] = desk.cases.clocks_due(next_at)
    assert again.clocks.taken == ("warned",)
    assert desk.cases.record_sla_steps(again.id, ["late", "escalated"], None, tier=2)
    assert (desk.case("ani").tier, desk.order(2)) == (2, ["ani"])


def test_who_has_a_conversation_is_stored(desk: Desk, conversations: Conversations) -> None:
    """Its agent comes back with it."""
    desk.queue("ani")
    desk.do("ani", Event.ACCEPT, SARI)
    conversation = conversations.get("ani")
    assert isinstance(conversation, Conversation) and (conversation.status, conversation.agent) == (
        Status.CONNECTED, SARI)


def test_of_a_customer(desk: Desk, conversations: Conversations, case_file: CaseMaker) -> None:
    """Of all conversations that are theirs, the newest first; of nobody else's."""
    ada = case_file("ani").identity
    conversations.create(Conversation("others", Status.BOT, "id", replace(ada, subject="bayu")), "others")
    for conversation_id in ("ani", "others", "budi"):
        desk.queue(conversation_id)
    desk.do("ani", Event.END)
    assert [case.conversation_id for case in desk.cases.of_customer(ada.subject)] == ["budi", "ani"]
    assert [case.conversation_id for case in desk.cases.of_customer(ada.subject, limit=1)] == ["budi"]
    assert desk.cases.of_customer("nobody") == []
