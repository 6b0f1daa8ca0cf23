"""Makes a model serve: the running bot takes it first, and it is written down only when the bot serves it."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

from bot.adapters.internal_auth import bearer
from bot.adapters.model_store import ModelError, Models
from bot.services import bot_protocol
from bot.settings import Settings
from bot.tools.training.model_fingerprint import fingerprint

OK = 200
ASK_SECONDS = 3.0
SWAP_SECONDS = 180.0


def activate(settings: Settings, version: str) -> bool:
    """Make a version serve. True when a running bot serves it now, false when no bot runs: the next start serves it.

    `ModelError` when the archive is damaged or the running bot can't load it; nothing has changed then.
    """
    models = Models(settings.models)
    models.check(version)
    is_served = _swap(settings, version)
    models.activate(version, fingerprint())
    return is_served


def roll_back(settings: Settings) -> tuple[str, bool]:
    """Make the version serve that served before; returns the version, and a truth value as `activate` does."""
    models = Models(settings.models)
    version = models.previous()
    models.check(version)
    is_served = _swap(settings, version)
    models.roll_back(fingerprint())
    return version, is_served


def serving(settings: Settings) -> str | None:
    """The version that the running bot has loaded; `None` when no bot runs or it does not say."""
    try:
        _status, answer = _ask(settings, "GET", "", None, ASK_SECONDS)
    except (ModelError, OSError):
        return None
    version: str | None = answer.get("model")
    return version


def _swap(settings: Settings, version: str) -> bool:
    """Ask the running bot to take another model, and wait until it does; false when no bot runs."""
    try:
        status, answer = _ask(settings, "PUT", "model", {"version": version}, SWAP_SECONDS)
    except ConnectionRefusedError:
        return False
    except OSError as error:
        raise ModelError(f"the bot at {settings.rasa_url} does not answer ({error}). `kilat model list` shows what it "
                         "serves; try again.") from error
    if status != OK:
        raise ModelError(f"the running bot keeps its model: {answer.get('error') or f'status {status}'}")
    return True


def _ask(settings: Settings, method: str, path: str, body: Any, seconds: float) -> tuple[int, dict[str, Any]]:
    """(status, JSON) of the answer; `OSError` without an answer, `ModelError` for one that is no bot's of ours."""
    url = f"{settings.rasa_url}/webhooks/{bot_protocol.GATEWAY}/{path}"
    headers = {**bearer(settings.internal_secret), "Content-Type": "application/json"}
    content = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, content, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=seconds) as answer:
            status, text = answer.status, answer.read()
    except urllib.error.HTTPError as error:
        status, text = error.code, error.read()
    except urllib.error.URLError as error:
        raise (error.reason if isinstance(error.reason, OSError) else error) from error
    try:
        return status, dict(json.loads(text))
    except (ValueError, TypeError) as error:
        raise ModelError(f"what runs at {settings.rasa_url} can't swap its model (status {status}): is it an older "
                         "Kilat? Restart it, and the active model is taken") from error
