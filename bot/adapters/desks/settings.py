"""Settings of the desks that are Chatwoot and Zendesk: read only when `KILAT_DESK` names one."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from bot.adapters.desks.calls import ANSWER_SECONDS
from bot.core.errors import ConfigurationError


@dataclass(frozen=True)
class ChatwootSettings:
    """`url` has no slash at its end; `inbox` is the API inbox's identifier, `inbox_token` the key by which it checks
    contacts; `answer_seconds` how long an answer may take."""

    url: str
    account: str
    token: str
    inbox: str
    inbox_token: str | None = None
    webhook_secret: str | None = None
    answer_seconds: float = ANSWER_SECONDS

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> ChatwootSettings:
        """Read `KILAT_CHATWOOT_*`; `ConfigurationError` names the one that is missing, and where to find it."""
        account = _needed(environ, "KILAT_CHATWOOT_ACCOUNT", "the number in Chatwoot's address /app/accounts/NUMBER")
        if not account.isdecimal():
            raise ConfigurationError(f"KILAT_CHATWOOT_ACCOUNT: {account!r} is no number")
        return cls(
            _address(environ, "KILAT_CHATWOOT_URL", "Chatwoot's address, such as https://app.chatwoot.com"),
            account,
            _needed(environ, "KILAT_CHATWOOT_TOKEN", "Profile settings > Access token, of a user for Kilat alone"),
            _needed(environ, "KILAT_CHATWOOT_INBOX", "the API inbox's Settings > Configuration > Inbox identifier"),
            environ.get("KILAT_CHATWOOT_INBOX_TOKEN") or None,
            environ.get("KILAT_CHATWOOT_WEBHOOK_SECRET") or None,
        )


@dataclass(frozen=True)
class ZendeskSettings:
    """`url` is where Sunshine Conversations answers, without a slash at its end; `integration` the name of the agents'
    switchboard integration; `answer_seconds` how long an answer may take."""

    url: str
    app: str
    key: str
    secret: str
    integration: str = "zd-agentWorkspace"
    webhook_secret: str | None = None
    answer_seconds: float = ANSWER_SECONDS

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> ZendeskSettings:
        """Read `KILAT_ZENDESK_*`; `ConfigurationError` names the one that is missing, and where to find it."""
        where = "Admin Center > Apps and integrations > Conversations API"
        subdomain = environ.get("KILAT_ZENDESK_SUBDOMAIN")
        if subdomain and not environ.get("KILAT_ZENDESK_URL"):
            environ = {**environ, "KILAT_ZENDESK_URL": f"https://{subdomain}.zendesk.com/sc"}
        return cls(
            _address(environ, "KILAT_ZENDESK_URL", "https://SUBDOMAIN.zendesk.com/sc (or set KILAT_ZENDESK_SUBDOMAIN)"),
            _needed(environ, "KILAT_ZENDESK_APP", f"App ID in {where}"),
            _needed(environ, "KILAT_ZENDESK_KEY", f"Key ID in {where}"),
            _needed(environ, "KILAT_ZENDESK_SECRET", f"Secret key in {where}"),
            environ.get("KILAT_ZENDESK_INTEGRATION") or "zd-agentWorkspace",
            environ.get("KILAT_ZENDESK_WEBHOOK_SECRET") or None,
        )


def _needed(environ: Mapping[str, str], name: str, where: str) -> str:
    value = environ.get(name)
    if not value:
        raise ConfigurationError(f"{name}: it is not set, and KILAT_DESK needs it. It is {where}")
    return value


def _address(environ: Mapping[str, str], name: str, where: str) -> str:
    value = _needed(environ, name, where).rstrip("/")
    if not value.startswith(("https://", "http://")):
        raise ConfigurationError(f"{name}: {value!r} is no http(s) address")
    return value
