"""What Chatwoot and Zendesk will never do for one case must not keep anything back of it, or of the others."""

from __future__ import annotations

from desks.samples import said, sent

from bot.adapters.desks.chatwoot.desk import ChatwootDesk
from bot.adapters.desks.chatwoot.tests.desk_session import REF
from bot.adapters.desks.chatwoot.tests.desk_session import kinds as chatwoot_kinds
from bot.adapters.desks.chatwoot.tests.desk_session import shown as shown_at_chatwoot
from bot.adapters.desks.chatwoot.tests.desk_session import told as chatwoot_told
from bot.adapters.desks.chatwoot.tests.desk_session import use as use_chatwoot
from bot.adapters.desks.chatwoot.tests.stand_in import ChatwootServer
from bot.adapters.desks.zendesk_messaging.desk import ZendeskDesk
from bot.adapters.desks.zendesk_messaging.tests.desk_session import kinds as zendesk_kinds
from bot.adapters.desks.zendesk_messaging.tests.desk_session import shown as shown_at_zendesk
from bot.adapters.desks.zendesk_messaging.tests.desk_session import told as zendesk_told
from bot.adapters.desks.zendesk_messaging.tests.desk_session import use as use_zendesk
from bot.adapters.desks.zendesk_messaging.tests.stand_in import ZendeskServer
from bot.adapters.desks.zendesk_messaging.tests.stand_in_account import APP
from bot.core.errors import LONGEST_WAIT, DeskUnavailable
from bot.ports import DeskNews

SAID = ["Ini panduannya", "panduan", "Bisa dibuka?"]


def test_a_file_that_chatwoot_refuses() -> None:
    """What its agent says after it comes; the file comes empty, which no visitor is shown and the agent is told."""
    server = ChatwootServer()
    server.start()

    async def talk(desk: ChatwootDesk) -> DeskNews:
        budi = server.agent("Budi")
        server.say(1, budi, SAID[0], file=("panduan", b"%PDF"))
        # It asks for a token, which nobody sends to where files are.
        server.conversations[1]["messages"][-1]["attachments"][0]["data_url"] = f"{server.url}/api/v1/profile"
        server.say(1, budi, SAID[2])
        return await chatwoot_told(desk)

    try:
        news = use_chatwoot(server, talk)
    finally:
        server.stop()
    assert [text for kind, _, text in chatwoot_kinds(news) if kind == "message"] == [SAID[0], SAID[2]]
    assert [event.file for event in news.events if event.kind == "file"] == [b""]


def test_a_file_that_zendesk_refuses() -> None:
    """What its agent says after it comes; the file comes empty, which no visitor is shown and the agent is told."""
    server = ZendeskServer()
    server.start()

    async def talk(desk: ZendeskDesk, ref: str) -> DeskNews:
        server.say(ref, "Budi", SAID[0], file=("panduan", "application/pdf", b"%PDF"))
        server.conversations[ref]["messages"][-1]["content"]["mediaUrl"] = f"{server.url}/v2/apps/{APP}"
        server.say(ref, "Budi", SAID[2])
        return await zendesk_told(desk, ref)

    try:
        news = use_zendesk(server, talk)
    finally:
        server.stop()
    assert [text for kind, _, text in zendesk_kinds(news) if kind == "message"] == [SAID[0], SAID[2]]
    assert [event.file for event in news.events if event.kind == "file"] == [b""]


def test_a_visitors_file_that_chatwoot_will_never_take() -> None:
    """A proxy before it lets small forms through alone. The agents are told; what the visitor says next comes."""
    server = ChatwootServer()
    server.start()
    server.largest_form = 100

    async def talk(desk: ChatwootDesk) -> None:
        await desk.relay(REF, sent(5, "foto.png", "image/png"), b"x" * 200)
        await desk.relay(REF, sent(5, "foto.png", "image/png"), b"x" * 200)
        await desk.relay(REF, said(6, "terlihat?"))

    try:
        use_chatwoot(server, talk)
        assert shown_at_chatwoot(server)[1:] == [
            (1, True, "The file foto.png is in the console."), (0, False, "terlihat?")]
    finally:
        server.stop()


def test_a_visitors_file_that_zendesk_will_never_take() -> None:
    """The same there."""
    server = ZendeskServer()
    server.start()
    server.untaken.add("image/png")

    async def talk(desk: ZendeskDesk, ref: str) -> None:
        await desk.relay(ref, sent(5, "foto.png", "image/png"), b"x")
        await desk.relay(ref, sent(5, "foto.png", "image/png"), b"x")
        await desk.relay(ref, said(6, "terlihat?"))

    try:
        use_zendesk(server, talk)
        assert shown_at_zendesk(server)[1:] == [("Kilat", "The file foto.png is in the console."), ("", "terlihat?")]
    finally:
        server.stop()


def test_a_desk_that_wants_a_year() -> None:
    """It is asked again all the same: agents may be there long before."""
    assert DeskUnavailable("away", retry_after=31_536_000.0).retry_after == LONGEST_WAIT
    assert DeskUnavailable("away", retry_after=30.0).retry_after == 30.0
    assert DeskUnavailable("away").retry_after is None
    for odd in (float("nan"), -3.0):
        assert DeskUnavailable("away", retry_after=odd).retry_after == 0.0


def test_nobody_to_tell_at_chatwoot() -> None:
    """The conversation was deleted: who is told so anew for ever would hear nothing of all other cases."""
    server = ChatwootServer()
    server.start()

    async def talk(desk: ChatwootDesk) -> None:
        del server.conversations[1]
        await desk.refuse(REF, "m5", "over")

    try:
        use_chatwoot(server, talk)
    finally:
        server.stop()


def test_nobody_to_tell_at_zendesk() -> None:
    """The conversation was deleted: who is told so anew for ever would hear nothing of all other cases."""
    server = ZendeskServer()
    server.start()

    async def talk(desk: ZendeskDesk, ref: str) -> None:
        server.conversations.clear()
        await desk.refuse(ref, "m5", "over")

    try:
        use_zendesk(server, talk)
    finally:
        server.stop()
