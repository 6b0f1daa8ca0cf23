"""The bot behind Rasa, against a server that does as it is told."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bot.adapters.rasa_client import RasaBot
from bot.core.answer import Bubble
from bot.core.errors import BotTooSlow, BotUnavailable
from bot.ports import BotReply, BotTurn
from bot.services import bot_protocol

TURN = BotTurn("c-1", "m-1", "halo", {"language": "id"})
REPLY = json.dumps(bot_protocol.reply_to_json([Bubble("Halo!")], {"language": "id"}))


def http(status: str, body: str = "") -> bytes:
    """An answer."""
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body.encode())}\r\n\r\n{body}".encode()


def ask(answer: bytes | None, question: Callable[[RasaBot], Awaitable[Any]]) -> tuple[Any, list[bytes]]:
    """Ask a bot behind a server that gives `answer` (`None`: closes the connection); what came, and what it got."""
    heads: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(answer or b"")
        writer.close()

    async def main() -> Any:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        bot = RasaBot(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", "geheim")
        try:
            return await question(bot)
        finally:
            await bot.close()
            server.close()

    return asyncio.run(main()), heads


def test_a_reply() -> None:
    """Bubbles and state come back; the secret went along."""
    reply, heads = ask(http("200 OK", REPLY), lambda bot: bot.reply(TURN))
    assert reply == BotReply((Bubble("Halo!"),), {"language": "id"})
    assert heads[0].startswith(b"POST /webhooks/gateway/webhook ") and b"Authorization: Bearer geheim" in heads[0]


@pytest.mark.parametrize("answer", [
    http("503 Service Unavailable", '{"error": "no"}'), http("401 Unauthorized"), http("200 OK", "nonsense"),
    http("200 OK", '{"bubbles": [], "state": {}}'), http("200 OK", '{"bubbles": "x"}'), b"no HTTP\r\n\r\n", None,
], ids=["503", "401", "nonsense", "says nothing", "wrong", "no HTTP", "closed"])
def test_no_reply(answer: bytes | None) -> None:
    """Whatever is wrong, it can be asked again later."""
    with pytest.raises(BotUnavailable):
        ask(answer, lambda bot: bot.reply(TURN))


def test_too_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told apart, for the same would take as long again; the connection is closed, so that the bot gives up."""
    monkeypatch.setattr("bot.adapters.rasa_client.ANSWER_SECONDS", 0.01)

    async def main() -> bytes:
        gone: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"}}")
            gone.set_result((await reader.read())[-1:])
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        bot = RasaBot(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", "geheim")
        with pytest.raises(BotTooSlow):
            await bot.reply(TURN)
        await gone
        await bot.close()
        server.close()
        return b"gone"

    assert asyncio.run(main()) == b"gone"


def test_nobody_is_there() -> None:
    """Neither a reply nor health."""

    async def main() -> bool:
        bot = RasaBot("http://127.0.0.1:1", "geheim")
        with pytest.raises(BotUnavailable):
            await bot.reply(TURN)
        up = await bot.is_up()
        await bot.close()
        return up

    assert asyncio.run(main()) is False


@pytest.mark.parametrize(("answer", "up"), [(http("200 OK"), True), (http("503 No"), False), (None, False)])
def test_health(answer: bytes | None, up: bool) -> None:
    """200 alone is health."""
    assert ask(answer, lambda bot: bot.is_up())[0] is up
