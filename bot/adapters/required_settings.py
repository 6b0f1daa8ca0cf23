"""Reads settings that only one adapter needs."""

from __future__ import annotations

from collections.abc import Mapping

from bot.core.errors import ConfigurationError
from bot.settings import own_address


def required(environ: Mapping[str, str], name: str, why: str) -> str:
    """The value of a variable. If missing, raises `ConfigurationError` with `why`: who needs it, what to set."""
    value = (environ.get(name) or "").strip()
    if not value:
        raise ConfigurationError(f"{name} is missing. {why}")
    return value


def web_address(environ: Mapping[str, str], name: str, why: str) -> str:
    """An address that Kilat calls (see `own_address`), without a slash at its end. Errors: see `required`."""
    value = required(environ, name, why)
    try:
        own_address({name: value}, name)
    except ConfigurationError as error:
        raise ConfigurationError(f"{error}. {why}") from None
    return value.rstrip("/")
