"""The choice of desks by the settings, and the errors of wrong ones."""

from __future__ import annotations

import re

import pytest

from bot.adapters.desks.mail.desk import MailDesk
from bot.adapters.desks.mail.settings import MailSettings
from bot.adapters.desks.registry import AGENT_DESKS, CONSOLE, TICKET_DESKS, agent_desk, ticket_desk
from bot.adapters.desks.request_tracker.desk import RequestTrackerDesk
from bot.adapters.desks.request_tracker.settings import RequestTrackerSettings
from bot.adapters.desks.zendesk_support.desk import ZendeskSupportDesk
from bot.adapters.desks.zendesk_support.settings import ZendeskSupportSettings
from bot.core.errors import ConfigurationError
from bot.settings import ROOT
from bot.settings.environment import EXAMPLE

CHATWOOT = {"KILAT_DESK": "chatwoot", "KILAT_CHATWOOT_URL": "https://desk.example", "KILAT_CHATWOOT_ACCOUNT": "1",
            "KILAT_CHATWOOT_TOKEN": "t", "KILAT_CHATWOOT_INBOX": "i"}
ZENDESK_MESSAGING = {"KILAT_DESK": "zendesk", "KILAT_ZENDESK_URL": "https://acme.zendesk.com/sc",
                     "KILAT_ZENDESK_APP": "a", "KILAT_ZENDESK_KEY": "k", "KILAT_ZENDESK_SECRET": "s"}
MAIL = {"KILAT_SMTP_URL": "smtp://mail.example.com", "KILAT_SUPPORT_EMAIL": "support@kilat.test"}
RT = {"KILAT_TICKETS": "rt", "KILAT_RT_URL": "https://rt.example.com/", "KILAT_RT_TOKEN": "1-14-secret"}
ZENDESK_SUPPORT = {"KILAT_TICKETS": "zendesk", "KILAT_ZENDESK_SUPPORT_URL": "https://acme.zendesk.com",
                   "KILAT_ZENDESK_SUPPORT_EMAIL": "kilat@example.com", "KILAT_ZENDESK_SUPPORT_TOKEN": "zendesk-secret"}


@pytest.mark.parametrize(("environ", "name"), [(CHATWOOT, "chatwoot"), (ZENDESK_MESSAGING, "zendesk")])
def test_a_desk_by_its_name(environ: dict[str, str], name: str) -> None:
    """A desk needs only its own settings."""
    desk = agent_desk(environ, {}, 1)
    assert desk is not None and desk.name == name


@pytest.mark.parametrize("environ", [{}, {"KILAT_DESK": ""}, {**CHATWOOT, "KILAT_DESK": "console"}])
def test_the_console_needs_none(environ: dict[str, str]) -> None:
    """Other settings don't matter."""
    assert agent_desk(environ, {}, 1) is None


@pytest.mark.parametrize("environ", [
    {"KILAT_DESK": "intercom"}, {"KILAT_DESK": "chatwoot"}, {"KILAT_DESK": "zendesk"},
    {**CHATWOOT, "KILAT_CHATWOOT_ACCOUNT": "satu"}, {**ZENDESK_MESSAGING, "KILAT_ZENDESK_URL": "acme"}])
def test_a_broken_choice_says_what_to_do(environ: dict[str, str]) -> None:
    """The error names the setting."""
    with pytest.raises(ConfigurationError, match="KILAT_"):
        agent_desk(environ, {}, 1)


@pytest.mark.parametrize(("environ", "kind"), [
    ({}, type(None)), ({"KILAT_TICKETS": "sql"}, type(None)), (MAIL, MailDesk), (RT, RequestTrackerDesk),
    (ZENDESK_SUPPORT, ZendeskSupportDesk),
    ({**RT, "KILAT_RT_TOKEN": "", "KILAT_RT_USER": "kilat", "KILAT_RT_PASSWORD": "x"}, RequestTrackerDesk),
    ({**MAIL, "KILAT_SMTP_URL": "smtps://u:p%40@mail.example.com:4465", "KILAT_MAIL_FROM": "k@example.com"}, MailDesk)])
def test_the_ticket_desk_that_is_chosen(environ: dict[str, str], kind: type) -> None:
    """`KILAT_TICKETS` chooses it, or the address of a mail server."""
    assert type(ticket_desk(environ)) is kind


@pytest.mark.parametrize(("environ", "named"), [
    ({"KILAT_TICKETS": "jira"}, "KILAT_TICKETS: 'jira' is none of sql, rt, zendesk"),
    ({**MAIL, "KILAT_SUPPORT_EMAIL": ""}, "KILAT_SUPPORT_EMAIL is missing"),
    ({**MAIL, "KILAT_SUPPORT_EMAIL": "support"}, "KILAT_SUPPORT_EMAIL: 'support'"),
    ({**MAIL, "KILAT_MAIL_FROM": "a@b.co\nBcc: x@y.zz"}, "KILAT_MAIL_FROM"),
    ({**MAIL, "KILAT_SMTP_URL": "mail.example.com"}, "KILAT_SMTP_URL.*STARTTLS"),
    ({**MAIL, "KILAT_SMTP_URL": "smtp://host:seven"}, "KILAT_SMTP_URL.*STARTTLS"),
    ({**RT, "KILAT_RT_URL": ""}, "KILAT_RT_URL is missing.*rt"),
    ({**RT, "KILAT_RT_URL": "rt.example.com"}, "KILAT_RT_URL must be .*https:"),
    ({**RT, "KILAT_RT_TOKEN": ""}, "KILAT_RT_USER is missing.*KILAT_RT_TOKEN"),
    ({**ZENDESK_SUPPORT, "KILAT_ZENDESK_SUPPORT_URL": ""}, "KILAT_ZENDESK_SUPPORT_URL is missing"),
    ({**ZENDESK_SUPPORT, "KILAT_ZENDESK_SUPPORT_TOKEN": ""}, "KILAT_ZENDESK_SUPPORT_TOKEN is missing")])
def test_a_wrong_setting_of_a_ticket_desk(environ: dict[str, str], named: str) -> None:
    """The error names the setting, and says what to do."""
    with pytest.raises(ConfigurationError, match=named):
        ticket_desk(environ)


def test_secrets_are_not_shown() -> None:
    """Settings may land in a log."""
    mail = MailSettings.from_environment({**MAIL, "KILAT_SMTP_URL": "smtp://u:hidden@mail.example.com"})
    zendesk = ZendeskSupportSettings.from_environment(ZENDESK_SUPPORT)
    every = (mail, RequestTrackerSettings.from_environment(RT), zendesk)
    assert not [word for word in ("hidden", "secret") if word in repr(every)]
    with pytest.raises(ConfigurationError) as refusal:
        ticket_desk({**MAIL, "KILAT_SMTP_URL": "smtp://u:hidden@:seven"})
    assert "hidden" not in str(refusal.value)


@pytest.mark.parametrize(("variable", "choices"), [
    ("KILAT_DESK", (CONSOLE, *AGENT_DESKS)), ("KILAT_TICKETS", tuple(TICKET_DESKS))])
def test_every_choice_is_documented(variable: str, choices: tuple[str, ...]) -> None:
    """`.env.example`, above the variable, and `docs/desks.md` name each choice."""
    above = EXAMPLE.read_text().partition(f"\n#{variable}=")[0].rpartition("\n\n")[2]
    told = (ROOT / "docs" / "desks.md").read_text()
    for choice in choices:
        assert choice in re.findall(r"\w+", above), f"{variable}: .env.example does not name {choice}"
        assert f"`{choice}`" in told or f"{variable}={choice}" in told, f"docs/desks.md does not name {choice}"
