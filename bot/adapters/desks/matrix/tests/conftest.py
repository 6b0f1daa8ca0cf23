"""The real Matrix server of all tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bot.adapters.desks.matrix.tests.real_server import Synapse


@pytest.fixture
def matrix_server(start_once: Callable[..., Any]) -> Synapse:
    """A Synapse."""
    server: Synapse = start_once(Synapse)
    return server
