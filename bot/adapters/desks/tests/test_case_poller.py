"""The case poller: an odd case blocks no other, and no event is repeated."""

from __future__ import annotations

import asyncio

import pytest

from bot.adapters.desks.case_poller import REMEMBERED, CaseCursor, CasePoll, CasePoller
from bot.core.conversation import Agent
from bot.core.errors import DeskUnavailable


def test_a_case_of_another_shape_keeps_no_other() -> None:
    """Other cases' events come, and the odd case is polled again. If it is alone, the desk counts as unavailable."""

    async def poll_case(poll: CasePoll) -> None:
        if poll.ref == "1":
            raise KeyError("meta")
        poll.accept(Agent("a", "Budi"))

    async def main() -> None:
        poller = CasePoller(0.01)
        news = await poller.news(poll_case, None, ["1", "2"])
        assert [event.ref for event in news.events] == ["2"]
        assert not (await poller.news(poll_case, news.cursor, ["1", "2"])).events
        with pytest.raises(DeskUnavailable):
            await poller.news(poll_case, None, ["1"])

    asyncio.run(main())


def test_a_message_that_came_late_makes_none_new_again() -> None:
    """The newest ids are remembered in the desk's order. Otherwise older messages would seem new, and each agent would
    take the case again."""
    cursor, there = CaseCursor(), [f"{number:02}" for number in range(40) if number not in (3, 5, 7, 9)]

    def look() -> list[str]:
        first = next((place for place, one in enumerate(there) if one in cursor.messages), 0)
        new = [one for one in there[first:] if one not in cursor.messages]
        cursor.remember(there[first:])
        return new

    there, later = there[:8], there[8:]
    assert look() == ["00", "01", "02", "04", "06", "08", "10", "11"]
    for late in ("03", "05", "07", "09"):
        there = sorted([*there, late])
        assert look() == [late]
    for number in later:
        there.append(number)
        assert look() == [number]
    assert len(cursor.messages) == REMEMBERED
