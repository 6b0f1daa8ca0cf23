"""Rasa and its actions in this process: the real model, the real rules."""

from __future__ import annotations

import asyncio
import logging
import os
import threading
import warnings
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.adapters import input_validation
from bot.adapters.model_store import ModelError
from bot.core.errors import BotUnavailable
from bot.languages import LANGUAGES
from bot.ports import Bot, BotReply, BotTurn
from bot.services import bot_protocol
from bot.tools.sandbox.recorded_app import RecordedApp
from bot.tools.training import RASA_ENVIRONMENT


@dataclass(frozen=True)
class Said:
    """What the bot said to one message, and why."""

    messages: list[dict[str, Any]]  # as Rasa's channels give them
    intent: str = ""
    confidence: float = 0.0  # 0 to 1
    ranking: list[tuple[str, float]] = field(default_factory=list)  # (intent, confidence), the likeliest first
    language: str = ""
    route: str | None = None  # where a hand-off leads

    @property
    def text(self) -> str:
        """All bubbles as one text."""
        return "\n".join(message["text"] for message in self.messages if "text" in message)


class LocalBot(Bot):
    """Rasa's agent and the actions in this process. `say` sends a message like the REST channel, `reply` like the
    gateway's channel; the actions use `app`.

    The model is loaded by the first message, or before by `load_in_background`, which takes seconds.
    """

    def __init__(self, model: Path, app: RecordedApp) -> None:
        self._apps = [app]
        self.model = model
        self._loading = threading.Lock()
        self._agent: Any = None

    @property
    def app(self) -> RecordedApp:
        """The application that the actions use: that of the sandbox which borrowed the bot last."""
        return self._apps[-1]

    @contextmanager
    def lent_to(self, app: RecordedApp) -> Iterator[None]:
        """Answer with `app` within the context. Contexts may end in any order."""
        self._apps.append(app)
        try:
            yield
        finally:
            self._apps.remove(app)

    @property
    def agent(self) -> Any:
        """Rasa's agent, loaded by now. Raises `ModelError`."""
        with self._loading:
            if self._agent is None:
                self._agent = _load(self)
        return self._agent

    @property
    def is_loaded(self) -> bool:
        """True once a message is answered without waiting for the model."""
        return self._agent is not None

    def load_in_background(self) -> None:
        """Begin to load the model in a thread. `wait` tells what goes wrong."""
        def load() -> None:
            with suppress(ModelError):
                self.wait()

        threading.Thread(target=load, daemon=True).start()

    def wait(self) -> None:
        """Wait until the model is loaded. Raises `ModelError` when it can't be."""
        _ = self.agent

    async def begin(self, sender: str, lang: str) -> None:
        """Let the REST conversation of `sender` begin in the language `lang`."""
        agent = await self._ready()
        from rasa.shared.core.events import SlotSet

        tracker = await agent.tracker_store.get_or_create_tracker(sender)
        tracker.update(SlotSet("language", lang))
        await agent.tracker_store.save(tracker)

    async def say(self, sender: str, text: str, token: str | None = None) -> Said:
        """Send one message, with an identity token, and wait for the reply."""
        agent = await self._ready()
        from rasa.core.channels.channel import CollectingOutputChannel, UserMessage

        body = {"sender": sender, "message": text, "metadata": {"identity_token": token}}
        incoming = input_validation.read(body, self.app.settings, frozenset(self.app.wording.topics))
        collector = CollectingOutputChannel()
        await agent.handle_message(
            UserMessage(incoming.text, collector, sender, input_channel="rest", metadata=incoming.metadata))
        tracker = await agent.tracker_store.retrieve(sender)
        assert tracker is not None and tracker.latest_message is not None, "the message was just handled"
        parsed = tracker.latest_message.parse_data
        return Said(
            messages=collector.messages, intent=parsed["intent"]["name"], confidence=parsed["intent"]["confidence"],
            ranking=[(item["name"], item["confidence"]) for item in parsed.get("intent_ranking", [])],
            language=tracker.get_slot("language") or LANGUAGES[0], route=tracker.get_slot("route"))

    async def reply(self, turn: BotTurn) -> BotReply:
        """See `Bot`."""
        agent = await self._ready()
        from bot.rasa_ext.gateway_channel import message_of, reply_in

        message = message_of(bot_protocol.request(turn))
        await agent.handle_message(message)
        reply = reply_in(message)
        if reply is None:
            raise BotUnavailable("the bot has no answer now")
        return bot_protocol.reply_from_json(reply)

    async def is_up(self) -> bool:
        """See `Bot`. True while the model is loaded, too: a message then waits."""
        return True

    async def close(self) -> None:
        """Nothing to do."""

    async def _ready(self) -> Any:
        return self.agent if self.is_loaded else await asyncio.to_thread(lambda: self.agent)


def _load(bot: LocalBot) -> Any:
    """Rasa's agent of the bot's model, with the actions in this process and recorded stages."""
    quieten()
    from rasa.core.agent import Agent
    from rasa.shared.core.domain import Domain
    from rasa.utils.log_utils import configure_structlog

    from bot.rasa_ext.tracker_store import RestTrackerStore
    from bot.tools.sandbox.in_process_actions import in_process_actions
    from bot.tools.sandbox.stages import record_stages

    configure_structlog(logging.WARNING)
    try:
        agent = Agent.load(str(bot.model), tracker_store=RestTrackerStore(Domain.empty()),
                           action_endpoint=in_process_actions(lambda: bot.app))
    except Exception as error:  # whatever a damaged archive leads to
        raise ModelError(f"the model {bot.model} can't be loaded ({error}): run `make train`") from error
    record_stages(agent.processor, lambda: bot.app.recorder)
    return agent


def quieten() -> None:
    """Hide libraries' logs and warnings, for a program whose output people read. Importing Sanic turns warnings on, so
    that comes first."""
    for name, value in RASA_ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    import sanic.app  # noqa: F401

    warnings.simplefilter("ignore")


def run(coroutine: Any) -> Any:
    """Run a coroutine, always in the same event loop: Rasa's locks and connections belong to it. While another thread
    runs the loop, the coroutine runs there; where another loop has this thread (Playwright's), in a thread of its own.
    Ctrl-C cancels it."""
    loop = _loop()
    if loop.is_running():
        return asyncio.run_coroutine_threadsafe(coroutine, loop).result()
    if asyncio._get_running_loop() is not None:
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(loop.run_until_complete, coroutine).result()
    task = asyncio.ensure_future(coroutine, loop=loop)
    try:
        return loop.run_until_complete(task)
    except KeyboardInterrupt:
        if task.cancel():  # false where the coroutine itself has raised it
            with suppress(asyncio.CancelledError):
                loop.run_until_complete(task)
        raise


def wait_for_threads() -> None:
    """Wait until no thread of `run` works any more: one that was begun goes on, though its task was cancelled."""
    wait(set(_THREADS.working))


class _Threads(ThreadPoolExecutor):
    """Knows what its threads work on."""

    def __init__(self) -> None:
        super().__init__(thread_name_prefix="sandbox")
        self.working: set[Future[Any]] = set()

    def submit(self, *arguments: Any, **named: Any) -> Future[Any]:
        """See `ThreadPoolExecutor`."""
        future: Future[Any] = super().submit(*arguments, **named)
        self.working.add(future)
        future.add_done_callback(self.working.discard)
        return future


_THREADS = _Threads()


@lru_cache(maxsize=1)
def _loop() -> asyncio.AbstractEventLoop:
    """The event loop; made explicitly, for uvloop, which Sanic installs, makes none by itself."""
    loop = asyncio.new_event_loop()
    loop.set_default_executor(_THREADS)
    asyncio.set_event_loop(loop)
    return loop
