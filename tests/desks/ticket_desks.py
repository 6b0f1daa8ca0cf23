"""The ticket desks of the contract suite, each with the people who work there."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any, Protocol

from desks.fake_http import FakeHttp
from desks.mail_server import Mailbox
from desks.rt import PASSWORD, FlakyWay, Rt
from desks.zendesk_tickets import BUDI, EMAIL, KILAT, SECRET, TOKEN, ZendeskServer

from bot.adapters.tickets.mail import MailDesk, MailSettings
from bot.adapters.tickets.rt import RtDesk, RtSettings
from bot.adapters.tickets.zendesk import ZendeskSettings, ZendeskTickets
from bot.core.errors import DeskUnavailable
from bot.ports import Receipt, Ticket, TicketDesk, TicketExport, TicketReply

File = tuple[str, bytes]
# What a fake that falls silent takes longer than.
PATIENT_SECONDS = 2.0
SUPPORT = "support@kilat.test"
MOST_TRIES = 8
RECEIPT = Receipt("Sudah kami terima", "Halo,\n\nP2.")
PAPERS = TicketExport("Tiket: KLT-000001", "Anda: Suaranya putus 😀", None, True, RECEIPT)


@dataclass(frozen=True)
class Seen:
    """A ticket as people at the desk see it: `papers` are what its visitor can't see, `writes_to` whom the desk tells,
    `urgency` grows with the priority."""

    ref: str
    subject: str
    text: str
    ticket_export: str
    writes_to: tuple[str, ...]
    urgency: int


class People(Protocol):
    """Who works at a desk. A file has a name and a content; `logo` is one that stands in the text, as below a mail."""

    desk: TicketDesk
    faults: list[str]
    way: FakeHttp
    # A part of the path of what is asked for a file alone.
    file_path: str

    def tickets(self) -> list[Seen]: ...
    def reply(self, ref: str, text: str, *files: File) -> None: ...
    def reply_with_logo(self, ref: str, text: str, logo: File, *files: File) -> None: ...
    def note(self, ref: str, text: str, *files: File) -> None: ...
    def visitor_writes(self, ref: str, text: str, *files: File) -> None: ...
    def lose_files(self) -> None: ...
    def finish(self, ref: str) -> None: ...
    def go(self) -> None: ...
    def come(self) -> None: ...


class AtMailbox:
    """Those who read the support mailbox."""

    def __init__(self, box: Mailbox) -> None:
        self.box = box
        self.faults = box.faults
        self.desk = MailDesk(
            MailSettings("127.0.0.1", box.port, False, None, None, SUPPORT, "kilat@kilat.test"), PATIENT_SECONDS)

    def tickets(self) -> list[Seen]:
        found = []
        for mail in self.box.to(SUPPORT):
            number = str(mail["X-Kilat-Ticket"])
            to = [a for addresses, one in self.box.mails for a in addresses
                  if one["X-Kilat-Ticket"] == number and a != SUPPORT]
            text = mail.get_content()
            subject = str(mail["Subject"])
            urgency = -int(subject.partition("] P")[2][0])
            found.append(Seen(str(mail["Message-ID"]), subject, text, text, tuple(dict.fromkeys(to)), urgency))
        return found

    def go(self) -> None:
        self.box.stop()

    def come(self) -> None:
        self.box.start()


class AtRt:
    """Those who work in Request Tracker; `budi` answers."""

    file_path = "/attachment/"

    def __init__(self, rt: Rt, way: FlakyWay) -> None:
        self._rt = rt
        self.way: FakeHttp = way
        self.faults = way.faults
        self._before = self._last()
        secret = base64.b64encode(f"kilat:{PASSWORD}".encode()).decode()
        self.desk = RtDesk(RtSettings(way.url, f"Basic {secret}", "General", SECRET))

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


class AtZendesk:
    """Those who work in Zendesk."""

    file_path = "/attachments/"

    def __init__(self, server: ZendeskServer) -> None:
        self.server = self.way = server
        self.faults = server.faults
        self.desk = ZendeskTickets(ZendeskSettings(server.url, EMAIL, TOKEN, SECRET), PATIENT_SECONDS)

    def tickets(self) -> list[Seen]:
        found = []
        for number, ticket in self.server.tickets.items():
            first, *rest = self.server.comments[number]
            [ticket_export] = [one["plain_body"] for one in rest if not one["public"]]
            requester = self.server.people[ticket["requester_id"]]
            to = () if requester["id"] == KILAT else (requester["email"],)
            urgency = -["urgent", "high", "normal", "low"].index(ticket["priority"])
            found.append(Seen(str(number), ticket["subject"], first["plain_body"], ticket_export, to, urgency))
        return found

    def reply(self, ref: str, text: str, *files: File) -> None:
        self.server.add(int(ref), BUDI, text, files=files)

    def reply_with_logo(self, ref: str, text: str, logo: File, *files: File) -> None:
        self.server.add(int(ref), BUDI, text, files=files, inline=[logo])

    def note(self, ref: str, text: str, *files: File) -> None:
        self.server.add(int(ref), BUDI, text, public=False, files=files)

    def visitor_writes(self, ref: str, text: str, *files: File) -> None:
        self.server.add(int(ref), self.server.tickets[int(ref)]["requester_id"], text, files=files)

    def lose_files(self) -> None:
        self.server.redact()

    def finish(self, ref: str) -> None:
        self.server.tickets[int(ref)]["status"] = "closed"

    def go(self) -> None:
        self.server.stop()

    def come(self) -> None:
        self.server.start()


def mail_with_logo(text: str, logo: File, *files: File) -> bytes:
    """A mail in text and HTML, with a picture in it and files attached, as programs of mail write it."""
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


def run(people: People, *steps: Callable[[], Any]) -> list[Any]:
    """What comes of asking the desk, each step until it is there."""

    async def main() -> list[Any]:
        try:
            return [await surely(step) for step in steps]
        finally:
            await people.desk.aclose()

    return asyncio.run(main())


async def surely(step: Callable[[], Any]) -> Any:
    """Ask again, as the worker does, until the desk has answered."""
    for _ in range(MOST_TRIES):
        try:
            return await step()
        except DeskUnavailable as error:
            await asyncio.sleep(min(error.retry_after or 0.05, 1))
    raise AssertionError("the desk never answered")


def hand_over(people: People, *tickets: Ticket, ticket_export: TicketExport = PAPERS) -> list[str]:
    """Their names at the desk."""
    refs: list[str] = run(people, *(lambda one=one: people.desk.open_ticket(one, ticket_export) for one in tickets))
    return refs


def read(people: People, ref: str, cursor: str | None = None) -> tuple[list[TicketReply], str | None, bool]:
    """The replies since `cursor`."""
    [found] = run(people, lambda: people.desk.replies(ref, cursor))
    return found  # type: ignore[no-any-return]


async def once(people: People, step: Awaitable[Any]) -> Any:
    """What comes of one try."""
    try:
        return await step
    finally:
        await people.desk.aclose()
