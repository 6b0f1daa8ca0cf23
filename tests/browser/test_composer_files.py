"""Files in the composer: they wait for Send, can be taken away again, and a picture of pasted text is no file."""

from __future__ import annotations

from typing import Any

from fake_gateway import FakeGateway
from playwright.sync_api import expect
from test_files import PDF, attach, png
from widget_page import Enter, WidgetPage

# A real copy, as spreadsheets and screenshot tools make it, and a real Ctrl+V after it.
COPY = """async ([parts, picture]) => {
  const items = {};
  for (const [type, text] of Object.entries(parts)) items[type] = new Blob([text], { type });
  if (picture) items['image/png'] = new Blob([Uint8Array.from(picture)], { type: 'image/png' });
  await navigator.clipboard.write([new ClipboardItem(items)]);
}"""
CLIPBOARD = {"permissions": ["clipboard-read", "clipboard-write"]}
DROP = """(element, [name, type, bytes]) => {
  const data = new DataTransfer();
  data.items.add(new File([Uint8Array.from(bytes)], name, { type }));
  for (const kind of ['dragenter', 'dragover', 'drop']) {
    element.dispatchEvent(new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true, composed: true }));
  }
}"""


def paste(page: WidgetPage, parts: dict[str, str], picture: bytes | None = None) -> None:
    """Put this into the clipboard, and press Ctrl+V in the composer."""
    page.page.evaluate(COPY, [parts, list(picture) if picture else None])
    page.input.focus()
    page.page.keyboard.press("Control+V")


def waiting(page: WidgetPage, name: str) -> Any:
    """A file that waits in the composer."""
    return page.button("remove", name=name)


def test_cells_are_pasted_as_text(enter: Enter, fake: FakeGateway) -> None:
    """Spreadsheets put a picture of the cells beside them: nobody meant to send it."""
    page = enter(**CLIPBOARD).open()
    page.input.fill("Kursi: ")
    paste(page, {"text/plain": "Nama\tKursi", "text/html": "<table><td>Nama<td>Kursi</table>"}, png())
    expect(page.input).to_have_value("Kursi: Nama\tKursi")
    expect(waiting(page, "image.png")).to_have_count(0)
    page.input.press("Enter")
    expect(page.unsent("Kursi: Nama\tKursi")).to_have_count(0)
    assert fake.files == {}


def test_a_pasted_picture_waits(enter: Enter, fake: FakeGateway) -> None:
    """It is seen, can be taken away, and goes with Send, before the words that were typed to it."""
    page = enter(**CLIPBOARD).open()
    paste(page, {}, png())
    expect(waiting(page, "image.png").locator("img")).to_be_visible()
    assert fake.files == {}
    page.shoot_more("waits")
    waiting(page, "image.png").click()
    expect(waiting(page, "image.png")).to_have_count(0)
    expect(page.input).to_be_focused()
    paste(page, {}, png())
    page.input.fill("ini layarnya")
    page.input.press("Enter")
    expect(page.log.get_by_role("button", name="image.png").locator("img")).to_be_visible()
    expect(page.unsent("ini layarnya")).to_have_count(0)
    assert [entry.get("text") for entry in fake.entries[1:]] == ["image.png", "ini layarnya"]
    expect(waiting(page, "image.png")).to_have_count(0)


def test_files_that_are_chosen_and_dropped_wait_too(enter: Enter, fake: FakeGateway) -> None:
    """One way for all of them; another language does not lose them."""
    page = enter().open()
    attach(page, "log.pdf", "application/pdf", PDF, send=False)
    page.panel.evaluate(DROP, ["layar.png", "image/png", list(png())])
    page.panel.evaluate(DROP, ["catatan.txt", "text/plain", [65]])
    expect(page.notice).to_contain_text(page.t("file_type"))
    expect(waiting(page, "log.pdf")).to_be_visible()
    expect(waiting(page, "layar.png")).to_be_visible()
    page.button("menu").click()
    page.button("lang_en").click()
    page.speaks("en")
    page.button("send").click()
    expect(page.log.get_by_role("button", name="layar.png")).to_be_visible()
    assert [entry.get("text") for entry in fake.entries[1:]] == ["log.pdf", "layar.png"]


def test_files_do_not_go_to_another(enter: Enter, fake: FakeGateway) -> None:
    """What waits is gone with the conversation that it was meant for."""
    page = enter().open()
    attach(page, "rahasia.pdf", "application/pdf", PDF, send=False)
    expect(waiting(page, "rahasia.pdf")).to_be_visible()
    fake.begin()
    fake.hang_up()
    expect(waiting(page, "rahasia.pdf")).to_have_count(0)
    assert fake.files == {}
