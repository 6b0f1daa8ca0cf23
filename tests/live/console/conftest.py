"""Agents at their consoles, and visitors, in the same gateway."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from agent_client import AgentClient, queue_up
from starlette.testclient import TestClient
from web_client import SECRETS, Client

from bot.live.console.console_hub import ConsoleHub
from bot.ports import AgentAccount
from bot.web.console.sessions import COOKIE

ADMIN = "premier:admin:business"


@pytest.fixture(autouse=True)
def rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything that goes round goes fast."""
    for name, seconds in {
        "snapshot_loader.ROUND_SECONDS": 0.1,
        "console_hub.PUSH_SECONDS": 0.02,
        "agent_subscription.RETRY_SECONDS": 0.02,
        "console_hub.RETRY_SECONDS": 0.02,
        "presence.ROUND_SECONDS": 0.05,
        "presence.SEEN_SECONDS": 0.1,
        "presence.GRACE_SECONDS": 0.0,
    }.items():
        monkeypatch.setattr(f"bot.live.console.{name}", seconds)


@pytest.fixture
def desk(http: TestClient) -> ConsoleHub:
    """The hub of the consoles."""
    return http.app.state.console_hub  # type: ignore[attr-defined, no-any-return]


@pytest.fixture
def agents(http: TestClient) -> Any:
    """Accounts by their names; a name that is new gets one, with what is said of it."""
    known: dict[str, AgentAccount] = {}
    store = http.app.state.console_hub.agents  # type: ignore[attr-defined]

    def find(name: str, **more: Any) -> AgentAccount:
        if name not in known:
            new = AgentAccount("", f"{name.lower()}@example.com", name, **{"tiers": (1, 2), **more})
            known[name] = store.add(new, None)
        return known[name]

    return find


@pytest.fixture
def sign_in(http: TestClient, agents: Any) -> Any:
    """Opens a session: the cookie's value and the secret of forms."""

    def make(name: str, **more: Any) -> Any:
        session = http.app.state.agent_sessions.open(agents(name, **more))  # type: ignore[attr-defined]
        SECRETS.add(session.token)
        return session

    return make


@pytest.fixture
def console(http: TestClient, sign_in: Any) -> Iterator[Any]:
    """Opens consoles of agents; `hello` is said."""
    with ExitStack() as opened:

        def open_one(name: str, session: Any = None, **more: Any) -> AgentClient:
            session = session or sign_in(name, **more)
            headers = {"cookie": f"{COOKIE}={session.token}"}
            agent = AgentClient(opened.enter_context(http.websocket_connect("/agent/socket", headers=headers)))
            agent.session, agent.welcome = session, agent.hello()
            agent.id = agent.welcome["agent"]["id"]
            return agent

        yield open_one


@pytest.fixture
def visitor(connect: Any, token: Any) -> Any:
    """Opens conversations of signed-in customers, who wait for a person."""
    numbers = itertools.count(1)

    def make(subject: str = "", customer: str = ADMIN, **more: Any) -> Client:
        client: Client = connect()
        client.hello(identity_token=token(customer, subject or f"user-{next(numbers)}"), **more)
        queue_up(client)
        return client

    return make
