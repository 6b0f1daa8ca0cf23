"""The stand-in for Chatwoot."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.adapters.desks.chatwoot.tests.stand_in import ChatwootServer


@pytest.fixture
def server() -> Iterator[ChatwootServer]:
    """A running stand-in. It must get no request that Chatwoot does not know."""
    server = ChatwootServer()
    server.start()
    yield server
    server.stop()
    assert not server.wrong
