"""Zendesk Support's settings, read when `KILAT_TICKETS` is zendesk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.adapters.required_settings import required, web_address

_WHERE = "KILAT_TICKETS is zendesk: say where it is, such as https://example.zendesk.com."
# Also in the message when Zendesk refuses the sign-in.
WHO = "Set KILAT_ZENDESK_SUPPORT_EMAIL and KILAT_ZENDESK_SUPPORT_TOKEN of an agent that Kilat has for itself."


@dataclass(frozen=True)
class ZendeskSupportSettings:
    """The Zendesk account, and Kilat's agent there."""

    url: str  # without a slash at its end
    email: str  # of Kilat's agent
    token: str = field(repr=False)  # API token
    secret: str | None = field(repr=False)  # signs the webhooks

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> ZendeskSupportSettings:
        """Read `KILAT_ZENDESK_SUPPORT_*`. Raises `ConfigurationError`."""
        url = web_address(environ, "KILAT_ZENDESK_SUPPORT_URL", _WHERE)
        email = required(environ, "KILAT_ZENDESK_SUPPORT_EMAIL", WHO)
        token = required(environ, "KILAT_ZENDESK_SUPPORT_TOKEN", WHO)
        return cls(url, email, token, environ.get("KILAT_ZENDESK_SUPPORT_SECRET") or None)
