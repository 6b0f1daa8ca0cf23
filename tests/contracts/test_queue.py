"""What every queue must do, whatever stands behind it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from bot.core.conversation import Change, Event
from bot.ports import CaseFile, Conversations, Queue

CaseMaker = Callable[..., CaseFile]
THREADS = 8


def leave(conversations: Conversations, conversation_id: str) -> None:
    """The visitor, whom the bot has put into the queue, leaves it."""
    conversations.write([Change(conversation_id, event=Event.QUEUE), Change(conversation_id, event=Event.LEAVE)])


def test_a_first_case_stands_at_the_head(cases: Queue, case_file: CaseMaker) -> None:
    """Positions count from 1."""
    place = cases.open_case(case_file("ani"))
    assert (place.position, place.is_new) == (1, True)
    assert place.case_number


def test_a_conversation_keeps_its_place(cases: Queue, case_file: CaseMaker) -> None:
    """Asked again, even as a more urgent case, the conversation gets the place that it has."""
    cases.open_case(case_file("ani"))
    first = cases.open_case(case_file("budi"))
    again = cases.open_case(case_file("budi", priority="p1"))
    assert (again.case_number, again.position, again.is_new) == (first.case_number, 2, False)


def test_the_more_urgent_goes_first(cases: Queue, case_file: CaseMaker) -> None:
    """An unknown priority waits behind P2 and before P3."""
    for priority in ("p4", "p3", None, "p2", "p1"):
        assert cases.open_case(case_file(str(priority), priority=priority)).position == 1
    order = {p: cases.open_case(case_file(p)).position for p in ("p1", "p2", "None", "p3", "p4")}
    assert order == {"p1": 1, "p2": 2, "None": 3, "p3": 4, "p4": 5}


def test_equal_priorities_wait_in_the_order_of_arrival(cases: Queue, case_file: CaseMaker) -> None:
    """First come, first served."""
    arrivals = ["ani", "budi", "citra"]
    assert [cases.open_case(case_file(name)).position for name in arrivals] == [1, 2, 3]
    assert [cases.open_case(case_file(name)).position for name in arrivals] == [1, 2, 3]


def test_tiers_queue_apart(cases: Queue, case_file: CaseMaker) -> None:
    """A Tier 1 case, however urgent, holds up no Tier 2 case."""
    cases.open_case(case_file("ani", tier=1, priority="p1"))
    cases.open_case(case_file("budi", tier=2, priority="p4"))
    assert cases.open_case(case_file("budi", tier=2)).position == 1
    assert cases.open_case(case_file("citra", tier=2, priority="p4")).position == 2
    assert cases.open_case(case_file("dewi", tier=1, priority="p1")).position == 2


def test_simultaneous_requests_of_one_conversation_make_one_case(cases: Queue, case_file: CaseMaker) -> None:
    """An impatient visitor does not stand twice in the queue."""
    with ThreadPoolExecutor(THREADS) as pool:
        places = list(pool.map(cases.open_case, [case_file("ani")] * THREADS))
    assert len({place.case_number for place in places}) == 1
    assert [place.is_new for place in places].count(True) == 1
    assert cases.open_case(case_file("budi")).position == 2


def test_simultaneous_conversations_all_get_a_place(cases: Queue, case_file: CaseMaker) -> None:
    """Nobody is lost, and nobody shares a place."""
    files = [case_file(f"visitor-{number}") for number in range(THREADS)]
    with ThreadPoolExecutor(THREADS) as pool:
        places = list(pool.map(cases.open_case, files))
    assert len({place.case_number for place in places}) == THREADS
    assert all(place.is_new for place in places)
    assert sorted(cases.open_case(file).position for file in files) == list(range(1, THREADS + 1))


def test_the_place_of_a_waiting_case(cases: Queue, conversations: Conversations, case_file: CaseMaker) -> None:
    """It moves up when others leave, keeps its number, and is nobody else's."""
    cases.open_case(case_file("ani"))
    opened = cases.open_case(case_file("budi"))
    place = cases.place("budi")
    assert place is not None
    assert (place.case_number, place.position, place.is_new) == (opened.case_number, 2, False)
    assert cases.place("citra") is None
    leave(conversations, "ani")
    moved = cases.place("budi")
    assert moved is not None
    assert (moved.case_number, moved.position) == (opened.case_number, 1)


def test_who_leaves_waits_no_more(cases: Queue, conversations: Conversations, case_file: CaseMaker) -> None:
    """The place is given up with the conversation's status, in one step."""
    cases.open_case(case_file("ani"))
    leave(conversations, "ani")
    assert cases.place("ani") is None
    assert conversations.write([Change("ani", event=Event.LEAVE)])[0].is_new is False


def test_who_comes_back_queues_at_the_end(cases: Queue, conversations: Conversations, case_file: CaseMaker) -> None:
    """Leaving gives the place up: it is a new case behind the others."""
    first = cases.open_case(case_file("ani"))
    cases.open_case(case_file("budi"))
    leave(conversations, "ani")
    again = cases.open_case(case_file("ani"))
    assert (again.position, again.is_new) == (2, True)
    assert again.case_number != first.case_number


def test_leaving_at_once_counts_once(cases: Queue, conversations: Conversations, case_file: CaseMaker) -> None:
    """Two tabs leave at the same time: one of them did it."""
    cases.open_case(case_file("ani"))
    conversations.write([Change("ani", event=Event.QUEUE)])
    with ThreadPoolExecutor(THREADS) as pool:
        left = list(pool.map(conversations.write, [[Change("ani", event=Event.LEAVE)]] * THREADS))
    assert [changed.is_new for (changed,) in left].count(True) == 1
