"""Chatwoot's settings, read when `KILAT_DESK` is chatwoot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.adapters.desks.http_calls import ANSWER_SECONDS
from bot.adapters.required_settings import required, web_address
from bot.core.errors import ConfigurationError

_WHY = "KILAT_DESK=chatwoot needs it: see docs/desks.md."
_ACCOUNT = "It is the number in Chatwoot's address /app/accounts/NUMBER."


@dataclass(frozen=True)
class ChatwootSettings:
    """The address of Chatwoot, and Kilat's account there."""

    url: str  # without a slash at its end
    account: str  # its number
    token: str = field(repr=False)  # access token of Kilat's user
    inbox: str  # identifier of the API inbox
    inbox_token: str | None = field(default=None, repr=False)  # the inbox's HMAC token, where it enforces identities
    webhook_secrets: tuple[str, ...] = field(default=(), repr=False)  # one for each webhook
    answer_seconds: float = ANSWER_SECONDS  # how long an answer may take

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> ChatwootSettings:
        """Read `KILAT_CHATWOOT_*`. Raises `ConfigurationError`, which says where to find a missing one."""
        account = required(environ, "KILAT_CHATWOOT_ACCOUNT", f"{_ACCOUNT} {_WHY}")
        if not account.isdecimal():
            raise ConfigurationError(f"KILAT_CHATWOOT_ACCOUNT: {account!r} is no number. {_ACCOUNT}")
        return cls(
            web_address(environ, "KILAT_CHATWOOT_URL", f"It is such as https://app.chatwoot.com. {_WHY}"),
            account,
            required(environ, "KILAT_CHATWOOT_TOKEN",
                     f"It is in Profile settings > Access token, of a user for Kilat alone. {_WHY}"),
            required(environ, "KILAT_CHATWOOT_INBOX",
                     f"It is in the API inbox's Settings > Configuration > Inbox identifier. {_WHY}"),
            environ.get("KILAT_CHATWOOT_INBOX_TOKEN") or None,
            tuple((environ.get("KILAT_CHATWOOT_WEBHOOK_SECRET") or "").replace(",", " ").split()))
