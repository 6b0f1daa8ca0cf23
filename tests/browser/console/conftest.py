"""Agents at their consoles, in real browsers, before a real gateway."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from console_page import ConsolePage, Enter
from console_stage import Floor, cookie, open_floor
from playwright.sync_api import BrowserContext

from bot.settings import ROOT

SCREENSHOTS = ROOT / "var" / "screenshots"
DESK = {"width": 1280, "height": 720}


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Floor]:
    """One gateway for all tests of this folder."""
    with open_floor(tmp_path_factory.mktemp("console")) as floor:
        yield floor


@pytest.fixture
def floor(running: Floor) -> Iterator[Floor]:
    """The gateway; afterwards nobody waits there any more."""
    yield running
    running.clear()


@pytest.fixture
def console(floor: Floor, someone: Callable[..., BrowserContext], request: pytest.FixtureRequest) -> Iterator[Enter]:
    """Opens somebody's console: `console("Budi", lang="en", viewport=…)`."""
    pages: list[ConsolePage] = []
    name = re.sub(r"[^\w-]+", "-", request.node.name).strip("-")

    def enter(agent: str = "Budi", lang: str = "id", fragment: str = "", **options: Any) -> ConsolePage:
        context = someone(**{"viewport": DESK, "locale": f"{lang}-{lang.upper()}", **options})
        context.add_cookies([cookie(floor.session(agent))])
        pictures = SCREENSHOTS / f"console-{name}{f'-{len(pages) + 1}' if pages else ''}"
        pages.append(ConsolePage(context.new_page(), floor.base, lang, pictures))
        return pages[-1].go(fragment)

    yield enter
    for page in pages:
        page.shoot()
    assert [trouble for page in pages for trouble in page.troubles()] == []
