"""How it looks and fits: small screens, zoom, both color schemes, right to left, no shift of the page, axe."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import pytest
from playwright.sync_api import Locator, expect
from widget_page import EACH_LANGUAGE, Visit, WidgetPage

SIZES: dict[str, dict[str, Any]] = {
    "phone": {"viewport": {"width": 360, "height": 640}, "has_touch": True, "is_mobile": True},
    "narrow": {"viewport": {"width": 320, "height": 568}},
    # 1280 × 1024 at 200%.
    "zoomed": {"viewport": {"width": 640, "height": 512}, "device_scale_factor": 2},
    "flat": {"viewport": {"width": 740, "height": 360}}}
# The icon of a page that is left at once.
LEFT = r"404|\.svg net::ERR_ABORTED"
PAGES = ["/", *(f"/articles/{slug}" for slug in ("phone", "plans", "priorities", "live-chat", "tickets", "other-ways")),
         "/articles/unknown"]


def expect_accessible(page: WidgetPage) -> None:
    """axe-core finds nothing, by any of its rules; nor does its rule of contrast in the dark."""
    if not page.page.evaluate("Boolean(window.axe)"):
        page.page.evaluate((files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8"))
    _expect_no_violation(page, "{resultTypes: ['violations']}")
    page.page.emulate_media(color_scheme="dark")
    _expect_no_violation(page, "{resultTypes: ['violations'], runOnly: ['color-contrast']}")
    page.page.emulate_media(color_scheme="light")


def _expect_no_violation(page: WidgetPage, options: str) -> None:
    found = page.page.evaluate(f"axe.run(document, {options})")
    lines = [f"{v['id']}: {node['html']} {node['failureSummary']}" for v in found["violations"] for node in v["nodes"]]
    assert not lines, "\n".join(lines)


def expect_no_sideways(locator: Locator) -> None:
    """Nothing of it has to be scrolled sideways."""
    assert locator.evaluate("e => e.scrollWidth - e.clientWidth") <= 0


def show_everything(page: WidgetPage) -> None:
    """Every card, a long word, the form with a fault."""
    for question in ("nomor telepon dukungan Jerman dan Prancis?", "bandingkan semua paket dukungan",
                     "berapa waktu respons tiap prioritas?", "x" * 150, "saya mau bicara dengan orang",
                     "tolong buatkan tiket"):
        known = page.answers.count()
        page.say(question)
        expect(page.answers).to_have_count(known + 1)
    page.button("form_send").click()
    expect(page.field("subject")).to_be_focused()


@pytest.mark.parametrize("customer", [None, "premier_plus_admin"])
def test_small_screens(visit: Visit, customer: str | None) -> None:
    """All of it fits, whatever is shown; wide tables scroll inside themselves."""
    page = visit(customer, **SIZES["phone"]).open()
    show_everything(page)
    for size in SIZES.values():
        page.page.set_viewport_size(size["viewport"])
        page.stand_still()
        expect_no_sideways(page.page.locator("html"))
        expect_no_sideways(page.panel)
        expect_no_sideways(page.panel.get_by_role("region", name=page.t("log")))
        box, size_of = page.panel.bounding_box(), page.page.viewport_size
        assert box and size_of
        assert box["x"] >= 0 and box["x"] + box["width"] <= size_of["width"]
        assert box["y"] >= 0 and box["y"] + box["height"] <= size_of["height"]
        expect(page.input).to_be_in_viewport(ratio=1)
        expect(page.button("close")).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("size", ["phone", "narrow", "zoomed"])
def test_the_demo_on_small_screens(visit: Visit, size: str) -> None:
    """No page of it scrolls sideways."""
    page = visit(**SIZES[size])
    page.tolerate(LEFT)
    for path in PAGES:
        page.go(path)
        expect_no_sideways(page.page.locator("html"))


@EACH_LANGUAGE
def test_axe_finds_nothing_in_the_panel(visit: Visit, lang: str) -> None:
    """On a desktop, with every card; then the menu; then the end."""
    page = visit("premier_plus_admin", lang=lang).open()
    expect_accessible(page)
    show_everything(page)
    expect_accessible(page)
    page.shoot_more("everything")
    page.button("menu").click()
    expect_accessible(page)
    page.shoot_more("menu")
    page.button("end").click()
    page.notice.get_by_role("button", name=page.t("end"), exact=True).click()
    expect(page.button("rate_send")).to_be_visible()
    expect_accessible(page)


@pytest.mark.long
def test_axe_finds_nothing_on_a_phone(visit: Visit) -> None:
    """Where the panel is all of the screen."""
    page = visit(**SIZES["phone"]).open()
    show_everything(page)
    expect_accessible(page)


@pytest.mark.long
def test_axe_finds_nothing_on_the_demo(visit: Visit) -> None:
    """Nor on the launcher."""
    page = visit()
    page.tolerate(LEFT)
    for path in PAGES:
        page.go(path)
        expect(page.launcher).to_be_visible()
        expect_accessible(page)


def test_the_page_does_not_shift(visit: Visit) -> None:
    """Neither while it loads, nor when the widget opens, talks and closes."""
    page = visit()
    page.page.evaluate("""() => {
      window.shifts = 0;
      new PerformanceObserver((list) => list.getEntries().forEach(({ value }) => { window.shifts += value; }))
        .observe({ type: 'layout-shift', buffered: true });
    }""")
    page.open()
    page.say("P1?")
    expect(page.answers).to_have_count(2)
    page.button("close").click()
    assert page.page.evaluate("window.shifts") == 0


def test_right_to_left(visit: Visit) -> None:
    """On a page of such a language the launcher and the panel stand on the other side, and all fits."""
    page = visit()
    page.page.evaluate("document.documentElement.dir = 'rtl'")
    page.open()
    page.say("bandingkan semua paket dukungan")
    expect(page.answers).to_have_count(2)
    box = page.panel.bounding_box()
    assert box and box["x"] + box["width"] < 600
    expect_no_sideways(page.panel.get_by_role("region", name=page.t("log")))


@pytest.mark.long
def test_from_click_to_ready(visit: Visit, capsys: pytest.CaptureFixture[str]) -> None:
    """The page hears of it as soon as the visitor can write. The time is measured, not judged: a shared machine would
    make it a test of its neighbours."""
    measured = []
    for _ in range(5):
        page = visit()
        page.page.wait_for_load_state("networkidle")
        measured.append(page.page.evaluate("""() => new Promise((resolve) => {
          Kilat.on('ready', () => resolve(performance.now() - began));
          const began = performance.now();
          Kilat.open();
        })"""))
        assert page.input.is_editable()
    with capsys.disabled():
        print(f"\nFrom click to ready: {sorted(measured)[2]:.0f} ms (median of {[round(m) for m in measured]})")
