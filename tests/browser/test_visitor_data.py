"""What visitors read of their data before the first message, and what they can do with it: download, delete."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from widget_page import EACH_LANGUAGE, PRIVACY_URL, Visit, WidgetPage

from bot.adapters.locales import read_locales
from bot.settings import ROOT

NOTICE = {language: texts["notice"] for language, texts in read_locales(ROOT / "data", "notice").items()}
PHONE = {"width": 360, "height": 640}
PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63f8cfc0f01f"
                    "0005000201a5f645400000000049454e44ae426082")
EACH_SIZE = pytest.mark.parametrize("viewport", [PHONE, {"width": 1200, "height": 800}], ids=["phone", "desktop"])


def ask_to_delete(page: WidgetPage) -> None:
    """By the menu, as far as the question."""
    page.button("menu").click()
    page.shoot_more("menu")
    page.button("erase").click()
    expect(page.notice).to_contain_text(page.t("erase_sure"))
    page.shoot_more("sure")


def answer(page: WidgetPage, key: str) -> None:
    """Press a button of the question."""
    page.notice.get_by_role("button", name=page.t(key), exact=True).click()


@EACH_LANGUAGE
@EACH_SIZE
def test_the_notice(visit: Visit, lang: str, viewport: Any) -> None:
    """It is seen before anything is said, with its link, and is told with the field where one writes; each language has
    its own; then it gives room."""
    page = visit(lang=lang, viewport=viewport).open()
    expect(page.panel.get_by_text(NOTICE[lang])).to_be_in_viewport(ratio=1)
    expect(page.answers.first).to_be_in_viewport(ratio=0.8)
    page.shoot_more("notice")
    expect(page.input).to_have_accessible_description(f"{NOTICE[lang]} {page.t('privacy')} {page.t('new_tab')}")
    link = page.panel.get_by_role("link", name=page.t("privacy"))
    expect(link).to_have_attribute("href", PRIVACY_URL)
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    other = "en" if lang == "id" else "id"
    page.page.evaluate("lang => Kilat.setLanguage(lang)", other)
    expect(page.page.get_by_text(NOTICE[other])).to_be_in_viewport(ratio=1)
    page.page.evaluate("lang => Kilat.setLanguage(lang)", lang)
    page.say("halo")
    expect(page.panel.get_by_text(NOTICE[lang])).to_be_hidden()
    page.page.reload()
    page.expect_said("halo")
    expect(page.panel.get_by_text(NOTICE[lang])).to_be_hidden()


@EACH_LANGUAGE
@EACH_SIZE
def test_delete(visit: Visit, lang: str, viewport: Any) -> None:
    """It asks first and says what stays; then nothing is left here or there, another tab follows, and one can go on."""
    page = visit(lang=lang, viewport=viewport).open()
    question = {"id": "nomor telepon dukungan untuk Jepang?", "en": "What is the support number for Japan?"}[lang]
    page.say(question)
    page.expect_said("+81 120427732")
    tab = visit(lang=lang, beside=page).open()
    tab.expect_said("+81 120427732")
    before = page.key()
    page.input.fill("draft")
    ask_to_delete(page)
    answer(page, "cancel")
    expect(page.log).to_contain_text("+81 120427732")
    ask_to_delete(page)
    answer(page, "erase")
    expect(page.notice).to_contain_text(page.t("erased"))
    for each in (page, tab):
        expect(each.log).not_to_contain_text("+81 120427732")
        expect(each.answers).to_have_count(1)
    page.shoot_more("deleted")
    expect(page.input).to_have_value("")
    assert page.key() != before and page.key() == tab.key()
    assert question not in page.page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    page.say(question)
    page.expect_said("+81 120427732")
    tab.expect_said("+81 120427732")


def test_delete_when_it_is_over(visit: Visit) -> None:
    """An ended conversation can be deleted, too."""
    page = visit().open()
    page.say("halo")
    expect(page.answers).to_have_count(2)
    page.button("menu").click()
    page.button("end").click()
    answer(page, "end")
    expect(page.panel.get_by_text(page.t("rate"))).to_be_visible()
    ask_to_delete(page)
    answer(page, "erase")
    expect(page.input).to_be_visible()
    expect(page.answers).to_have_count(1)


def test_delete_without_a_line(visit: Visit) -> None:
    """Nothing happens, and the visitor is told so."""
    page = visit().open()
    page.say("halo")
    expect(page.answers).to_have_count(2)
    page.tolerate("/v1/conversation")
    page.tolerate("503")
    page.page.route("**/v1/conversation", lambda route: route.fulfill(status=503, body=""))
    ask_to_delete(page)
    answer(page, "erase")
    expect(page.notice).to_contain_text(page.t("load_failed"))
    expect(page.mine("halo")).to_be_visible()


@EACH_LANGUAGE
def test_the_transcript_names_the_files(visit: Visit, lang: str, tmp_path: Path) -> None:
    """Each by its name and size."""
    page = visit(lang=lang).open()
    (tmp_path / "foto.png").write_bytes(PNG)
    page.panel.locator("input[type=file]").set_input_files(tmp_path / "foto.png")
    page.button("send").click()
    expect(page.log.get_by_role("button", name="foto.png")).to_be_visible()
    page.button("menu").click()
    with page.page.expect_download() as download:
        page.button("transcript").click()
    assert "foto.png (file, 1 kB)" in Path(download.value.path()).read_text(encoding="utf-8")
