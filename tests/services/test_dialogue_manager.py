"""Turns of a conversation with the real words and facts, and stand-ins for the desks."""

from __future__ import annotations

import pytest
from talking import COMMUNITY, FREE, MEMBER, PREMIER, TICKET, UNLICENSED, Chat

from bot.adapters.wording import read_wording
from bot.core.customer import Identity
from bot.core.errors import StoreUnavailable
from bot.core.facts import Facts
from bot.languages import LANGUAGES
from bot.services.dialogue.state import State
from bot.services.words import Wording
from bot.settings import ROOT


@pytest.fixture(scope="module")
def wording() -> Wording:
    """The real words."""
    return read_wording(ROOT / "data")


@pytest.fixture(params=LANGUAGES)
def chat(request: pytest.FixtureRequest, wording: Wording, facts: Facts) -> Chat:
    """A new conversation, once in each language."""
    made = Chat(wording, facts)
    made.state = State(language=request.param)
    return made


def test_a_ticket_that_cant_be_stored_is_not_lost(chat: Chat) -> None:
    """The desk's failure goes up to the edge, which says so; the same answer works when the desk is back."""
    chat.state = chat.state.with_values(form=TICKET)
    chat.tickets.down = True
    with pytest.raises(StoreUnavailable):
        chat.say("ya kirim", "affirm")
    assert chat.state.form == TICKET and not chat.tickets.drafts
    chat.tickets.down = False
    assert "KLT-000001" in chat.say("ya kirim", "affirm")
    assert chat.state.form is None and list(chat.tickets.drafts) == ["c:m"]


def test_a_ticket_carries_what_the_visitor_confirmed(chat: Chat) -> None:
    """And who they are."""
    chat.state = chat.state.with_values(form=TICKET)
    chat.say("ya kirim", "affirm", identity=PREMIER, history=("halo",))
    draft = chat.tickets.drafts["c:m"]
    assert (draft.subject, draft.description) == ("Audio", "Putus-putus")
    assert (draft.email, draft.priority) == ("sari@example.com", "p3")
    assert (draft.language, draft.identity, draft.context["asked_before"]) == (chat.state.language, PREMIER, ["halo"])


@pytest.mark.parametrize(("identity", "route"), [
    (PREMIER, "agent_queue_tier2"), (MEMBER, "agent_queue_tier1"), (UNLICENSED, "ticket_form"), (FREE, "community"),
    (None, "sign_in"),
])
def test_talk_to_a_person(chat: Chat, identity: Identity | None, route: str) -> None:
    """Each visitor gets their door; only those entitled are queued."""
    said = chat.say("mau bicara dengan agen", "talk_to_human", identity=identity)
    assert chat.state.route == route
    assert ("KLC-000001" in said) is route.startswith("agent_queue") is bool(chat.agents.cases)


def test_asked_again_the_place_stays(chat: Chat) -> None:
    """One case a conversation."""
    chat.say("agen", "talk_to_human", identity=PREMIER)
    again = chat.say("agen dong", "talk_to_human", identity=PREMIER)
    assert again == chat.words("utter_handoff_waiting", case="KLC-000001", position="1", wait="", billing="")


def test_a_hand_off_that_fails_says_so(chat: Chat) -> None:
    """No case number is made up."""
    chat.agents.down = True
    said = chat.say("agen", "talk_to_human", identity=PREMIER)
    assert said == chat.words("utter_handoff_failed", billing="")


def test_a_hand_off_that_fails_keeps_the_form(chat: Chat) -> None:
    """Nobody was reached, so what was filled in must not be gone."""
    chat.state = chat.state.with_values(form=TICKET)
    chat.agents.down = True
    chat.say("agen", "talk_to_human", identity=PREMIER)
    assert chat.state.form == TICKET


@pytest.mark.parametrize(("identity", "door"), [
    (PREMIER, "human"), (UNLICENSED, "ticket"), (FREE, "community"), (None, "sign_in"),
])
def test_the_second_miss_gives_the_door(chat: Chat, identity: Identity | None, door: str) -> None:
    """First the likeliest meanings as buttons, then the best door for this visitor."""
    ranking = {"nlu_fallback": 0.8, "phone_number": 0.1, "greet": 0.05, "plan_price": 0.04}
    assert chat.say("anu", "nlu_fallback", ranking=ranking, identity=identity) == chat.words("utter_clarify")
    assert chat.buttons == ["/phone_number", "/plan_price"]
    again = chat.say("itu loh", "nlu_fallback", ranking=ranking, identity=identity)
    assert again == chat.words(f"utter_door_{door}", community=COMMUNITY)


def test_an_answer_between_two_misses_starts_the_count_anew(chat: Chat) -> None:
    """Two misses in a row, not two in all."""
    chat.say("anu", "nlu_fallback")
    chat.say("nomor jepang", "phone_number", entities=(("country", "JP"),))
    assert chat.say("itu", "nlu_fallback") == chat.words("utter_clarify")


def test_repeat(chat: Chat) -> None:
    """Nothing to repeat at first; then the last answer, word for word."""
    assert chat.say("ulangi", "repeat") == chat.words("utter_nothing_before")
    first = chat.say("nomor jepang", "phone_number", entities=(("country", "JP"),))
    assert "120427732" in first
    assert chat.say("ulangi", "repeat") == first
    assert chat.say("makasih", "thank") and chat.say("ulangi", "repeat") == first


def test_switch_of_language(chat: Chat, wording: Wording, facts: Facts) -> None:
    """The last answer comes again in the other language, and the conversation stays there."""
    chat.say("nomor jepang", "phone_number", entities=(("country", "JP"),))
    other = next(language for language in LANGUAGES if language != chat.state.language)
    said = chat.say("switch", "switch_language", entities=(("target_language", other),))
    assert chat.state.language == other
    assert said.startswith(chat.words("utter_language_switched")) and "120427732" in said
    assert wording.words(facts, other).country("JP") in said


def test_switch_of_language_in_a_form(chat: Chat) -> None:
    """The question comes again in the other language; nothing filled in is lost."""
    chat.state = chat.state.with_values(form=TICKET)
    other = next(language for language in LANGUAGES if language != chat.state.language)
    said = chat.say("switch", "switch_language", entities=(("target_language", other),))
    assert chat.state.form == TICKET and chat.words("utter_language_switched") in said


def test_a_question_interrupts_the_form(chat: Chat) -> None:
    """Answered, without buttons of its own, and then the form goes on."""
    chat.say("buat tiket", "create_ticket")
    said = chat.say("nomor jepang berapa?", "phone_number", entities=(("country", "JP"),))
    assert "120427732" in said and said.endswith(chat.words("utter_ask_ticket_subject"))
    assert chat.state.form is not None and chat.state.form["asked"] == "subject"


def test_what_to_change_shows_its_buttons_again(chat: Chat) -> None:
    """After an answer that names no field, and after a question between."""
    chat.state = chat.state.with_values(form=TICKET)
    asks = chat.say("ubah isian", "change_answer")
    buttons = chat.buttons
    assert len(buttons) == 5
    assert chat.say("hmm", "nlu_fallback") == f"{chat.words('utter_wrong_choice')}\n{asks}" and chat.buttons == buttons
    said = chat.say("nomor jepang", "phone_number", entities=(("country", "JP"),))
    assert "120427732" in said and said.endswith(asks) and chat.buttons == buttons
    chat.say(buttons[-1], "nlu_fallback")
    assert chat.state.form == TICKET


def test_a_person_is_heard_in_the_form(chat: Chat) -> None:
    """The case takes the form's story along."""
    chat.state = chat.state.with_values(form=TICKET)
    chat.say("agen saja", "talk_to_human", identity=PREMIER)
    case = chat.agents.cases["c"]
    assert (case.question, case.priority, chat.state.active_form) == ("Putus-putus", "p3", None)
    chat.say("halo", "greet")
    assert chat.say("buat tiket", "create_ticket").startswith(chat.words(
        "utter_confirm_ticket", subject="Audio", description="Putus-putus", email="sari@example.com", priority="P3"))


def test_cancel(chat: Chat) -> None:
    """With and without a form."""
    assert chat.say("batal", "cancel") == chat.words("utter_nothing_to_cancel")
    assert chat.buttons == ["/billing", "/talk_to_human", "/create_ticket"]
    assert chat.say("batalkan tiket saya", "cancel", entities=(("channel", "ticket"),)) == chat.words(
        "utter_cancel_sent_ticket")
    assert chat.state.form is None and chat.buttons == ["/talk_to_human"]
    chat.say("buat tiket", "create_ticket")
    assert chat.say("batal", "cancel") == chat.words("utter_ticket_cancelled")
    assert chat.state.form is None


def test_every_topic_speaks(chat: Chat) -> None:
    """Any intent, at any time: something is said, without a placeholder left."""
    for intent in [*chat.wording.topics, "nlu_fallback"]:
        chat.state = State(language=chat.state.language)
        said = chat.say("apa ini?", intent)
        assert said.strip() and not {"{", "}"} & set(said) and "utter_" not in said, intent


@pytest.mark.parametrize(("text", "history", "question"), [
    ("/talk_to_human", ("halo", "suara putus"), "suara putus"), ("mau agen", ("/phone_number",), "mau agen"),
    ("/talk_to_human", (), None), ("/talk_to_human", ("/phone_number",), None),
])
def test_what_the_agent_reads_as_the_question(
    chat: Chat, text: str, history: tuple[str, ...], question: str | None
) -> None:
    """The visitor's own words, never a button's; and plainly so when there are none."""
    chat.say(text, "talk_to_human", identity=PREMIER, history=history)
    words = chat.wording.words(chat.facts, chat.state.language)
    assert chat.agents.cases["c"].question == (question or words.phrase("no_question"))


def test_did_you_get_it(chat: Chat) -> None:
    """By what has come, with the ways on that this visitor has; in the queue the agent will see it."""
    assert chat.say("udah masuk?", "sent_file") == chat.words("utter_no_file")
    chat.state = chat.state.with_values(files=1)
    assert chat.say("udah masuk?", "sent_file") == chat.words("utter_file")
    assert chat.buttons == ["/create_ticket"]
    chat.say("udah masuk?", "sent_file", identity=PREMIER)
    assert chat.buttons == ["/talk_to_human", "/create_ticket"]
    chat.say("agen", "talk_to_human", identity=PREMIER)
    assert chat.say("udah masuk?", "sent_file", identity=PREMIER) == chat.words("utter_file_in_queue")
    assert chat.say("batal", "cancel", identity=PREMIER) == chat.words("utter_cancel_in_queue")


def test_a_person_under_another_name(chat: Chat) -> None:
    """Where nothing better would be said, the likely wish for a person is one; cancelling a plan is billing."""
    said = chat.say("kasih orang lah", "abuse", ranking={"abuse": 0.6, "talk_to_human": 0.3}, identity=PREMIER)
    assert "KLC-" in said
    assert "Billing Support" in chat.say("batalin premier", "cancel", entities=(("plan", "premier"),))
