"""The stand-in for Zendesk."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.adapters.desks.zendesk_messaging.tests.stand_in import ZendeskServer


@pytest.fixture
def server() -> Iterator[ZendeskServer]:
    """A running stand-in. It must get no request that Zendesk does not know."""
    server = ZendeskServer()
    server.start()
    yield server
    server.stop()
    assert not server.wrong
