"""The widget where there is little room, or where lines begin on the right."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect
from widget_page import Enter, WidgetPage


@pytest.mark.parametrize("size", [(320, 256), (320, 180), (240, 240)])
def test_a_small_window(enter: Enter, size: tuple[int, int]) -> None:
    """A laptop at 400 % zoom, a phone on its side with its keyboard: one can write and read, and reach the rest."""
    page = enter(viewport={"width": size[0], "height": size[1]}).open()
    expect(page.input).to_be_in_viewport(ratio=1)
    page.input.click()
    page.page.keyboard.type("halo")
    page.page.keyboard.press("Enter")
    expect(page.mine("halo")).to_have_count(1)
    expect(page.input).to_be_in_viewport(ratio=1)
    box = page.panel.get_by_role("region", name=page.t("log")).bounding_box()
    assert box and box["height"] >= 96
    page.shoot_more("said")
    page.button("talk").click()
    page.button("close").click()
    expect(page.panel).to_be_hidden()


def viewport(page: WidgetPage, **values: float) -> list[int]:
    """The part of the page that is to be seen changes; where the panel is then."""
    page.page.evaluate("""(values) => {
      for (const [name, value] of Object.entries(values)) {
        Object.defineProperty(visualViewport, name, { configurable: true, value });
      }
      visualViewport.dispatchEvent(new Event('scroll'));
    }""", values)
    box: Any = page.panel.bounding_box()
    return [box["y"], box["height"]]


def test_the_keyboard_of_a_phone(enter: Enter) -> None:
    """The panel fills what is left above it, wherever the browser has moved that; zooming in changes nothing."""
    page = enter(viewport={"width": 360, "height": 640}).open()
    page.stand_still()
    assert viewport(page, height=300) == [0, 300]
    assert viewport(page, height=300, offsetTop=220) == [220, 300]
    expect(page.input).to_be_in_viewport(ratio=1)
    assert viewport(page, height=640, offsetTop=0) == [0, 640]
    assert viewport(page, height=200, offsetTop=90, scale=3.2) == [0, 640]


def test_a_sentence_on_a_page_from_right_to_left(enter: Enter) -> None:
    """Ends on its right."""
    page = enter("en", query="html=ar")
    page.page.evaluate("() => { document.documentElement.dir = 'rtl'; }")
    page.open()
    ends = page.panel.locator("#privacy-notice").evaluate("""(about) => {
      const text = about.firstChild;
      return [0, text.data.trim().length - 1].map((at) => {
        const range = new Range();
        range.setStart(text, at);
        range.setEnd(text, at + 1);
        return range.getBoundingClientRect().x;
      });
    }""")
    assert ends[0] < ends[1]
