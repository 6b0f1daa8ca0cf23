"""A real `kilat serve`, a real Chromium, and visitors who look at the demo help center.

A page that logs an error, breaks its policy, asks another host or gets an answer that it should not get fails its test.
Every page leaves a picture in `var/screenshots/`.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fake_gateway import FakeGateway, serve
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright
from server import Server
from widget_page import PATIENCE_MS, PRIVACY_URL, QUEUE_PATIENCE, Enter, Visit, WidgetPage

from bot.settings import ROOT
from bot.tools.training import is_trained

SCREENSHOTS = ROOT / "var" / "screenshots"
NO_MODEL = "there is no trained model: run make train"
NO_BROWSER = "there is no Chromium: apt-get install chromium-headless-shell, or set KILAT_CHROMIUM to the path of one"
# Chromium's headless shell draws pages as Chromium does, at half of the work: it has no windows, and no pages for them.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
DESKTOP = {"width": 1200, "height": 800}
# Nothing that could ask the network by itself.
_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
              "--disable-component-update", "--disable-sync"]
expect.set_options(timeout=PATIENCE_MS)

@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The whole of Kilat, with the demo, which is there only without a secret of one's own."""
    if not is_trained():
        pytest.skip(NO_MODEL)
    server = Server(tmp_path_factory.mktemp("kilat"), secret="")
    # All visitors of these tests come from one address, and a test is quicker than a person.
    server.environment |= {"KILAT_MESSAGES_PER_MINUTE": "600", "KILAT_QUEUE_PATIENCE_SECONDS": str(QUEUE_PATIENCE),
                           "KILAT_PRIVACY_URL": PRIVACY_URL}
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """The installed Chromium. For one folder, because Playwright keeps an event loop open, and no other test could run
    one of its own meanwhile."""
    names = (os.environ.get("KILAT_CHROMIUM") or "", *BROWSERS)
    path = next((found for name in names if name and (found := shutil.which(name))), None)
    if path is None:
        pytest.skip(NO_BROWSER)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def someone(chromium: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Makes browsers of their own: storage, cookies, size, colors."""
    contexts: list[BrowserContext] = []

    def make(**options: Any) -> BrowserContext:
        contexts.append(chromium.new_context(**{"viewport": DESKTOP, "locale": "id-ID", **options}))
        contexts[-1].set_default_timeout(PATIENCE_MS)
        return contexts[-1]

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def visit(server: Server, someone: Callable[..., BrowserContext], request: pytest.FixtureRequest) -> Iterator[Visit]:
    """Opens the demo: `visit("premier_admin", lang="en", path="/articles/phone", viewport=…)`, or in the same browser
    as another page: `visit(beside=page)`."""
    pages: list[WidgetPage] = []
    name = re.sub(r"[^\w-]+", "-", request.node.name).strip("-")

    def open_page(customer: str | None = None, lang: str = "id", path: str = "/", beside: WidgetPage | None = None,
                  **options: Any) -> WidgetPage:
        context = beside.page.context if beside else someone(**options)
        pictures = SCREENSHOTS / f"{name}{f'-{len(pages) + 1}' if pages else ''}"
        page = WidgetPage(context.new_page(), f"http://127.0.0.1:{server.gateway_port}", lang, pictures)
        pages.append(page)
        page.go(path)
        if customer:
            page.sign_in(customer)
        return page

    yield open_page
    for page in pages:
        page.shoot(page.pictures.with_name(f"{page.pictures.name}.png"))
        page.leave_nothing_open()
    assert [trouble for page in pages for trouble in page.troubles()] == []


@pytest.fixture
def fake() -> Iterator[FakeGateway]:
    """A gateway of its own for each test."""
    with serve() as fake:
        yield fake


@pytest.fixture
def enter(fake: FakeGateway, someone: Callable[..., BrowserContext], request: pytest.FixtureRequest) -> Iterator[Enter]:
    """Opens a page with the widget: `enter(lang="en", query="theme=dark", viewport=…)`."""
    pages: list[WidgetPage] = []
    name = re.sub(r"[^\w-]+", "-", request.node.name).strip("-")

    def open_page(lang: str = "id", query: str = "", beside: WidgetPage | None = None, **options: Any) -> WidgetPage:
        context = beside.page.context if beside else someone(**options)
        pictures = SCREENSHOTS / f"alone-{name}-{len(pages) + 1}"
        page = WidgetPage(context.new_page(), fake.base, lang, pictures)
        pages.append(page)
        page.page.goto(f"{fake.base}/?lang={lang}&{query}")
        page.page.wait_for_function("Boolean(window.Kilat?.open)")
        return page

    yield open_page
    for page in pages:
        page.shoot(page.pictures.with_name(f"{page.pictures.name}.png"))
    assert [trouble for page in pages for trouble in page.troubles()] == []
