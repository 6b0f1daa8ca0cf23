"""Zendesk messaging's settings, read when `KILAT_DESK` is zendesk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.adapters.desks.http_calls import ANSWER_SECONDS
from bot.adapters.required_settings import required, web_address

_WHY = "KILAT_DESK=zendesk needs it: see docs/desks.md."
_KEYS = "Admin Center > Apps and integrations > Conversations API."


@dataclass(frozen=True)
class ZendeskMessagingSettings:
    """The app of Sunshine Conversations, and Kilat's key to it."""

    url: str  # where Sunshine Conversations answers, without a slash at its end
    app: str  # App ID
    key: str  # Key ID
    secret: str = field(repr=False)  # Secret key
    integration: str = "zd-agentWorkspace"  # name or id of the agents' switchboard integration
    webhook_secret: str | None = field(default=None, repr=False)
    answer_seconds: float = ANSWER_SECONDS  # how long an answer may take

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> ZendeskMessagingSettings:
        """Read `KILAT_ZENDESK_*`. Raises `ConfigurationError`, which says where to find a missing one."""
        return cls(
            web_address(environ, "KILAT_ZENDESK_URL", f"It is https://SUBDOMAIN.zendesk.com/sc. {_WHY}"),
            required(environ, "KILAT_ZENDESK_APP", f"It is the App ID in {_KEYS} {_WHY}"),
            required(environ, "KILAT_ZENDESK_KEY", f"It is a Key ID in {_KEYS} {_WHY}"),
            required(environ, "KILAT_ZENDESK_SECRET", f"It is a Secret key in {_KEYS} {_WHY}"),
            environ.get("KILAT_ZENDESK_INTEGRATION") or "zd-agentWorkspace",
            environ.get("KILAT_ZENDESK_WEBHOOK_SECRET") or None)
