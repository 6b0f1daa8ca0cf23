"""What Chatwoot will never do for one case must not keep anything back of it, or of the others."""

from __future__ import annotations

from desks.samples import said, sent

from bot.adapters.desks.chatwoot.desk import ChatwootDesk
from bot.adapters.desks.chatwoot.tests.desk_session import REF, kinds, shown, told, use
from bot.adapters.desks.chatwoot.tests.stand_in import ChatwootServer
from bot.ports import DeskNews

SAID = ["Ini panduannya", "panduan", "Bisa dibuka?"]


def test_a_file_that_is_refused() -> None:
    """What its agent says after it comes; the file comes empty, which no visitor is shown and the agent is told."""
    server = ChatwootServer()
    server.start()

    async def talk(desk: ChatwootDesk) -> DeskNews:
        budi = server.agent("Budi")
        server.say(1, budi, SAID[0], file=("panduan", b"%PDF"))
        # It asks for a token, which nobody sends to where files are.
        server.conversations[1]["messages"][-1]["attachments"][0]["data_url"] = f"{server.url}/api/v1/profile"
        server.say(1, budi, SAID[2])
        return await told(desk)

    try:
        news = use(server, talk)
    finally:
        server.stop()
    assert [text for kind, _, text in kinds(news) if kind == "message"] == [SAID[0], SAID[2]]
    assert [event.file for event in news.events if event.kind == "file"] == [b""]


def test_a_visitors_file_that_it_will_never_take() -> None:
    """A proxy before it lets small forms through alone. The agents are told; what the visitor says next comes."""
    server = ChatwootServer()
    server.start()
    server.largest_form = 100

    async def talk(desk: ChatwootDesk) -> None:
        await desk.relay(REF, sent(5, "foto.png", "image/png"), b"x" * 200)
        await desk.relay(REF, sent(5, "foto.png", "image/png"), b"x" * 200)
        await desk.relay(REF, said(6, "terlihat?"))

    try:
        use(server, talk)
        assert shown(server)[1:] == [(1, True, "The file foto.png is in the console."), (0, False, "terlihat?")]
    finally:
        server.stop()


def test_nobody_to_tell() -> None:
    """The conversation was deleted: who is told so anew for ever would hear nothing of all other cases."""
    server = ChatwootServer()
    server.start()

    async def talk(desk: ChatwootDesk) -> None:
        del server.conversations[1]
        await desk.refuse(REF, "m5", "over")

    try:
        use(server, talk)
    finally:
        server.stop()
