"""A refusal of Chatwoot blocks neither the rest of a case nor other cases."""

from __future__ import annotations

from desks.samples import said, sent

from bot.adapters.desks.chatwoot.desk import ChatwootDesk
from bot.adapters.desks.chatwoot.tests.desk_session import REF, kinds, shown, told, use
from bot.adapters.desks.chatwoot.tests.stand_in import ChatwootServer
from bot.ports import DeskNews

SAID = ["Ini panduannya", "panduan", "Bisa dibuka?"]


def test_a_file_that_is_refused(server: ChatwootServer) -> None:
    """The file comes empty: the visitor does not see it, and the agent gets a notice. The next message comes."""

    async def talk(desk: ChatwootDesk) -> DeskNews:
        budi = server.agent("Budi")
        server.say(1, budi, SAID[0], file=("panduan", b"%PDF"))
        # It asks for a token, which nobody sends to where files are.
        server.conversations[1]["messages"][-1]["attachments"][0]["data_url"] = f"{server.url}/api/v1/profile"
        server.say(1, budi, SAID[2])
        return await told(desk)

    news = use(server, talk)
    assert [text for kind, _, text in kinds(news) if kind == "message"] == [SAID[0], SAID[2]]
    assert [event.file for event in news.events if event.kind == "file"] == [b""]
    server.wrong.clear()


def test_a_visitors_file_that_it_will_never_take(server: ChatwootServer) -> None:
    """A proxy refuses large forms. The agents get a notice, and the next message comes."""
    server.largest_form = 100

    async def talk(desk: ChatwootDesk) -> None:
        await desk.relay(REF, sent(5, "foto.png", "image/png"), b"x" * 200)
        await desk.relay(REF, sent(5, "foto.png", "image/png"), b"x" * 200)
        await desk.relay(REF, said(6, "terlihat?"))

    use(server, talk)
    assert shown(server)[1:] == [(1, True, "The file foto.png is in the console."), (0, False, "terlihat?")]


def test_nobody_to_tell(server: ChatwootServer) -> None:
    """The conversation was deleted. Endless retries would block all other cases."""

    async def talk(desk: ChatwootDesk) -> None:
        del server.conversations[1]
        await desk.refuse(REF, "m5", "over")

    use(server, talk)
    server.wrong.clear()
