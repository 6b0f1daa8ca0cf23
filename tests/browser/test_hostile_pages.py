"""The widget on pages that were not made for it: their styles, their navigation, their shortcuts, their names."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from fake_gateway import FakeGateway
from playwright.sync_api import expect
from widget_page import Enter, WidgetPage

TALL = "() => { document.querySelector('main').style.height = '6000px'; }"
# What pages really have in their sheets, and what they might have.
STYLES = [
    "body > * { position: relative }", "html > * { position: relative; transform: none }", "* { all: unset }",
    "* { all: unset !important }", ":not(p):empty { display: none }", "kilat-widget:empty { display: none !important }",
    "* { text-transform: uppercase; letter-spacing: 1em; font-size: 40px }",
    "* { text-transform: uppercase !important; line-height: 4 !important; visibility: hidden }",
    "body { transform: translateZ(0) }",
    "body { filter: grayscale(1); contain: paint; perspective: 100px; will-change: transform }",
    "html { writing-mode: vertical-rl; word-spacing: 2em; text-align: center }",
    "* { --accent: red; --bg: red; --text: red; --line: red }",
    "* { opacity: 0; pointer-events: none; max-width: 10px; overflow: hidden; float: left }",
    "* { animation: none !important; transition: none !important; box-sizing: content-box !important }",
    "body { display: grid; zoom: 1 } body ~ * { margin: 400px; inset: 0 }"]
LOOK = """(dialog) => {
  const all = [dialog, ...dialog.querySelectorAll('h2, p, textarea, button')];
  return all.map((e) => {
    const style = getComputedStyle(e);
    return [e.tagName, style.fontSize, style.textTransform, style.letterSpacing, style.lineHeight, style.color,
      style.backgroundColor, style.opacity, style.writingMode, style.visibility];
  });
}"""


def look(page: WidgetPage) -> Any:
    """How the launcher and the panel lie and look."""
    box = page.launcher.bounding_box()
    return [box, page.panel.bounding_box(), page.panel.evaluate(LOOK)]


def test_a_style_of_the_page_changes_nothing(enter: Enter) -> None:
    """The launcher and the panel stay where they are, and look as they did."""
    page = enter().open()
    expect(page.panel).to_have_css("translate", "none")
    page.stand_still()
    page.page.evaluate(TALL)
    before = look(page)
    for style in STYLES:
        added = page.page.add_style_tag(content=style)
        page.page.evaluate("scrollTo(0, 3000)")
        assert look(page) == before, style
        expect(page.input).to_be_visible()
        added.evaluate("(tag) => tag.remove()")
    page.page.add_style_tag(content="\n".join(STYLES))
    page.say("halo")
    expect(page.mine("halo")).to_be_visible()


def test_a_page_may_hide_it_and_color_it(enter: Enter) -> None:
    """With what `docs/widget.md` names."""
    page = enter().open()
    page.page.add_style_tag(content="kilat-widget { --kilat-accent: rgb(1, 2, 3); --kilat-z: 7 }")
    expect(page.panel.locator("header")).to_have_css("background-color", "rgb(1, 2, 3)")
    host = page.page.locator("kilat-widget")
    expect(host).to_have_css("z-index", "7")
    host.evaluate("(host) => { host.hidden = true; }")
    expect(page.launcher).to_be_hidden()


RUN_AGAIN = """(attributes) => {
  const script = document.createElement('script');
  script.src = '/widget.js';
  Object.assign(script.dataset, attributes);
  document.body.append(script);
  return new Promise((resolve) => { script.onload = () => setTimeout(resolve); });
}"""
# How libraries go to another page without loading it.
SWAPS = {
    "turbo": "document.body.replaceWith(document.createElement('body'))",
    "htmx": "document.body.innerHTML = '<main><h1>Next</h1></main>'", "pjax": "document.body.replaceChildren()",
    "morph": "document.querySelector('kilat-widget').remove()",
    "whole": "document.documentElement.innerHTML = '<head></head><body><p>Next</p></body>'"}


@pytest.mark.parametrize("swap", SWAPS)
def test_it_outlives_a_swapped_body(enter: Enter, fake: FakeGateway, swap: str) -> None:
    """It stays open, with what was typed, and goes on; the script tag may run again or not."""
    page = enter().open()
    page.input.fill("setengah")
    page.page.evaluate(SWAPS[swap])
    expect(page.page.locator("kilat-widget")).to_have_count(1)
    expect(page.input).to_have_value("setengah")
    expect(page.panel).to_be_in_viewport()
    page.page.evaluate(RUN_AGAIN, {})
    expect(page.page.locator("kilat-widget")).to_have_count(1)
    page.input.press("Enter")
    expect(page.mine("setengah")).to_have_count(1)
    assert len(fake.said("hello")) == 1
    page.page.evaluate("Kilat.destroy()")
    expect(page.page.locator("kilat-widget")).to_have_count(0)
    page.page.evaluate("document.body.append(document.createElement('hr'))")
    expect(page.page.locator("kilat-widget")).to_have_count(0)


def test_over_all_of_a_small_screen_it_stays_so(enter: Enter) -> None:
    """A dialog that was modal is modal again when it has been taken out and put back."""
    page = enter(viewport={"width": 360, "height": 640}).open()
    page.page.evaluate(SWAPS["morph"])
    expect(page.panel).to_be_in_viewport(ratio=1)
    assert page.panel.evaluate("(dialog) => dialog.matches(':modal')")


def test_the_next_pages_script_tag_says_who_is_signed_in(enter: Enter, fake: FakeGateway) -> None:
    """Without a load there is no new widget: the second run of the script hands over the token, once."""
    page = enter(query="identity-token=a.b.c").open()
    for token in ("a.b.c", "d.e.f", "d.e.f", ""):
        page.page.evaluate(RUN_AGAIN, {"identityToken": token})
    page.page.evaluate(RUN_AGAIN, {})
    page.say("halo")
    expect(page.unsent("halo")).to_have_count(0)
    assert [frame["identity_token"] for frame in fake.said("identify")] == ["d.e.f", None]


NAMED = {
    "id": '<div id="Kilat"></div>', "form": '<form id="Kilat"><input name="q"><input name="attach"></form>',
    "two": '<p id="Kilat"></p><p id="Kilat"></p>', "frame": '<iframe name="Kilat" src="about:blank"></iframe>'}


@pytest.mark.parametrize("named", NAMED)
def test_an_element_has_its_name(enter: Enter, named: str) -> None:
    """Browsers make `window.Kilat` of it; the widget comes all the same."""
    page = enter()
    page.page.evaluate("Kilat.destroy()")
    page.page.evaluate("(html) => document.querySelector('main').insertAdjacentHTML('beforeend', html)", NAMED[named])
    page.page.evaluate(RUN_AGAIN, {})
    page.open()


def test_something_else_has_its_name(enter: Enter) -> None:
    """It is left alone, and a developer is told."""
    page = enter()
    page.page.evaluate("Kilat.destroy(); window.Kilat = { mine: 1 };")
    page.tolerate("window.Kilat")
    with page.page.expect_console_message(lambda message: "window.Kilat" in message.text) as told:
        page.page.evaluate(RUN_AGAIN, {})
    assert told.value.type == "error"
    assert page.page.evaluate("Kilat.mine") == 1


SHORTCUTS = """() => {
  window.heard = [];
  const editable = (e) => e && (/^(INPUT|TEXTAREA|SELECT)$/.test(e.tagName) || e.isContentEditable);
  const search = document.createElement('input');
  document.body.prepend(search);
  const hear = (how, key) => (event) => {
    const at = key(event);
    if (editable(at)) return;
    heard.push([how, event.type, event.key]);
    if (event.type !== 'keydown') return;
    event.preventDefault();
    search.focus();
  };
  for (const type of ['keydown', 'keypress', 'keyup']) {
    document.addEventListener(type, hear('target', (event) => event.target));
    addEventListener(type, hear('active', () => document.activeElement));
    document.addEventListener(type, hear('capture', (event) => event.target), true);
  }
  for (const type of ['paste', 'copy', 'input', 'beforeinput', 'drop', 'dragover']) {
    document.addEventListener(type, (event) => heard.push([type]));
  }
}"""


def test_the_pages_shortcuts_leave_what_is_typed(enter: Enter) -> None:
    """Whether they look at the target or at the active element, early or late; on a button of the panel, too."""
    page = enter().open()
    page.page.evaluate(SHORTCUTS)
    page.input.click()
    page.page.keyboard.type("status of my ticket / please? jk")
    expect(page.input).to_have_value("status of my ticket / please? jk")
    page.page.keyboard.press("Control+A")
    page.page.keyboard.press("Control+C")
    page.page.keyboard.press("Control+V")
    page.button("menu").press("s")
    assert page.page.evaluate("heard") == []
    page.page.locator("h1").click()
    page.page.keyboard.press("s")
    assert [kind for _, kind, _ in page.page.evaluate("heard")] == ["keydown"] * 2, "elsewhere they work"


def test_escape_still_closes(enter: Enter) -> None:
    """What the panel itself hears of keys."""
    page = enter().open()
    page.input.press("Escape")
    expect(page.panel).to_be_hidden()


HIDE = """(hidden) => {
  Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
  document.dispatchEvent(new Event('visibilitychange'));
}"""


@pytest.mark.parametrize("title", ["(2026) Price list", "(3) My forum", "Docs", "  Spaces   within "])
def test_a_title_of_the_pages_own(enter: Enter, fake: FakeGateway, title: str) -> None:
    """The number of unread messages stands before it while nobody looks, and nothing else of it changes."""
    page = enter()
    page.page.evaluate("(title) => { document.title = title; }", title)
    plain = page.page.evaluate("document.title")
    page.open()
    expect(page.page).to_have_title(plain)
    assert fake.said("hello")[0]["page"]["title"] == plain
    page.page.evaluate(HIDE, True)
    fake.say(text="satu")
    expect(page.page).to_have_title(f"(1) {plain}")
    page.page.evaluate("() => { document.title = '(7) Next page'; }")
    fake.say(text="dua")
    expect(page.page).to_have_title("(2) (7) Next page")
    page.page.evaluate(HIDE, False)
    expect(page.page).to_have_title("(7) Next page")
    page.page.evaluate(HIDE, True)
    fake.say(text="tiga")
    expect(page.page).to_have_title(re.compile(r"^\(\d\) \(7\) Next page$"))
    page.page.evaluate("Kilat.destroy()")
    expect(page.page).to_have_title("(7) Next page")


@pytest.mark.parametrize("days", [-3, -2, -1, 1, 2])
def test_a_clock_that_is_wrong(enter: Enter, fake: FakeGateway, days: int) -> None:
    """Nothing was ever said tomorrow: then the day is named by its date."""
    page = enter("en")
    page.page.clock.set_system_time(datetime.now(timezone.utc) + timedelta(days=days))
    page.open()
    fake.say(text="now")
    expect(page.log.get_by_text("now", exact=True)).to_be_visible()
    day = page.log.locator("p").first.inner_text()
    assert not re.search(r"(?i)tomorrow|^in \d", day)
    assert day == "Yesterday" if days == 1 else re.search(r"\d{4}", day)
