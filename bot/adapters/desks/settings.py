"""Settings of the desks that are Chatwoot and Zendesk: read only when `KILAT_DESK` names one."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.adapters.desks.http_calls import ANSWER_SECONDS
from bot.adapters.environment import required, web_address
from bot.core.errors import ConfigurationError

_CHATWOOT = "KILAT_DESK=chatwoot needs it: see docs/desks.md."
_ZENDESK = "KILAT_DESK=zendesk needs it: see docs/desks.md."
_ACCOUNT = "It is the number in Chatwoot's address /app/accounts/NUMBER."
_KEYS = "Admin Center > Apps and integrations > Conversations API."


@dataclass(frozen=True)
class ChatwootSettings:
    """`url` has no slash at its end; `inbox` is the API inbox's identifier, `inbox_token` the key by which it checks
    contacts; `webhook_secrets` those of its webhooks, each of which has its own; `answer_seconds` how long an
    answer may take."""

    url: str
    account: str
    token: str = field(repr=False)
    inbox: str
    inbox_token: str | None = field(default=None, repr=False)
    webhook_secrets: tuple[str, ...] = field(default=(), repr=False)
    answer_seconds: float = ANSWER_SECONDS

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> ChatwootSettings:
        """Read `KILAT_CHATWOOT_*`; `ConfigurationError` names the one that is missing, and where to find it."""
        account = required(environ, "KILAT_CHATWOOT_ACCOUNT", f"{_ACCOUNT} {_CHATWOOT}")
        if not account.isdecimal():
            raise ConfigurationError(f"KILAT_CHATWOOT_ACCOUNT: {account!r} is no number. {_ACCOUNT}")
        return cls(
            web_address(environ, "KILAT_CHATWOOT_URL", f"It is such as https://app.chatwoot.com. {_CHATWOOT}"),
            account,
            required(environ, "KILAT_CHATWOOT_TOKEN",
                     f"It is in Profile settings > Access token, of a user for Kilat alone. {_CHATWOOT}"),
            required(environ, "KILAT_CHATWOOT_INBOX",
                     f"It is in the API inbox's Settings > Configuration > Inbox identifier. {_CHATWOOT}"),
            environ.get("KILAT_CHATWOOT_INBOX_TOKEN") or None,
            tuple((environ.get("KILAT_CHATWOOT_WEBHOOK_SECRET") or "").replace(",", " ").split()),
        )


@dataclass(frozen=True)
class ZendeskSettings:
    """`url` is where Sunshine Conversations answers, without a slash at its end; `integration` the name of the agents'
    switchboard integration; `answer_seconds` how long an answer may take."""

    url: str
    app: str
    key: str
    secret: str = field(repr=False)
    integration: str = "zd-agentWorkspace"
    webhook_secret: str | None = field(default=None, repr=False)
    answer_seconds: float = ANSWER_SECONDS

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> ZendeskSettings:
        """Read `KILAT_ZENDESK_*`; `ConfigurationError` names the one that is missing, and where to find it."""
        return cls(
            web_address(environ, "KILAT_ZENDESK_URL", f"It is https://SUBDOMAIN.zendesk.com/sc. {_ZENDESK}"),
            required(environ, "KILAT_ZENDESK_APP", f"It is the App ID in {_KEYS} {_ZENDESK}"),
            required(environ, "KILAT_ZENDESK_KEY", f"It is a Key ID in {_KEYS} {_ZENDESK}"),
            required(environ, "KILAT_ZENDESK_SECRET", f"It is a Secret key in {_KEYS} {_ZENDESK}"),
            environ.get("KILAT_ZENDESK_INTEGRATION") or "zd-agentWorkspace",
            environ.get("KILAT_ZENDESK_WEBHOOK_SECRET") or None,
        )
