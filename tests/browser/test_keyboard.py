"""Everything by keyboard alone, and the focus never gets lost."""

from __future__ import annotations

import re

from playwright.sync_api import expect
from widget_page import Visit, WidgetPage


def tab_to(page: WidgetPage, name: str | re.Pattern[str], keys: str = "Tab", most: int = 60) -> None:
    """Press Tab until what has the focus is called `name`."""
    seen = []
    for _ in range(most):
        seen.append(page.focused())
        if re.fullmatch(name, seen[-1]):
            return
        page.page.keyboard.press(keys)
    raise AssertionError(f"{name} is not to be reached; the focus went over {seen}")


def test_a_whole_talk(visit: Visit) -> None:
    """Open, ask, press a quick reply, reach a person, leave the queue, close."""
    page = visit("premier_admin")
    keyboard = page.page.keyboard
    tab_to(page, page.t("launcher"))
    keyboard.press("Enter")
    page.ready()
    expect(page.input).to_be_focused()
    keyboard.type("baris satu")
    keyboard.press("Shift+Enter")
    keyboard.type("P1 itu apa?")
    keyboard.press("Enter")
    expect(page.mine("baris satu\nP1 itu apa?")).to_have_count(1)
    expect(page.answers).to_have_count(2)
    tab_to(page, re.escape(page.quick_replies.first.inner_text()), "Shift+Tab")
    keyboard.press("Enter")
    expect(page.answers).to_have_count(3)
    assert page.focused() != "BODY"
    tab_to(page, page.t("talk"))
    keyboard.press("Space")
    page.expect_said(re.compile(r"KLC-\d{6}"))
    assert page.focused() != "BODY"
    tab_to(page, page.t("leave_queue"))
    keyboard.press("Enter")
    expect(page.button("talk")).to_be_visible()
    assert page.focused() != "BODY"
    keyboard.press("Escape")
    expect(page.panel).to_be_hidden()
    assert re.search(page.t("launcher"), page.focused())


def test_a_ticket(visit: Visit) -> None:
    """Menu, form, faults, sent."""
    page = visit().open()
    keyboard = page.page.keyboard
    tab_to(page, page.t("menu"))
    keyboard.press("Enter")
    tab_to(page, "Kirim tiket")
    keyboard.press("Enter")
    expect(page.field("subject")).to_be_visible()
    tab_to(page, page.t("field_subject"), "Shift+Tab")
    keyboard.type("Suara putus")
    keyboard.press("Tab")
    keyboard.type("Suara putus-putus sejak pagi")
    keyboard.press("Tab")
    keyboard.type("tamu@example")
    keyboard.press("Tab")
    keyboard.press("p")
    keyboard.press("p")
    tab_to(page, page.t("form_send"))
    keyboard.press("Enter")
    expect(page.field("email")).to_be_focused()
    keyboard.press("End")
    keyboard.type(".com")
    keyboard.press("Enter")
    page.expect_said(re.compile(r"KLT-\d{6}"))
    assert page.focused() != "BODY"


def test_the_end(visit: Visit) -> None:
    """The menu closes by Escape; ending, rating and beginning anew need no mouse."""
    page = visit().open()
    keyboard = page.page.keyboard
    tab_to(page, page.t("menu"))
    keyboard.press("Enter")
    keyboard.press("Escape")
    assert page.focused() == page.t("menu")
    expect(page.panel).to_be_visible()
    keyboard.press("Enter")
    tab_to(page, page.t("end"))
    keyboard.press("Enter")
    tab_to(page, page.t("end"))
    keyboard.press("Enter")
    expect(page.button("rate_send")).to_be_visible()
    assert page.focused() != "BODY"
    tab_to(page, page.t("score", n=1))
    for _ in range(4):
        keyboard.press("ArrowRight")
    tab_to(page, page.t("rate_send"))
    keyboard.press("Enter")
    page.expect_said(page.t("score", n=5))
    assert page.focused() != "BODY"
    tab_to(page, page.t("new"))
    keyboard.press("Enter")
    page.ready()


def test_a_phone_keeps_the_focus_inside(visit: Visit) -> None:
    """The panel is all of the screen: what lies below can't be reached."""
    page = visit(viewport={"width": 360, "height": 640}).open()
    for _ in range(40):
        page.page.keyboard.press("Tab")
        assert page.focused_in_widget() or page.focused() == "BODY", page.focused()
