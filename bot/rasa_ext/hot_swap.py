"""Gives a running Rasa another model without losing a message or the state of a conversation.

Rasa's own ways lose both: `PUT /model` makes a new agent with an empty tracker store, and this and the polling of a
model server load in the event loop, which answers nobody meanwhile (RasaHQ/rasa#3910). Here a thread loads and tries
the model. The agent, its trackers and its locks stay; only the processor changes, between two messages. A message that
is being handled ends with the processor that it began with.
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

# Unlike anything that a model learned, so that the whole model is tried, its sentence embeddings included.
PROBE_TEXT = "halo 1 2 3 xyzzy"


class HotSwap:
    """Swaps the model of one running agent. `models` is the folder of the versions."""

    def __init__(self, models: Path) -> None:
        self._models = Models(models)
        self._one_at_a_time = asyncio.Lock()

    async def swap_to(self, version: str, agent: Agent) -> None:
        """Let `agent` serve `version`; `ModelError` when that can't be loaded, and the agent keeps its model."""
        async with self._one_at_a_time:
            if loaded_version(agent) != version:
                self._models.get(version)
                try:
                    with _short_switch_interval():
                        processor = await asyncio.to_thread(_load, self._models.archive(version), agent)
                except ModelError as error:
                    logger.error("kilat.model.refused", reason=str(error))
                    raise
                _install(processor, agent)
                freeze_loaded_objects()
                logger.info("kilat.model.swapped", version=version)

    async def swap_to_active(self, agent: Agent | None) -> None:
        """Take the active version, where another one became active while `agent` was starting."""
        freeze_loaded_objects()
        active = self._models.active()
        if agent is None or active is None or loaded_version(agent) in (None, active.version):
            return
        if Path(agent.processor.model_path).parent == self._models.folder:
            await self.swap_to(active.version, agent)


def loaded_version(agent: Agent | None) -> str | None:
    """The version that `agent` serves; `None` without a model."""
    return version_of(Path(agent.processor.model_path)) if agent is not None and agent.is_ready() else None


def freeze_loaded_objects() -> None:
    """Exempt all objects of now from garbage collection.

    A full collection stops every visitor for a quarter of a second, and a message with many values could start one.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()


@contextmanager
def _short_switch_interval() -> Iterator[None]:
    """Let threads take turns ten times as often, so that a message waits less for the thread that loads.

    The 95th percentile of parsing and 30 reads is 9 to 11 ms then, instead of 69 to 129 (two loads each, two busy
    cores).
    """
    usual = sys.getswitchinterval()
    sys.setswitchinterval(usual / 10)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)


def _load(archive: Path, agent: Agent) -> MessageProcessor:
    """Load a model beside the one that serves, and parse one message with it; `ModelError` when either fails."""
    try:
        processor = MessageProcessor(
            model_path=archive, tracker_store=agent.tracker_store, lock_store=agent.lock_store, generator=agent.nlg,
            action_endpoint=agent.action_endpoint, http_interpreter=agent.http_interpreter)
        parsed = asyncio.run(processor.parse_message(UserMessage(PROBE_TEXT)))
    except Exception as error:  # the edge: an archive may hold anything, and components of older code
        raise ModelError(f"{version_of(archive)} can't be loaded ({type(error).__name__}: {error})") from error
    if not parsed.get("intent", {}).get("name"):
        raise ModelError(f"{version_of(archive)} understands nothing: it finds no intent in {PROBE_TEXT!r}")
    return processor


def _install(processor: MessageProcessor, agent: Agent) -> None:
    """Make `processor` the one of `agent`, in one step of the event loop, as `Agent.load_model` does after loading."""
    agent.processor, agent.domain = processor, processor.domain
    agent.tracker_store.domain = processor.domain
