"""Sync tokens that a Matrix server does not know any more."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from desks.house import House
from waiting import wait_until

from bot.adapters.desks.matrix.tests.driver import Matrix
from bot.adapters.desks.matrix.tests.real_server import Synapse

pytestmark = pytest.mark.long


@pytest.fixture
def driver(matrix_server: Synapse) -> Matrix:
    """Agents in Matrix."""
    return Matrix(matrix_server)


@pytest.mark.parametrize("token", ["nonsense", "m~1.5", ""])
def test_a_token_that_the_server_does_not_know(house: House, driver: Matrix, monkeypatch: pytest.MonkeyPatch,
                                               token: str) -> None:
    """After a restored backup, open cases are read again; nothing is lost or doubled."""
    monkeypatch.setattr("bot.adapters.desks.matrix.sync.TIMELINE", 3)
    monkeypatch.setattr("bot.adapters.desks.matrix.sync.WAIT_SECONDS", 2.0)
    visitor, case = house.queued()
    driver.say(case, "sari", "jawaban 0")
    wait_until(lambda: visitor.texts("agent") == ["jawaban 0"])
    house.stop()
    for number in range(1, 8):
        driver.say(case, "sari", f"jawaban {number}")
    house.memory().remember("desk:matrix", token or None)
    house.start()
    expected = [f"jawaban {number}" for number in range(8)]
    wait_until(lambda: len(visitor.texts("agent")) >= len(expected), "the answers")
    driver.say(case, "sari", "Selesai?")
    wait_until(lambda: visitor.texts("agent")[-1:] == ["Selesai?"], "the last word")
    assert visitor.texts("agent") == [*expected, "Selesai?"]


def test_put_out_of_a_room(house: House, driver: Matrix) -> None:
    """When Kilat was removed from the room, the case ends, so that the visitor does not wait."""
    visitor, case = house.queued()
    driver.say(case, "sari", "Halo")
    wait_until(lambda: visitor.texts("agent") == ["Halo"])
    driver.server.ask("POST", f"/_matrix/client/v3/rooms/{quote(driver.room(case))}/leave", {}, driver.token)
    wait_until(lambda: visitor.status == "closed", "the end")
    assert visitor.events() == ["connected", "ended"]
    outbox = house.http.app.state.desk_sync._outbox  # type: ignore[attr-defined]
    wait_until(lambda: not outbox.refs(), "the end at the desk")
