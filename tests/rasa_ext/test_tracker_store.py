"""Rasa keeps nothing of the gateway's conversations, and everything of the others."""

from __future__ import annotations

import pytest
from rasa.core.tracker_store import TrackerStore
from rasa.core.utils import AvailableEndpoints
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.rasa_ext.tracker_store import RestTrackerStore
from bot.settings import ROOT
from bot.tools.sandbox.local_bot import run


@pytest.fixture
def store() -> TrackerStore:
    """The store that `endpoints.yml` asks for."""
    endpoints = AvailableEndpoints.read_endpoints(str(ROOT / "endpoints.yml"))
    return TrackerStore.create(endpoints.tracker_store, Domain.empty())


def test_it_is_the_one_in_use(store: TrackerStore) -> None:
    """Rasa falls back to its own in silence when it can't find ours."""
    assert isinstance(store, RestTrackerStore)


@pytest.mark.parametrize(("channel", "kept"), [("gateway", []), ("rest", ["c-1"])])
def test_what_is_kept(store: TrackerStore, channel: str, kept: list[str]) -> None:
    """By the channel of the latest message."""
    tracker = DialogueStateTracker.from_events("c-1", [UserUttered("halo", input_channel=channel)])
    run(store.save(tracker))
    assert list(run(store.keys())) == kept
