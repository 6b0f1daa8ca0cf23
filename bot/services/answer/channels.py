"""The channels: help center, chatbot, live chat, community, tickets, billing, social media, and what is not known."""

from __future__ import annotations

from bot.core.answer import Answer
from bot.core.facts import Facts
from bot.core.question import Question
from bot.services.answer.eligibility import eligibility, rules_of
from bot.services.wording import Words


def channels_overview(question: Question, facts: Facts, words: Words) -> Answer:
    """Every way to support, the open ones first."""
    return Answer("utter_channels", {}, "plan_table")


def help_center(question: Question, facts: Facts, words: Words) -> Answer:
    """Open to everyone, 24x7."""
    return _open_channel("help_center", question, facts, words)


def chatbot(question: Question, facts: Facts, words: Words) -> Answer:
    """Open to everyone; where to find it and what follows when it can't help."""
    return _open_channel("chatbot", question, facts, words)


def community(question: Question, facts: Facts, words: Words) -> Answer:
    """Open to every user, 24x7."""
    return _open_channel("community", question, facts, words)


def live_chat(question: Question, facts: Facts, words: Words) -> Answer:
    """Live chat with agents: paid accounts, 24x7, by the rows of Tier 1 chat."""
    known = question.customer
    if known.role or known.licensed is not None or known.plan or known.account_type == "basic":
        return eligibility(question, "tier1_chat", facts, words)
    values = {"rules": rules_of("tier1_chat", facts, words), "verdict": _yes_when_asked(question, words)}
    return Answer("utter_live_chat", values, "chat_guide")


def web_ticket(question: Question, facts: Facts, words: Words) -> Answer:
    """Every user may send one; who gets Tier 1 support by ticket stands in the matrix."""
    values = {"rules": rules_of("tier1_ticket", facts, words), "verdict": _yes_when_asked(question, words)}
    return Answer("utter_web_ticket", values, "ticket_guide")


def billing(question: Question, facts: Facts, words: Words) -> Answer:
    """Billing and account questions are Billing Support's."""
    return Answer("utter_billing", {"verdict": _yes_when_asked(question, words)}, facts.channels["billing"].source)


def social_media(question: Question, facts: Facts, words: Words) -> Answer:
    """News and tips."""
    values = {"verdict": _yes_when_asked(question, words)}
    return Answer("utter_social_media", values, facts.channels["social_media"].source)


def about_support(question: Question, facts: Facts, words: Words) -> Answer:
    """What the guidelines are for."""
    return Answer("utter_about_support", {}, "introduction")


def _open_channel(key: str, question: Question, facts: Facts, words: Words) -> Answer:
    denied = question.perhaps_yes_no and question.has("only")
    verdict = words.phrase("no") if denied else _yes_when_asked(question, words)
    return Answer(f"utter_{key}", {"verdict": verdict}, facts.channels[key].source)


def _yes_when_asked(question: Question, words: Words) -> str:
    return words.phrase("yes") if question.perhaps_yes_no else ""
