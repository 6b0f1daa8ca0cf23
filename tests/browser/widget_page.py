"""The demo help center with the widget, as somebody who looks at it meets it: by roles and names, never by classes."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import APIResponse, ConsoleMessage, Error, Locator, Page, Request, Response, expect

from bot.adapters.locales import read_locales
from bot.languages import NAMES
from bot.settings import ROOT

# A test that looks the same in each language; the second one is left to the long run.
EACH_LANGUAGE = pytest.mark.parametrize("lang", ["id", pytest.param("en", marks=pytest.mark.long)])
# A turn takes half a second; two busy cores may take ten times as long.
# A connection that was kept open and idle may be closed by the server at the moment of the next request.
RETRIES = 3
PATIENCE_MS = 20_000
# Seconds in the queue until the form is offered: long enough for a test that does not want it.
QUEUE_PATIENCE = 15
# Where the notice's link leads.
PRIVACY_URL = "https://help.example.com/privacy"


def words_of(lang: str) -> dict[str, str]:
    """The widget's words in a language, and the names of all."""
    return read_locales(ROOT / "data", "widget")[lang] | {f"lang_{code}": name for code, name in NAMES.items()}


class WidgetPage:
    """One page; notices what goes wrong on it. `lang` is the widget's language, `pictures` the beginning of its
    pictures' path."""

    def __init__(self, page: Page, base: str, lang: str, pictures: Path) -> None:
        self.page, self.base, self.lang, self.pictures = page, base, lang, pictures
        self.words = words_of(lang)
        self.requests: list[str] = []
        self.tokens: list[str] = []
        self._wrong: list[str] = []
        self._tolerated: list[str] = []
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self._wrong.append(f"script: {error}"))
        page.on("request", self._on_request)
        page.on("requestfailed", lambda request: self._wrong.append(f"failed: {request.url} {request.failure}"))
        page.on("response", self._on_response)

    # The help center

    def go(self, path: str) -> None:
        """Open a page of the help center, in this language."""
        self.page.goto(f"{self.base}{path}{'?lang=en' if self.lang == 'en' else ''}")

    def sign_in(self, customer: str) -> None:
        """As one of the sample customers, by their key; "" signs out."""
        self.page.locator("#as").select_option(customer)
        self.page.locator("form:has(#as) button").click()
        self.page.wait_for_load_state()
        if token := self.token():
            self.tokens.append(token)

    def token(self) -> str | None:
        """The identity token of the page."""
        return self.page.locator("script[src='/widget.js']").get_attribute("data-identity-token")

    # The widget's parts

    def t(self, key: str, **values: object) -> str:
        """A word of the widget."""
        return self.words[key].format(**values)

    def button(self, key: str, **values: object) -> Locator:
        """A button of the panel by its word."""
        return self.panel.get_by_role("button", name=self.t(key, **values), exact=True)

    @property
    def launcher(self) -> Locator:
        """What opens the panel; its name tells of unread messages."""
        return self.page.get_by_role("button", name=re.compile(f"^{self.t('launcher')}"))

    @property
    def panel(self) -> Locator:
        """The dialog."""
        return self.page.get_by_role("dialog", name=self.t("title"), exact=True)

    @property
    def log(self) -> Locator:
        """What was said."""
        return self.panel.get_by_role("log", name=self.t("log"))

    @property
    def input(self) -> Locator:
        """Where the visitor writes."""
        return self.panel.get_by_role("textbox", name=self.t("write"), exact=True)

    @property
    def quick_replies(self) -> Locator:
        """The buttons under the newest message."""
        return self.panel.get_by_role("group", name=self.t("quick")).get_by_role("button")

    @property
    def notice(self) -> Locator:
        """The line that says what is wrong."""
        return self.panel.get_by_role("status").filter(has=self.page.locator("p"))

    def field(self, name: str) -> Locator:
        """A field of the ticket form."""
        return self.panel.get_by_label(self.t(f"field_{name}"), exact=True)

    @property
    def answers(self) -> Locator:
        """What the bot has said, the greeting too."""
        return self._by(self.t("bot"))

    def mine(self, text: str) -> Locator:
        """What the visitor has said in these very words, stored or not."""
        return self._by(self.t("visitor")).filter(has=self.page.get_by_text(text, exact=True))

    def unsent(self, text: str) -> Locator:
        """What the visitor has said and is not stored."""
        return self.panel.locator("[data-id]").filter(has=self.page.get_by_text(text, exact=True))

    def _by(self, speaker: str) -> Locator:
        """Every entry begins with a line that names its speaker, if only for screen readers."""
        name = self.page.locator("p > b").get_by_text(speaker, exact=True)
        return self.panel.get_by_role("region", name=self.t("log")).locator("div:has(> p > b)").filter(has=name)

    def names(self, within: Locator) -> list[str]:
        """The names of all buttons and links in there, in their order."""
        return [each.inner_text() for each in within.get_by_role("button").or_(within.get_by_role("link")).all()]

    def key(self) -> str:
        """The secret that this browser keeps."""
        name = f"kilat:{self.base}"
        return str(self.page.evaluate("name => JSON.parse(localStorage[name]).key", name))

    def send(self, frame: dict[str, Any]) -> APIResponse:
        """A frame over HTTP, as another client of the same visitor."""
        return self.request("POST", "/v1/frames", data=frame)

    def request(self, method: str, path: str, **options: Any) -> APIResponse:
        """A request of this visitor, past the widget."""
        headers = {"Authorization": f"Bearer {self.key()}"}
        return self.page.request.fetch(
            f"{self.base}{path}", method=method, headers=headers, max_retries=RETRIES, **options)

    def leave_nothing_open(self) -> None:
        """End the talks of the customers who were signed in here: they would find them again in the next test."""
        for token in self.tokens:
            hello = {"type": "hello", "protocol": 1, "lang": self.lang, "identity_token": token}
            frames = self.page.request.post(f"{self.base}/v1/frames", data=hello, max_retries=RETRIES).json()["frames"]
            headers = {"Authorization": f"Bearer {frames[0]['key']}"}
            end = {"type": "end", "client_id": str(uuid.uuid4())}
            self.page.request.post(f"{self.base}/v1/frames", data=end, headers=headers, max_retries=RETRIES)

    def focused(self) -> str:
        """The name of what has the focus, through the shadow; its tag when it has no name."""
        return str(self.page.evaluate("""() => {
          let at = document.activeElement;
          while (at.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
          const label = at.labels?.[0]?.textContent.replace('★', '');
          return at.getAttribute('aria-label') || label || at.textContent.trim().slice(0, 60) || at.tagName;
        }""")) if not self._is_body() else "BODY"

    def _is_body(self) -> bool:
        return bool(self.page.evaluate("document.activeElement === document.body"))

    def focused_in_widget(self) -> bool:
        """True while the focus is in the widget."""
        return bool(self.page.evaluate("Boolean(document.activeElement.shadowRoot?.activeElement)"))

    # What a visitor does

    def open(self) -> WidgetPage:
        """Click the launcher; wait until the bot has greeted."""
        self.launcher.click()
        return self.ready()

    def ready(self) -> WidgetPage:
        """Wait until there is something to read and the line stands."""
        expect(self.input).to_be_visible()
        expect(self.log.get_by_text(self.t("bot")).first).to_be_attached()
        return self

    def stand_still(self) -> None:
        """Wait until the panel no longer moves: it does when it opens, and when the window becomes a small one."""
        self.panel.evaluate("(dialog) => Promise.all(dialog.getAnimations().map((one) => one.finished))")

    def speaks(self, lang: str) -> None:
        """From now on the widget's words are in another language."""
        self.lang, self.words = lang, words_of(lang)

    def say(self, text: str) -> None:
        """Type and press Enter."""
        self.input.fill(text)
        self.input.press("Enter")

    def expect_said(self, *texts: str | re.Pattern[str]) -> None:
        """Wait until the log has each of `texts`."""
        for text in texts:
            expect(self.log).to_contain_text(text)

    # What went wrong

    def tolerate(self, *patterns: str) -> None:
        """What matches one of these regular expressions is meant to happen in this test."""
        self._tolerated += patterns

    def troubles(self) -> list[str]:
        """All that went wrong and was not meant to."""
        return [wrong for wrong in self._wrong if not any(re.search(pattern, wrong) for pattern in self._tolerated)]

    def shoot(self, path: Path) -> None:
        """A picture of what is to be seen now."""
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self.page.screenshot(path=path, animations="disabled")
        except Error as error:
            self._wrong.append(f"no picture: {error}")

    def shoot_more(self, what: str) -> None:
        """One more picture of this test."""
        self.shoot(self.pictures.with_name(f"{self.pictures.name}-{what}.png"))

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self._wrong.append(f"console: {message.text} ({message.location.get('url')})")

    def _on_request(self, request: Request) -> None:
        self.requests.append(request.url)
        address = urlsplit(request.url)
        if address.scheme not in ("blob", "data") and f"http://{address.netloc}" != self.base:
            self._wrong.append(f"another host: {request.url}")

    def _on_response(self, response: Response) -> None:
        if response.status >= 400:
            self._wrong.append(f"status {response.status}: {response.url}")


# The fixture `visit`: opens the demo, see `conftest.py`.
Visit = Callable[..., WidgetPage]
# The fixture `enter`: opens a page of the gateway that does as it is told.
Enter = Callable[..., WidgetPage]
