"""Visitors' files: what is taken, who gets it back, and that no browser ever runs it."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import pytest
from starlette.testclient import TestClient
from web_client import Client, FakeBot, Plain

from bot.core.errors import StoreUnavailable
from bot.live.gateway import FILE_TYPES, Gateway
from bot.settings import Settings

ID = "6f1c2a52-8a3f-4d0e-9a55-0d5a4d6f7c01"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(40)
SCRIPT = b"<script>alert(1)</script>"
TAKEN = {
    "image/png": PNG, "image/jpeg": b"\xff\xd8\xff\xe0\0\x10JFIF\0" + bytes(40), "image/gif": b"GIF89a" + bytes(40),
    "image/webp": b"RIFF\x24\0\0\0WEBPVP8 " + bytes(40), "application/pdf": b"%PDF-1.7\n" + bytes(40)}
ENDINGS = {"image/png": ".PNG", "image/jpeg": ".jpeg", "image/gif": ".gif", "image/webp": ".webp",
           "application/pdf": ".pdf"}
REFUSED = {
    "html": b"<!doctype html>" + SCRIPT, "svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "xml": b'<?xml version="1.0"?><a/>', "nothing": b"", "text": b"halo", "zip": b"PK\x03\x04" + bytes(40),
    "sound": b"RIFF\x24\0\0\0WAVEfmt " + bytes(40), "a picture's end": SCRIPT + b"\0\0\0\0IEND\xaeB`\x82",
    "html before a pdf": b"<html>" + SCRIPT + b"%PDF-1.7", "almost a picture": PNG[1:], "elf": b"\x7fELF" + bytes(40)}


def upload(visitor: Plain, content: bytes, name: str = "foto.png", client_id: str = ID) -> Any:
    """Send a file."""
    named = {"X-File-Name": quote(name, errors="surrogatepass")}
    return visitor.http.post(f"/v1/files?client_id={client_id}", content=content, headers={**visitor.headers, **named})


def told(visitor: Plain) -> list[dict[str, Any]]:
    """The files that the log tells of."""
    return [f["entry"]["file"] for f in visitor.events() if f["type"] == "entry" and f["entry"]["kind"] == "file"]


@pytest.mark.parametrize("media_type", TAKEN)
def test_taken_and_given_back(visitor: Plain, media_type: str) -> None:
    """Told in the log with type and size; given back byte for byte, as a download that nothing runs."""
    content = TAKEN[media_type]
    assert upload(visitor, content, f"foto{ENDINGS[media_type]}").json()["frames"][0]["seq"] == 2
    [file] = told(visitor)
    assert (file["name"], file["media_type"], file["size"]) == (f"foto{ENDINGS[media_type]}", media_type, len(content))
    back = visitor.http.get(f"/v1/files/{file['id']}?name=lain.html", headers=visitor.headers)
    assert back.content == content
    assert back.headers["content-type"] == "application/octet-stream"
    assert back.headers["content-disposition"] == f"attachment; filename*=UTF-8''foto{ENDINGS[media_type]}"
    assert back.headers["x-content-type-options"] == "nosniff" and "sandbox" in back.headers["content-security-policy"]


@pytest.mark.parametrize("kind", REFUSED)
def test_refused(visitor: Plain, kind: str) -> None:
    """By what it is, whatever it is called; nothing of it stays."""
    answer = upload(visitor, REFUSED[kind])
    assert (answer.status_code, answer.json()["frames"][0]["code"]) == (415, "file_type")
    assert answer.json()["frames"][0]["client_id"] == ID
    assert told(visitor) == []


@pytest.mark.parametrize("head", [TAKEN["image/gif"][:6], PNG, TAKEN["application/pdf"][:8]])
def test_a_picture_that_is_a_page_too(visitor: Plain, head: bytes) -> None:
    """Taken as the picture that it is; it never comes back as a page."""
    assert upload(visitor, head + b"/*" + SCRIPT + b"*/", "halaman.html").status_code == 200
    [file] = told(visitor)
    back = visitor.http.get(f"/v1/files/{file['id']}", headers=visitor.headers)
    assert back.headers["content-type"] == "application/octet-stream"
    assert back.headers["content-disposition"].startswith("attachment")


@pytest.mark.parametrize(("name", "shown"), [
    ("../../etc/passwd", ".._.._etc_passwd.png"), ("..\\..\\a.png", ".._.._a.png"),
    ("a\r\nX-Evil: 1.png", "a X-Evil: 1.png"), ("a\n\tb.png", "a b.png"), ("\u202egnp.exe", "gnp.exe.png"),
    ("", "file.png"), ("\x00", "file.png"), ("foto \U0001f642.png", "foto \U0001f642.png"),
    ("a" * 300 + ".png", "a" * 116 + ".png"), ('a";b.png', 'a";b.png'), ("<b>.png", "<b>.png")])
def test_names(visitor: Plain, name: str, shown: str) -> None:
    """A name is only shown; no part of it is a path, a header or a direction."""
    assert upload(visitor, PNG, name).status_code == 200
    [file] = told(visitor)
    assert file["name"] == shown
    back = visitor.http.get(f"/v1/files/{file['id']}", headers=visitor.headers)
    assert unquote(back.headers["content-disposition"]) == f"attachment; filename*=UTF-8''{shown}"
    assert "x-evil" not in back.headers


@pytest.mark.parametrize("media_type", TAKEN)
def test_a_name_ends_as_the_file_is(visitor: Plain, media_type: str) -> None:
    """Who opens it by a click gets a picture or a document, whatever it was called."""
    endings = (".hta", ".bat", ".html", ".svg", ".exe", ".lnk", ".png.js", ".", ".p\u200bng", " ")
    for ending in endings:
        answer = upload(visitor, TAKEN[media_type], f"faktur{ending}", str(uuid.uuid4()))
        assert answer.status_code == 200, ending
    files = told(visitor)
    assert len(files) == len(endings)
    for file in files:
        assert file["name"].endswith(FILE_TYPES[media_type])
        back = visitor.http.get(f"/v1/files/{file['id']}", headers=visitor.headers)
        assert back.headers["content-disposition"].endswith(FILE_TYPES[media_type])


def test_sent_again(visitor: Plain, connect: Any) -> None:
    """The same client id is the same file, and the bot is not asked about it."""
    first = upload(visitor, PNG).json()
    assert upload(visitor, PNG).json() == first
    assert len(told(visitor)) == 1
    client: Client = connect(visitor.key)
    assert [entry["kind"] for entry in client.hello()["entries"] if entry["author"] == "visitor"] == ["file"]
    assert client.ask("ini fotonya")["text"] == "heard: ini fotonya"


def test_the_log_fails_in_between(visitor: Plain, gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is there, the log is not: sent again, both are, once."""
    def locked(_changes: object) -> None:
        raise StoreUnavailable("locked")

    with monkeypatch.context() as broken:
        broken.setattr(gateway.conversations, "write", locked)
        answer = upload(visitor, PNG)
        assert (answer.status_code, answer.json()["frames"][0]["code"]) == (503, "unavailable")
        assert int(answer.headers["retry-after"]) >= 1
    assert upload(visitor, PNG).status_code == 200
    assert len(told(visitor)) == 1


def test_whose_it_is(http: TestClient, visitor: Plain) -> None:
    """Another visitor gets nothing by its id, nor does anybody without a key."""
    upload(visitor, PNG)
    path = f"/v1/files/{told(visitor)[0]['id']}"
    other = Plain(http)
    other.hello()
    assert [http.get(path, headers=who.headers).status_code for who in (visitor, other, Plain(http))] == [200, 404, 401]
    assert upload(Plain(http), PNG).status_code == 401
    assert upload(Plain(http, "kb_" + "x" * 32), PNG).status_code == 401


def test_no_path_leads_out(visitor: Plain) -> None:
    """What is no id of ours is nothing."""
    upload(visitor, PNG)
    for file_id in ("..", "../web.db", "..%2Fweb.db", "%2e%2e%2f%2e%2e%2fetc%2fpasswd", "f_..%00", "%00", ".",
                    "f_" + "0" * 24, "\u0660"):
        answer = visitor.http.get(f"/v1/files/{file_id}", headers=visitor.headers)
        assert answer.status_code in (404, 405), file_id


def test_wrong_ids(visitor: Plain) -> None:
    """A client id is a UUID."""
    for client_id in ("", "x", "../a", ID.upper(), ID + "%0A"):
        answer = upload(visitor, PNG, client_id=client_id)
        assert answer.json()["frames"][0]["code"] == "bad_frame", client_id


def test_a_closed_conversation(visitor: Plain) -> None:
    """Takes no more."""
    visitor.send("end")
    assert upload(visitor, PNG).json()["frames"][0]["code"] == "closed"


@pytest.mark.parametrize(("told_length", "chunks_read"), [(b"10", 3), (b"9" * 5000, 0), (b"-1", 3), (b"x", 3)],
                         ids=["less", "endless", "negative", "no number"])
def test_too_large(visitor: Plain, web_settings: Settings, told_length: bytes, chunks_read: int,
                   tmp_path: Path) -> None:
    """Refused as soon as that is known, whatever the header says of its length; the rest is not read."""
    half = web_settings.max_file_bytes // 2
    read, sent = [], []

    async def receive() -> dict[str, Any]:
        read.append(1)
        return {"type": "http.request", "body": bytes(half), "more_body": True}

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"authorization", f"Bearer {visitor.key}".encode()), (b"content-length", told_length)]
    scope = {"type": "http", "method": "POST", "path": "/v1/files", "query_string": f"client_id={ID}".encode(),
             "headers": headers, "client": ("10.0.0.1", 1), "server": ("127.0.0.1", 8080), "scheme": "http",
             "http_version": "1.1", "root_path": "", "raw_path": b"/v1/files"}
    visitor.http.portal.call(visitor.http.app, scope, receive, send)  # type: ignore[union-attr]
    assert (sent[0]["status"], len(read)) == (413, chunks_read)
    assert b"file_too_large" in sent[1]["body"]
    assert not list((tmp_path / "files").rglob("f_*"))


def test_the_largest(visitor: Plain, web_settings: Settings, fake_bot: FakeBot) -> None:
    """Exactly as much as is allowed."""
    most = web_settings.max_file_bytes
    assert upload(visitor, PNG + bytes(most - len(PNG))).status_code == 200
    assert upload(visitor, PNG + bytes(most + 1 - len(PNG)), client_id=ID[:-1] + "2").status_code == 413
    assert fake_bot.asked == []
