"""What a visitor is told of an effect: a place in the queue, or a ticket's number."""

from __future__ import annotations

from dataclasses import replace

from bot.core.answer import Bubble, Button
from bot.core.case import WaitRange
from bot.core.effects import Effect, OpenCase, OpenTicket
from bot.core.errors import TooManyTickets
from bot.core.wait_estimate import in_minutes
from bot.ports import Queue, QueuePlace, Tickets
from bot.services.cards import queue_card
from bot.services.wording import Words


def effect_bubble(effect: Effect, result: QueuePlace | str | None, words: Words) -> Bubble:
    """The bubble after `effect`. `result` is the place of a case, or the number of a ticket; `None`: the visitor has
    sent too many tickets."""
    if isinstance(effect, OpenCase):
        assert isinstance(result, QueuePlace), "a case has a place"
        return _queued(effect, result, words)
    if isinstance(result, str):
        return _sent(effect, result, words)
    return Bubble(words.say("utter_ticket_too_many"), (Button(words.title("talk_to_human"), "/talk_to_human"),))


def carry_out(bubble: Bubble, queue: Queue, tickets: Tickets, words: Words) -> Bubble:
    """Carry out the effect of `bubble` at once, for channels whose conversations are not in the log. Returns the bubble
    to say; raises `StoreUnavailable`."""
    effect = bubble.effect
    if effect is None:
        return bubble
    result: QueuePlace | str | None
    if isinstance(effect, OpenCase):
        result = queue.open_case(effect.case_file)
    else:
        try:
            result = tickets.open_ticket(effect.draft, bounded=effect.bounded)
        except TooManyTickets:
            result = None
    told = effect_bubble(effect, result, words)
    return replace(told, buttons=told.buttons or bubble.buttons)


def wait_line(wait: WaitRange, words: Words) -> str:
    """The expected wait in whole minutes."""
    low, high = in_minutes(wait)
    if high == 1:
        return words.phrase("wait_short")
    if low == 0:
        return words.phrase("wait_up_to", minutes=str(high))
    return words.phrase("wait_between", low=str(low), high=str(high))


def _queued(effect: OpenCase, place: QueuePlace, words: Words) -> Bubble:
    response = f"utter_handoff_{effect.case_file.route.reason}" if place.is_new else "utter_handoff_waiting"
    wait = wait_line(place.wait, words) if place.wait else ""
    text = words.say(response, {
        "wait": wait, **effect.values, "case": place.case_number, "position": str(place.position)})
    return Bubble(text, card=queue_card(text, place))


def _sent(effect: OpenTicket, number: str, words: Words) -> Bubble:
    values = {"number": number, "priority": effect.draft.priority.upper(), "email": effect.draft.email}
    lead, _ = words.around("utter_ticket_sent", values, "times")
    times = words.phrase("ticket_with_times", times=effect.times) if effect.times else ""
    card = {"type": "ticket", "lead": lead, **values, **({"times": effect.times} if effect.times else {})}
    return Bubble(words.say("utter_ticket_sent", {**values, "times": times}), card=card)
