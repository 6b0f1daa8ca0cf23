"""What Zendesk will never do for one case must not keep anything back of it, or of the others."""

from __future__ import annotations

from desks.samples import said, sent

from bot.adapters.desks.zendesk_messaging.desk import ZendeskMessagingDesk
from bot.adapters.desks.zendesk_messaging.tests.desk_session import kinds, shown, told, use
from bot.adapters.desks.zendesk_messaging.tests.stand_in import ZendeskServer
from bot.adapters.desks.zendesk_messaging.tests.stand_in_account import APP
from bot.ports import DeskNews

SAID = ["Ini panduannya", "panduan", "Bisa dibuka?"]


def test_a_file_that_is_refused() -> None:
    """What its agent says after it comes; the file comes empty, which no visitor is shown and the agent is told."""
    server = ZendeskServer()
    server.start()

    async def talk(desk: ZendeskMessagingDesk, ref: str) -> DeskNews:
        server.say(ref, "Budi", SAID[0], file=("panduan", "application/pdf", b"%PDF"))
        server.conversations[ref]["messages"][-1]["content"]["mediaUrl"] = f"{server.url}/v2/apps/{APP}"
        server.say(ref, "Budi", SAID[2])
        return await told(desk, ref)

    try:
        news = use(server, talk)
    finally:
        server.stop()
    assert [text for kind, _, text in kinds(news) if kind == "message"] == [SAID[0], SAID[2]]
    assert [event.file for event in news.events if event.kind == "file"] == [b""]


def test_a_visitors_file_that_it_will_never_take() -> None:
    """The agents are told; what the visitor says next comes."""
    server = ZendeskServer()
    server.start()
    server.untaken.add("image/png")

    async def talk(desk: ZendeskMessagingDesk, ref: str) -> None:
        await desk.relay(ref, sent(5, "foto.png", "image/png"), b"x")
        await desk.relay(ref, sent(5, "foto.png", "image/png"), b"x")
        await desk.relay(ref, said(6, "terlihat?"))

    try:
        use(server, talk)
        assert shown(server)[1:] == [("Kilat", "The file foto.png is in the console."), ("", "terlihat?")]
    finally:
        server.stop()


def test_nobody_to_tell() -> None:
    """The conversation was deleted: who is told so anew for ever would hear nothing of all other cases."""
    server = ZendeskServer()
    server.start()

    async def talk(desk: ZendeskMessagingDesk, ref: str) -> None:
        server.conversations.clear()
        await desk.refuse(ref, "m5", "over")

    try:
        use(server, talk)
    finally:
        server.stop()
