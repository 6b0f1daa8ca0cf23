"""The gateway in this process: the fixtures of `gateway_fixtures.py`; and a way into its loop."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from gateway_fixtures import *  # noqa: F403
from starlette.testclient import TestClient


@pytest.fixture
def run(http: TestClient) -> Callable[..., Any]:
    """Calls something in the gateway's own loop."""

    def call(function: Callable[..., Awaitable[Any]], *values: Any) -> Any:
        assert http.portal is not None
        return http.portal.call(function, *values)

    return call
