"""One turn: who answers this message? A form under way first, then the topic that was asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.core.answer import Answer, Bubble, Button
from bot.core.command import first_clause
from bot.core.customer import Identity
from bot.core.effects import OpenTicket, TicketDraft
from bot.core.facts import Facts
from bot.core.question import Question
from bot.core.routing import HandoffTarget, Route, Staffing, offer
from bot.ports import Queue
from bot.services.answer import answer
from bot.services.cards import community_card
from bot.services.dialogue import distress, form_interruptions, form_prompts
from bot.services.dialogue import form as forms
from bot.services.dialogue.context_resolution import FOLLOW_UP, remember, resolve
from bot.services.dialogue.form import Form
from bot.services.dialogue.form_steps import Step, advance
from bot.services.dialogue.intent_correction import SURE, settle
from bot.services.dialogue.intent_kinds import is_question, is_small_talk
from bot.services.dialogue.state import State
from bot.services.dialogue.ticket_form import filled, ticket_form, told_trouble
from bot.services.dialogue.turn import Turn
from bot.services.hand_off import decide_route, hand_off, staffing_of
from bot.services.wording import Wording, Words

MOST_BUTTONS = 3
_CONTACTS = ("create_ticket", "talk_to_human")
# Beside a warning, what Kilat says where it knows nothing to say is left out.
_SAID_NOTHING = ("out_of_scope", "nlu_fallback")
_TO_CANCEL = {"utter_cancel_sent_ticket": ("talk_to_human",),
              "utter_nothing_to_cancel": ("billing", "talk_to_human", "create_ticket")}


@dataclass(frozen=True)
class Reply:
    """The bubbles to say, the state to remember, and the intent that was answered: none where a form asked, and took
    the message for its answer. `question` is what was asked, where facts answer it."""

    bubbles: tuple[Bubble, ...]
    state: State
    intent: str | None = None
    question: Question | None = None


class DialogueManager:
    """Answers turns. Holds no state of its own."""

    def __init__(self, wording: Wording, queue: Queue, community_url: str) -> None:
        self._wording = wording
        self._queue = queue
        self._community_url = community_url

    def reply(self, turn: Turn, state: State, facts: Facts) -> Reply:
        """The reply to `turn`. Raises `StoreUnavailable` when the queue can't be read."""
        covered = distress.without_secrets(turn, self._wording)
        said = self._reply(covered, state, facts)
        if covered.text == turn.text:
            return said
        words = self._wording.words(facts, said.state.language)
        warned = distress.warning(words, in_form=state.active_form is not None)
        if said.intent not in _SAID_NOTHING:
            return replace(said, bubbles=(warned, *said.bubbles))
        intents = (*self._contacts(turn, state, facts), "billing")
        return replace(said, bubbles=(replace(warned, buttons=_topic_buttons(intents, words)),))

    def _reply(self, turn: Turn, state: State, facts: Facts) -> Reply:
        state = state.with_values(route=None)
        form = state.active_form
        turn = turn if form else settle(turn, state, self._wording)
        turn = replace(turn, is_question=is_question(turn.intent, self._wording))
        cues = self._wording.cues.find(turn.text)
        if turn.intent == "switch_language" and not (form and form_interruptions.is_its_text(form, turn, cues)):
            return replace(self._switch_language(turn, state, facts), intent=turn.intent)
        words = self._wording.words(facts, state.language)
        if form and not (form_interruptions.wants_person(form, turn) or form_interruptions.in_crisis(form, turn)):
            if done := self._interrupted(form, turn, cues, state, words):
                return done
            step = advance(form, turn, cues)
            if step is not None:
                return self._form_step(step, turn, state, facts, words)
        said = replace(self._answer(turn, state, facts, words), intent=turn.intent)
        if form and form_interruptions.in_crisis(form, turn):
            return replace(said, state=_laid_aside(said.state, form))
        if form and said.state.form is form and turn.intent != "talk_to_human":
            form = form if turn.is_question else forms.refused(form)
            return replace(said, bubbles=(*_without_buttons(said.bubbles), form_prompts.prompt(form, words)),
                           state=said.state.with_values(form=form))
        return said

    def greeting(self, state: State, facts: Facts, identity: Identity | None) -> Reply:
        """What a new conversation begins with: who speaks, what it can do, and the likeliest questions."""
        words = self._wording.words(facts, state.language)
        name = form_prompts.as_text(identity.name) if identity and identity.name else ""
        called = words.phrase("called", name=name) if name else ""
        questions = tuple(Button(words.title(topic), f"/{topic}") for topic in self._wording.greeting)
        return Reply((Bubble(words.say("utter_welcome", {"called": called}), questions),), state)

    def submit(
        self, values: Mapping[str, str], turn: Turn, state: State, facts: Facts, *, bounded: bool = True
    ) -> Reply:
        """A ticket of a filled-in form that `ticket_fields.check` accepts, one per message id. A visitor's are
        `bounded`, an agent's are not."""
        words = self._wording.words(facts, state.language)
        ticket = _ticket(filled(values, turn, state), turn, state, facts, words, bounded=bounded)
        return Reply((ticket,), state.with_values(form=None, route=None, fallback_count=0))

    def file(self, turn: Turn, state: State, facts: Facts) -> Reply:
        """The visitor has sent a file: the bot can't look into it, people can."""
        words = self._wording.words(facts, state.language)
        if self._queue.place(turn.conversation_id) is not None:
            return Reply((Bubble(words.say("utter_file_in_queue")),), state)
        buttons = _topic_buttons(self._contacts(turn, state, facts), words)
        return Reply((Bubble(words.say("utter_file"), buttons),), state)

    def left_queue(self, state: State, facts: Facts) -> Reply:
        """The visitor has given the place in the queue up: the other way."""
        words = self._wording.words(facts, state.language)
        bubble = Bubble(words.say("utter_left_queue"), _topic_buttons(["create_ticket"], words))
        return Reply((bubble,), state.with_values(route=None))

    def staffing(self, best: Route, language: str) -> Staffing:
        """Who is there for a route."""
        return staffing_of(best, language, self._queue)

    def waited_long(self, turn: Turn, state: State, facts: Facts) -> Reply:
        """No agent has come in time: the place is kept, and a ticket is offered with what was asked in it."""
        words = self._wording.words(facts, state.language)
        return Reply((ticket_form("utter_waited_long", turn, state, facts, words, story=state.asked),), state)

    def _interrupted(self, form: Form, turn: Turn, cues: frozenset[str], state: State, words: Words) -> Reply | None:
        """The reply to what is no answer to the form; `None` where it is one."""
        head = self._wording.cues.find(first_clause(turn.text))
        if form_interruptions.postpones(turn, cues, head):
            state = _laid_aside(state, form)
            return Reply((Bubble(words.say("utter_form_kept" if state.form else "utter_ticket_cancelled")),), state)
        if form_interruptions.cancels(form, turn, head):
            return Reply((Bubble(words.say("utter_ticket_cancelled")),), state.with_values(form=None))
        if form_interruptions.points_to_file(form, turn):
            lead = Bubble(words.say("utter_file_in_words"))
            return Reply((lead, form_prompts.prompt(form, words)), state)
        return None

    def _answer(self, turn: Turn, state: State, facts: Facts, words: Words) -> Reply:
        intent = turn.intent
        if intent == "talk_to_human":
            return self._hand_off(turn, state, facts, words)
        if intent in ("create_ticket", "triage_start"):
            kind = forms.TRIAGE if intent == "triage_start" else forms.TICKET
            return self._start_form(kind, turn, state, facts, words)
        if intent == "repeat":
            return self._repeat(turn, state, facts, words)
        if turn.is_question or intent == FOLLOW_UP:
            return self._answer_topic(turn, state, facts, words)
        if is_small_talk(intent, self._wording):
            response, values = distress.in_trouble(intent, self._wording.cues.find(turn.text), words)
            return self._say(response, state.with_values(fallback_count=0), words, intent, values)
        if intent == "dissatisfied":
            return self._say(f"utter_{intent}", state, words, intent)
        if intent == "out_of_scope":
            return self._out_of_scope(turn, state, facts, words)
        if intent == "sent_file":
            return self.file(turn, state, facts) if state.files else self._say("utter_no_file", state, words, intent)
        if intent == "cancel":
            return self._cancel(turn, state, facts, words)
        if intent == "change_answer":
            return Reply((Bubble(words.say("utter_nothing_to_change"), _topic_buttons(_CONTACTS, words)),), state)
        return self._not_understood(turn, state, facts, words)

    def _answer_topic(self, turn: Turn, state: State, facts: Facts, words: Words) -> Reply:
        question = resolve(turn, state, self._wording)
        if question is None:
            return self._say("utter_what_about_it", state, words)
        if not is_question(question.topic, self._wording):
            return self._repeat(turn, state, facts, words)
        bubble = self._word(answer(question, facts, words), words, question.topic)
        return Reply((bubble,), remember(question, turn, state, self._wording), question=question)

    def _repeat(self, turn: Turn, state: State, facts: Facts, words: Words) -> Reply:
        """The last answer again, in the present language."""
        if not state.topic:
            return self._say("utter_nothing_before", state, words)
        if not is_question(state.topic, self._wording):
            if not self._would_queue(turn, state, facts):
                return self._hand_off(turn, state, facts, words)
            offer = Bubble(words.say("utter_nothing_before"), _topic_buttons([state.topic], words))
            return Reply((offer,), state)
        again = replace(turn, intent=FOLLOW_UP, text=state.asked, entities=())
        question = resolve(replace(again, intent=state.topic), state, self._wording)
        assert question is not None, "a topic always resolves"
        question = replace(question, customer=state.discussed, countries=state.countries, priorities=state.priorities,
                           plans=(state.discussed.plan,) if state.discussed.plan else (), severity=state.incident)
        return Reply((self._word(answer(question, facts, words), words, state.topic),), state, question=question)

    def _would_queue(self, turn: Turn, state: State, facts: Facts) -> bool:
        """The last answer was a place in the queue that is not there any more: to say it again would be to queue again,
        which only the visitor decides."""
        if is_question(state.topic, self._wording) or decide_route(turn, facts).target is not HandoffTarget.AGENT_QUEUE:
            return False
        return self._queue.place(turn.conversation_id) is None

    def _cancel(self, turn: Turn, state: State, facts: Facts, words: Words) -> Reply:
        """Without a form at work: one laid aside is dropped, a sent ticket can't be, and all else gets ways on."""
        if state.form:
            return Reply((Bubble(words.say("utter_ticket_cancelled")),), state.with_values(form=None))
        if turn.value("plan"):
            return self._answer_topic(replace(turn, intent="billing"), state, facts, words)
        if self._queue.place(turn.conversation_id) is not None:
            return Reply((Bubble(words.say("utter_cancel_in_queue")),), state)
        if state.topic == "talk_to_human":
            return self._say("utter_deny", state.with_values(topic=None), words)
        response = "utter_cancel_sent_ticket" if turn.value("channel") == "ticket" else "utter_nothing_to_cancel"
        return Reply((Bubble(words.say(response), _topic_buttons(_TO_CANCEL[response], words)),), state)

    def _switch_language(self, turn: Turn, state: State, facts: Facts) -> Reply:
        """Speak the language asked for, and say the last thing again in it."""
        target = turn.value("target_language") or state.language
        state = state.with_values(language=target)
        words = self._wording.words(facts, target)
        switched = Bubble(words.say("utter_language_switched"))
        if state.active_form:
            return Reply((switched, form_prompts.prompt(state.active_form, words)), state)
        if not state.topic or self._would_queue(turn, state, facts):
            return Reply((switched,), state)
        again = self._repeat(turn, state, facts, words)
        return replace(again, bubbles=(switched, *again.bubbles))

    def _hand_off(self, turn: Turn, state: State, facts: Facts, words: Words) -> Reply:
        done = hand_off(turn, state, facts, words, self._queue, self._community_url)
        state = state.with_values(route=done.route.name, fallback_count=0, topic="talk_to_human")
        bubble = done.bubble
        form = state.active_form
        if form and not done.is_queued:
            return Reply((bubble, form_prompts.prompt(form, words)), state)
        bubble = replace(bubble, buttons=_topic_buttons(["create_ticket"], words) if done.ticket else ())
        if not form:
            return Reply((bubble,), state)
        state = _laid_aside(state, form)
        return Reply((bubble, Bubble(words.say("utter_form_kept"))) if state.form else (bubble,), state)

    def _start_form(self, kind: str, turn: Turn, state: State, facts: Facts, words: Words) -> Reply:
        if kind == forms.TICKET and turn.cards:
            bubble = ticket_form("utter_ticket_form", turn, state, facts, words, story=told_trouble(state))
            return Reply((bubble,), state.with_values(form=None, fallback_count=0))
        if kind == forms.TICKET and state.form and state.form["kind"] == kind:
            # It was laid aside for a person: nothing that was filled in is asked again.
            form = forms.ask_next({key: value for key, value in state.form.items() if key != "paused"})
        else:
            form = forms.start(kind, turn)
        intro = (Bubble(words.say("utter_triage_start")),) if kind == forms.TRIAGE else ()
        return Reply((*intro, form_prompts.prompt(form, words)), state.with_values(form=form, fallback_count=0))

    def _form_step(self, step: Step, turn: Turn, state: State, facts: Facts, words: Words) -> Reply:
        complaint = (Bubble(words.say(step.complaint, step.values)),) if step.complaint else ()
        if state.form and step.form and form_interruptions.is_in_danger(state.form, turn):
            complaint = (Bubble(words.say("utter_danger_in_form")), *complaint)
            step = replace(step, form={**step.form, "warned": True})
        if step.form is None:
            return Reply(complaint, state.with_values(form=None))
        if step.done == "result":
            result = form_prompts.triage_result(step.form, facts, words)
            return Reply((result,), state.with_values(form=None, incident=step.form["proposed"]))
        if step.done == "submit":
            return Reply((_ticket(step.form, turn, state, facts, words),), state.with_values(form=None))
        return Reply((*complaint, form_prompts.prompt(step.form, words)), state.with_values(form=step.form))

    def _not_understood(self, turn: Turn, state: State, facts: Facts, words: Words) -> Reply:
        """First the likeliest meanings as buttons; the second time the best hand-off target of this visitor."""
        state = state.with_values(fallback_count=state.fallback_count + 1)
        if state.fallback_count == 1:
            known = [intent for intent in turn.ranking if is_question(intent, self._wording)]
            likely = known or ["channels_overview", *self._contacts(turn, state, facts)]
            return Reply((Bubble(words.say("utter_clarify"), _topic_buttons(likely, words)),), state)
        best = decide_route(turn, facts)
        chosen = offer(best, self.staffing(best, state.language), phone=False).route
        endings = {
            HandoffTarget.AGENT_QUEUE: "human",
            HandoffTarget.TICKET_FORM: "ticket",
            HandoffTarget.COMMUNITY: "community",
            HandoffTarget.SIGN_IN: "sign_in",
        }
        response, values = f"utter_door_{endings[chosen.target]}", {"community": self._community_url}
        offers = ("talk_to_human",) if chosen.target is HandoffTarget.AGENT_QUEUE else ("create_ticket",)
        card = community_card(response, values, words)
        return Reply((Bubble(words.say(response, values), _topic_buttons(offers, words), card),), state)

    def _out_of_scope(self, turn: Turn, state: State, facts: Facts, words: Words) -> Reply:
        """What Kilat can do; where unsure, and the second time in a row, with ways to people."""
        sure = turn.ranking.get("out_of_scope", 1.0) >= SURE
        response = "utter_out_of_scope" if any(map(str.isalnum, turn.text)) else "utter_no_words"
        said = self._say(response, state.with_values(fallback_count=state.fallback_count + 1), words, "out_of_scope")
        if sure and state.fallback_count == 0:
            return said
        intents = (*self._contacts(turn, state, facts), "channels_overview")
        return replace(said, bubbles=(replace(said.bubbles[0], buttons=_topic_buttons(intents, words)),))

    def _contacts(self, turn: Turn, state: State, facts: Facts) -> tuple[str, ...]:
        """The ways to people that this visitor has now, the best one first."""
        best = decide_route(turn, facts)
        chosen = offer(best, self.staffing(best, state.language), phone=False).route
        return ("talk_to_human", "create_ticket") if chosen.target is HandoffTarget.AGENT_QUEUE else ("create_ticket",)

    def _say(self, response: str, state: State, words: Words, topic: str | None = None,
             values: Mapping[str, str] | None = None) -> Reply:
        return Reply((self._word(Answer(response, values or {}), words, topic),), state)

    def _word(self, said: Answer, words: Words, topic: str | None) -> Bubble:
        text = words.say(said.response, {**said.values, "source": words.source(said.source)})
        return Bubble(text, _topic_buttons(self._wording.topics[topic].next if topic else (), words), said.card)


def _topic_buttons(topics: tuple[str, ...] | list[str], words: Words) -> tuple[Button, ...]:
    return tuple(Button(words.title(topic), f"/{topic}") for topic in topics[:MOST_BUTTONS])


def _laid_aside(state: State, form: Form) -> State:
    """Without a form at work: one that holds something waits until it is asked for again."""
    return state.with_values(form={**form, "paused": True} if "subject" in form else None)


def _without_buttons(bubbles: tuple[Bubble, ...]) -> tuple[Bubble, ...]:
    return tuple(replace(bubble, buttons=()) for bubble in bubbles)


def _ticket(
    form: Form, turn: Turn, state: State, facts: Facts, words: Words, *, bounded: bool = True,
) -> Bubble:
    draft = TicketDraft(
        key=form["key"], conversation_id=turn.conversation_id, subject=form["subject"], description=form["description"],
        email=form["email"], priority=form["priority"], language=state.language, identity=turn.identity,
        context={"priority_evidence": form_prompts.evidence(form, words), "asked_before": list(turn.history)},
    )
    return Bubble("", effect=OpenTicket(draft, form_prompts.promised_times(form, turn, facts, words), bounded))
