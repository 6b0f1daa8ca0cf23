"""The scenarios of this folder at real desks: the floor that the console stands on, and Matrix in a real Synapse; with
the real bot behind the gateway."""

from __future__ import annotations

import asyncio
import threading
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest
from desks.agent_driver import AgentDriver
from desks.console import Console
from desks.house import House, Visitor
from live_bot import LiveBot
from waiting import wait_until

from bot.adapters.desks.matrix.tests.driver import open_driver
from bot.bootstrap import seed
from bot.core.case import CaseState
from bot.ports import BotReply, BotTurn
from bot.settings import ROOT, Settings
from bot.tools.sandbox.local_bot import LocalBot, run
from bot.tools.sandbox.recorded_app import build_recorded
from bot.tools.sandbox.sandbox import token_of
from bot.tools.sandbox.trace import Recorder
from bot.tools.sandbox.visitors import titles
from bot.tools.scenarios.player import play
from bot.tools.scenarios.reader import read_all
from bot.tools.scenarios.scenario import Scenario
from bot.tools.scenarios.sides import Line

SCENARIOS = read_all([ROOT / "tests" / "handoff"])


class OwnLoop:
    """The real bot in its own event loop, for a gateway that runs in another."""

    def __init__(self, bot: LocalBot) -> None:
        self._bot, self._lock = bot, threading.Lock()

    async def reply(self, turn: BotTurn) -> BotReply:
        """See `Bot`."""
        return await asyncio.to_thread(self._ask, turn)

    async def is_up(self) -> bool:
        """See `Bot`."""
        return True

    async def close(self) -> None:
        """See `Bot`."""

    def _ask(self, turn: BotTurn) -> BotReply:
        with self._lock:
            reply: BotReply = run(self._bot.reply(turn))
        return reply


@dataclass(frozen=True)
class Place:
    """A database with the facts, and the bot that works on it."""

    settings: Settings
    bot: OwnLoop


@pytest.fixture(scope="module")
def place(live_bot: LiveBot, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """One for all scenarios."""
    state = tmp_path_factory.mktemp("handoff")
    environment = {"KILAT_STATE_DIR": str(state), "KILAT_IDENTITY_SECRET": "0123456789abcdef" * 3,
                   "KILAT_DATABASE_URL": f"sqlite:///{state / 'kilat.db'}"}
    settings = replace(Settings.from_environment(environment), messages_per_minute=100_000)
    seed(settings)
    with live_bot.bot.lent_to(build_recorded(settings, Recorder())):
        yield Place(settings, OwnLoop(live_bot.bot))


@pytest.fixture(params=["console", pytest.param("matrix", marks=pytest.mark.long)])
def driver(request: pytest.FixtureRequest) -> AgentDriver:
    """Agents at each desk."""
    return Console() if request.param == "console" else open_driver(request)


@pytest.fixture
def house(driver: AgentDriver, place: Place) -> Iterator[House]:
    """The gateway before the desk, and before the real bot."""
    house = House(place.settings, driver)
    house.bot = place.bot  # type: ignore[assignment]
    house.start()
    yield house
    house.stop()


class AtTheDoor:
    """A `VisitorSide` over plain HTTP."""

    def __init__(self, visitor: Visitor) -> None:
        self._visitor = visitor

    def say(self, text: str) -> None:
        """See `VisitorSide`."""
        self._visitor.say(text)

    def fill_in(self, values: Mapping[str, str]) -> None:
        """See `VisitorSide`."""
        self._visitor.send("ticket", values=dict(values))

    def settle(self) -> bool:
        """See `VisitorSide`."""
        return False

    def lines(self) -> list[Line]:
        """See `VisitorSide`."""
        return [Line(entry.author.value, entry.body.get("text", ""), titles(entry.body))
                for entry in self._visitor.log()]

    def state(self) -> Mapping[str, Any]:
        """See `VisitorSide`."""
        return {**self._visitor.conversation.bot_state, "language": self._visitor.conversation.lang}


class AtTheDesk:
    """A `DeskSide` of any desk."""

    def __init__(self, house: House, driver: AgentDriver, visitor: Visitor) -> None:
        self._house, self._driver, self._visitor = house, driver, visitor

    def do(self, agent: str, verb: str, words: str) -> None:
        """See `DeskSide`."""
        case, who = self._case(), agent.lower()
        if verb == "take":
            self._driver.accept(case, who)
            # Whoever speaks next must not be faster than the desk's news of this.
            wait_until(lambda: self._visitor.status == "connected", "the agent")
        elif verb in ("say", "note"):
            getattr(self._driver, verb)(case, who, words)
        elif verb == "transfer":
            self._driver.transfer(case, who, int(words))
            wait_until(lambda: self._visitor.status == "transferred", "the transfer")
        elif verb == "give_back":
            self._driver.give_back(case, who)
        else:
            self._driver.close(case, who, words or "solved")

    def reads(self, agent: str) -> str:
        """See `DeskSide`."""
        return "\n".join(self._driver.seen(self._case()))

    def _case(self) -> str:
        """The visitor's open case, once agents see it."""
        cases = self._house.gateway.cases
        open_ = [case for case in cases.of_conversation(self._visitor.id) if case.state is not CaseState.CLOSED]
        number = open_[0].number if open_ else cases.of_conversation(self._visitor.id)[0].number
        wait_until(lambda: number in self._driver.cases(), f"the case {number}")
        return number


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_scenario(house: House, driver: AgentDriver, scenario: Scenario) -> None:
    """Both sides see what they must; nobody speaks out of turn."""
    token: Any = None
    if scenario.customer:
        token = token_of(scenario.customer, f"scenario-{uuid.uuid4()}", house.settings)
    visitor = Visitor(house, token)
    outcome = play(scenario, AtTheDoor(visitor), lambda: AtTheDesk(house, driver, visitor), house.settings.data)
    assert outcome.is_right, outcome.failures
