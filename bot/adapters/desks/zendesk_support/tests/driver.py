"""The agents in the stand-in for Zendesk Support."""

from __future__ import annotations

import pytest
from desks.fake_http import serve
from desks.ticket_driver import PATIENT_SECONDS, File, Seen

from bot.adapters.desks.zendesk_support.desk import ZendeskSupportDesk
from bot.adapters.desks.zendesk_support.settings import ZendeskSupportSettings
from bot.adapters.desks.zendesk_support.tests.stand_in import BUDI, EMAIL, KILAT, SECRET, TOKEN, ZendeskServer


class ZendeskSupportDriver:
    """The agents in Zendesk Support."""

    file_path = "/attachments/"

    def __init__(self, server: ZendeskServer) -> None:
        self.server = self.way = server
        self.faults = server.faults
        self.desk = ZendeskSupportDesk(ZendeskSupportSettings(server.url, EMAIL, TOKEN, SECRET), PATIENT_SECONDS)

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


def open_driver(request: pytest.FixtureRequest) -> ZendeskSupportDriver:
    """The agents in a new stand-in."""
    return ZendeskSupportDriver(serve(ZendeskServer(), request))
