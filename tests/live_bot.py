"""The real bot for tests (model, action server, SQLite in a temporary folder), and what every reply must be."""

from __future__ import annotations

import gc
import os
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from bot.adapters.identity_token import sign
from bot.adapters.model_store import ModelError, Models
from bot.adapters.sample_customers import sample_identity
from bot.bootstrap import seed
from bot.settings import ROOT, Settings
from bot.tools.sandbox.local_bot import LocalBot, Said, run
from bot.tools.shell.action_server import action_server
from bot.tools.training import RASA_ENVIRONMENT

# Before anything brings libgomp in: a spinning encoder costs seven times as much.
os.environ.update(RASA_ENVIRONMENT)

NO_MODEL = "there is no trained model: run make train"
DIGITS = 7
_EXCEPTED = re.compile(r"\bKL[TC]-\d+\b|[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_NUMBER = re.compile(r"\+?\d(?:[\s().\-]*\d)+")
_LEFTOVER = re.compile(r"[{}]|utter_")


def active_model() -> Path:
    """The archive of the model that serves; without one, the test skips."""
    try:
        return Models(Settings.from_environment().models).active_archive()
    except ModelError:
        pytest.skip(NO_MODEL)


class LiveBot:
    """`LocalBot` without the asynchrony."""

    def __init__(self, actions_url: str, settings: Settings) -> None:
        self.settings = settings
        self.bot = LocalBot(active_model(), actions_url, settings)

    @property
    def agent(self) -> Any:
        """Rasa's agent, to send it messages past the REST channel."""
        return self.bot.agent

    def say(self, sender: str, text: str, customer: str | None = None) -> Said:
        """The reply to `text` by a sample customer (see `bot.adapters.sample_customers`), or by an anonymous
        visitor."""
        token = sign(sample_identity(customer), self.settings) if customer else None
        said: Said = run(self.bot.say(sender, text, token))
        return said


@pytest.fixture(scope="session")
def live_bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveBot]:
    """The bot of the trained model, once a session."""
    active_model()
    state = tmp_path_factory.mktemp("state")
    environment = {"KILAT_STATE_DIR": str(state), "KILAT_IDENTITY_SECRET": "0123456789abcdef" * 3}
    settings = Settings.from_environment(environment)
    seed(settings)
    with action_server(env={**environment, "KILAT_DATABASE_URL": settings.database_url}) as url:
        bot = LiveBot(url, settings)
        # Rasa and the model are there to stay: the collector need not look at them again and again.
        gc.collect()
        gc.freeze()
        yield bot


def wrong_in(said: Said, turn: dict[str, Any], heard: str = "") -> list[str]:
    """What is wrong with a reply: by the `has`, `lacks`, `lang` and `route` of a turn, and by the rules for all.

    `heard` is what the visitor wrote so far: a number of their own may come back in a summary.
    """
    titles = [button["title"] for message in said.messages for button in message.get("buttons") or []]
    everything = "\n".join([said.text, *titles])
    found = [f"has no {p!r}" for p in turn.get("has", ()) if not re.search(str(p), everything, re.IGNORECASE)]
    found += [f"has {p!r}" for p in turn.get("lacks", ()) if re.search(str(p), said.text, re.IGNORECASE)]
    for name, got in (("lang", said.language), ("route", said.route)):
        if name in turn and turn[name] != got:
            found.append(f"{name} is {got!r}, not {turn[name]!r}")
    if not said.messages or not all(message.get("text", "").strip() for message in said.messages):
        found.append("says nothing")
    if match := _LEFTOVER.search(everything):
        found.append(f"shows {match.group()!r}")
    return found + [f"invents the number {n!r}" for n in invented_numbers(everything, heard)]


def invented_numbers(text: str, heard: str = "") -> list[str]:
    """Numbers like a phone number's that no phone line has and the visitor did not write."""
    for known in _phone_numbers():
        text = text.replace(known, " # ")
    found = [match.group() for match in _NUMBER.finditer(_EXCEPTED.sub(" # ", text))]
    return [number for number in found if sum(c.isdigit() for c in number) >= DIGITS and number not in heard]


@lru_cache
def _phone_numbers() -> list[str]:
    lines = YAML(typ="safe").load(ROOT / "data" / "knowledge" / "phone_lines.yml")["phone_lines"]
    numbers = [number["number"] for line in lines.values() for number in line["numbers"]]
    return sorted(numbers, key=len, reverse=True)
