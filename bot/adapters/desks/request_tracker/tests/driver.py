"""The agents in a real Request Tracker."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from email.message import EmailMessage
from typing import Any

import pytest
from desks.fake_http import FakeHttp, serve
from desks.ticket_driver import File, Seen

from bot.adapters.desks.request_tracker.desk import RequestTrackerDesk
from bot.adapters.desks.request_tracker.settings import RequestTrackerSettings
from bot.adapters.desks.request_tracker.tests.real_server import PASSWORD, FlakyProxy, Rt

SECRET = "scrip-secret"


class RequestTrackerDriver:
    """The agents in Request Tracker; `budi` answers."""

    file_path = "/attachment/"

    def __init__(self, rt: Rt, way: FlakyProxy) -> None:
        self._rt = rt
        self.way: FakeHttp = way
        self.faults = way.faults
        self._before = self._last()
        secret = base64.b64encode(f"kilat:{PASSWORD}".encode()).decode()
        self.desk = RequestTrackerDesk(RequestTrackerSettings(way.url, f"Basic {secret}", "General", SECRET))

    def tickets(self) -> list[Seen]:
        found = []
        query = f"/tickets?query=id%20%3E%20{self._before}&fields=Subject,Priority,Requestor&orderby=id"
        for item in self._rt.ask("GET", query)["items"]:
            ref = str(item["id"])
            [text], [ticket_export] = self._rt.history(ref, "Create"), self._rt.history(ref, "Comment")
            to = tuple(person["id"] for person in item["Requestor"])
            found.append(Seen(ref, item["Subject"], text, ticket_export, to, int(item["Priority"])))
        return found

    def reply(self, ref: str, text: str, *files: File) -> None:
        self._rt.ask("POST", f"/ticket/{ref}/correspond", _message(text, files))

    def reply_with_logo(self, ref: str, text: str, logo: File, *files: File) -> None:
        self._rt.as_mail(ref, "budi", mail_with_logo(text, logo, *files))

    def note(self, ref: str, text: str, *files: File) -> None:
        self._rt.ask("POST", f"/ticket/{ref}/comment", _message(text, files))

    def visitor_writes(self, ref: str, text: str, *files: File) -> None:
        self._rt.as_mail(ref, "ada@example.com", mail_with_logo(text, ("ada.png", b"x"), *files))

    def lose_files(self) -> None:
        self._rt.lose_files()

    def finish(self, ref: str) -> None:
        self._rt.ask("PUT", f"/ticket/{ref}", {"Status": "resolved"})

    def go(self) -> None:
        self.way.stop()

    def come(self) -> None:
        self.way.start()

    def _last(self) -> int:
        items = self._rt.ask("GET", "/tickets?query=id%20%3E%200&orderby=id&order=DESC&per_page=1")["items"]
        return int(items[0]["id"]) if items else 0


def open_driver(request: pytest.FixtureRequest) -> RequestTrackerDriver:
    """The agents in the Request Tracker of all tests, with a new connection to it."""
    server: Rt = request.getfixturevalue("start_once")(Rt)
    return RequestTrackerDriver(server, serve(FlakyProxy(server.url), request))


def mail_with_logo(text: str, logo: File, *files: File) -> bytes:
    """A mail in text and HTML, with an embedded picture and attachments, as mail programs write it."""
    mail = EmailMessage()
    mail.set_content(text)
    mail.add_alternative(f'<p>{text}</p><img src="cid:logo@kilat.test">', subtype="html")
    name, content = logo
    html = mail.get_payload()[1]  # type: ignore[index]
    html.add_related(content, "image", "png", cid="<logo@kilat.test>", filename=name)  # type: ignore[union-attr]
    for name, content in (*files, ("smime.p7s", b"signed")):
        subtype = "pkcs7-signature" if name.endswith(".p7s") else "octet-stream"
        mail.add_attachment(content, "application", subtype, filename=name)
    return mail.as_bytes()


def _message(text: str, files: Sequence[File]) -> dict[str, Any]:
    parts = [{"FileName": name, "FileType": "application/octet-stream",
              "FileContent": base64.b64encode(content).decode()} for name, content in files]
    return {"Content": text, "ContentType": "text/plain", **({"Attachments": parts} if parts else {})}
