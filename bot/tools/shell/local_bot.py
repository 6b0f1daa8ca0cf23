"""Rasa in this process (real model, real rules) beside a real action server, for the shell and tests."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.adapters import input_validation
from bot.adapters.internal_auth import bearer
from bot.adapters.wording_reader import read_wording
from bot.core.errors import BotUnavailable, ConfigurationError
from bot.languages import LANGUAGES
from bot.ports import Bot, BotReply, BotTurn
from bot.services import bot_protocol
from bot.settings import ROOT, Settings
from bot.tools.shell.action_server import command as action_server_command

START_SECONDS = 60
SERVER_PORTS = range(20_000, 32_000)  # Linux gives 32768 to 60999 to outgoing connections


@dataclass(frozen=True)
class Said:
    """What the bot said to one message, and why."""

    messages: list[dict[str, Any]]  # as Rasa's channels give them
    intent: str = ""
    confidence: float = 0.0  # 0 to 1
    ranking: list[tuple[str, float]] = field(default_factory=list)  # (intent, confidence), the likeliest first
    nearest: list[str] = field(default_factory=list)  # training lines, the nearest first
    entities: list[tuple[str, str]] = field(default_factory=list)  # (entity, value)
    language: str = ""
    route: str | None = None  # where a hand-off leads

    @property
    def text(self) -> str:
        """All bubbles as one text."""
        return "\n".join(message["text"] for message in self.messages if "text" in message)


class LocalBot(Bot):
    """Rasa's agent in this process. `say` sends a message like the REST channel, `reply` like the gateway's channel."""

    def __init__(self, model: Path, actions_url: str, settings: Settings) -> None:
        os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # a spinning encoder costs 145 ms a message instead of 21
        from rasa.core.agent import Agent
        from rasa.shared.core.domain import Domain
        from rasa.utils.endpoints import EndpointConfig
        from rasa.utils.log_utils import configure_structlog

        from bot.rasa_ext.tracker_store import RestTrackerStore

        configure_structlog(logging.WARNING)
        self.greeted: set[str] = set()
        self._settings = settings
        self._buttons = frozenset(read_wording(settings.data).topics)
        endpoint = EndpointConfig(url=actions_url, headers=bearer(settings.internal_secret))
        self.agent = Agent.load(str(model), tracker_store=RestTrackerStore(Domain.empty()), action_endpoint=endpoint)

    async def say(self, sender: str, text: str, token: str | None = None) -> Said:
        """Send one message, with an identity token, and wait for the reply."""
        from rasa.core.channels.channel import CollectingOutputChannel, UserMessage

        body = {"sender": sender, "message": text, "metadata": {"identity_token": token}}
        incoming = input_validation.read(body, self._settings, self._buttons)
        collector = CollectingOutputChannel()
        await self.agent.handle_message(
            UserMessage(incoming.text, collector, sender, input_channel="rest", metadata=incoming.metadata))
        tracker = await self.agent.tracker_store.retrieve(sender)
        assert tracker is not None and tracker.latest_message is not None, "the message was just handled"
        parsed = tracker.latest_message.parse_data
        return Said(
            messages=collector.messages, intent=parsed["intent"]["name"], confidence=parsed["intent"]["confidence"],
            ranking=[(item["name"], item["confidence"]) for item in parsed.get("intent_ranking", [])],
            nearest=[line["text"] for line in parsed.get("reason", {}).get("nearest", [])],
            entities=[(e["entity"], e["value"]) for e in parsed["entities"] if e["entity"] != "language"],
            language=tracker.get_slot("language") or LANGUAGES[0], route=tracker.get_slot("route"))

    async def reply(self, turn: BotTurn) -> BotReply:
        from bot.rasa_ext.gateway_channel import message_of, reply_in

        message = message_of(bot_protocol.request(turn))
        await self.agent.handle_message(message)
        reply = reply_in(message)
        if reply is None:
            raise BotUnavailable("the bot has no answer now")
        return bot_protocol.reply_from_json(reply)

    async def is_up(self) -> bool:
        return True

    async def close(self) -> None:
        """Nothing to do."""


@contextmanager
def action_server(port: int | None = None, env: dict[str, str] | None = None) -> Iterator[str]:
    """Run an action server on loopback within the context; gives the URL of its webhook."""
    port, environment = port or free_port(), {**os.environ, **(env or {})}
    process = subprocess.Popen(
        action_server_command(port), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    try:
        _wait_for(f"http://127.0.0.1:{port}/health", Settings.from_environment(environment).internal_secret, process)
        yield f"http://127.0.0.1:{port}/webhook"
    finally:
        process.terminate()
        process.wait(10)


def free_port() -> int:
    """A TCP port of 127.0.0.1 that is free now. It is none of those that systems give to outgoing connections, so no
    connection takes it before the server that it is for."""
    while True:
        port = secrets.choice(SERVER_PORTS)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def _wait_for(url: str, secret: str, process: subprocess.Popen[bytes]) -> None:
    request = urllib.request.Request(url, headers=bearer(secret))
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise ConfigurationError(f"the action server ended at once with code {process.returncode}")
        try:
            with urllib.request.urlopen(request, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise ConfigurationError(f"the action server did not answer at {url} within {START_SECONDS} s")


def run(coroutine: Any) -> Any:
    """Run a coroutine, always in the same event loop: Rasa's locks and connections belong to it."""
    return _loop().run_until_complete(coroutine)


@lru_cache(maxsize=1)
def _loop() -> asyncio.AbstractEventLoop:
    """The event loop; made explicitly, for uvloop, which Sanic installs, makes none by itself."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    return loop
