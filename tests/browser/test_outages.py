"""Something is away, and comes back: the network, the gateway, Rasa. What was typed is kept, and answered once."""

from __future__ import annotations

import os
import re
import signal

import pytest
from e2e.server import Server
from playwright.sync_api import expect
from waiting import wait_until
from widget_page import Visit, WidgetPage

QUESTION = "nomor telepon dukungan untuk Jepang?"
NUMBER = "+81 120427732"
# Loading the model takes ten seconds, on a busy machine some more.
UNTIL_RASA_IS_BACK_MS = 120_000
LOST = r"WebSocket|ERR_INTERNET_DISCONNECTED|ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|ERR_ABORTED"


def kill(server: Server, part: str) -> None:
    """Kill the child of `kilat serve` whose command line has `part`; `serve` starts it again."""
    pid = next(pid for pid, command in server.children().items() if part in command)
    os.kill(pid, signal.SIGKILL)


def expect_once(page: WidgetPage, question: str = QUESTION) -> None:
    """The question and its answer are there, and neither twice: in the panel, and in the transcript of the server."""
    page.expect_said(NUMBER)
    expect(page.mine(question)).to_have_count(1)
    expect(page.unsent(question)).to_have_count(0)
    text = page.request("GET", "/v1/transcript").text()
    assert (text.count(question), text.count(NUMBER)) == (1, 1)


def test_offline_and_back(visit: Visit) -> None:
    """What is typed meanwhile is marked as not sent, and goes by itself."""
    page = visit().open()
    page.tolerate(LOST)
    page.page.context.set_offline(True)
    page.say(QUESTION)
    expect(page.notice).to_contain_text(page.t("offline"))
    expect(page.unsent(QUESTION)).to_have_count(1)
    page.shoot_more("offline")
    page.page.context.set_offline(False)
    expect_once(page)
    expect(page.notice).to_be_hidden()


def test_a_reload_while_offline_keeps_what_was_typed(visit: Visit) -> None:
    """The page is closed with something unsent; it goes when the visitor comes back."""
    page = visit().open()
    page.tolerate(LOST)
    page.page.context.set_offline(True)
    page.say(QUESTION)
    expect(page.unsent(QUESTION)).to_have_count(1)
    page.page.context.set_offline(False)
    page.page.goto(f"{page.base}/articles/plans")
    page.ready()
    expect_once(page)


def test_the_gateway_is_killed(visit: Visit, server: Server) -> None:
    """It comes back by itself, and so does the talk."""
    page = visit().open()
    page.tolerate(LOST)
    kill(server, "gateway")
    page.say(QUESTION)
    expect_once(page)
    expect(page.notice).to_be_hidden()


@pytest.mark.long
def test_rasa_is_killed(visit: Visit, server: Server) -> None:
    """The visitor is told, has their contact options, and is answered once when it is back."""
    anybody, bima = visit(lang="id").open(), visit("premier_plus_admin", lang="en").open()
    kill(server, "rasa run")
    for page in (anybody, bima):
        expect(page.notice).to_contain_text(page.t("bot_down"))
        page.say(QUESTION)
        expect(page.mine(QUESTION)).to_have_count(1)
        expect(page.unsent(QUESTION)).to_have_count(0)
    assert NUMBER not in anybody.log.inner_text()
    assert len(anybody.names(anybody.notice)) == 3
    assert len(bima.names(bima.notice)) == 4
    anybody.shoot_more("bot-down")
    bima.notice.get_by_role("button", name=re.compile("agent")).click()
    bima.expect_said(re.compile(r"KLC-\d{6}"))
    for page in (anybody, bima):
        expect(page.notice).to_be_hidden(timeout=UNTIL_RASA_IS_BACK_MS)
        expect_once(page)


@pytest.mark.long
def test_a_form_is_sent_while_rasa_is_away(visit: Visit, server: Server) -> None:
    """A ticket needs no understanding."""
    page = visit("free").open()
    kill(server, "rasa run")
    expect(page.notice).to_contain_text(page.t("bot_down"))
    page.notice.get_by_role("button", name="Kirim tiket").click()
    page.field("subject").fill("Suara putus-putus")
    page.field("description").fill("Sejak pagi suara di semua rapat putus-putus.")
    page.field("priority").select_option("p3")
    page.log.get_by_role("button", name=page.t("form_send")).click()
    page.expect_said(re.compile(r"KLT-\d{6}"))
    wait_for_rasa(page)


def wait_for_rasa(page: WidgetPage) -> None:
    """The next test needs it."""
    wait_until(lambda: page.page.request.get(f"{page.base}/healthz").json()["bot"] == "up")
    expect(page.notice).to_be_hidden()
