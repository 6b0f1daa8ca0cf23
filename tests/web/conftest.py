"""The gateway in this process: the fixtures of `gateway_fixtures.py`; and who is signed in there."""

from __future__ import annotations

from typing import Any

import pytest
from gateway_fixtures import *  # noqa: F403
from starlette.testclient import TestClient
from web_client import Plain

from bot.bootstrap import open_agents
from bot.ports import AgentAccount
from bot.settings import Settings


@pytest.fixture
def sign_in(http: TestClient, web_settings: Settings) -> Any:
    """Signs somebody of a role in."""
    http.follow_redirects = False
    http.headers["accept-language"] = "en"

    def do(role: str) -> TestClient:
        account = open_agents(web_settings).add(AgentAccount("", f"{role}@example.com", role.title(), role), None)
        session = http.app.state.agent_sessions.open(account)  # type: ignore[attr-defined]
        http.cookies.set("kilat_agent", session.token, domain="127.0.0.1", path="/agent")
        return http

    return do


@pytest.fixture
def visitor(http: TestClient) -> Plain:
    """Somebody who has said hello."""
    plain = Plain(http)
    plain.hello()
    return plain
