"""The ticket form: filled in as far as it is known, checked on both sides, sent once, the number shown."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import WebSocketRoute, expect
from widget_page import EACH_LANGUAGE, Visit, WidgetPage

NUMBER = re.compile(r"KLT-\d{6}")
ASK = {"id": "tolong buatkan tiket", "en": "open a ticket for me please"}
EMAILS = {None: "", "free": "wulan@example.com", "member": "rizky@example.com",
          "premier_plus_admin": "bima@example.com"}


def fill(page: WidgetPage) -> None:
    """A story that is good enough, from somebody who has an address."""
    page.field("subject").fill("Suara putus-putus")
    page.field("description").fill("Sejak pagi suara di semua rapat putus-putus.\nTolong <b>dibantu</b>.")
    page.field("email").fill("tamu@example.com")
    page.field("priority").select_option("p2")


@EACH_LANGUAGE
@pytest.mark.parametrize("customer", EMAILS)
def test_a_ticket(visit: Visit, customer: str | None, lang: str) -> None:
    """Everybody may send one; who is signed in finds the address there."""
    page = visit(customer, lang=lang).open()
    page.say(ASK[lang])
    expect(page.field("email")).to_have_value(EMAILS[customer])
    fill(page)
    page.button("form_send").click()
    page.expect_said(NUMBER, "tamu@example.com")
    expect(page.panel.get_by_role("button", name=page.t("form_send"))).to_have_count(0)
    numbers = set(NUMBER.findall(page.log.inner_text()))
    page.page.reload()
    page.ready()
    page.expect_said(NUMBER)
    assert set(NUMBER.findall(page.log.inner_text())) == numbers and len(numbers) == 1


def test_wrong_values_are_refused_at_once(visit: Visit) -> None:
    """Each is told at its field, the first gets the focus, and nothing is sent; mended, it goes."""
    page = visit().open()
    page.say(ASK["id"])
    page.field("email").fill("bukan alamat")
    page.button("form_send").click()
    expect(page.field("subject")).to_be_focused()
    for field, word in {"subject": "form_missing", "email": "form_wrong", "priority": "form_missing"}.items():
        expect(page.field(field)).to_have_accessible_description(page.t(word))
    page.shoot_more("form")
    fill(page)
    page.button("form_send").click()
    page.expect_said(NUMBER)


def test_wrong_values_are_refused_by_the_server(visit: Visit) -> None:
    """Even when a client lets them through; it then shows them at their fields, and the visitor can mend them."""
    page = visit(path="/articles/tickets")

    def lenient(socket: WebSocketRoute) -> None:
        """The rules get lost on the way to the client, and the address on the way back."""
        server = socket.connect_to_server()
        server.on_message(lambda text: socket.send(re.sub(r'"rules": ?\{.*?\}\}', '"rules": {}', str(text))))
        socket.on_message(lambda text: server.send(str(text).replace("salah@example.com", "salah")))

    page.page.route_web_socket("**/v1/socket", lenient)
    page.open()
    page.say(ASK["id"])
    fill(page)
    page.field("subject").fill("x" * 300)
    page.field("email").fill("salah@example.com")
    page.button("form_send").click()
    expect(page.field("email")).to_have_accessible_description(page.t("form_wrong"))
    expect(page.field("subject")).to_be_focused()
    assert not NUMBER.search(page.log.inner_text())
    fill(page)
    page.button("form_send").click()
    page.expect_said(NUMBER)


def test_what_is_known_is_filled_in(visit: Visit) -> None:
    """A problem that was told need not be told again."""
    page = visit("premier_admin", lang="en").open()
    page.say("All our meetings are completely down since this morning, nobody can join")
    expect(page.answers).to_have_count(2)
    page.say("open a ticket")
    expect(page.field("priority")).to_have_value("p1")
    expect(page.field("description")).to_have_value(re.compile("nobody can join"))
    expect(page.field("email")).to_have_value("sari@example.com")


def test_a_draft_survives_a_reload(visit: Visit) -> None:
    """What was typed in the form and in the message is still there."""
    page = visit().open()
    page.say(ASK["id"])
    fill(page)
    page.input.fill("sebentar, saya cek")
    page.page.reload()
    page.ready()
    expect(page.field("description")).to_have_value(re.compile("Sejak pagi"))
    expect(page.input).to_have_value("sebentar, saya cek")
