"""Nobody is left alone: a language in free text, a doubtful command, the same question again, somebody in a crisis."""

from __future__ import annotations

from typing import Any

import pytest
from dialogue_driver import COMMUNITY, FREE, PREMIER, TICKET, UNLICENSED, Dialogue

from bot.adapters.wording_reader import read_wording
from bot.core.customer import Identity
from bot.core.facts import Facts
from bot.settings import ROOT

SUBJECT: dict[str, Any] = {"kind": "ticket", "key": "c:m", "asked": "subject"}
DESCRIPTION = {**SUBJECT, "subject": "Audio", "asked": "description"}
CHANGE = {**DESCRIPTION, "description": "Putus-putus", "asked": "change"}


@pytest.fixture
def conversation(facts: Facts) -> Dialogue:
    """A conversation in Indonesian."""
    return Dialogue(read_wording(ROOT / "data"), facts)


@pytest.mark.parametrize(("text", "language"), [
    ("English subtitles hilang", "en"), ("Spanish juga hilang, bahasa Indonesia aman", "es"),
    ("Ubah bahasa ke Inggris gagal", "en"), ("Interpretation channel English has no sound", "en"),
    ("Menu aplikasi jadi bahasa Spanyol", "es"), ("Subtítulos en inglés no salen", "en")])
@pytest.mark.parametrize("form", [SUBJECT, DESCRIPTION])
def test_a_language_in_a_trouble_is_the_text(conversation: Dialogue, form: dict[str, Any], text: str,
                                             language: str) -> None:
    """The ticket has it as it was typed, and the conversation keeps its language."""
    conversation.state = conversation.state.with_values(form=form)
    conversation.say(text, "switch_language", entities=(("target_language", language),))
    assert conversation.state.form and conversation.state.form[form["asked"]] == text
    assert conversation.state.language == "id"


@pytest.mark.parametrize("text", [
    "english please", "in English, please", "pakai bahasa inggris aja dong", "speak english", "bhs inggris ya kak",
    "can we do this in English?", "bisa bahasa inggris ga?"])
def test_the_wish_for_a_language_is_one(conversation: Dialogue, text: str) -> None:
    """A message that is nothing else, or asks for it."""
    conversation.state = conversation.state.with_values(form=SUBJECT)
    conversation.say(text, "switch_language", entities=(("target_language", "en"),))
    assert conversation.state.language == "en" and conversation.state.form == SUBJECT


def test_a_doubtful_cancel_drops_no_ticket(conversation: Dialogue) -> None:
    """A filled-in ticket goes only at a word that is one."""
    conversation.state = conversation.state.with_values(form=TICKET)
    conversation.say("everything", "cancel", 0.37)
    assert conversation.state.form is not None
    assert conversation.say("batal", "cancel", 0.37) == conversation.words("utter_ticket_cancelled")


@pytest.mark.parametrize("text", ["wrong", "salah", "ada yang salah ketik"])
def test_wrong_at_the_summary_asks_what(conversation: Dialogue, text: str) -> None:
    """Whatever the classifier makes of it."""
    conversation.state = conversation.state.with_values(form=TICKET)
    conversation.say(text, "dissatisfied")
    assert conversation.state.form and conversation.state.form["asked"] == "change"


def test_an_address_is_taken_where_it_is_asked_what_to_change(conversation: Dialogue) -> None:
    """Though there was none before."""
    conversation.state = conversation.state.with_values(form=CHANGE)
    conversation.say("email: x@contoh.id", "change_answer")
    assert conversation.state.form and conversation.state.form["email"] == "x@contoh.id"


def test_the_same_prompt_after_small_talk_shows_ways_out(conversation: Dialogue) -> None:
    """A form that is interrupted again and again is stuck, too."""
    conversation.state = conversation.state.with_values(form={**TICKET, "asked": "priority"})
    for _ in range(2):
        said = conversation.say("dadah", "goodbye")
    assert conversation.words("utter_form_stuck") in said and "/talk_to_human" in conversation.buttons


@pytest.mark.parametrize("form", [None, SUBJECT, DESCRIPTION, CHANGE, TICKET, {**TICKET, "asked": "email"}])
def test_who_wants_to_die_is_heard(conversation: Dialogue, form: dict[str, Any] | None) -> None:
    """Before any form, which asks nothing then; what it holds is kept."""
    conversation.state = conversation.state.with_values(form=form)
    assert conversation.say("aku mau mati aja", "self_harm", 0.9) == conversation.words("utter_self_harm")
    assert conversation.buttons == ["/talk_to_human"] and conversation.state.active_form is None
    assert (conversation.state.form or {}).get("subject") == (form or {}).get("subject")


@pytest.mark.parametrize(("identity", "first"), [(PREMIER, "/talk_to_human"), (UNLICENSED, "/create_ticket"),
                                                 (FREE, "/create_ticket"), (None, "/create_ticket")])
def test_out_of_scope_again_gives_the_door(conversation: Dialogue, identity: Identity | None, first: str) -> None:
    """What Kilat can't place may be a trouble all the same."""
    conversation.say("lalala", "out_of_scope", identity=identity)
    assert first not in conversation.buttons
    assert conversation.say("lalala", "out_of_scope", identity=identity) == conversation.words("utter_out_of_scope")
    assert conversation.buttons[0] == first


def test_out_of_scope_in_doubt_gives_the_door_at_once(conversation: Dialogue) -> None:
    """The model isn't sure that it is none of Zoom's business."""
    conversation.say("kamera item", "out_of_scope", 0.4)
    assert "/create_ticket" in conversation.buttons


def test_nothing_likely_still_has_a_way_on(conversation: Dialogue) -> None:
    """"Did you mean one of these?" has some."""
    assert conversation.say("hapus itu", "nlu_fallback") == conversation.words("utter_clarify")
    assert conversation.buttons == ["/channels_overview", "/create_ticket"]
    assert conversation.say("hapus itu", "nlu_fallback") == conversation.words(
        "utter_door_sign_in", community=COMMUNITY)
