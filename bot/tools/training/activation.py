"""Makes a model serve: the running bot takes it first, and it is written down only when the bot serves it.

What holds Rasa's port may be no bot of this checkout (`running_bot.py`). It is left alone: it could not keep a model
from the bot of this checkout, which takes the model at its next start.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.adapters.model_store import Models
from bot.settings import Settings
from bot.tools.training.model_fingerprint import fingerprint
from bot.tools.training.running_bot import RunningBot, find_bot, swap


@dataclass(frozen=True)
class Activated:
    """A version that is active from now on; `bot` is what runs at Rasa's port, `None` where nothing runs."""

    version: str
    bot: RunningBot | None

    @property
    def is_served(self) -> bool:
        """True when a running bot of this checkout serves the version already."""
        return self.bot is not None and self.bot.is_ours

    def __str__(self) -> str:
        if self.bot is None:
            return f"{self.version} is active. No bot is running; the next start serves it."
        if self.bot.is_ours:
            return f"{self.version} is active, and the running bot serves it."
        return f"{self.version} is active, and the next start of this checkout serves it. {self.bot.stranger}"


def activate(settings: Settings, version: str) -> Activated:
    """Make a version serve: at once if a bot of this checkout runs, else from the next start on.

    `ModelError` when the archive is damaged or the running bot can't load it; nothing has changed then.
    """
    models = Models(settings.models)
    models.check(version)
    bot = _swap(settings, version)
    models.activate(version, fingerprint())
    return Activated(version, bot)


def roll_back(settings: Settings) -> Activated:
    """Make the version serve that served before, as `activate` does."""
    models = Models(settings.models)
    version = models.previous()
    models.check(version)
    bot = _swap(settings, version)
    models.roll_back(fingerprint())
    return Activated(version, bot)


def _swap(settings: Settings, version: str) -> RunningBot | None:
    """Let the running bot take the version, if it is one of this checkout; returns what runs."""
    bot = find_bot(settings)
    if bot and bot.is_ours:
        swap(settings, version)
    return bot
