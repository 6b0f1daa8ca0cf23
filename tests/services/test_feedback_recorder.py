"""What is kept with an answer, and of whom it tells nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.adapters.anonymizer import read_anonymizer
from bot.core.answer import Bubble
from bot.core.customer import Customer, Identity
from bot.core.feedback import FeedbackRecord, ReviewReason, Understanding
from bot.ports import BotReply, BotTurn
from bot.services.feedback_recorder import FeedbackRecorder
from bot.settings import ROOT

SURE = Understanding("phone_number", (("phone_number", 0.9), ("phone_access", 0.05)), 0.85)
TURN = BotTurn("c-1", "c-1:3", "saya Budi, nomor Jepang?", {"language": "id"})
REPLY = BotReply((Bubble("…"),), {"language": "en"}, SURE)
BUDI = Identity("u-1", Customer(), "Budi", "budi@example.com")


@pytest.fixture(scope="module")
def feedback_recorder() -> FeedbackRecorder:
    """With the real words."""
    return FeedbackRecorder(read_anonymizer(ROOT / "data"), 0.2)


def test_all_that_is_kept(feedback_recorder: FeedbackRecorder) -> None:
    """The masked text, the language of the answer, the understanding; no reason where it was sure."""
    assert feedback_recorder.record(TURN, REPLY, BUDI, 1) == FeedbackRecord("saya [name], nomor Jepang?", "en", SURE)


def test_a_stranger(feedback_recorder: FeedbackRecorder) -> None:
    """Nobody is known by name; a name that the message announces is hidden all the same."""
    for said, kept in (("saya Budi, nomor Jepang?", "saya [name], nomor Jepang?"), ("nomor Jepang, Budi?",) * 2):
        record = feedback_recorder.record(replace(TURN, text=said), REPLY, None, None)
        assert record is not None and record.text == kept


def test_a_reason(feedback_recorder: FeedbackRecorder) -> None:
    """By the margin that it was given."""
    record = replace(feedback_recorder, doubt=0.9).record(TURN, REPLY, None, None)
    assert record is not None and record.reasons == (ReviewReason.DOUBTFUL,)


def test_a_complaint_blames_the_answer_before(feedback_recorder: FeedbackRecorder) -> None:
    """Where there was one."""
    complaint = replace(REPLY, understood=Understanding("dissatisfied"))
    blamed = [feedback_recorder.record(TURN, complaint, None, previous) for previous in (7, None)]
    assert [record and record.blames for record in blamed] == [7, None]


def test_nothing_is_kept(feedback_recorder: FeedbackRecorder) -> None:
    """Of a button or a form, and where it is switched off."""
    assert feedback_recorder.record(TURN, replace(REPLY, understood=None), None, 1) is None
    assert replace(feedback_recorder, is_on=False).record(TURN, REPLY, None, 1) is None
