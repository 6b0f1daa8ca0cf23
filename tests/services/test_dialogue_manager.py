"""Turns of a conversation with the real words and facts, and stand-ins for the desks."""

from __future__ import annotations

import pytest
from dialogue_driver import COMMUNITY, FREE, MEMBER, PREMIER, TICKET, UNLICENSED, Dialogue

from bot.adapters.wording_reader import read_wording
from bot.core.customer import Identity
from bot.core.errors import StoreUnavailable
from bot.core.facts import Facts
from bot.languages import LANGUAGES
from bot.services.dialogue.state import State
from bot.services.wording import Wording
from bot.settings import ROOT


@pytest.fixture(scope="module")
def wording() -> Wording:
    """The real words."""
    return read_wording(ROOT / "data")


@pytest.fixture(params=LANGUAGES)
def conversation(request: pytest.FixtureRequest, wording: Wording, facts: Facts) -> Dialogue:
    """A new conversation, once in each language."""
    made = Dialogue(wording, facts)
    made.state = State(language=request.param)
    return made


def test_a_ticket_that_cant_be_stored_is_not_lost(conversation: Dialogue) -> None:
    """The desk's failure goes up to the edge, which says so; the same answer works when the desk is back."""
    conversation.state = conversation.state.with_values(form=TICKET)
    conversation.tickets.down = True
    with pytest.raises(StoreUnavailable):
        conversation.say("ya kirim", "affirm")
    assert conversation.state.form == TICKET and not conversation.tickets.drafts
    conversation.tickets.down = False
    assert "KLT-000001" in conversation.say("ya kirim", "affirm")
    assert conversation.state.form is None and list(conversation.tickets.drafts) == ["c:m"]


def test_a_ticket_carries_what_the_visitor_confirmed(conversation: Dialogue) -> None:
    """And who they are."""
    conversation.state = conversation.state.with_values(form=TICKET)
    conversation.say("ya kirim", "affirm", identity=PREMIER, history=("halo",))
    draft = conversation.tickets.drafts["c:m"]
    assert (draft.subject, draft.description) == ("Audio", "Putus-putus")
    assert (draft.email, draft.priority) == ("sari@example.com", "p3")
    assert (draft.language, draft.identity, draft.context["asked_before"]) == (
        conversation.state.language, PREMIER, ["halo"])


@pytest.mark.parametrize(("identity", "route"), [
    (PREMIER, "agent_queue_tier2"), (MEMBER, "agent_queue_tier1"), (UNLICENSED, "ticket_form"), (FREE, "community"),
    (None, "sign_in")])
def test_talk_to_a_person(conversation: Dialogue, identity: Identity | None, route: str) -> None:
    """Each visitor gets their door; only those entitled are queued."""
    said = conversation.say("mau bicara dengan agen", "talk_to_human", identity=identity)
    assert conversation.state.route == route
    assert ("KLC-000001" in said) is route.startswith("agent_queue") is bool(conversation.agents.cases)


def test_asked_again_the_place_stays(conversation: Dialogue) -> None:
    """One case a conversation."""
    conversation.say("agen", "talk_to_human", identity=PREMIER)
    again = conversation.say("agen dong", "talk_to_human", identity=PREMIER)
    assert again == conversation.words("utter_handoff_waiting", case="KLC-000001", position="1", wait="", billing="")


def test_a_hand_off_that_cant_be_stored_is_not_lost(conversation: Dialogue) -> None:
    """No case number is made up, and what was filled in is not gone; the same message works when the store is back."""
    conversation.state = conversation.state.with_values(form=TICKET)
    conversation.agents.down = True
    with pytest.raises(StoreUnavailable):
        conversation.say("agen", "talk_to_human", identity=PREMIER)
    assert conversation.state.form == TICKET
    conversation.agents.down = False
    assert "KLC-000001" in conversation.say("agen", "talk_to_human", identity=PREMIER)


@pytest.mark.parametrize(("identity", "door"), [
    (PREMIER, "human"), (UNLICENSED, "ticket"), (FREE, "community"), (None, "sign_in")])
def test_the_second_miss_gives_the_door(conversation: Dialogue, identity: Identity | None, door: str) -> None:
    """First the likeliest meanings as buttons, then the best door for this visitor."""
    ranking = {"nlu_fallback": 0.8, "phone_number": 0.1, "greet": 0.05, "plan_price": 0.04}
    assert conversation.say("anu", "nlu_fallback", ranking=ranking, identity=identity) == conversation.words(
        "utter_clarify")
    assert conversation.buttons == ["/phone_number", "/plan_price"]
    again = conversation.say("itu loh", "nlu_fallback", ranking=ranking, identity=identity)
    assert again == conversation.words(f"utter_door_{door}", community=COMMUNITY)


def test_an_answer_between_two_misses_starts_the_count_anew(conversation: Dialogue) -> None:
    """Two fallbacks in a row, not two in all."""
    conversation.say("anu", "nlu_fallback")
    conversation.say("nomor jepang", "phone_number", entities=(("country", "JP"),))
    assert conversation.say("itu", "nlu_fallback") == conversation.words("utter_clarify")


def test_repeat(conversation: Dialogue) -> None:
    """Nothing to repeat at first; then the last answer, word for word."""
    assert conversation.say("ulangi", "repeat") == conversation.words("utter_nothing_before")
    first = conversation.say("nomor jepang", "phone_number", entities=(("country", "JP"),))
    assert "120427732" in first
    assert conversation.say("ulangi", "repeat") == first
    assert conversation.say("makasih", "thank") and conversation.say("ulangi", "repeat") == first


def test_switch_of_language(conversation: Dialogue, wording: Wording, facts: Facts) -> None:
    """The last answer comes again in the other language, and the conversation stays there."""
    conversation.say("nomor jepang", "phone_number", entities=(("country", "JP"),))
    other = next(language for language in LANGUAGES if language != conversation.state.language)
    said = conversation.say("switch", "switch_language", entities=(("target_language", other),))
    assert conversation.state.language == other
    assert said.startswith(conversation.words("utter_language_switched")) and "120427732" in said
    assert wording.words(facts, other).country("JP") in said


def test_switch_of_language_in_a_form(conversation: Dialogue) -> None:
    """The question comes again in the other language; nothing filled in is lost."""
    conversation.state = conversation.state.with_values(form=TICKET)
    other = next(language for language in LANGUAGES if language != conversation.state.language)
    said = conversation.say("switch", "switch_language", entities=(("target_language", other),))
    assert conversation.state.form == TICKET and conversation.words("utter_language_switched") in said


def test_a_question_interrupts_the_form(conversation: Dialogue) -> None:
    """Answered, without buttons of its own, and then the form goes on."""
    conversation.say("buat tiket", "create_ticket")
    said = conversation.say("nomor jepang berapa?", "phone_number", entities=(("country", "JP"),))
    assert "120427732" in said and said.endswith(conversation.words("utter_ask_ticket_subject"))
    assert conversation.state.form is not None and conversation.state.form["asked"] == "subject"


def test_what_to_change_shows_its_buttons_again(conversation: Dialogue) -> None:
    """After an answer that names no field, and after a question between."""
    conversation.state = conversation.state.with_values(form=TICKET)
    asks = conversation.say("ubah isian", "change_answer")
    buttons = conversation.buttons
    assert len(buttons) == 5
    assert (
        conversation.say("hmm", "nlu_fallback") == f"{conversation.words('utter_wrong_choice')}\n{asks}"
        and conversation.buttons == buttons)
    said = conversation.say("nomor jepang", "phone_number", entities=(("country", "JP"),))
    assert "120427732" in said and said.endswith(asks) and conversation.buttons == buttons
    conversation.say(buttons[-1], "nlu_fallback")
    assert conversation.state.form == TICKET


def test_a_person_is_heard_in_the_form(conversation: Dialogue) -> None:
    """The case takes the form's story along."""
    conversation.state = conversation.state.with_values(form=TICKET)
    conversation.say("agen saja", "talk_to_human", identity=PREMIER)
    case = conversation.agents.cases["c"]
    assert (case.question, case.priority, conversation.state.active_form) == ("Putus-putus", "p3", None)
    conversation.say("halo", "greet")
    assert conversation.say("buat tiket", "create_ticket").startswith(conversation.words(
        "utter_confirm_ticket", subject="Audio", description="Putus-putus", email="sari@example.com", priority="P3"))


def test_cancel(conversation: Dialogue) -> None:
    """With and without a form."""
    assert conversation.say("batal", "cancel") == conversation.words("utter_nothing_to_cancel")
    assert conversation.buttons == ["/billing", "/talk_to_human", "/create_ticket"]
    assert conversation.say("batalkan tiket saya", "cancel", entities=(("channel", "ticket"),)) == conversation.words(
        "utter_cancel_sent_ticket")
    assert conversation.state.form is None and conversation.buttons == ["/talk_to_human"]
    conversation.say("buat tiket", "create_ticket")
    assert conversation.say("batal", "cancel") == conversation.words("utter_ticket_cancelled")
    assert conversation.state.form is None


def test_every_topic_speaks(conversation: Dialogue) -> None:
    """Any intent, at any time: something is said, without a placeholder left."""
    for intent in [*conversation.wording.topics, "nlu_fallback"]:
        conversation.state = State(language=conversation.state.language)
        said = conversation.say("apa ini?", intent)
        assert said.strip() and not {"{", "}"} & set(said) and "utter_" not in said, intent


@pytest.mark.parametrize(("text", "history", "question"), [
    ("/talk_to_human", ("halo", "suara putus"), "suara putus"), ("mau agen", ("/phone_number",), "mau agen"),
    ("/talk_to_human", (), None), ("/talk_to_human", ("/phone_number",), None)])
def test_what_the_agent_reads_as_the_question(conversation: Dialogue, text: str, history: tuple[str, ...],
                                              question: str | None) -> None:
    """The visitor's own words, never a button's; and plainly so when there are none."""
    conversation.say(text, "talk_to_human", identity=PREMIER, history=history)
    words = conversation.wording.words(conversation.facts, conversation.state.language)
    assert conversation.agents.cases["c"].question == (question or words.phrase("no_question"))


def test_did_you_get_it(conversation: Dialogue) -> None:
    """By what has come, with the ways on that this visitor has; in the queue the agent will see it."""
    assert conversation.say("udah masuk?", "sent_file") == conversation.words("utter_no_file")
    conversation.state = conversation.state.with_values(files=1)
    assert conversation.say("udah masuk?", "sent_file") == conversation.words("utter_file")
    assert conversation.buttons == ["/create_ticket"]
    conversation.say("udah masuk?", "sent_file", identity=PREMIER)
    assert conversation.buttons == ["/talk_to_human", "/create_ticket"]
    conversation.say("agen", "talk_to_human", identity=PREMIER)
    assert conversation.say("udah masuk?", "sent_file", identity=PREMIER) == conversation.words("utter_file_in_queue")
    assert conversation.say("batal", "cancel", identity=PREMIER) == conversation.words("utter_cancel_in_queue")


def test_a_person_under_another_name(conversation: Dialogue) -> None:
    """Where nothing better would be said, the likely wish for a person is one; cancelling a plan is billing."""
    said = conversation.say("kasih orang lah", "abuse", ranking={"abuse": 0.6, "talk_to_human": 0.3}, identity=PREMIER)
    assert "KLC-" in said
    assert "Billing Support" in conversation.say("batalin premier", "cancel", entities=(("plan", "premier"),))
