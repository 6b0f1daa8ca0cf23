"""The widget against a gateway that does as it is told: the queue, the agent, what comes after them."""

from __future__ import annotations

import re

import pytest
from fake_gateway import ENTRIES, FakeGateway
from playwright.sync_api import expect
from widget_page import EACH_LANGUAGE, Enter

TIMES = {"id": {(240, 540): "4–9 menit", (10, 50): "1 menit", (20, 110): "2 menit"},
         "en": {(240, 540): "4–9 minutes", (10, 50): "1 minute", (20, 110): "2 minutes"}}


@EACH_LANGUAGE
def test_a_human_takes_over(enter: Enter, fake: FakeGateway, lang: str) -> None:
    """Place in the queue, live; then somebody with a name, who types; and the visitor's typing goes to them."""
    page = enter(lang).open()
    fake.say(**ENTRIES["queue"])
    for position in (3, 2):
        fake.change(status="queued", queue={"case": "KLC-000007", "tier": 2, "position": position})
        expect(page.log).to_contain_text(page.t("queued", n=position))
        expect(page.panel.locator("header")).to_contain_text(page.t("queued", n=position))
    page.input.fill("h")
    fake.say("system", "event", event="connected", text="Budi!", lang=lang)
    fake.change(status="connected", queue=None, agent="Budi")
    expect(page.panel.locator("header")).to_contain_text(page.t("with_agent", name="Budi"))
    expect(page.log).to_contain_text(page.t("queue_over"))
    fake.push({"type": "typing", "author": "agent", "on": True})
    typing = page.panel.get_by_text(page.t("typing", who=page.t("agent", name="Budi")))
    expect(typing).to_be_attached()
    page.shoot_more("typing")
    fake.say(**ENTRIES["agent"])
    expect(typing).to_have_count(0)
    expect(page.log.get_by_text(page.t("agent", name="Budi"), exact=True)).to_have_count(1)
    expect(page.button("talk")).to_be_hidden()
    page.input.fill("ha")
    page.input.fill("hal")
    expect(page.input).to_have_value("hal")
    assert len(fake.heard(page.page, "typing")) == 1, "only to a human, and not for each letter"


@EACH_LANGUAGE
def test_how_long_it_takes(enter: Enter, fake: FakeGateway, lang: str) -> None:
    """An interval in minutes, in the card, in the header and beside the way out; none where nobody knows."""
    page = enter(lang, viewport={"width": 360, "height": 640}).open()
    fake.say(**ENTRIES["queue"])
    queue = {"case": "KLC-000007", "tier": 2, "position": 3}
    for (low, high), said in TIMES[lang].items():
        fake.change(status="queued", queue={**queue, "wait": {"low": low, "high": high}})
        place = page.t("queued", n=3) + page.t("wait", time=said)
        expect(page.panel.get_by_text(place, exact=True)).to_have_count(3)
    page.shoot_more("wait")
    fake.change(queue=queue)
    expect(page.panel.get_by_text(page.t("queued", n=3), exact=True)).to_have_count(3)


@EACH_LANGUAGE
def test_several_humans(enter: Enter, fake: FakeGateway, lang: str) -> None:
    """Each by name: who types, who sends a file, who answers on a ticket; and the bot is there again afterwards."""
    page = enter(lang, viewport={"width": 360, "height": 640}).open()
    fake.change(status="connected", agent="Budi")
    fake.push({"type": "typing", "author": "agent", "on": True, "name": "Dewi"})
    expect(page.panel.get_by_text(page.t("typing", who=page.t("agent", name="Dewi")))).to_be_attached()
    fake.say(**ENTRIES["agent_file"])
    expect(page.log.get_by_role("button", name=re.compile("steps.pdf"))).to_be_visible()
    fake.say(**{**ENTRIES["ticket"], "author": "system"})
    expect(page.log.get_by_role("strong").get_by_text("KLT-000012", exact=True)).to_be_visible()
    fake.say(**ENTRIES["returned"])
    fake.change(status="bot", agent=None)
    expect(page.button("talk")).to_be_visible()
    fake.say(**ENTRIES["ticket_reply"])
    expect(page.log.locator("p").filter(has_text=page.t("agent", name="Dewi"))).to_contain_text("KLT-000012")
    page.shoot_more("people")


@EACH_LANGUAGE
@pytest.mark.parametrize(("answer", "solved"), [("solved_yes", True), ("solved_no", False), (None, None)])
def test_whether_it_is_solved(enter: Enter, fake: FakeGateway, lang: str, answer: str | None,
                              solved: bool | None) -> None:
    """Asked at the end beside the stars, and counted as nothing but what is said."""
    page = enter(lang, viewport={"width": 360, "height": 640}).open()
    fake.change(status="closed")
    page.panel.get_by_role("radio", name=page.t("score", n=5)).check(force=True)
    if answer:
        page.panel.get_by_role("group", name=page.t("solved")).get_by_label(page.t(answer), exact=True).check()
    page.shoot_more("rating")
    page.button("rate_send").click()
    expect(page.panel.get_by_text(page.t("thanks"))).to_be_visible()
    [frame] = fake.heard(page.page, "rate")
    assert frame.get("solved") is solved and frame["score"] == 5
    if answer:
        page.expect_said(f"{page.t('solved')} {page.t(answer)}")


def test_the_time_zone_goes_along(enter: Enter, fake: FakeGateway) -> None:
    """For opening hours in the visitor's own time."""
    enter(timezone_id="Asia/Makassar").open()
    assert fake.said("hello")[0]["page"]["timezone"] == "Asia/Makassar"
