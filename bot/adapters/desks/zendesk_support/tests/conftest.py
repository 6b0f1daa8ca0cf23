"""The stand-in for Zendesk Support."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.adapters.desks.zendesk_support.tests.stand_in import ZendeskServer


@pytest.fixture
def server() -> Iterator[ZendeskServer]:
    """A running stand-in."""
    server = ZendeskServer()
    server.start()
    yield server
    server.stop()
