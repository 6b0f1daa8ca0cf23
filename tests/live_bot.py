"""The real bot for tests, in a sandbox: the trained model, the actions, a gateway, SQLite in a temporary folder."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.identity_token import sign
from bot.adapters.model_store import ModelError, Models
from bot.adapters.sample_customers import sample_identity
from bot.settings import ROOT, Settings
from bot.tools.sandbox.local_bot import LocalBot, Said, run
from bot.tools.sandbox.sandbox import Sandbox, open_sandbox
from bot.tools.sandbox.visitors import titles
from bot.tools.scenarios.player import unmet
from bot.tools.scenarios.reply_rules import wrong_with
from bot.tools.scenarios.scenario import Expected
from bot.tools.scenarios.sides import Line
from bot.tools.training import RASA_ENVIRONMENT

# Before anything brings libgomp in: a spinning encoder costs seven times as much.
os.environ.update(RASA_ENVIRONMENT)

NO_MODEL = "there is no trained model: run make train"


def active_model() -> Path:
    """The archive of the model that serves; without one, the test skips."""
    try:
        return Models(Settings.from_environment().models).active_archive()
    except ModelError:
        pytest.skip(NO_MODEL)


class LiveBot:
    """The sandbox, and what tests ask of Rasa's REST channel in it."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.settings = sandbox.app.settings
        self.bot: LocalBot = sandbox.bot

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
    model = active_model()
    environment = {"KILAT_STATE_DIR": str(tmp_path_factory.mktemp("state")),
                   "KILAT_IDENTITY_SECRET": "0123456789abcdef" * 3}
    with open_sandbox(Settings.from_environment(environment), model) as sandbox:
        live = LiveBot(sandbox)
        assert live.agent
        # Rasa and the model are there to stay: the collector need not look at them again and again.
        gc.collect()
        gc.freeze()
        yield live


def wrong_in(said: Said, question: dict[str, Any], heard: str) -> list[str]:
    """What is wrong with a reply: by the `has`, `lacks`, `lang` and `route` of a question, and by the rules for every
    reply. `heard` is what the visitor wrote."""
    lines = [Line("bot", message.get("text", ""), titles(message)) for message in said.messages]
    expected = Expected(tuple(map(str, question.get("has", ()))), tuple(map(str, question.get("lacks", ()))),
                        question.get("lang"), question.get("route"))
    found = unmet(expected, lines, {"language": said.language, "route": said.route})
    return found + wrong_with(lines, heard, ROOT / "data")
