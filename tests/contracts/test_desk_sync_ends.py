"""A case that is over at a desk which does not tell who ended it."""

from __future__ import annotations

import pytest
from desks.console import Console
from desks.fake_desk import FakeOutsideDesk
from desks.house import House, Visitor
from waiting import wait_until


@pytest.mark.parametrize("holder", ["nobody", "sari", "console"])
def test_ended_by_nobody_knows_whom(house: House, driver: FakeOutsideDesk, visitor: Visitor, case: str,
                                     holder: str) -> None:
    """The desk does not tell: whoever has the case there, without a change of hands; who has it elsewhere keeps it."""
    if holder == "console":
        console = Console()
        console.attach(house)
        console.accept(case, "ayu")
    elif holder == "sari":
        driver.tell("accepted", case)
    if holder != "nobody":
        wait_until(lambda: visitor.status == "connected")
    ended = driver.tell("closed", case, None)
    if holder == "console":
        wait_until(lambda: driver.refused == [(ended.id, "elsewhere")])
        assert (visitor.status, visitor.events()) == ("connected", ["connected"])
    else:
        wait_until(lambda: visitor.status == "closed")
        assert visitor.events()[-1] == "ended" and "transferred" not in visitor.events()
