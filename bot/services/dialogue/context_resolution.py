"""What exactly is asked: the topic and its values, completed from what was said before."""

from __future__ import annotations

from dataclasses import replace

from bot.core.customer import Customer
from bot.core.question import Question
from bot.services.dialogue.state import State
from bot.services.dialogue.turn import Turn
from bot.services.wording import Wording

FOLLOW_UP = "follow_up"
CUSTOMER_KINDS = frozenset({"plan", "account_type", "role", "licensed", "paid"})
FEATURE_TOPICS = {
    "priority_response": "priority_access", "tier1": "tier1_access", "tier2": "tier2_access",
    "auto_escalation": "escalation_access", "tam": "tam_access",
}
CHANNEL_TOPICS = {
    "phone": "phone_access", "live_chat": "live_chat", "ticket": "web_ticket", "help_center": "help_center",
    "chatbot": "chatbot", "community": "community", "billing": "billing", "social_media": "social_media",
}
FEATURES = {"tier1": "tier1_chat"}
PRIORITY_TOPICS = frozenset({"priority_times", "priority_definition", "priority_staffing"})


def resolve(turn: Turn, state: State, wording: Wording) -> Question | None:
    """The question of this turn; `None` when a follow-up has nothing to follow."""
    topic = _topic(turn, state, wording)
    if topic is None:
        return None
    cues = wording.cues.find(turn.text)
    question = Question(
        topic=topic, text=turn.text, language=state.language, cues=cues,
        customer=turn.customer, plans=turn.values("plan"), roles=turn.values("role"),
        countries=turn.values("country"), priorities=turn.values("priority"),
        channel=turn.value("channel"), feature=_feature(turn),
        severity=turn.severity[0] if turn.severity else None,
    )
    asker = (turn.identity.customer if turn.identity else Customer()).merged_with(state.claims)
    if turn.intent == FOLLOW_UP:
        question = _completed_follow_up(question, turn, state, wording)
    else:
        question = _completed(question, asker, state, wording)
    return replace(question, asker=asker.merged_with(question.customer if question.has("first_person") else Customer()))


def remember(question: Question, turn: Turn, state: State, wording: Wording) -> State:
    """The state after `question` was answered."""
    claims = state.claims
    tells_of_asker = question.has("first_person") and not question.has("hypothetical")
    if tells_of_asker and "customer" in wording.topics[question.topic].accepts:
        claims = claims.merged_with(turn.customer)
    return state.with_values(
        topic=question.topic,
        asked=turn.text if turn.intent != FOLLOW_UP else state.asked or turn.text,
        discussed=question.customer,
        claims=claims,
        countries=question.countries or state.countries,
        priorities=question.priorities or state.priorities,
        incident=question.severity if question.topic.startswith("incident_") else state.incident,
        fallback_count=0,
    )


def _topic(turn: Turn, state: State, wording: Wording) -> str | None:
    if turn.intent != FOLLOW_UP:
        return turn.intent
    kinds = {kind for kind, _ in turn.entities}
    accepts = wording.topics[state.topic].accepts if state.topic else frozenset()
    if "channel" in kinds and "channel" in accepts | ({"channel"} if "customer" in accepts else set()):
        return _topic_of_channel(str(turn.value("channel")), state, wording)
    if "feature" in kinds and "feature" in accepts:
        return FEATURE_TOPICS[str(turn.value("feature"))]
    if state.topic and (_kinds_changed(kinds) & accepts or not kinds):
        return state.topic
    return _topic_of_values(turn)


def _topic_of_channel(channel: str, state: State, wording: Wording) -> str:
    """The topic that a channel named alone asks for: its own, Tier 1 or the opening hours where those were asked."""
    if state.topic == "tier1_access" and channel in ("phone", "ticket", "live_chat"):
        return "tier1_access"
    if channel == "phone" and "opening" in wording.cues.find(state.asked):
        return "phone_hours"
    return CHANNEL_TOPICS[channel]


def _topic_of_values(turn: Turn) -> str | None:
    """The topic that a bare value stands for when nothing was asked before."""
    kinds = {kind for kind, _ in turn.entities}
    if feature := turn.value("feature"):
        return FEATURE_TOPICS[feature]
    if turn.values("country"):
        return "phone_number"
    if channel := turn.value("channel"):
        return CHANNEL_TOPICS[channel]
    if priorities := turn.values("priority"):
        return "priority_compare" if len(priorities) > 1 else "priority_definition"
    if kinds & CUSTOMER_KINDS == {"plan"}:
        return "plan_compare" if len(turn.values("plan")) > 1 else "plan_overview"
    return "my_entitlement" if kinds & CUSTOMER_KINDS else None


def _kinds_changed(kinds: set[str]) -> set[str]:
    return kinds | ({"customer"} if kinds & CUSTOMER_KINDS else set())


def _feature(turn: Turn) -> str | None:
    feature = turn.value("feature")
    return FEATURES.get(feature, feature) if feature else None


def _completed_follow_up(question: Question, turn: Turn, state: State, wording: Wording) -> Question:
    """The earlier question with the new values; its shape (yes/no, first person) stays."""
    cues = question.cues
    if state.asked and question.topic == state.topic:
        lasting = {"yes_no_start", "yes_no_word", "first_person", "restoration"}
        cues = cues | (wording.cues.find(state.asked) & lasting)
    customer = state.discussed.merged_with(turn.customer)
    many_plans = len(question.plans) > 1
    return replace(
        question,
        cues=cues - {"only"},
        customer=replace(customer, plan=None) if many_plans else customer,
        priorities=question.priorities or _priority_by_number(question, state) or state.priorities,
        severity=question.priorities[0] if question.priorities else state.incident,
    )


def _priority_by_number(question: Question, state: State) -> tuple[str, ...]:
    """"Yang dua?" after P1 means P2."""
    return (f"p{question.number}",) if state.priorities and question.number in (1, 2, 3, 4) else ()


def _completed(question: Question, asker: Customer, state: State, wording: Wording) -> Question:
    """A full question with what it leaves to the context."""
    if question.topic in PRIORITY_TOPICS and not question.priorities and not question.has("every"):
        before = wording.topics[state.topic].accepts if state.topic else frozenset()
        question = replace(question, priorities=state.priorities if "priority" in before else ())
    if question.topic == "phone_number" and not question.countries:
        question = replace(question, countries=state.countries)
    if "customer" in wording.topics[question.topic].accepts and not question.has("anybody"):
        question = replace(question, customer=_whom(question, asker, state))
    elif question.topic == "priority_times" and not question.plans and question.has("first_person"):
        question = replace(question, customer=asker)
    return question


def _whom(question: Question, asker: Customer, state: State) -> Customer:
    if question.has("first_person"):
        several = len(question.plans) > 1
        return Customer() if several else asker.merged_with(question.customer)
    if question.customer or len(question.plans) > 1 or len(question.roles) > 1:
        return question.customer
    if question.yes_no:
        return state.discussed or asker
    return question.customer
