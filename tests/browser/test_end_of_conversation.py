"""The end of a talk: rating, comment, transcript, a new beginning."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect
from widget_page import EACH_LANGUAGE, Visit, WidgetPage

QUESTIONS = {"id": "nomor telepon dukungan untuk Jepang?", "en": "What is the support number for Japan?"}


def end(page: WidgetPage) -> None:
    """By the menu; it asks first."""
    page.button("menu").click()
    page.button("end").click()
    expect(page.notice).to_contain_text(page.t("end_sure"))
    page.notice.get_by_role("button", name=page.t("end"), exact=True).click()


@EACH_LANGUAGE
def test_rating_and_comment(visit: Visit, lang: str) -> None:
    """Asked for after the end, thanked for, kept over a reload; then a new talk begins."""
    page = visit("member", lang=lang).open()
    page.say(QUESTIONS[lang])
    page.expect_said("+81 120427732")
    end(page)
    page.button("rate_send").click()
    expect(page.panel.get_by_role("alert")).to_have_text(page.t("rate_missing"))
    page.panel.get_by_role("radio", name=page.t("score", n=4)).check(force=True)
    page.panel.get_by_label(page.t("comment")).fill("cepat & <i>jelas</i>")
    page.shoot_more("rating")
    page.button("rate_send").click()
    expect(page.panel.get_by_text(page.t("thanks"))).to_be_visible()
    page.expect_said(page.t("score", n=4), "cepat & <i>jelas</i>")
    page.page.reload()
    expect(page.panel.get_by_text(page.t("thanks"))).to_be_visible()
    page.button("new").click()
    page.ready()
    expect(page.log).not_to_contain_text("+81 120427732")
    page.say(QUESTIONS[lang])
    page.expect_said("+81 120427732")
    expect(page.answers).to_have_count(2)


def test_a_talk_is_not_ended_by_mistake(visit: Visit) -> None:
    """Who cancels goes on."""
    page = visit().open()
    page.button("menu").click()
    page.button("end").click()
    page.notice.get_by_role("button", name=page.t("cancel"), exact=True).click()
    page.say(QUESTIONS["id"])
    page.expect_said("+81 120427732")


@EACH_LANGUAGE
def test_the_transcript(visit: Visit, lang: str) -> None:
    """As a text file, with all that was said."""
    page = visit(lang=lang).open()
    page.say(QUESTIONS[lang])
    page.expect_said("+81 120427732")
    page.button("menu").click()
    with page.page.expect_download() as download:
        page.button("transcript").click()
    text = Path(download.value.path()).read_text(encoding="utf-8")
    assert download.value.suggested_filename.endswith(".txt")
    assert text.index(QUESTIONS[lang]) < text.index("+81 120427732")
