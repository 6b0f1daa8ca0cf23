"""People in trouble and secrets: what is heard first, what stops a form, and what is not said back."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.adapters.anonymizer import read_anonymizer
from bot.adapters.wording_reader import read_wording
from bot.services.dialogue import form_interruptions
from bot.services.dialogue.intent_correction import settle
from bot.services.dialogue.intent_kinds import is_question
from bot.services.dialogue.state import State
from bot.services.dialogue.turn import Turn
from bot.settings import ROOT

DATA = Path(ROOT / "data")
WORDING = read_wording(DATA)
SUBJECT = {"asked": "subject"}


def _settled(text: str, **ranking: float) -> str:
    likeliest = max(ranking, key=lambda intent: ranking[intent])
    return settle(Turn("c", text, likeliest, ranking), State(), WORDING).intent


def test_harm_counts_together() -> None:
    """Three doubtful ways of being hurt outweigh a likelier question; a doubtful one does not."""
    assert _settled("dia terus begitu", howto=0.4, danger=0.3, account_security=0.2) == "danger"
    assert _settled("dia terus begitu", howto=0.8, danger=0.15) == "howto"


def test_grief_before_the_fault() -> None:
    """A death is heard before the link that does not work; a farewell to a thing is none."""
    assert _settled("my uncle has died and the link fails", incident_p3=0.9) == "distress"
    assert _settled("my laptop has died and the link fails", incident_p3=0.9) == "incident_p3"


def test_a_file_by_its_name() -> None:
    """A name alone is a file; a sentence about one is not."""
    assert _settled("(foto 12.JPG)", out_of_scope=1.0) == "sent_file"
    assert _settled("resep.pdf nya bagus, masak apa hari ini?", out_of_scope=1.0) == "out_of_scope"


@pytest.mark.parametrize(("text", "intent", "cancels"), [
    ("batalin deh, udah beres", "cancel", True), ("never mind, it works now", "repeat", True),
    ("Cancel, edit and delete are grey", "incident_p3", False), ("Stop, start, stop: camera", "out_of_scope", False),
    ("tombol batal hilang, tolong", "cancel", False)])
def test_a_cancellation_with_its_reason(text: str, intent: str, cancels: bool) -> None:
    """By its first clause, and never a story that begins so."""
    head = WORDING.cues.find(text.split(",")[0])
    turn = Turn("c", text, intent, is_question=is_question(intent, WORDING))
    assert form_interruptions.cancels(SUBJECT, turn, head) is cancels
    assert not form_interruptions.cancels({"asked": "change"}, turn, head)


@pytest.mark.parametrize(("text", "intent", "later"), [
    ("nanti aja ya kak", "cancel", True), ("later, I have a meeting", "goodbye", True), ("ahora no", "deny", True),
    ("nanti sore rapatnya hilang", "incident_p3", False), ("Later, the sound drops", "incident_p2", False)])
def test_no_time_now(text: str, intent: str, later: bool) -> None:
    """The form waits; a story in which "later" stands does not stop it."""
    cues, head = WORDING.cues.find(text), WORDING.cues.find(text.split(",")[0])
    assert form_interruptions.postpones(Turn("c", text, intent), cues, head) is later


def test_danger_is_told_of_once() -> None:
    """In a ticket's text, where the model is sure; the form itself goes on."""
    sure, doubtful = (Turn("c", "x", "danger", {"danger": share}) for share in (0.9, 0.7))
    assert form_interruptions.is_in_danger(SUBJECT, sure) and not form_interruptions.is_in_danger(SUBJECT, doubtful)
    assert not form_interruptions.is_in_danger({**SUBJECT, "warned": True}, sure)
    assert not form_interruptions.is_in_danger({"asked": "email"}, sure)


@pytest.mark.parametrize(("text", "secret"), [
    ("password saya Jeruk*774 salah", "Jeruk*774"), ("the OTP is 661204, what now", "661204"),
    ("card 5555 5555 5555 4444 refused", "5555"), ("NIK 3171000000000002 a.n. Tes", "3171000000000002")])
def test_a_secret_is_covered(text: str, secret: str) -> None:
    """Whole, and nothing else of the text."""
    covered = read_anonymizer(DATA).cover(text)
    assert secret not in covered and "•••" in covered and covered.split()[0] == text.split()[0]


@pytest.mark.parametrize("text", [
    "error 5003 di rapat 812 3456 7890", "lupa kata sandi", "sandi saya ketulis", "kode negara +62 21 555 0199",
    "IMG_20260101_120000.jpg", "tiket KLT-000012 belum dibalas", "does P1 mean 1 hour and 4 hours?"])
def test_no_secret(text: str) -> None:
    """Numbers of meetings, errors and phones, and words about passwords, stay."""
    assert read_anonymizer(DATA).cover(text) == text
