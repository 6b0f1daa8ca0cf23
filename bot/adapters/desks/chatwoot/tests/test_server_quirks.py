"""Chatwoot's real behaviour: what its documents don't say, and what differs between versions."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from desks.samples import PHRASES, case, said

from bot.adapters.desks import late_files
from bot.adapters.desks.chatwoot.desk import LONGEST_TEXT, ChatwootDesk
from bot.adapters.desks.chatwoot.markdown import editor_text, escape_markdown
from bot.adapters.desks.chatwoot.tests.desk_session import REF, kinds, settings_for, shown, told, use
from bot.adapters.desks.chatwoot.tests.stand_in import LONGEST_CONTENT, ChatwootServer
from bot.adapters.desks.chatwoot.tests.stand_in_account import signed
from bot.core.errors import ConfigurationError, DeskUnavailable, WebhookRefused


@pytest.mark.parametrize(("stored", "read"), [
    ("Halo Sari,\\\nsilakan coba lagi.", "Halo Sari,\nsilakan coba lagi."),
    ("Halo Sari,\\\r\nsilakan coba lagi.", "Halo Sari,\nsilakan coba lagi."),
    ("https://example.com/a\\\nlanjut", "https://example.com/a\nlanjut"), ("a\\\n\\\nb", "a\n\nb"),
    ("Salam\n\n\\\n\\--\n\nBudi", "Salam\n\n\n--\n\nBudi"),
    (r"[panduan](https://example.com/en\_us/a\*b)", "[panduan](https://example.com/en_us/a*b)"), ("plain", "plain")])
def test_an_editors_backslashes_are_not_read_aloud(server: ChatwootServer, stored: str, read: str) -> None:
    """Since 4.9.0, Shift+Enter is stored as a backslash and a line break, and dashes after it are escaped."""

    async def talk(desk: ChatwootDesk) -> list[tuple[str, str, str]]:
        server.say(1, server.agent("Budi"), stored)
        return kinds(await told(desk))

    assert use(server, talk)[-1] == ("message", "Budi", read)


@pytest.mark.parametrize("text", [
    r"C:\Users\sari", r"\\server\bersama\_baru", r"5 \* 3", r"^\d+\.\d+$", "\\--", "a\\", "Buka C:\\\n\nlalu D:\\\n",
    "```\ncurl \\\n  --head \\\n  example.com\n\\--\n```", "```sh\na \\\nb"])
def test_an_agents_own_backslashes_stay(text: str) -> None:
    """The editor escapes no text: paths, patterns and commands arrive as they were typed."""
    assert editor_text(text) == text.replace("\r", "")


def test_a_break_after_an_agents_own_backslash() -> None:
    """One of two backslashes is the agent's. Code blocks end at their fence."""
    assert editor_text("C:\\\\\nD:") == "C:\\\nD:"
    assert editor_text("```\na \\\nb\n```\n\nsatu\\\ndua") == "```\na \\\nb\n```\n\nsatu\ndua"


@pytest.mark.parametrize("text", ["{% raw %}", "`{% endraw %}{{contact.email}}`", "` {% if 1 %}x{% endif %} `"])
def test_no_template_survives(server: ChatwootServer, text: str) -> None:
    """Chatwoot puts `{% raw %}` around text between backticks; a visitor must not be able to end it."""

    async def talk(desk: ChatwootDesk) -> None:
        await desk.relay(REF, said(5, text))

    use(server, talk)
    assert not {"{%", "%}", "{{", "}}"} & {shown(server)[-1][2][i:i + 2] for i in range(len(shown(server)[-1][2]))}


def test_who_is_no_member_of_the_inbox_opens_nothing(server: ChatwootServer) -> None:
    """A user who is a member of another inbox can't find what it opens, and would open a conversation each time."""
    server.member = False
    with pytest.raises(ConfigurationError, match="member"):
        use(server, lambda desk: desk.check(), opened=False)
    for _ in range(4):
        with pytest.raises(DeskUnavailable, match="member"):
            use(server, lambda desk: desk.open_case(case(), None, "The case."), opened=False)
    assert server.conversations == {}


def test_a_bot_that_is_assigned_is_no_agent(server: ChatwootServer) -> None:
    """Even if its id is an agent's."""

    async def talk(desk: ChatwootDesk) -> list[tuple[str, str, str]]:
        budi = server.agent("Budi")
        server.assign_bot(1, budi["id"])
        return kinds(await told(desk))

    assert use(server, talk) == []


def test_an_agent_whose_kind_is_not_told_is_one(server: ChatwootServer) -> None:
    """Older versions have no assignees but agents."""

    async def talk(desk: ChatwootDesk) -> list[tuple[str, str, str]]:
        server.assign(1, {**server.agent("Budi"), "assignee_type": None})
        return kinds(await told(desk))

    assert use(server, talk) == [("accepted", "Budi", "")]


def test_a_long_transcript_is_there_whole_and_once(server: ChatwootServer) -> None:
    """Chatwoot refuses messages of more than 150,000 characters."""
    transcript = "\n".join(f"{number}: *{'x' * 300}* {{{{y}}}}" for number in range(1500))

    async def twice(desk: ChatwootDesk) -> None:
        await desk.open_case(case(), None, transcript)

    use(server, twice, opened=False)
    use(server, twice, opened=False)
    notes = [text for _, private, text in shown(server) if private]
    assert max(map(len, notes)) <= LONGEST_CONTENT
    there = "\n".join(re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", note) for note in notes)
    assert there.splitlines() == transcript.splitlines()
    assert escape_markdown("\t" * LONGEST_TEXT).__len__() <= LONGEST_CONTENT


def test_a_file_may_come_after_its_event(server: ChatwootServer) -> None:
    """While the upload is not complete, the message waits: it comes with the file, in order."""

    async def talk(desk: ChatwootDesk) -> tuple[list[tuple[str, str, str]], bytes | None]:
        budi = server.agent("Budi")
        server.late_files = 2
        server.say(1, budi, None, file=("panduan.pdf", b"%PDF"))
        server.say(1, budi, "Ini panduannya")
        for _ in range(2):
            with pytest.raises(DeskUnavailable):
                await told(desk)
        news = await told(desk)
        return kinds(news), news.events[1].file

    assert use(server, talk) == (
        [("accepted", "Budi", ""), ("file", "Budi", "panduan.pdf"), ("message", "Budi", "Ini panduannya")], b"%PDF")


def test_a_file_that_never_comes_holds_nothing_up(server: ChatwootServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kilat gives the file up after a minute, and the agent gets a notice."""
    monkeypatch.setattr(late_files, "PATIENT_SECONDS", 0.0)

    async def talk(desk: ChatwootDesk) -> list[bytes | None]:
        server.late_files = 99
        server.say(1, server.agent("Budi"), None, file=("panduan.pdf", b"%PDF"))
        return [event.file for event in (await told(desk)).events]

    assert use(server, talk) == [None, b""]


def test_a_message_that_becomes_visible_after_a_newer_one(server: ChatwootServer) -> None:
    """Kilat reads it although no newer message follows."""

    async def talk(desk: ChatwootDesk) -> list[str]:
        budi = server.agent("Budi")
        server.say(1, budi, "1")
        server.say(1, budi, "2")
        late = server.conversations[1]["messages"].pop(-2)
        first = await told(desk)
        server.conversations[1]["messages"].insert(-1, late)
        second = await told(desk, first.cursor)
        return [event.text for news in (first, second) for event in news.events if event.kind == "message"]

    assert use(server, talk) == ["2", "1"]


@pytest.mark.parametrize("faults", [
    [], ["", "lost"], ["", "", "error"], ["", "", "", "busy"], *([""] * steps + ["lost"] for steps in (4, 5))])
def test_a_blocked_contacts_case_is_open(server: ChatwootServer, faults: list[str]) -> None:
    """Chatwoot creates it as resolved, though no agent closed it. A repeated step must not change that."""
    server.opens_as = "resolved"
    server.faults = list(faults)
    if faults:
        with pytest.raises(DeskUnavailable):
            use(server, lambda desk: desk.open_case(case(), None, "The case."), opened=False)

    async def talk(desk: ChatwootDesk) -> list[tuple[str, str, str]]:
        return kinds(await told(desk))

    assert use(server, talk) == []
    assert server.conversations[1]["status"] == "open" and server.conversations[1]["assignee"] is None


def test_the_visitor_who_types_is_no_agent(server: ChatwootServer) -> None:
    """Chatwoot sends webhooks for both, and their ids may be equal."""

    async def talk(desk: ChatwootDesk) -> list[tuple[str, str, str]]:
        server.hook = desk.receive_webhook
        server.type_visitor(1)
        return kinds(await told(desk))

    assert use(server, talk) == []


def test_a_webhook_that_is_not_ours_is_answered_with_200(server: ChatwootServer) -> None:
    """Any other status shows the agent's message as failed. The webhook is ignored."""
    desk = ChatwootDesk(settings_for(server), PHRASES, 100)
    for headers in ({}, signed(b"{}", secret="wrong"), signed(b"{}", at=1), signed(b"{}")):
        with pytest.raises(WebhookRefused) as refused:
            desk.receive_webhook(headers, b"{}")
        assert refused.value.status == 200


def test_each_webhook_has_a_secret_of_its_own(server: ChatwootServer) -> None:
    """Kilat accepts the secrets of the inbox and of the account, if both are set."""
    settings = replace(settings_for(server), webhook_secrets=("inbox", "account"))
    desk = ChatwootDesk(settings, PHRASES, 100)
    body = json.dumps({"event": "message_created", "conversation": {"id": 1}, "source_id": None}).encode()
    for secret in ("inbox", "account"):
        desk.receive_webhook(signed(body, secret=secret), body)
    with pytest.raises(WebhookRefused):
        desk.receive_webhook(signed(body, secret="another"), body)
