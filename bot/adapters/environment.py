"""Settings that only one adapter needs: read beside it, failing as loudly as all others."""

from __future__ import annotations

from collections.abc import Mapping

from bot.core.errors import ConfigurationError
from bot.settings import own_address


def required(environ: Mapping[str, str], name: str, why: str) -> str:
    """The value of a variable that must be there; `why` says what asks for it, and what to set."""
    value = (environ.get(name) or "").strip()
    if not value:
        raise ConfigurationError(f"{name} is missing. {why}")
    return value


def web_address(environ: Mapping[str, str], name: str, why: str) -> str:
    """An address that Kilat calls (`own_address`), without a slash at its end."""
    value = required(environ, name, why)
    try:
        own_address({name: value}, name)
    except ConfigurationError as error:
        raise ConfigurationError(f"{error}. {why}") from None
    return value.rstrip("/")
