"""Finds out what runs at Rasa's port, and lets a bot of this checkout change its model."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any

from bot.adapters.internal_auth import bearer
from bot.adapters.model_store import ModelError
from bot.services import bot_protocol
from bot.settings import Settings

OK = 200
NOT_OUR_SECRET = (401, 403)
ASK_SECONDS = 15.0
SWAP_SECONDS = 180.0


@dataclass(frozen=True)
class RunningBot:
    """What runs at Rasa's port."""

    model: str | None = None  # the version that it has loaded
    stranger: str = ""  # empty for a bot of this checkout; else what holds the port, and what to do

    @property
    def is_ours(self) -> bool:
        """True for a bot with this checkout's secret and models."""
        return not self.stranger


def find_bot(settings: Settings) -> RunningBot | None:
    """What runs at Rasa's port; `None` when nothing does. `ModelError` when it does not answer in time."""
    try:
        status, text = _ask(settings, "GET", "", None, ASK_SECONDS)
    except ConnectionRefusedError:
        return None
    except TimeoutError as error:
        raise ModelError(f"what runs at {settings.rasa_url} does not answer ({error}). Is it the bot of this checkout, "
                         "and busy? Try again. Is it something else? " + _way_out()) from error
    except (OSError, HTTPException):
        return _stranger(settings, "something that is no Kilat")
    if status in NOT_OUR_SECRET:
        return _stranger(settings, "a bot that does not know the internal secret of this checkout (that of another "
                                   "checkout?)")
    answer = _read(text)
    if "model" not in answer:
        return _stranger(settings, f"something that is no Kilat, or an older one (it answers {status})")
    if answer.get("models", str(settings.models)) != str(settings.models):
        return _stranger(settings, f"a bot that takes its models from {answer['models']}, not from {settings.models}")
    return RunningBot(answer["model"])


def swap(settings: Settings, version: str) -> None:
    """Let the bot of this checkout take another model, and wait until it does; `ModelError` when it does not."""
    try:
        status, text = _ask(settings, "PUT", "model", {"version": version}, SWAP_SECONDS)
    except (OSError, HTTPException) as error:
        raise ModelError(f"the bot at {settings.rasa_url} does not answer ({error}). `kilat model list` shows what it "
                         f"serves; `kilat model activate {version}` tries again.") from error
    if status != OK:
        reason = _read(text).get("error") or f"status {status}"
        raise ModelError(f"the running bot keeps its model: {reason}. {version} is not active; it stays in "
                         f"{settings.models}.")


def _stranger(settings: Settings, what: str) -> RunningBot:
    return RunningBot(stranger=f"Port {settings.rasa_port} is held by {what}. {_way_out()}")


def _way_out() -> str:
    return "Before `make serve`, stop it, or set KILAT_RASA_PORT to a free port."


def _read(text: bytes) -> dict[str, Any]:
    """The JSON object in an answer; empty for any other answer."""
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _ask(settings: Settings, method: str, path: str, body: Any, seconds: float) -> tuple[int, bytes]:
    """(status, content) of the answer; `OSError` or `HTTPException` without one."""
    url = f"{settings.rasa_url}/webhooks/{bot_protocol.GATEWAY}/{path}"
    headers = {**bearer(settings.internal_secret), "Content-Type": "application/json"}
    content = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, content, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=seconds) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()
    except urllib.error.URLError as error:
        raise (error.reason if isinstance(error.reason, OSError) else error) from error
