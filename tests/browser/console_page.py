"""The agents' console as somebody who works in it meets it: by roles and names, never by classes."""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Locator, Page, Request, Response, expect
from widget_page import PATIENCE_MS

from bot.adapters.locales import read_locales
from bot.languages import NAMES
from bot.settings import ROOT

# The smallest picture, as bytes and as it goes to a page.
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==")
PICTURE = base64.b64encode(PNG).decode()


def words_of(lang: str) -> dict[str, str]:
    """The console's words in a language, and the names of all."""
    return read_locales(ROOT / "data", "console")[lang] | {f"lang_{code}": name for code, name in NAMES.items()}


class ConsolePage:
    """One page of one agent; notices what goes wrong on it."""

    def __init__(self, page: Page, base: str, lang: str, pictures: Path) -> None:
        self.page, self.base, self.pictures = page, base, pictures
        self.words = words_of(lang)
        self._wrong: list[str] = []
        self._tolerated: list[str] = []
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self._wrong.append(f"script: {error}"))
        page.on("request", self._on_request)
        page.on("response", self._on_response)

    def go(self, fragment: str = "") -> ConsolePage:
        """Open the console, and wait until it knows how things stand."""
        self.page.goto(f"{self.base}/agent{fragment}")
        return self.ready()

    def ready(self) -> ConsolePage:
        """Wait until the lists are there."""
        expect(self.button("take_next")).to_be_visible()
        return self

    # Its parts

    def t(self, key: str, **values: object) -> str:
        """A word of the console."""
        return self.words[key].format(**values)

    def button(self, key: str, **values: object) -> Locator:
        """A button by its word; keys that are shown on it belong to its name."""
        name = re.compile(rf"^{re.escape(self.t(key, **values))}( ?(Alt\+)?[A-Z/])?$")
        return self.page.get_by_role("button", name=name)

    def section(self, key: str) -> Locator:
        """One's own conversations, the queue, or the team."""
        return self.page.get_by_role("region", name=re.compile(f"^{self.t(key)}"))

    def row(self, name: str, section: str = "queue") -> Locator:
        """A case in a list, by whose it is."""
        return self.section(section).get_by_role("button").filter(has_text=name)

    @property
    def log(self) -> Locator:
        """What was said and noted."""
        return self.page.get_by_role("log", name=self.t("log"), exact=True)

    @property
    def story(self) -> Locator:
        """The log, and what is still on its way."""
        return self.page.get_by_role("region", name=self.t("log"), exact=True)

    @property
    def file(self) -> Locator:
        """The case file."""
        return self.page.get_by_role("complementary", name=self.t("case_file"))

    @property
    def input(self) -> Locator:
        """Where an answer is written."""
        return self.page.get_by_role("textbox", name=self.t("write"), exact=True)

    @property
    def note(self) -> Locator:
        """Where a note is written."""
        return self.page.get_by_role("textbox", name=self.t("write_note"), exact=True)

    @property
    def dialog(self) -> Locator:
        """The dialog that is open."""
        return self.page.get_by_role("dialog")

    @property
    def toast(self) -> Locator:
        """A word of the console to the agent."""
        return self.page.get_by_role("status").filter(has_not=self.page.get_by_role("listbox")).last

    @property
    def banner(self) -> Locator:
        """The line that says that the connection is lost."""
        return self.page.get_by_role("alert").first

    @property
    def waiting(self) -> Locator:
        """The files that wait for Send."""
        return self.page.get_by_role("list", name=self.t("attached")).get_by_role("listitem")

    @property
    def loss(self) -> Locator:
        """What is said of a case that was the agent's."""
        return self.page.get_by_role("main").get_by_role("alert").filter(has_text=self.t("lost"))

    def heading(self, name: str) -> Locator:
        """Whose conversation is shown."""
        return self.page.get_by_role("main").get_by_role("heading", name=name)

    # What an agent does

    def press(self, *keys: str) -> None:
        """Press keys, wherever the focus is."""
        for key in keys:
            self.page.keyboard.press(key)

    def wait_until_quiet(self) -> None:
        """Until what is pressed next is no part of what was typed before: the page tells it by its own clock."""
        self.page.evaluate("() => new Promise((go) => setTimeout(go, 900))")

    def copy(self, **items: str) -> None:
        """Put something on the clipboard: `text` and `html` as they are, `png` in base64."""
        self.page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=self.base)
        self.page.evaluate("""async (items) => {
          const types = { text: 'text/plain', html: 'text/html', png: 'image/png' };
          const blobs = Object.entries(items).map(([name, value]) => [types[name], new Blob(
            [name === 'png' ? Uint8Array.from(atob(value), (byte) => byte.charCodeAt(0)) : value],
            { type: types[name] })]);
          await navigator.clipboard.write([new ClipboardItem(Object.fromEntries(blobs))]);
        }""", items)

    def take(self, name: str) -> ConsolePage:
        """Look at somebody's case and take it, until the page knows whose it is: it forgets others' cases."""
        self.row(name).click()
        expect(self.heading(name)).to_be_visible()
        self.button("take").click()
        expect(self.row(name, "mine")).to_be_visible()
        expect(self.input).to_be_focused()
        return self

    def say(self, text: str) -> None:
        """Answer the visitor, and see it stored."""
        self.input.fill(text)
        self.input.press("Enter")
        expect(self.log).to_contain_text(text)

    def write_note(self, text: str) -> None:
        """Leave a note, and see it stored."""
        self.button("mode_note").click()
        self.note.fill(text)
        self.button("send_note").click()
        expect(self.log).to_contain_text(text)

    def confirm(self, key: str) -> None:
        """Press the dialog's own button; it closes."""
        self.dialog.get_by_role("button", name=self.t(key), exact=True).click()
        expect(self.dialog).to_have_count(0)

    def hand_over(self, key: str, name: str) -> None:
        """Give the case to somebody, by the button and the dialog of this word."""
        self.button(key).click()
        self.dialog.get_by_role("radio", name=name).check()
        self.confirm(key)

    def until(self, expression: str) -> None:
        """Wait until it is true in the page, whose policy forbids Playwright's own way."""
        end = time.monotonic() + PATIENCE_MS / 1000
        while not self.page.evaluate(expression):
            assert time.monotonic() < end, f"never: {expression}"
            self.page.wait_for_timeout(50)

    # What went wrong

    def tolerate(self, *patterns: str) -> None:
        """What matches one of these regular expressions is meant to happen in this test."""
        self._tolerated += patterns

    def troubles(self) -> list[str]:
        """All that went wrong and was not meant to."""
        return [wrong for wrong in self._wrong if not any(re.search(pattern, wrong) for pattern in self._tolerated)]

    def shoot(self, what: str = "") -> None:
        """A picture of what is to be seen now."""
        self.pictures.parent.mkdir(parents=True, exist_ok=True)
        name = f"{self.pictures.name}{what and f'-{what}'}.png"
        self.page.screenshot(path=self.pictures.with_name(name), animations="disabled")

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self._wrong.append(f"console: {message.text} ({message.location.get('url')})")

    def _on_request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in ("blob", "data") and f"http://{address.netloc}" != self.base:
            self._wrong.append(f"another host: {request.url}")

    def _on_response(self, response: Response) -> None:
        if response.status >= 400:
            self._wrong.append(f"status {response.status}: {response.url}")


# The fixture `console`: signs an agent in and opens their console, see `console/conftest.py`.
Enter = Callable[..., ConsolePage]
