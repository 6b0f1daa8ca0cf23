"""A real `kilat serve` that files of this folder share; those that set it up otherwise start their own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from server import Server

from bot.tools.training import is_trained


@pytest.fixture(scope="session")
def kilat(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server, which ran through all tests before: other senders, other conversations."""
    if not is_trained():
        pytest.skip("there is no model of the present tree: run make train")
    running = Server(tmp_path_factory.mktemp("serve"))
    running.start()
    yield running
    if running.process.poll() is None:
        running.stop()
