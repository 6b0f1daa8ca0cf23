"""A refusal of Zendesk blocks neither the rest of a case nor other cases."""

from __future__ import annotations

from desks.samples import said, sent

from bot.adapters.desks.zendesk_messaging.desk import ZendeskMessagingDesk
from bot.adapters.desks.zendesk_messaging.tests.desk_session import kinds, shown, told, use
from bot.adapters.desks.zendesk_messaging.tests.stand_in import ZendeskServer
from bot.adapters.desks.zendesk_messaging.tests.stand_in_account import APP
from bot.ports import DeskNews

SAID = ["Ini panduannya", "panduan", "Bisa dibuka?"]


def test_a_file_that_is_refused(server: ZendeskServer) -> None:
    """The file comes empty: the visitor does not see it, and the agent gets a notice. The next message comes."""

    async def talk(desk: ZendeskMessagingDesk, ref: str) -> DeskNews:
        server.say(ref, "Budi", SAID[0], file=("panduan", "application/pdf", b"%PDF"))
        server.conversations[ref]["messages"][-1]["content"]["mediaUrl"] = f"{server.url}/v2/apps/{APP}"
        server.say(ref, "Budi", SAID[2])
        return await told(desk, ref)

    news = use(server, talk)
    assert [text for kind, _, text in kinds(news) if kind == "message"] == [SAID[0], SAID[2]]
    assert [event.file for event in news.events if event.kind == "file"] == [b""]
    server.wrong.clear()


def test_a_visitors_file_that_it_will_never_take(server: ZendeskServer) -> None:
    """The agents get a notice, and the next message comes."""
    server.untaken.add("image/png")

    async def talk(desk: ZendeskMessagingDesk, ref: str) -> None:
        await desk.relay(ref, sent(5, "foto.png", "image/png"), b"x")
        await desk.relay(ref, sent(5, "foto.png", "image/png"), b"x")
        await desk.relay(ref, said(6, "terlihat?"))

    use(server, talk)
    assert shown(server)[1:] == [("Kilat", "The file foto.png is in the console."), ("", "terlihat?")]


def test_nobody_to_tell(server: ZendeskServer) -> None:
    """The conversation was deleted. Endless retries would block all other cases."""

    async def talk(desk: ZendeskMessagingDesk, ref: str) -> None:
        server.conversations.clear()
        await desk.refuse(ref, "m5", "over")

    use(server, talk)
    server.wrong.clear()
