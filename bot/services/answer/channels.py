"""Answers on the channels: help center, chatbot, live chat, community, tickets, billing, social media."""

from __future__ import annotations

from functools import partial

from bot.core.answer import Answer
from bot.core.facts import Facts
from bot.core.question import Question
from bot.services.answer.eligibility import eligibility, rules_of
from bot.services.wording import Words


def channels_overview(question: Question, facts: Facts, words: Words) -> Answer:
    """All channels, those open to everybody first."""
    return Answer("utter_channels", {}, "plan_table")


def _open_channel(key: str, question: Question, facts: Facts, words: Words) -> Answer:
    """A channel that is open to everybody at any time."""
    denied = question.perhaps_yes_no and question.has("only")
    verdict = words.phrase("no") if denied else _yes_when_asked(question, words)
    return Answer(f"utter_{key}", {"verdict": verdict}, facts.channels[key].source)


help_center, chatbot, community = (partial(_open_channel, key) for key in ("help_center", "chatbot", "community"))


def live_chat(question: Question, facts: Facts, words: Words) -> Answer:
    """Live chat with agents: the verdict for a described customer, else the rules of Tier 1 chat."""
    known = question.customer
    if known.role or known.licensed is not None or known.plan or known.account_type == "basic":
        return eligibility("tier1_chat", question, facts, words)
    values = {"rules": rules_of("tier1_chat", facts, words), "verdict": _yes_when_asked(question, words)}
    return Answer("utter_live_chat", values, "chat_guide")


def web_ticket(question: Question, facts: Facts, words: Words) -> Answer:
    """Tickets, which every user may send, and the rules of Tier 1 support by ticket."""
    values = {"rules": rules_of("tier1_ticket", facts, words), "verdict": _yes_when_asked(question, words)}
    return Answer("utter_web_ticket", values, "ticket_guide")


def billing(question: Question, facts: Facts, words: Words) -> Answer:
    """Billing Support, for billing and account questions."""
    return Answer("utter_billing", {"verdict": _yes_when_asked(question, words)}, facts.channels["billing"].source)


def social_media(question: Question, facts: Facts, words: Words) -> Answer:
    """News and tips."""
    values = {"verdict": _yes_when_asked(question, words)}
    return Answer("utter_social_media", values, facts.channels["social_media"].source)


def about_support(question: Question, facts: Facts, words: Words) -> Answer:
    """What the guidelines are for."""
    return Answer("utter_about_support", {}, "introduction")


def _yes_when_asked(question: Question, words: Words) -> str:
    return words.phrase("yes") if question.perhaps_yes_no else ""
