"""A conversation is erased while agents are at work on it."""

from __future__ import annotations

from typing import Any

import pytest
from agent_client import AgentClient
from starlette.testclient import TestClient

from bot.live.console.console_hub import ConsoleHub


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """What another process has erased is looked for often."""
    monkeypatch.setattr("bot.workers.erasure_feed.ROUND_SECONDS", 0.02)


def _delete(http: TestClient, sender: Any) -> None:
    answer = http.delete("/v1/conversation", headers={"Authorization": f"Bearer {sender.key}"})
    assert answer.status_code == 204


@pytest.mark.parametrize("by", ["visitor", "shell"])
def test_with_an_agent(http: TestClient, console: Any, visitor: Any, desk: ConsoleHub, by: str) -> None:
    """The agent is told that it is gone; it leaves every list, and nothing can be said there any more."""
    sari: AgentClient = console("Sari")
    sender = visitor()
    conversation_id = sari.take_next()
    sari.do("note", conversation=conversation_id, text="rahasia")
    if by == "visitor":
        _delete(http, sender)
    else:
        desk.gateway.eraser.erase([conversation_id], (), "forget", "shell")
    assert sari.once("gone", conversation=conversation_id)["code"] == "unknown"
    sender.until("error", code="unknown_key")
    assert sari.refused("say", conversation=conversation_id, text="halo?") in ("not_case_owner", "unknown")
    assert sari.refused("open", conversation=conversation_id) == "unknown"
    assert sari.refused("note", conversation=conversation_id, text="x") in ("unknown", "not_case_owner")
    sari.until_rows(0, "mine")
    assert conversation_id not in desk._unread
    while conversation_id in desk._loader._rows._rows:
        sari.news()


def test_while_it_waits(http: TestClient, console: Any, visitor: Any) -> None:
    """It leaves the queue."""
    sari: AgentClient = console("Sari")
    sender = visitor()
    sari.until_rows(1)
    _delete(http, sender)
    sari.until_rows(0)
    assert sari.do("next")["conversation"] is None
