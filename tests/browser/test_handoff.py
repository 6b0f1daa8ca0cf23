"""The scenarios of `tests/handoff` with the visitor in the widget and the agents at the real console's socket."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from handoff.console_desk import ConsoleDesk
from playwright.sync_api import expect
from server import Server
from widget_page import Visit, WidgetPage

from bot.core.errors import KilatError
from bot.settings import ROOT, Settings
from bot.tools.sandbox.sandbox import token_of
from bot.tools.scenarios.player import Played, play
from bot.tools.scenarios.reader import read_all
from bot.tools.scenarios.scenario import Scenario
from bot.tools.scenarios.sides import Line

SCENARIOS = read_all([ROOT / "tests" / "handoff"])
NARROW = {"viewport": {"width": 360, "height": 640}}


class WidgetVisitor:
    """A `VisitorSide`: what is to be seen in the widget."""

    def __init__(self, page: WidgetPage, token: str | None) -> None:
        self._page, self._token = page, token
        page.open()
        if token:
            page.tokens.append(token)
            page.page.evaluate("token => Kilat.identify(token)", token)
            # Covered until it is known whose talk it is.
            expect(page.answers.first).to_be_visible()

    def say(self, text: str) -> None:
        """See `VisitorSide`."""
        self._page.say(text)

    def fill_in(self, values: Mapping[str, str]) -> None:
        """See `VisitorSide`."""
        raise KilatError("the scenarios of people fill in no form; tests/browser/test_ticket.py does")

    def settle(self) -> bool:
        """See `VisitorSide`."""
        return False

    def state(self) -> Mapping[str, Any]:
        """See `VisitorSide`: nothing of it is to be seen in a page."""
        return {}

    def lines(self) -> list[Line]:
        """See `VisitorSide`: each entry begins with who speaks; what happened names nobody."""
        shown = self._page.log.evaluate(
            "(log) => [...log.children].map((e) => [e.querySelector('p > b')?.textContent, e.innerText])")
        return [Line(self._author(speaker or ""), text) for speaker, text in shown]

    def conversation_id(self) -> str:
        """Its name."""
        hello = {"type": "hello", "protocol": 1, "lang": self._page.lang, "key": self._page.key(),
                 "identity_token": self._token}
        return str(self._page.send(hello).json()["frames"][0]["conversation"])

    def _author(self, speaker: str) -> str:
        named = {self._page.t("visitor"): "visitor", self._page.t("bot"): "bot"}
        is_agent = speaker.startswith(self._page.t("agent", name=""))
        return named.get(speaker) or ("agent" if is_agent else "system")


@pytest.fixture
def consoles(server: Server) -> Iterator[list[ConsoleDesk]]:
    """Those that are open, to be closed."""
    opened: list[ConsoleDesk] = []
    yield opened
    for desk in opened:
        desk.close()


@pytest.mark.parametrize(
    "scenario", [SCENARIOS[0], *(pytest.param(scenario, marks=pytest.mark.long) for scenario in SCENARIOS[1:])],
    ids=lambda scenario: scenario.name)
def test_scenario(visit: Visit, server: Server, consoles: list[ConsoleDesk], scenario: Scenario) -> None:
    """Both sides see what they must; nobody speaks out of turn."""
    settings = Settings.from_environment(server.environment)
    token = token_of(scenario.customer, f"scenario-{uuid.uuid4()}", settings) if scenario.customer else None
    page = visit(lang=scenario.lang, **NARROW)
    visitor = WidgetVisitor(page, token)
    desk = ConsoleDesk(f"http://127.0.0.1:{server.gateway_port}", server.environment, visitor.conversation_id)
    consoles.append(desk)
    steps = list(scenario.steps)

    def shoot(played: Played) -> None:
        if played.step.agent:
            page.shoot_more(f"{steps.index(played.step) + 1}")

    outcome = play(scenario, visitor, lambda: desk, settings.data, after=shoot,
                   pause=lambda seconds: page.page.wait_for_timeout(1000 * seconds))
    assert outcome.is_right, outcome.failures
