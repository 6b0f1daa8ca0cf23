"""Who sees what, what is loaded when, and a page that forbids nearly everything."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from playwright.sync_api import expect
from test_files import attach, png
from widget_page import Visit

SECRET = "nomor rahasia saya 4711"


def test_another_customer_in_the_same_browser(visit: Visit) -> None:
    """Does not see the first one's talk, nor does nobody; the first one finds it again."""
    page = visit("premier_admin").open()
    page.say(SECRET)
    expect(page.answers).to_have_count(2)
    page.input.fill("draf yang belum dikirim")
    for other in ("free", ""):
        page.sign_in(other)
        page.ready()
        expect(page.log).not_to_contain_text(SECRET)
        expect(page.input).to_have_value("")
    page.sign_in("premier_admin")
    page.ready()
    page.expect_said(SECRET)


def test_a_customer_with_another_browser(visit: Visit) -> None:
    """Finds the talk that is going on; somebody else does not."""
    subject = "premier_member"
    first = visit(subject).open()
    first.say(SECRET)
    expect(first.mine(SECRET)).to_have_count(1)
    visit(subject).open().expect_said(SECRET)
    expect(visit("member").open().log).not_to_contain_text(SECRET)


def test_the_strictest_page(visit: Visit) -> None:
    """Scripts by nonce, no inline style, Trusted Types: everything works, and nothing is violated (see `visit`)."""
    page = visit(path="/demo/strict").open()
    page.say("nomor telepon dukungan untuk Jepang?")
    page.expect_said("+81 120427732")
    attach(page, "layar.png", "image/png", png())
    expect(page.log.get_by_role("button", name="layar.png").locator("img")).to_be_visible()
    page.say("tolong buatkan tiket")
    expect(page.field("subject")).to_be_visible()
    page.button("menu").click()
    page.panel.get_by_role("button", name="English").click()
    page.speaks("en")
    expect(page.button("talk")).to_be_visible()


def test_only_the_loader_before_the_first_click(visit: Visit) -> None:
    """Nothing else of the widget is asked for, and nothing is kept."""
    page = visit()
    page.page.wait_for_load_state("networkidle")
    paths = [urlsplit(url).path for url in page.requests]
    assert [path for path in paths if not path.startswith("/demo/static/")] == ["/", "/widget.js"]
    assert page.page.evaluate("Object.keys({...localStorage, ...sessionStorage})") == []
    page.open()
    assert any(re.fullmatch(r"/widget/.+\.js", urlsplit(url).path) for url in page.requests)


def test_the_key_is_in_no_url(visit: Visit) -> None:
    """Nor is the identity token, in any request."""
    page = visit("premier_admin").open()
    attach(page, "layar.png", "image/png", png())
    expect(page.log.get_by_role("button", name="layar.png").locator("img")).to_be_visible()
    token = page.token()
    assert token and page.key()
    assert not [url for url in page.requests if page.key() in url or token in url]
