"""What is printed of settings and of people who sign in tells no secret: in a traceback, or a line of a log."""

from __future__ import annotations

from dataclasses import replace

from bot.adapters.oidc import OidcSettings, PendingSignIn
from bot.adapters.sql.agent_sessions import AgentSession
from bot.ports import AgentAccount
from bot.settings import Settings

SECRET = "s3cret"


def test_signing_in() -> None:
    """The provider's secret, what a sign-in under way has to bring back, and what opens a session."""
    printed = repr((
        OidcSettings("https://id.example.com", "kilat", SECRET),
        PendingSignIn("https://id.example.com/authorize", "state", SECRET, SECRET, "https://kilat.example.com"),
        AgentSession("id", AgentAccount("", "sari@example.com", "Sari"), SECRET, SECRET)))
    assert SECRET not in printed


def test_settings(settings: Settings) -> None:
    """Also what stands in an address: a database's password, a webhook's key."""
    settings = replace(
        settings, identity_secret=SECRET, internal_secret=SECRET, rest_token=SECRET, oidc_client_secret=SECRET,
        tam_webhook=f"https://chat.example.com/{SECRET}", database_url=f"postgresql://kilat:{SECRET}@127.0.0.1/kilat")
    assert SECRET not in repr(settings)
