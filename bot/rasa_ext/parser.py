"""A trained model as a function from text to intent: no action server, no rules, no conversation."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from bot.services.evaluation import Parse


def open_parser(model: Path) -> Parse:
    """`text -> (intent, confidence 0 to 1)` by the whole pipeline of a packed model (`*.tar.gz`); opens in seconds."""
    read = open_pipeline(model)

    def parse(text: str) -> tuple[str, float]:
        intent = read(text)["intent"]
        return str(intent["name"]), float(intent["confidence"])

    return parse


def open_pipeline(model: Path) -> Callable[[str], Mapping[str, Any]]:
    """`text -> parse` as Rasa gives it: `intent`, `intent_ranking`, `reason`, `entities`."""
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # before Rasa: a spinning encoder costs seven times as much
    from rasa.core.agent import Agent
    from rasa.utils.log_utils import configure_structlog

    configure_structlog(logging.WARNING)
    agent = Agent.load(str(model))

    def read(text: str) -> Mapping[str, Any]:
        return dict(asyncio.run(agent.parse_message(text)))

    return read
