"""Which desk the settings choose."""

from __future__ import annotations

import pytest

from bot.adapters.desks import agent_desk
from bot.core.errors import ConfigurationError

CHATWOOT = {"KILAT_DESK": "chatwoot", "KILAT_CHATWOOT_URL": "https://desk.example", "KILAT_CHATWOOT_ACCOUNT": "1",
            "KILAT_CHATWOOT_TOKEN": "t", "KILAT_CHATWOOT_INBOX": "i"}
ZENDESK = {"KILAT_DESK": "zendesk", "KILAT_ZENDESK_URL": "https://acme.zendesk.com/sc", "KILAT_ZENDESK_APP": "a",
           "KILAT_ZENDESK_KEY": "k", "KILAT_ZENDESK_SECRET": "s"}


@pytest.mark.parametrize(("environ", "name"), [(CHATWOOT, "chatwoot"), (ZENDESK, "zendesk")])
def test_a_desk_by_its_name(environ: dict[str, str], name: str) -> None:
    """And nothing of another's settings is asked for."""
    desk = agent_desk(environ, {}, 1)
    assert desk is not None and desk.name == name


@pytest.mark.parametrize("environ", [{}, {"KILAT_DESK": ""}, {**CHATWOOT, "KILAT_DESK": "console"}])
def test_the_console_needs_none(environ: dict[str, str]) -> None:
    """Whatever else is set."""
    assert agent_desk(environ, {}, 1) is None


@pytest.mark.parametrize("environ", [
    {"KILAT_DESK": "intercom"}, {"KILAT_DESK": "chatwoot"}, {"KILAT_DESK": "zendesk"},
    {**CHATWOOT, "KILAT_CHATWOOT_ACCOUNT": "satu"}, {**ZENDESK, "KILAT_ZENDESK_URL": "acme"}])
def test_a_broken_choice_says_what_to_do(environ: dict[str, str]) -> None:
    """By the setting's name."""
    with pytest.raises(ConfigurationError, match="KILAT_"):
        agent_desk(environ, {}, 1)
