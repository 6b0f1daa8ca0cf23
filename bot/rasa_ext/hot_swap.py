"""Another model for a running Rasa, without losing a message or what a conversation has come to.

Rasa's own ways do: `PUT /model` makes a new agent with an empty tracker store, and both that and its polling of a model
server load in the event loop, which answers nobody meanwhile (RasaHQ/rasa#3910). Here the model is loaded and tried in
a thread; then the agent, its trackers and its locks stay, and only the processor changes, between two messages.
A message that is being handled ends with the processor that it began with.
"""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog
from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.core.processor import MessageProcessor

from bot.adapters.model_store import ModelError, Models, version_of

logger = structlog.get_logger()

# Like nothing that a model learned, so that all of it is tried, its sentence vectors included.
TRIED = "halo 1 2 3 xyzzy"


class Swap:
    """The model of one running agent. `models` is the folder that versions are taken from."""

    def __init__(self, models: Path) -> None:
        self._models = Models(models)
        self._one_at_a_time = asyncio.Lock()

    async def to(self, version: str, agent: Agent) -> None:
        """Let `agent` serve a version; `ModelError` when it can't be loaded: then it serves what it did."""
        async with self._one_at_a_time:
            if loaded_version(agent) != version:
                self._models.get(version)
                try:
                    with _short_turns():
                        processor = await asyncio.to_thread(_load, self._models.archive(version), agent)
                except ModelError as error:
                    logger.error("kilat.model.refused", reason=str(error))
                    raise
                _put_in_place(processor, agent)
                keep_what_is_loaded()
                logger.info("kilat.model.swapped", version=version)

    async def catch_up(self, agent: Agent | None) -> None:
        """Take the active version, if another became it while `agent` was starting with one of the folder."""
        keep_what_is_loaded()
        active = self._models.active()
        if agent is None or active is None or loaded_version(agent) in (None, active.version):
            return
        if Path(agent.processor.model_path).parent == self._models.folder:
            await self.to(active.version, agent)


def loaded_version(agent: Agent | None) -> str | None:
    """The version that it serves; `None` without a model."""
    return version_of(Path(agent.processor.model_path)) if agent is not None and agent.is_ready() else None


def keep_what_is_loaded() -> None:
    """Python's collector looks no more at what is loaded by now: a look at all of it stops every visitor for a quarter
    of a second, and a message with many values could bring it about."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()


@contextmanager
def _short_turns() -> Iterator[None]:
    """Threads take turns ten times as often, so that a message waits less for the one that loads: the 95th
    percentile of parsing and 30 reads is 9 to 11 ms then, instead of 69 to 129 (two loads each, two busy cores)."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(usual / 10)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)


def _load(archive: Path, agent: Agent) -> MessageProcessor:
    """Load a model beside the one that serves, and parse one message with it."""
    try:
        processor = MessageProcessor(
            model_path=archive, tracker_store=agent.tracker_store, lock_store=agent.lock_store, generator=agent.nlg,
            action_endpoint=agent.action_endpoint, http_interpreter=agent.http_interpreter,
        )
        parsed = asyncio.run(processor.parse_message(UserMessage(TRIED)))
    except Exception as error:  # the edge: an archive may hold anything, and components of older code
        raise ModelError(f"{version_of(archive)} can't be loaded ({type(error).__name__}: {error})") from error
    if not parsed.get("intent", {}).get("name"):
        raise ModelError(f"{version_of(archive)} understands nothing: it finds no intent in {TRIED!r}")
    return processor


def _put_in_place(processor: MessageProcessor, agent: Agent) -> None:
    """In one step of the event loop, as `Agent.load_model` does it after loading."""
    agent.processor, agent.domain = processor, processor.domain
    agent.tracker_store.domain = processor.domain
