"""The real bot misses something before the real gateway, and it is kept to learn from."""

from __future__ import annotations

import pytest
from live_bot import LiveBot

from bot.bootstrap import open_feedback
from bot.core.feedback import RANKED
from bot.ports.feedback import StoredFeedback
from bot.tools.sandbox.visitors import WidgetVisitor
from bot.tools.scenarios.scenario import WIDGET

QUESTION, COMPLAINT = "Berapa nomor telepon dukungan di Jepang?", "ga membantu sama sekali jawabannya"
STRANGE = "siapa juara piala dunia 2022? nama saya Wahyuningsih"


@pytest.fixture(scope="module")
def missed(live_bot: LiveBot) -> dict[str, StoredFeedback]:
    """What is kept of a chat, by its text."""
    visitor = live_bot.sandbox.visitor(WIDGET, None, "id")
    for text in (QUESTION, COMPLAINT, STRANGE, "/phone_access"):
        visitor.say(text)
        visitor.settle()
    assert isinstance(visitor, WidgetVisitor)
    found = open_feedback(live_bot.settings).open()
    return {one.text: one for one in found if one.conversation_id == visitor.conversation_id}


def test_what_it_declined(missed: dict[str, StoredFeedback]) -> None:
    """Without the name; with all that was thought of it."""
    one = missed["siapa juara piala dunia 2022? nama saya [name]"]
    assert one.reasons[0] == "declined" and one.intent in ("out_of_scope", "nlu_fallback") and one.lang == "id"
    assert len(one.ranking) == RANKED and 0 <= one.margin <= 1
    shares = [share for _, share in one.ranking]
    assert shares == sorted(shares, reverse=True) and one.margin == pytest.approx(shares[0] - shares[1])


def test_what_was_no_help(missed: dict[str, StoredFeedback]) -> None:
    """The answer before the complaint, though it was sure of that; the complaint itself was understood."""
    assert missed[QUESTION].intent == "phone_number" and missed[QUESTION].reasons == ("rated",)
    assert set(missed) - {QUESTION} == {"siapa juara piala dunia 2022? nama saya [name]"}
