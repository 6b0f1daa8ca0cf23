"""Answers from the facts: one function a topic, listed here by the intent that asks for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.core.answer import Answer
from bot.core.facts import Facts
from bot.core.question import Question
from bot.services.answer import channels, incident, phone, plans, priority
from bot.services.words import Words

Handler = Callable[[Question, Facts, Words], Answer]

HANDLERS: Mapping[str, Handler] = {
    **{f"incident_p{level}": incident.incident for level in (1, 2, 3, 4)},
    **{
        handler.__name__: handler
        for handler in (
            phone.phone_number, phone.phone_countries, phone.phone_access, phone.phone_prepare,
            phone.phone_rates, phone.phone_hours,
            priority.priority_times, priority.priority_definition, priority.priority_staffing,
            priority.priority_overview, priority.priority_compare, priority.priority_access,
            incident.howto,
            plans.plan_overview, plans.plan_compare, plans.plan_options, plans.plan_price, plans.tier1_access,
            plans.tier2_access, plans.escalation_access, plans.tam_access, plans.my_entitlement,
            channels.channels_overview, channels.help_center, channels.chatbot, channels.live_chat,
            channels.community, channels.web_ticket, channels.billing, channels.social_media,
            channels.about_support, channels.support_unknown,
        )
    },
}


def answer(question: Question, facts: Facts, words: Words) -> Answer:
    """The answer to `question`; its topic must be one of `HANDLERS`."""
    return HANDLERS[question.topic](question, facts, words)
