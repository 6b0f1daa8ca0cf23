"""What an outside desk calls words may hold what no words do: it must not break the conversation of those who read."""

from __future__ import annotations

from desks.fake_desk import FakeOutsideDesk
from desks.house import Visitor
from waiting import wait_until

from bot.core.conversation import Agent

# Half of a character, as what was cut by its length leaves it; and marks that turn the rest of a line round.
HALF, TURN = "\ud83d", "\u202e"


def test_half_a_character(driver: FakeOutsideDesk, visitor: Visitor, case: str) -> None:
    """The visitor reads what was said before it and after it."""
    driver.tell("message", case, Agent("sari", f"Sari{HALF}{TURN}"), f"Halo {HALF}{TURN}")
    driver.tell("message", case, text=HALF)
    driver.tell("message", case, text="Ada yang bisa dibantu?")
    wait_until(lambda: "Ada yang bisa dibantu?" in visitor.texts("agent"))
    assert visitor.texts("agent") == ["Halo", "Ada yang bisa dibantu?"]
    assert visitor.send("history", before=2**31 - 1)
    assert visitor.conversation.agent == Agent("fake:sari", "Sari")
