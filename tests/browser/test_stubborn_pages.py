"""The widget on pages that move, replace or lock up all of themselves, or have names of their own."""

from __future__ import annotations

import pytest
from fake_gateway import FakeGateway
from playwright.sync_api import expect
from test_hostile_pages import TALL
from widget_page import Enter, WidgetPage

LOW = "() => { document.querySelector('main').style.height = '60px'; }"
# What makes the whole page the frame of what is fixed in it, or cuts it off.
WHOLE = [
    "html { transform: translateZ(0) }", "html { transform: scale(.8); transform-origin: 0 0 }",
    "html { will-change: transform }", "html { perspective: 100px }", "html { contain: paint }",
    "html { content-visibility: auto }", "html { clip-path: inset(0 50% 50% 0) }",
    "html { animation: slide 1s forwards } @keyframes slide { from, to { translate: 300px 9px } }"]
BOX = "(e) => Object.values(e.getBoundingClientRect().toJSON()).map(Math.round)"
STANDS = f"([e, box]) => ({BOX})(e).join() === box.join()"


def stands(page: WidgetPage, part: str, box: list[int]) -> None:
    """Wait until a part of the widget lies there again."""
    handle = getattr(page, part).element_handle()
    page.page.wait_for_function(STANDS, arg=[handle, box])


@pytest.mark.parametrize("height", [TALL, pytest.param(LOW, marks=pytest.mark.long)], ids=["tall", "low"])
@pytest.mark.parametrize("style", WHOLE)
def test_a_page_that_moves_all_of_itself(enter: Enter, style: str, height: str) -> None:
    """The launcher and the panel stay in the window: closed, open, scrolled, and when the element is moved."""
    page = enter().open()
    expect(page.panel).to_have_css("translate", "none")
    page.stand_still()
    launcher, panel = page.launcher.evaluate(BOX), page.panel.evaluate(BOX)
    page.button("close").click()
    page.page.add_style_tag(content=style)
    page.page.evaluate(height)
    page.page.evaluate("Kilat.attach()")
    stands(page, "launcher", launcher)
    page.launcher.click()
    stands(page, "panel", panel)
    page.page.evaluate("scrollTo(0, 3000)")
    page.page.evaluate("document.querySelector('main').append(document.querySelector('kilat-widget'))")
    stands(page, "launcher", launcher)
    stands(page, "panel", panel)
    page.say("halo")
    expect(page.mine("halo")).to_be_visible()


def test_the_pages_own_may_lie_before_it(enter: Enter) -> None:
    """What asks for consent, say: only where the page would take it away does the widget come before everything."""
    page = enter()
    page.page.evaluate(TALL)
    page.page.evaluate("""() => {
      const banner = document.createElement('button');
      banner.textContent = 'Agree';
      banner.style = 'position:fixed;inset:auto 0 0 0;height:200px;z-index:2147483647';
      document.body.append(banner);
    }""")
    page.page.evaluate("scrollTo(0, 3000)")
    page.page.mouse.click(page.page.viewport_size["width"] - 50, page.page.viewport_size["height"] - 50)
    expect(page.page.get_by_role("dialog")).to_have_count(0)
    expect(page.page.get_by_role("button", name="Agree")).to_be_focused()


def test_nothing_of_the_page_before_or_after_it(enter: Enter) -> None:
    """A pseudo-element of a sheet that means every element."""
    page = enter()
    page.page.add_style_tag(content="""kilat-widget::before, kilat-widget::after
      { content: 'x' !important; position: fixed !important; inset: 0; z-index: 2147483647 }""")
    page.open()


ROOTS = {
    "replaced": """() => {
      const html = document.createElement('html');
      html.append(document.createElement('body'));
      document.documentElement.replaceWith(html);
    }""",
    "removed first": """() => {
      const html = document.createElement('html');
      html.append(document.createElement('body'));
      document.documentElement.remove();
      document.append(html);
    }""",
    "copied": "document.documentElement.replaceWith(document.documentElement.cloneNode(true))",
    "read and written": "document.documentElement.innerHTML = document.documentElement.innerHTML"}


@pytest.mark.parametrize("root", ROOTS)
def test_it_outlives_a_replaced_root(enter: Enter, root: str) -> None:
    """Also beside its own copy, which is nothing; and whoever asks the copy gets an answer."""
    page = enter().open()
    page.input.fill("setengah")
    page.page.evaluate(ROOTS[root])
    expect(page.input).to_have_value("setengah")
    expect(page.panel).to_be_in_viewport(ratio=1)
    page.input.press("Enter")
    expect(page.mine("setengah")).to_have_count(1)
    page.page.evaluate("[...document.querySelectorAll('kilat-widget')].map((one) => one.isContentEditable)")


WRITE = """(script) => {
  document.open();
  document.write(`<!doctype html><html lang="id"><body><main>Next</main>${script}</body></html>`);
  document.close();
}"""


def test_a_page_that_is_written_anew(enter: Enter, fake: FakeGateway) -> None:
    """`document.open()` takes away all listeners: with the script tag it begins anew, without it nothing dead stays."""
    page = enter().open()
    page.input.fill("setengah")
    page.page.evaluate(WRITE, '<script src="/widget.js"></script>')
    page.ready()
    expect(page.page.locator("kilat-widget")).to_have_count(1)
    page.input.press("Enter")
    expect(page.mine("setengah")).to_have_count(1)
    assert len(fake.live) == 1
    page.page.evaluate(WRITE, "")
    page.page.wait_for_function("!window.Kilat")
    expect(page.page.locator("kilat-widget")).to_have_count(0)


def test_a_page_that_takes_it_out_again_and_again(enter: Enter) -> None:
    """Is not held up by it."""
    page = enter()
    page.page.evaluate("""() => setTimeout(() => {
      window.out = 0;
      const clean = () => {
        for (const one of document.querySelectorAll('html > kilat-widget')) {
          out += 1;
          one.remove();
        }
      };
      window.cleaner = new MutationObserver(clean);
      cleaner.observe(document.documentElement, { childList: true });
      clean();
    })""")
    page.page.wait_for_function("window.out > 3", timeout=10_000)
    page.page.evaluate("cleaner.disconnect()")
    page.open()


TRAPS = {
    "bootstrap": "document.addEventListener('focusin', back)",
    "jquery": "document.addEventListener('focus', back, true)",
    "focus-trap": "document.addEventListener('focusin', back, true)"}


@pytest.mark.parametrize("trap", TRAPS)
def test_a_dialog_of_the_page_that_keeps_the_focus(enter: Enter, trap: str) -> None:
    """The visitor can write all the same; elsewhere on the page the dialog has its way."""
    page = enter().open()
    page.page.evaluate("""(trap) => {
      const other = document.createElement('input');
      const own = document.createElement('input');
      document.body.append(other, own);
      other.ariaLabel = 'other';
      own.ariaLabel = 'own';
      const back = (event) => event.target !== document && event.target !== own && own.focus();
      eval(trap);
      own.focus();
    }""", TRAPS[trap])
    page.input.click()
    page.page.keyboard.type("halo")
    page.page.keyboard.press("Enter")
    expect(page.mine("halo")).to_have_count(1)
    page.page.get_by_label("other").click()
    expect(page.page.get_by_label("own")).to_be_focused()


FORBID = """() => {
  window.heard = [];
  for (const type of ['wheel', 'mousedown', 'selectstart', 'contextmenu', 'touchstart', 'touchmove']) {
    addEventListener(type, (event) => {
      heard.push(type);
      event.preventDefault();
    }, { passive: false });
  }
}"""


def test_a_page_that_forbids_to_scroll_and_to_select(enter: Enter, fake: FakeGateway) -> None:
    """Smooth scrolling, and scripts against copying: the wheel and the mouse do in the panel what they do anywhere."""
    page = enter().open()
    for number in range(30):
        fake.say(text=f"baris {number}")
    expect(page.log.get_by_text("baris 29")).to_be_in_viewport()
    page.page.evaluate(FORBID)
    page.log.get_by_text("baris 29").dblclick()
    page.log.get_by_text("baris 28").click(button="right")
    page.page.mouse.wheel(0, -5000)
    expect(page.log.get_by_text("baris 0", exact=True)).to_be_in_viewport()
    assert page.page.evaluate("heard") == []


NAMES = {
    "const": "const URL = '/api'; class Map {} let navigation = document.querySelector('nav');",
    "var": "var URL = '/api', Map = 'map', navigation = { open: true }, name = 'kilat', status = 'open';"}
# Playwright itself can't ask a page of these names anything any more.
AGAIN = """;(() => {
  const script = document.createElement('script');
  script.src = '/widget.js';
  document.body.append(script);
})()"""


@pytest.mark.parametrize("names", NAMES)
def test_names_of_the_pages_own(enter: Enter, fake: FakeGateway, names: str) -> None:
    """A page calls its own things as the browser calls some of its; links and messages work all the same."""
    page = enter()
    page.page.evaluate("Kilat.destroy()")
    page.page.add_script_tag(content=NAMES[names] + AGAIN)
    page.open()
    fake.say(text="lihat https://example.com/a")
    expect(page.log.get_by_role("link", name="example.com")).to_be_visible()
    page.say("halo")
    expect(page.mine("halo")).to_have_count(1)
    expect(page.unsent("halo")).to_have_count(0)
