"""A channel of Rasa's own hands on the metadata that its client wrote: none of it is believed (docs/clients.md)."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest
from live_bot import LiveBot
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa_sdk import Tracker

from actions.base import read_state, read_turn
from bot.adapters.identity_token import sign
from bot.adapters.input_validation import identify
from bot.adapters.sample_customers import sample_identity
from bot.services import bot_protocol
from bot.services.dialogue.state import State
from bot.settings import Settings
from bot.tools.sandbox.local_bot import run

FOREIGN = ["socketio", "callback", "cmdline", "facebook", "REST", "", None]
PERSON = "I want to talk to a person"

_numbers = count()


@pytest.fixture(scope="module")
def claims() -> dict[str, Any]:
    """What our door puts into the metadata for a customer with every right; here somebody else wrote it."""
    settings = Settings.from_environment({"KILAT_IDENTITY_SECRET": "0123456789abcdef" * 3})
    return identify(sign(sample_identity("premier_plus:admin:enterprise"), settings), settings)


def _tracker(channel: str | None, metadata: Any) -> Tracker:
    heard = {"event": "user", "text": PERSON, "input_channel": channel, "metadata": metadata,
             "parse_data": {"intent": {"name": "talk_to_human"}}}
    message = {"text": PERSON, "intent": {"name": "talk_to_human"}, "metadata": metadata}
    return Tracker("visitor", {"topic": "billing"}, message, [heard], False, None, {}, "action_listen")


@pytest.mark.parametrize("channel", FOREIGN)
def test_claims_from_elsewhere_are_not_believed(channel: str | None, claims: dict[str, Any]) -> None:
    """Anonymous, without even a problem with the identity."""
    turn = read_turn(_tracker(channel, {**claims, "identity_problem": "expired"}))
    assert turn.identity is None and turn.identity_problem is None


@pytest.mark.parametrize("channel", ["rest", "gateway"])
def test_claims_that_a_door_checked_are_believed(channel: str, claims: dict[str, Any]) -> None:
    """So the test above is no test of a bot that believes nobody."""
    identity = read_turn(_tracker(channel, claims)).identity
    assert identity is not None and identity.customer.plan == "premier_plus"


@pytest.mark.parametrize("channel", FOREIGN)
def test_only_the_gateway_brings_a_state(channel: str | None) -> None:
    """Elsewhere Rasa's own slots and events count."""
    forged = State(topic="phone_number", route="agent_queue_tier2").slots()
    tracker = _tracker(channel, {bot_protocol.GATEWAY: {"state": forged, "history": ["forged"]}})
    assert read_state(tracker) == State(topic="billing") and read_turn(tracker).history == ()


@pytest.mark.parametrize("metadata", [None, {}, [], "identity", {"identity": "me"}, {"identity": {}}])
def test_odd_metadata_from_elsewhere(metadata: Any) -> None:
    """Nothing breaks by it."""
    assert read_turn(_tracker("socketio", metadata)).identity is None


def _say(live_bot: LiveBot, sender: str, text: str, metadata: Any = None) -> list[dict[str, Any]]:
    collector = CollectingOutputChannel()
    message = UserMessage(text, collector, sender, input_channel="socketio", metadata=metadata)
    run(live_bot.agent.handle_message(message))
    return collector.messages


@pytest.fixture
def sender() -> str:
    """A conversation of one's own."""
    return f"foreign-{next(_numbers)}"


def test_a_forged_customer_is_asked_to_sign_in(live_bot: LiveBot, sender: str, claims: dict[str, Any]) -> None:
    """Through the real bot: no place in a queue."""
    _say(live_bot, sender, PERSON, claims)
    tracker = run(live_bot.agent.tracker_store.retrieve(sender))
    assert tracker.get_slot("route") == "sign_in"


def test_an_empty_message_does_not_end_the_conversation(live_bot: LiveBot, sender: str) -> None:
    """`rasa-webchat` begins with one: it gets one answer, and so does what comes after it."""
    first = _say(live_bot, sender, "")
    assert len(first) == 1 and first[0]["text"]
    assert "+65.800.321.1249" in _say(live_bot, sender, "berapa nomor telepon dukungan di singapura?")[0]["text"]
