"""The inspector's page in a browser: what a bot builder sees and does there, with the mouse and with keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from inspected import CUSTOMER, NUMBER, PERSON, PLANS, PRIORITIES, TALK, Inspected, inspected
from playwright.sync_api import BrowserContext, Locator, Page, expect
from test_appearance import expect_accessible, expect_no_sideways
from widget_page import WidgetPage

from bot.settings import ROOT, Settings
from bot.tools.sandbox.session import Who

PICTURES = ROOT / "var" / "screenshots"
Open = Callable[..., "InspectorPage"]


class InspectorPage(WidgetPage):
    """The page with the inspector and the widget."""

    def turn(self, number: int) -> Locator:
        """An item of the conversation."""
        return self.page.locator(f"#turn-{number}")

    def panel_of(self, number: int, title: str) -> Locator:
        """A panel of a turn."""
        heading = self.page.get_by_role("heading", name=title)
        return self.turn(number).locator("section").filter(has=heading)

    def press(self, name: str) -> None:
        """Press a button of the inspector."""
        self.page.get_by_role("button", name=name, exact=True).click()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inspected]:
    """The inspector, for all of these tests: each begins anew."""
    state = str(tmp_path_factory.mktemp("inspector"))
    settings = Settings.from_environment({"KILAT_STATE_DIR": state})
    with inspected(settings, Who(CUSTOMER)) as running:
        yield running


@pytest.fixture
def look(running: Inspected, someone: Callable[..., BrowserContext], request: pytest.FixtureRequest) -> Iterator[Open]:
    """Opens the page, in a conversation of its own."""
    pages: list[InspectorPage] = []

    def open_page(**options: Any) -> InspectorPage:
        running.do("begin", lang="id", customer=CUSTOMER)
        page: Page = someone(**options).new_page()
        pages.append(InspectorPage(page, running.url, "id", PICTURES / f"inspector-{request.node.name}"))
        # A wait for news ends with the page.
        pages[-1].tolerate(r"^failed: .*/inspect/turns")
        page.goto(f"{running.url}/inspect")
        expect(page.get_by_text("Ready", exact=True)).to_be_visible()
        return pages[-1]

    yield open_page
    for page in pages:
        page.shoot(page.pictures.with_name(f"{page.pictures.name}.png"))
    assert [trouble for page in pages for trouble in page.troubles()] == []


def test_turns_appear_as_they_happen(look: Open) -> None:
    """What is typed into the widget and what is pressed there; the newest is open, what was opened stays so."""
    page = look().ready()
    page.say(NUMBER)
    expect(page.panel_of(2, "Ranking")).to_contain_text("nomor telp jepang")
    expect(page.panel_of(2, "Ranking")).to_contain_text("90%")
    expect(page.panel_of(2, "Question")).to_contain_text("country: JP")
    expect(page.panel_of(2, "Facts and words")).to_contain_text("utter_phone")
    expect(page.panel_of(2, "State")).to_contain_text("– → phone_number")
    expect(page.panel_of(2, "Timing")).to_contain_text("dialogue")
    page.quick_replies.first.click()
    expect(page.panel_of(3, "Ranking")).to_contain_text("Nothing was classified")
    expect(page.panel_of(3, "Decision")).to_contain_text("the gateway alone")
    expect(page.panel_of(2, "Ranking")).to_be_hidden()
    page.turn(2).locator("summary").first.click()
    page.say(PLANS)
    expect(page.panel_of(4, "Decision")).to_contain_text("plan_compare")
    expect(page.panel_of(2, "Ranking")).to_be_visible()


def test_a_hand_off(look: Open) -> None:
    """The status moves, and from then on one acts as an agent, whom the widget shows."""
    page = look().ready()
    line = page.page.get_by_label("As an agent", exact=True)
    expect(line).to_be_hidden()
    page.say(PERSON)
    expect(page.panel_of(2, "Decision")).to_contain_text("bot → queue → queued")
    expect(page.panel_of(2, "Decision")).to_contain_text("OpenCase")
    for step in ("take", "say Halo, saya Sari."):
        line.fill(step)
        line.press("Enter")
        expect(line).to_have_value("")
    page.expect_said("Halo, saya Sari.")
    expect(page.turn(3)).to_contain_text("→ connected")
    page.tolerate("409")
    line.fill("dance")
    line.press("Enter")
    expect(page.page.get_by_role("alert").filter(has_text="can't 'dance'")).to_be_visible()


def test_a_scenario_and_an_edit_with_keys(look: Open) -> None:
    """Chosen, stepped through, played to its end, and played again with other words: the widget shows each
    conversation, and the focus stays where the work is."""
    page = look().ready()
    page.page.get_by_label("Scenario").select_option(label=TALK.name)
    page.page.get_by_role("button", name="Begin", exact=True).press("Enter")
    upcoming = page.page.locator("#upcoming")
    expect(upcoming).to_have_text(f"Next, of 6: > {NUMBER}")
    page.page.get_by_role("button", name="Next step").press("Enter")
    expect(page.mine(NUMBER)).to_be_visible()
    expect(upcoming).to_have_text(f"Next, of 5: > {PERSON}")
    page.page.get_by_label("Scenario").select_option(label="None: write in the widget")
    page.press("Play the rest")
    expect(upcoming).to_have_text("All steps are played.")
    page.expect_said("Halo, saya Sari.")
    page.turn(2).locator("summary").first.press("Enter")
    words = page.turn(2).get_by_label("The visitor’s words")
    words.fill(PRIORITIES)
    words.press("Enter")
    expect(page.turn(2).get_by_role("table", name="What the edit changed")).to_contain_text("priority_overview")
    expect(page.turn(2).get_by_role("list", name="Not as the scenario says")).to_contain_text("negara")
    expect(page.turn(2).locator("summary").first).to_be_focused()
    expect(page.page.get_by_label("Scenario").locator("option:checked")).to_have_text(TALK.name)
    expect(upcoming).to_have_text("All steps are played.")
    expect(page.mine(NUMBER)).to_have_count(0)
    expect(page.turn(4)).to_contain_text("take")
    page.page.screenshot(path=Path(f"{page.pictures}-edited.png"), full_page=True)


def test_another_conversation_of_the_widget(look: Open) -> None:
    """Begun after the end of the one before: it is followed, and an agent can act in it."""
    page = look().ready()
    page.button("menu").click()
    page.button("end").click()
    page.notice.get_by_role("button", name=page.t("end"), exact=True).click()
    page.panel.get_by_role("button", name=page.t("new"), exact=True).click()
    expect(page.page.get_by_text("Status: bot")).to_be_visible()
    page.say(PERSON)
    line = page.page.get_by_label("As an agent", exact=True)
    line.fill("take")
    line.press("Enter")
    expect(page.page.get_by_text("Status: connected")).to_be_visible()


def test_what_visitors_type_stays_text(look: Open) -> None:
    """Nothing of it becomes an element of the page."""
    page = look().ready()
    text = "<img src=x onerror=alert(1)><b>halo</b>"
    page.say(text)
    expect(page.turn(2).locator(".label")).to_have_text(text)
    expect(page.panel_of(2, "Timing")).to_be_visible()
    assert page.turn(2).locator("img").count() == 0


def test_a_small_window(look: Open) -> None:
    """The turns are there first, and the widget opens over them."""
    page = look(viewport={"width": 420, "height": 800})
    expect(page.panel).to_be_hidden()
    page.open()
    page.say(NUMBER)
    expect(page.answers).to_have_count(2)
    page.button("close").click()
    expect(page.panel_of(2, "Ranking")).to_be_visible()
    for width in (420, 320):
        page.page.set_viewport_size({"width": width, "height": 800})
        expect_no_sideways(page.page.locator("html"))


@pytest.mark.long
@pytest.mark.parametrize("width", [1280, 420])
def test_axe_finds_nothing(look: Open, width: int) -> None:
    """With every kind of item open, by any of its rules; nor its rule of contrast in the dark."""
    page = look(viewport={"width": width, "height": 800})
    page.page.get_by_label("Scenario").select_option(label=TALK.name)
    page.press("Begin")
    expect_accessible(page)
    page.press("Play the rest")
    expect(page.page.locator("#upcoming")).to_have_text("All steps are played.")
    page.turn(2).locator("summary").first.click()
    page.turn(2).get_by_label("The visitor’s words").fill(PRIORITIES)
    page.turn(2).get_by_role("button", name="Replay with this").click()
    expect(page.turn(2).get_by_role("table", name="What the edit changed")).to_be_visible()
    expect(page.page.locator("#upcoming")).to_have_text("All steps are played.")
    expect(page.turn(7)).to_contain_text("ms")
    page.page.evaluate("for (const details of document.querySelectorAll('details')) details.open = true")
    expect_accessible(page)
