"""A visitor asks: greeting, quick replies, cards, history, text that stays text, the language."""

from __future__ import annotations

import re
import uuid

import pytest
from playwright.sync_api import expect
from widget_page import EACH_LANGUAGE, Visit

JAPAN = {"id": "nomor telepon dukungan untuk Jepang?", "en": "What is the support number for Japan?"}
PLANS = {"id": "bandingkan semua paket dukungan", "en": "compare all support plans"}
TIMES = {"id": "berapa waktu respons tiap prioritas?", "en": "What are the response times of each priority?"}


@EACH_LANGUAGE
def test_a_phone_number(visit: Visit, lang: str) -> None:
    """A question typed; a card with links to call."""
    page = visit(lang=lang).open()
    page.say(JAPAN[lang])
    page.expect_said("+81 120427732", "+81 0053.132.0070", page.t("extension", n=2), "Personal Meeting ID")
    first, second = page.log.get_by_role("link", name="+81").all()
    expect(first).to_have_attribute("href", "tel:+81120427732")
    expect(second).to_have_attribute("href", "tel:+8100531320070")


@EACH_LANGUAGE
def test_a_quick_reply(visit: Visit, lang: str) -> None:
    """The greeting offers the likeliest questions; one that is pressed is said, and its buttons make way for others."""
    page = visit(lang=lang).open()
    expect(page.quick_replies).to_have_count(4)
    title = page.quick_replies.first.inner_text()
    page.quick_replies.first.click()
    expect(page.mine(title)).to_have_count(1)
    expect(page.answers).to_have_count(2)
    expect(page.quick_replies.get_by_text(title, exact=True)).to_have_count(0)


@EACH_LANGUAGE
def test_plans_are_a_table(visit: Visit, lang: str) -> None:
    """A real one, which says in words what a plan does not include."""
    page = visit(lang=lang).open()
    page.say(PLANS[lang])
    table = page.log.get_by_role("table")
    heads = [re.compile(".+"), re.compile("Akses|Access"), "Premier", "Premier+"]
    expect(table.get_by_role("columnheader")).to_have_text(heads)
    row = table.get_by_role("row").filter(has_text="TAM")
    expect(row.get_by_role("cell")).to_contain_text([page.t("not_included"), page.t("not_included"), ""])


@EACH_LANGUAGE
def test_priorities_are_a_table(visit: Visit, lang: str) -> None:
    """With the hours of each."""
    page = visit(lang=lang).open()
    page.say(TIMES[lang])
    rows = page.log.get_by_role("table").get_by_role("row")
    expect(rows).to_contain_text([re.compile(".+"), "P1", "P2", "P3", "P4"])
    expect(rows.nth(2)).to_contain_text(re.compile(r"4 (jam|hours).*8 (jam|hours)"))


def test_the_bot_knows_who_asks(visit: Visit) -> None:
    """It greets a customer by name, and answers by their plan."""
    page = visit("premier_plus_admin", lang="en").open()
    page.expect_said("Bima")
    page.say("What does my plan include?")
    page.expect_said(re.compile("technical account manager", re.IGNORECASE))


def test_a_reload_in_the_middle(visit: Visit) -> None:
    """The panel opens again by itself, with all that was said, once; the answer comes even if it was under way."""
    page = visit().open()
    page.say(JAPAN["id"])
    expect(page.mine(JAPAN["id"])).to_have_count(1)
    page.page.reload()
    page.ready()
    page.expect_said("+81 120427732")
    page.page.reload()
    page.ready()
    page.expect_said("+81 120427732")
    expect(page.mine(JAPAN["id"])).to_have_count(1)
    expect(page.answers).to_have_count(2)


def test_two_tabs(visit: Visit) -> None:
    """Both show the same, whichever was typed in."""
    one = visit().open()
    other = visit(beside=one).open()
    one.say(JAPAN["id"])
    for page in (one, other):
        page.expect_said("+81 120427732")
    other.say("kalau Singapura?")
    for page in (one, other):
        page.expect_said("800.321.1249")
        expect(page.mine("kalau Singapura?")).to_have_count(1)
        expect(page.answers).to_have_count(3)


def test_markup_stays_text(visit: Visit) -> None:
    """What a visitor types is shown as they typed it."""
    page = visit().open()
    typed = '<img src=x onerror=alert(1)><b>tebal</b> <a href="javascript:alert(1)">klik</a>'
    page.page.on("dialog", lambda dialog: pytest.fail(f"it ran: {dialog.message}"))
    page.say(typed)
    expect(page.mine(typed)).to_have_count(1)
    expect(page.answers).to_have_count(2)
    assert page.log.locator("img, b:text-is('tebal'), a[href^=javascript]").count() == 0


def test_the_language_is_switched(visit: Visit) -> None:
    """All of the widget at once, for the next answers and after a reload too."""
    page = visit().open()
    page.button("menu").click()
    page.panel.get_by_role("button", name="English").click()
    page.speaks("en")
    expect(page.input).to_be_visible()
    expect(page.button("talk")).to_be_visible()
    page.say("P1?")
    page.expect_said("1 hour")
    page.page.reload()
    page.ready()
    expect(page.button("talk")).to_be_visible()


def test_the_bot_follows_the_language_of_a_message(visit: Visit) -> None:
    """The panel stays in the language of the page; the answer is in that of the question."""
    page = visit(lang="id").open()
    page.say("Who can call support by phone? Please answer in English.")
    page.expect_said(re.compile("licensed (admins|members)"))
    expect(page.button("talk")).to_be_visible()


def test_unread_messages(visit: Visit) -> None:
    """An answer that comes while the panel is closed is counted on the launcher until it is seen."""
    page = visit().open()
    page.button("close").click()
    page.send({"type": "say", "client_id": str(uuid.uuid4()), "text": JAPAN["id"]})
    expect(page.launcher).to_have_accessible_name(f"{page.t('launcher')} (1)")
    page.page.reload()
    expect(page.launcher).to_have_accessible_name(f"{page.t('launcher')} (1)")
    page.open()
    expect(page.launcher).to_have_accessible_name(page.t("launcher"))


def test_a_long_talk(visit: Visit) -> None:
    """Only the newest entries are there at first; the earlier ones come when they are wanted."""
    page = visit().open()
    for number in range(1, 27):
        page.say(f"P1 nomor {number}?")
    expect(page.answers).to_have_count(27, timeout=60_000)
    page.page.reload()
    page.ready()
    expect(page.mine("P1 nomor 1?")).to_have_count(0)
    page.panel.get_by_role("region", name=page.t("log")).hover()
    for _ in range(10):
        page.page.mouse.wheel(0, -2000)
    expect(page.mine("P1 nomor 1?")).to_have_count(1)
    expect(page.mine("P1 nomor 26?")).to_have_count(1)


@EACH_LANGUAGE
def test_without_sockets(visit: Visit, lang: str) -> None:
    """Where they are blocked, plain HTTP does the same."""
    page = visit(lang=lang)
    page.page.route_web_socket("**/v1/socket", lambda socket: socket.close())
    page.tolerate("WebSocket")
    page.open()
    page.say(JAPAN[lang])
    page.expect_said("+81 120427732")
    expect(page.mine(JAPAN[lang])).to_have_count(1)
