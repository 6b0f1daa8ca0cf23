"""Files: pictures and PDFs go, what only pretends to be one or is too large does not; nothing comes back alive."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import expect
from widget_page import Visit, WidgetPage

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
HTML = b"<!doctype html><script>alert(1)</script>"


def png(size: int = 120) -> bytes:
    """A square picture."""
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + bytes([40, 120, 200] * size) for _ in range(size))
    head = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def attach(page: WidgetPage, name: str, media_type: str, content: bytes, *, send: bool = True) -> None:
    """By the button, as a visitor does; what can't be sent never gets as far as Send."""
    with page.page.expect_file_chooser() as chooser:
        page.button("attach").click()
    chooser.value.set_files({"name": name, "mimeType": media_type, "buffer": content})
    if send:
        page.button("remove", name=name).wait_for()
        page.button("send").click()


def test_a_picture(visit: Visit) -> None:
    """It is shown, and given back as it was."""
    page = visit().open()
    attach(page, "layar.png", "image/png", png())
    sent = page.log.get_by_role("button", name="layar.png")
    expect(sent.locator("img")).to_be_visible()
    expect(page.log).to_contain_text("Saya sendiri tidak bisa membukanya, tapi tim kami bisa.")
    with page.page.expect_download() as download:
        sent.click()
    assert download.value.suggested_filename == "layar.png"
    assert Path(download.value.path()).read_bytes() == png()


def test_a_pdf(visit: Visit) -> None:
    """It can be downloaded, also after a reload and in another tab."""
    page = visit().open()
    attach(page, "log rapat.pdf", "application/pdf", PDF)
    expect(page.log.get_by_role("button", name="log rapat.pdf")).to_be_visible()
    assert not [url for url in page.requests if "rapat" in url]
    other = visit(beside=page).open()
    with other.page.expect_download() as download:
        other.log.get_by_role("button", name="log rapat.pdf").click()
    assert Path(download.value.path()).read_bytes() == PDF


def test_a_page_that_calls_itself_a_picture(visit: Visit) -> None:
    """The content counts: the server refuses it, the visitor is told why."""
    page = visit().open()
    page.tolerate("415")
    attach(page, "kucing.png", "image/png", HTML)
    expect(page.notice).to_contain_text(page.t("file_type"))
    expect(page.log.get_by_text("kucing.png")).to_have_count(0)


def test_a_file_that_is_too_large(visit: Visit) -> None:
    """Told at once, before it is sent; and the server does not take it either."""
    page = visit().open()
    large = png() + b"\0" * 5_242_880
    attach(page, "besar.png", "image/png", large, send=False)
    expect(page.notice).to_contain_text("5 MB")
    assert not [url for url in page.requests if "/v1/files" in url]
    path = "/v1/files?client_id=6f1c2a52-8a3f-4d0e-9a55-0d5a4d6f7c01"
    answer = page.request("POST", path, data=large)
    assert answer.status == 413 and answer.json()["frames"][0]["code"] == "file_too_large"
    expect(page.log.get_by_text("besar.png")).to_have_count(0)


def test_a_file_never_becomes_a_page(visit: Visit) -> None:
    """Whoever asks for it, with the key, gets a download that no browser runs; without the key, nothing."""
    page = visit().open()
    attach(page, "layar.png", "image/png", png())
    expect(page.log.get_by_role("button", name="layar.png").locator("img")).to_be_visible()
    path = next(urlsplit(url).path for url in page.requests if "/v1/files/" in url)
    headers = page.request("GET", path).headers
    assert headers["content-disposition"].startswith("attachment")
    assert headers["content-type"] == "application/octet-stream"
    assert headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in headers["content-security-policy"]
    assert page.page.request.get(page.base + path).status == 401
    assert visit().open().request("GET", path).status == 404
