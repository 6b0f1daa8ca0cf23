"""Pictures wait for Send, text beside a picture is text: pasted with the real keys, dropped, chosen."""

from __future__ import annotations

import re

import pytest
from console_page import PICTURE, PNG, ConsolePage, Enter
from console_stage import Floor
from playwright.sync_api import expect

CELLS = "Name\tSeats\nAcme\t12"
TABLE = "<table><tr><td>Name</td><td>Seats</td></tr><tr><td>Acme</td><td>12</td></tr></table>"


def test_cells_are_text(floor: Floor, console: Enter) -> None:
    """As Excel, LibreOffice and Word put them: with a picture of them beside; the picture goes nowhere."""
    visitor = floor.visitor("Wulan")
    desk = console().take("Wulan")
    desk.page.keyboard.type("Seats: ")
    desk.copy(text=CELLS, html=TABLE, png=PICTURE)
    desk.press("Control+v")
    expect(desk.input).to_have_value(f"Seats: {CELLS}")
    expect(desk.waiting).to_have_count(0)
    desk.copy(text=CELLS, png=PICTURE)
    desk.input.fill("")
    desk.press("Control+v")
    expect(desk.input).to_have_value(CELLS)
    desk.copy(html=TABLE, png=PICTURE)
    desk.input.fill("")
    desk.press("Control+v")
    for word in ("Name", "Seats", "Acme", "12"):
        expect(desk.input).to_have_value(re.compile(word))
    expect(desk.waiting).to_have_count(0)
    assert not [entry for entry in visitor.entries() if entry["author"] == "agent"]


@pytest.mark.parametrize("beside", [{}, {"html": "<meta charset='utf-8'><img src='x.png'>"}], ids=["alone", "page"])
def test_a_picture_waits(floor: Floor, console: Enter, beside: dict[str, str]) -> None:
    """It is shown, can be taken away, and goes with Send, after the text; so does one that was copied from a page."""
    visitor = floor.visitor("Wulan")
    desk = console().take("Wulan")
    desk.page.keyboard.type("Lihat ini")
    desk.copy(png=PICTURE, **beside)
    desk.press("Control+v")
    expect(desk.waiting).to_have_count(1)
    expect(desk.waiting.locator("img")).to_have_count(1)
    desk.shoot("waits")
    desk.waiting.get_by_role("button").click()
    expect(desk.waiting).to_have_count(0)
    expect(desk.input).to_be_focused()
    desk.press("Control+v")
    expect(desk.waiting).to_have_count(1)
    assert not [entry for entry in visitor.entries() if entry["author"] == "agent"]
    desk.press("Enter")
    visitor.until("Lihat ini")
    visitor.until("image.png")
    expect(desk.waiting).to_have_count(0)
    assert [entry["kind"] for entry in visitor.entries() if entry["author"] == "agent"] == ["text", "file"]


def test_pasted_beside_the_box(floor: Floor, console: Enter) -> None:
    """Into the open answer, or nowhere."""
    floor.visitor("Wulan"), floor.visitor("Maya")
    desk = console().take("Wulan")
    desk.page.keyboard.type("Kode: ")
    desk.story.focus()
    desk.copy(text="ABC-123")
    desk.press("Control+v")
    expect(desk.input).to_have_value("Kode: ABC-123")
    desk.copy(png=PICTURE)
    desk.story.focus()
    desk.press("Control+v")
    expect(desk.waiting).to_have_count(1)
    desk.row("Maya").click()
    expect(desk.heading("Maya")).to_be_visible()
    expect(desk.waiting).to_have_count(0)
    desk.story.focus()
    desk.press("Control+v")
    expect(desk.waiting).to_have_count(0)
    desk.row("Wulan", "mine").click()
    expect(desk.waiting).to_have_count(1)


def drop(desk: ConsolePage, name: str, type_: str) -> None:
    """Let a file go over the conversation."""
    desk.page.get_by_role("main").evaluate("""(main, [name, type]) => {
      const data = new DataTransfer();
      data.items.add(new File(['%PDF-1.4'], name, { type }));
      for (const kind of ['dragover', 'drop']) {
        main.dispatchEvent(new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true }));
      }
    }""", [name, type_])


def test_dropped_and_chosen(floor: Floor, console: Enter) -> None:
    """The same way; several at once; and what can't be sent says why."""
    visitor = floor.visitor("Wulan")
    desk = console().take("Wulan")
    drop(desk, "panduan.pdf", "application/pdf")
    expect(desk.waiting).to_have_count(1)
    drop(desk, "alat.exe", "application/x-msdownload")
    expect(desk.toast).to_contain_text(desk.t("error_file_type"))
    desk.page.locator("input[type=file]").set_input_files(
        [{"name": f"{n}.png", "mimeType": "image/png", "buffer": PNG} for n in ("satu", "dua")])
    expect(desk.waiting).to_have_count(3)
    assert not [entry for entry in visitor.entries() if entry["author"] == "agent"]
    desk.button("send").click()
    visitor.until("dua.png")
    sent = [entry["text"] for entry in visitor.entries() if entry["author"] == "agent"]
    assert sent == ["panduan.pdf", "satu.png", "dua.png"]


def test_a_note_takes_no_file(floor: Floor, console: Enter) -> None:
    """A picture that was meant for colleagues never goes to the visitor."""
    visitor = floor.visitor("Wulan")
    desk = console().take("Wulan")
    desk.press("Alt+n")
    expect(desk.note).to_be_focused()
    desk.copy(png=PICTURE)
    desk.press("Control+v")
    expect(desk.toast).to_contain_text(desk.t("note_no_file"))
    drop(desk, "panduan.pdf", "application/pdf")
    desk.press("Alt+n")
    expect(desk.input).to_be_focused()
    expect(desk.waiting).to_have_count(0)
    assert not [entry for entry in visitor.entries() if entry["author"] == "agent"]


@pytest.mark.parametrize(("html", "words"), [
    ("<p>satu<br>dua</p>", "satu\ndua"), ("a<style>b</style>c<script>d</script >e", "ace"), ("<img src=x>", ""),
    ("<!-- x --> &amp;&lt;", "&<"), ("<" * 50_000, ""), ("<!--" * 20_000, ""), ("<style>" * 20_000, ""),
], ids=["lines", "no style", "picture", "comment", "brackets", "comments", "styles"])
def test_words_of_html(floor: Floor, console: Enter, html: str, words: str) -> None:
    """Its text alone, whatever it is, and read once."""
    desk = console()
    found = desk.page.evaluate("async (html) => (await import('/agent/console/clipboard.js')).htmlToText(html)", html)
    assert found == words
