"""The wish for a person wins: after any topic, at any step of a form, in any words, for every kind of customer."""

from __future__ import annotations

from uuid import uuid4

import pytest
from live_bot import LiveBot

# Kind of customer: the route that a wish for a person takes.
CUSTOMERS = {
    None: "sign_in", "access:member:basic": "community", "premier:member:business:unlicensed": "ticket_form",
    "access:member:pro": "agent_queue_tier1", "premier_plus:admin:enterprise": "agent_queue_tier2"}
# What was said before; `id` or `en` last.
TOPICS = {
    "nothing": [], "billing": ["saya mau refund"], "cancelling a plan": ["cancel my plan"],
    "not understood": ["zxcv qwer", "asdf hjkl"], "out of scope": ["siapa presiden pertama Indonesia?"],
    "abuse": ["bot goblok"], "dissatisfied": ["P1 berapa jam?", "ga membantu"],
    "an incident": ["our whole office can't join any meeting since this morning"], "subject": ["buat tiket"],
    "description": ["create a ticket", "Audio drops"],
    "e-mail": ["buat tiket", "Suara putus", "cuma satu fitur, suara di webinar putus-putus"],
    "impact": ["buat tiket", "Aneh", "pokoknya aneh dari kemarin", "sari@example.com"], "a person": ["human please"]}
PHRASES = [
    "bicara dengan orang sekarang!", "gua mau ngomong sama orang beneran", "cs dong", "operator!!", "human",
    "agent pls", "get me a real person", "jangan bot", "saya mau komplain ke atasan", "CS MANA WOI",
    "tlg sambungin ke orang", "I WANT A HUMAN NOW", "stupid bot, get me a person", "mau chat sama manusia",
    "sambungkan ke petugas", "connect gue ke human dong", "ngmng sm cs bs?", "pls let me speak to somebody",
    "agen manusia aja deh", "let me talk to your manager", "gamau sama robot, orang aja", "conect me to an agnet",
    "panggilin orangnya kak", "need a human being here", "hubungkan saya dengan agen", "udah cape, kasih gw orang",
    "real human pls min", "bisa ngobrol sama orang ga?", "minta admin manusia dong", "put me through to a person"]


def _ask(bot: LiveBot, before: list[str], phrase: str, customer: str | None) -> tuple[str | None, str]:
    sender = f"person-{uuid4().hex}"
    for text in before:
        bot.say(sender, text, customer)
    said = bot.say(sender, phrase, customer)
    return said.route, f"[{said.intent} {said.confidence:.2f}] {said.text}"


@pytest.mark.parametrize("customer", CUSTOMERS)
@pytest.mark.parametrize("topic", TOPICS)
def test_after_any_topic(live_bot: LiveBot, topic: str, customer: str | None) -> None:
    """By entitlement alone, whatever was spoken of."""
    number = list(TOPICS).index(topic) * len(CUSTOMERS) + list(CUSTOMERS).index(customer)
    for phrase in (PHRASES[number % len(PHRASES)], PHRASES[(number * 7 + 3) % len(PHRASES)]):
        route, said = _ask(live_bot, TOPICS[topic], phrase, customer)
        assert route == CUSTOMERS[customer], f"{phrase}: {said}"
        assert ("enagihan" in said or "illing" in said) is (topic in ("billing", "cancelling a plan")), said


@pytest.mark.parametrize("phrase", PHRASES)
def test_in_any_words(live_bot: LiveBot, phrase: str) -> None:
    """After billing talk, as somebody who may have an agent; in the queue the place is told again."""
    sender, customer = f"person-{uuid4().hex}", "premier:admin:business"
    live_bot.say(sender, "saya mau refund", customer)
    first = live_bot.say(sender, phrase, customer)
    assert first.route == "agent_queue_tier2", f"[{first.intent}] {first.text}"
    again = live_bot.say(sender, phrase, customer)
    assert again.route == "agent_queue_tier2" and "KLC-" in again.text
