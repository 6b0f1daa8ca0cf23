"""The ways to a person, by what a customer is entitled to; the queue, and out of it again."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from widget_page import EACH_LANGUAGE, PATIENCE_MS, QUEUE_PATIENCE, Visit

CASE = re.compile(r"KLC-\d{6}")


@EACH_LANGUAGE
@pytest.mark.parametrize(("customer", "tier"), [("member", 1), ("premier_member", 1), ("premier_plus_admin", 2)])
def test_the_queue(visit: Visit, customer: str, tier: int, lang: str) -> None:
    """An entitled customer gets a case and a place, asks on meanwhile, and leaves."""
    page = visit(customer, lang=lang).open()
    page.button("talk").click()
    page.expect_said(CASE, re.compile(rf"(Tingkat|Tier) {tier}"))
    place = re.compile(page.t("queued", n="@").replace("@", r"\d+"))
    expect(page.panel.get_by_text(place).first).to_be_visible()
    page.say("P1?")
    page.expect_said(re.compile(r"1 (jam|hour)"))
    page.button("leave_queue").last.click()
    expect(page.button("talk")).to_be_visible()
    expect(page.button("leave_queue")).to_have_count(0)


def test_a_long_wait(visit: Visit) -> None:
    """The ticket form is offered too, and the place is kept."""
    page = visit("member").open()
    page.say("suara kami putus-putus di semua rapat")
    expect(page.answers).to_have_count(2)
    page.button("talk").click()
    page.expect_said(CASE)
    expect(page.field("subject")).to_be_visible(timeout=1000 * QUEUE_PATIENCE + PATIENCE_MS)
    expect(page.field("email")).to_have_value("rizky@example.com")
    expect(page.button("leave_queue")).to_have_count(1)


@EACH_LANGUAGE
def test_nobody_known(visit: Visit, lang: str) -> None:
    """Somebody anonymous is asked to sign in, by a button that tells the page, and may ask elsewhere meanwhile."""
    page = visit(lang=lang).open()
    page.button("talk").click()
    expect(page.log.get_by_role("link", name="Zoom Community")).to_have_attribute("href", re.compile("^https://community"))
    page.panel.get_by_role("button", name=re.compile("^(Masuk|Sign in) ")).last.click()
    expect(page.page.locator("#as")).to_be_focused()


@EACH_LANGUAGE
def test_a_free_account(visit: Visit, lang: str) -> None:
    """The community, or a ticket; no queue."""
    page = visit("free", lang=lang).open()
    page.button("talk").click()
    expect(page.log.get_by_role("link", name="Zoom Community")).to_be_visible()
    expect(page.quick_replies).to_have_text([re.compile("[Tt]iket|ticket")])
    assert not CASE.search(page.log.inner_text())


@EACH_LANGUAGE
def test_no_license(visit: Visit, lang: str) -> None:
    """A ticket, and what an administrator could do."""
    page = visit("unlicensed", lang=lang).open()
    page.button("talk").click()
    page.expect_said(re.compile("administrator"))
    expect(page.quick_replies).to_have_text([re.compile("[Tt]iket|ticket")])
    assert not CASE.search(page.log.inner_text())


def test_signing_in_on_the_way(visit: Visit) -> None:
    """The talk goes on where it was, now with what the customer is entitled to."""
    page = visit().open()
    page.say("suara kami putus-putus sejak pagi")
    expect(page.answers).to_have_count(2)
    page.sign_in("premier_admin")
    page.ready()
    page.expect_said("suara kami putus-putus sejak pagi")
    page.button("talk").click()
    page.expect_said(CASE, "Tingkat 2")


def test_the_menu_has_the_contact_options_of_the_customer(visit: Visit) -> None:
    """Phone only for those who may phone."""
    options = {"free": ["Zoom Community", "Kirim tiket"],
               "premier_plus_admin": ["Bicara dengan agen", "Telepon dukungan", "Kirim tiket", "Zoom Community"]}
    for customer, expected in options.items():
        page = visit(customer).open()
        page.button("menu").click()
        found = [re.sub(r"\s*\(.*", "", name) for name in page.names(page.panel)]
        until = found.index("Bahasa Indonesia")
        assert found[until - len(expected):until] == expected
        assert not set(found[:until]) & (set(options["premier_plus_admin"]) - set(expected))
