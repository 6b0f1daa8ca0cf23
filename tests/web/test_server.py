"""The gateway's process."""

from __future__ import annotations

import gc

import pytest

from bot.settings import Settings
from bot.web import server


def test_the_collector_leaves_what_is_loaded(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A message with many words can bring about a collection of everything, which would stop everybody for 50 ms."""
    frozen = list[int]()
    monkeypatch.setattr(server.uvicorn, "run", lambda *_args, **_given: frozen.append(gc.get_freeze_count()))
    try:
        server._serve(settings)
    finally:
        gc.unfreeze()
    assert frozen[0] > 10_000
