"""The ticket form that is filled in at once, the greeting, and the ways out of the queue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from dialogue_driver import carried_out
from fakes import FakeQueue, FakeTickets

from bot.adapters.sample_customers import sample_identity
from bot.adapters.wording_reader import read_wording
from bot.core.answer import Bubble
from bot.core.customer import Customer, Identity
from bot.core.errors import StoreUnavailable
from bot.core.facts import Facts
from bot.languages import LANGUAGES
from bot.services import ticket_fields
from bot.services.dialogue.manager import DialogueManager, Reply
from bot.services.dialogue.state import State
from bot.services.dialogue.turn import Turn
from bot.settings import ROOT

WORDING = read_wording(ROOT / "data")
ADMIN = sample_identity("premier:admin:business")
HELLO = {"id": "Halo", "en": "Hello", "es": "¡Hola"}
STORY = "suaranya putus-putus sejak pagi di semua ruang rapat"
VALUES = {"subject": " Suara \n putus ", "description": "Sejak pagi\nputus-putus <b>terus</b> ",
          "email": " budi@example.com", "priority": "p2"}


class Chat:
    """A conversation with a client that shows cards."""

    def __init__(self, facts: Facts, language: str) -> None:
        self.agents, self.tickets, self.facts = FakeQueue(), FakeTickets(), facts
        self.state, self._count = State(language=language), 0
        self.words = WORDING.words(facts, language)
        self.manager = DialogueManager(WORDING, self.agents, "https://community.example.com")

    def turn(self, text: str, intent: str, **more: Any) -> Turn:
        """The next message, with an id of its own."""
        self._count += 1
        return Turn("c", text, intent, {intent: 1.0}, message_id=f"m{self._count}", cards=True, **more)

    def say(self, text: str, intent: str, **more: Any) -> tuple[Bubble, ...]:
        """The bubbles of the reply."""
        return self.keep(self.manager.reply(self.turn(text, intent, **more), self.state, self.facts))

    def keep(self, reply: Reply) -> tuple[Bubble, ...]:
        """Carry the effects out, and remember the state that was reached."""
        bubbles = carried_out(reply, self.agents, self.tickets, WORDING, self.facts).bubbles
        self.state = reply.state
        return bubbles

    def form(self, **more: Any) -> Mapping[str, Any]:
        """What the form that is asked for begins with."""
        (bubble,) = self.say("/create_ticket", "create_ticket", **more)
        assert bubble.card is not None and bubble.card["type"] == "ticket_form" and bubble.card["lead"] == bubble.text
        values: Mapping[str, Any] = bubble.card["values"]
        return values

    def submit(self, values: Mapping[str, str] = VALUES, turn: Turn | None = None, **more: Any) -> Bubble:
        """Send the form; the only bubble of the reply."""
        turn = turn or self.turn("", "", **more)
        (bubble,) = self.keep(self.manager.submit(values, turn, self.state, self.facts))
        return bubble


@pytest.fixture(params=LANGUAGES)
def chat(request: pytest.FixtureRequest, facts: Facts) -> Chat:
    """A new conversation, once in each language."""
    return Chat(facts, request.param)


def test_the_form_comes_whole(chat: Chat) -> None:
    """No question in chat follows; its rules are those that it is checked by."""
    (bubble,) = chat.say("buat tiket dong", "create_ticket")
    card = bubble.card
    assert card is not None and chat.state.form is None
    assert card["values"] == {} and bubble.text == chat.words.say("utter_ticket_form")
    assert {field: (rule["min"], rule["max"]) for field, rule in card["rules"].items()} == ticket_fields.LIMITS
    assert [choice["key"] for choice in card["priorities"]] == ["p1", "p2", "p3", "p4"]
    for choice in card["priorities"]:
        assert choice["title"].startswith(choice["key"].upper())
        assert chat.words.name("priority_short", choice["key"]) in choice["title"]


def test_a_client_without_cards_is_asked(chat: Chat) -> None:
    """Field by field, as before."""
    reply = chat.manager.reply(Turn("c", "tiket", "create_ticket", message_id="m"), chat.state, chat.facts)
    assert reply.bubbles[0].card is None and (reply.state.form or {})["asked"] == "subject"


def test_it_begins_with_what_is_known(chat: Chat) -> None:
    """The trouble as it was told, its priority, and the address of who has signed in."""
    chat.say(STORY, "incident_p2", identity=ADMIN)
    assert chat.form(identity=ADMIN) == {"subject": STORY, "description": STORY, "email": ADMIN.email, "priority": "p2"}


def test_a_long_story_is_no_subject(chat: Chat) -> None:
    """Its beginning is; the whole of it is the description."""
    story = " ".join(["suaranya putus-putus"] * 60)
    chat.say(story, "incident_p2")
    values = chat.form()
    assert values["description"] == story
    assert len(values["subject"]) <= 80 and story.startswith(values["subject"].removesuffix("…").rstrip())


def test_another_question_is_no_trouble(chat: Chat) -> None:
    """What was asked about something else does not go into the ticket."""
    chat.say(STORY, "incident_p2")
    chat.say("nomor Jepang?", "phone_number", entities=(("country", "JP"),))
    assert chat.form() == {"priority": "p2"}


def test_the_trouble_before_a_hand_off(chat: Chat) -> None:
    """Who was shown to the form instead of an agent need not tell it again."""
    chat.say(STORY, "incident_p2")
    chat.say("mau bicara dengan orang", "talk_to_human")
    assert chat.form()["description"] == STORY


def test_a_button_is_no_story(chat: Chat) -> None:
    """"/incident_p2" comes from a button."""
    chat.say("/incident_p2", "incident_p2")
    assert chat.form() == {"priority": "p2"}


def test_after_triage(chat: Chat) -> None:
    """The form proposes the priority that the questions led to."""
    chat.say("bantu tentukan prioritas", "triage_start")
    (result,) = chat.say("mati total", "incident_p1")
    assert "/create_ticket" in [button.payload for button in result.buttons]
    assert chat.form() == {"priority": "p1"}


def test_in_the_middle_of_triage(chat: Chat) -> None:
    """The button wins over the question."""
    chat.say("bantu tentukan prioritas", "triage_start")
    assert chat.form() == {} and chat.state.form is None


def test_sent(chat: Chat) -> None:
    """One ticket, tidied, with who sent it and what was asked before; the reply names it."""
    bubble = chat.submit(identity=ADMIN, history=("halo",))
    (draft,) = chat.tickets.drafts.values()
    assert (draft.subject, draft.description) == ("Suara putus", "Sejak pagi\nputus-putus <b>terus</b>")
    assert (draft.email, draft.priority, draft.language) == ("budi@example.com", "p2", chat.words.language)
    assert (draft.conversation_id, draft.identity, draft.context["asked_before"]) == ("c", ADMIN, ["halo"])
    card = bubble.card
    assert card is not None and card["type"] == "ticket"
    assert (card["number"], card["priority"], card["email"]) == ("KLT-000001", "P2", "budi@example.com")
    assert bubble.text.splitlines() == [card["lead"], f"{card['times']}."]
    assert not {"<", ">"} & set(bubble.text)


@pytest.mark.parametrize("identity", [None, sample_identity("access:admin:business")])
def test_no_times_where_none_are_promised(chat: Chat, identity: Identity | None) -> None:
    """Neither in the text nor on the card."""
    bubble = chat.submit(identity=identity)
    assert bubble.card is not None and "times" not in bubble.card and bubble.text == bubble.card["lead"]


def test_sent_twice(chat: Chat) -> None:
    """The same message gives the same ticket, another message another."""
    turn = chat.turn("", "")
    assert chat.submit(turn=turn) == chat.submit(turn=turn)
    assert len(chat.tickets.drafts) == 1
    chat.submit()
    assert len(chat.tickets.drafts) == 2


def test_nothing_is_lost_while_the_desk_is_down(chat: Chat) -> None:
    """The failure goes up to the edge; the same message works when the desk is back."""
    chat.tickets.down, turn = True, chat.turn("", "")
    with pytest.raises(StoreUnavailable):
        chat.submit(turn=turn)
    chat.tickets.down = False
    assert "KLT-000001" in chat.submit(turn=turn).text


@pytest.mark.parametrize(("priority", "why"), [("p2", "evidence_story"), ("p1", "evidence_visitor")])
def test_why_this_priority(chat: Chat, priority: str, why: str) -> None:
    """The agent sees whether it came from the story or was the visitor's own choice."""
    chat.say(STORY, "incident_p2")
    chat.submit({**VALUES, "priority": priority})
    (draft,) = chat.tickets.drafts.values()
    short = chat.words.name("priority_short", priority)
    assert draft.context["priority_evidence"] == chat.words.phrase(why, short=short)


def test_leaving_the_queue(chat: Chat) -> None:
    """The place is given up, and the other way is shown."""
    chat.say("agen", "talk_to_human", identity=ADMIN)
    (bubble,) = chat.keep(chat.manager.left_queue(chat.state, chat.facts))
    assert bubble.text == chat.words.say("utter_left_queue") and chat.state.route is None
    assert [button.payload for button in bubble.buttons] == ["/create_ticket"]
    assert chat.manager.left_queue(chat.state, chat.facts).bubbles == (bubble,)


@pytest.mark.parametrize("has_left", [True, False])
def test_saying_it_again_does_not_queue_again(chat: Chat, has_left: bool) -> None:
    """While the visitor waits, the place is told again, also in another language; afterwards only they decide."""
    chat.say("agen", "talk_to_human", identity=ADMIN)
    (bubble,) = chat.say("ulangi", "repeat", identity=ADMIN)
    assert bubble.card is not None and bubble.card["type"] == "queue"
    if has_left:
        chat.keep(chat.manager.left_queue(chat.state, chat.facts))
    chat.agents.cases.clear()  # they have left, or an agent has been there and gone
    (bubble,) = chat.say("ulangi", "repeat", identity=ADMIN)
    assert bubble.text == chat.words.say("utter_nothing_before")
    assert [button.payload for button in bubble.buttons] == ["/talk_to_human"]
    assert len(chat.say("in english please", "switch_language", identity=ADMIN)) == 1
    assert chat.agents.cases == {}


def test_a_long_wait(chat: Chat) -> None:
    """The form is there with what was asked, and the place is kept."""
    chat.say("Bagaimana cara merekam rapat?", "howto", identity=ADMIN)
    chat.say("agen", "talk_to_human", identity=ADMIN)
    turn = chat.turn("", "", identity=ADMIN)
    (bubble,) = chat.keep(chat.manager.waited_long(turn, chat.state, chat.facts))
    assert bubble.text == chat.words.say("utter_waited_long")
    assert bubble.card is not None and bubble.card["type"] == "ticket_form" and bubble.card["lead"] == bubble.text
    assert bubble.card["values"] == {"subject": "Bagaimana cara merekam rapat?",
                                     "description": "Bagaimana cara merekam rapat?", "email": ADMIN.email}
    assert list(chat.agents.cases) == ["c"]


@pytest.mark.parametrize(("name", "called"), [("Sari", ", Sari!"), (None, "!"), ("", "!"), ("<b>Sari", ", ‹b›Sari!")])
def test_the_greeting(chat: Chat, name: str | None, called: str) -> None:
    """By name where it is known, and never as markup; with the likeliest questions to press."""
    (bubble,) = chat.manager.greeting(chat.state, chat.facts, Identity("u", Customer(), name)).bubbles
    assert bubble.text.startswith(f"{HELLO[chat.words.language]}{called} ")
    assert [button.payload for button in bubble.buttons] == [f"/{topic}" for topic in WORDING.greeting]
    assert [button.title for button in bubble.buttons] == [chat.words.title(topic) for topic in WORDING.greeting]
    assert len(bubble.buttons) == 4


def test_the_greeting_of_somebody_unknown(chat: Chat) -> None:
    """Without a name."""
    (bubble,) = chat.manager.greeting(chat.state, chat.facts, None).bubbles
    assert bubble.text.startswith(f"{HELLO[chat.words.language]}! ")


def test_each_button_of_the_greeting_has_an_answer(chat: Chat) -> None:
    """Pressed at once, with nothing said before."""
    for topic in WORDING.greeting:
        (bubble,) = chat.say(f"/{topic}", topic)
        assert bubble.text != chat.words.say("utter_clarify")


@pytest.mark.parametrize("language", LANGUAGES)
def test_too_many_of_one_conversation(facts: Facts, language: str) -> None:
    """Nothing is promised, the other way is offered, and the form is over; an agent's ticket is opened."""
    chat = Chat(facts, language)
    chat.tickets.full = True
    bubble = chat.submit()
    assert bubble.text == chat.words.say("utter_ticket_too_many") and "KLT" not in bubble.text and not bubble.card
    assert [button.payload for button in bubble.buttons] == ["/talk_to_human"]
    assert chat.state.form is None and chat.tickets.drafts == {}
    (bubble,) = chat.keep(chat.manager.submit(VALUES, chat.turn("", "create_ticket"), chat.state, facts, bounded=False))
    assert "KLT-000001" in bubble.text
