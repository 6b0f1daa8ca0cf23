"""Cards: the same as their text, in the shape that `docs/protocol.md` gives them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest
from dialogue_driver import carried_out
from fakes import FakeQueue, FakeTickets

from bot.adapters.sample_customers import sample_identity
from bot.adapters.wording_reader import read_wording
from bot.core.answer import Bubble
from bot.core.facts import Facts
from bot.languages import LANGUAGES
from bot.services.answer.tables import PLAN_FEATURES
from bot.services.dialogue.manager import DialogueManager
from bot.services.dialogue.state import State
from bot.services.dialogue.turn import Turn
from bot.services.wording import Words
from bot.settings import ROOT

COMMUNITY = "https://community.example.com"
ADMIN, FREE = "premier:admin:business", "access:member:basic"
GOLDEN = json.loads((ROOT / "tests" / "wire" / "gateway-entry.json").read_text())
# Fields of a card that may be left out.
OPTIONAL = {"phone": {"lead", "missing"}, "table": {"lead", "note"}, "ticket": {"times"}, "queue": {"wait"}}
WORDING = read_wording(ROOT / "data")


@pytest.fixture(params=LANGUAGES)
def words(request: pytest.FixtureRequest, facts: Facts) -> Words:
    """The words of each language."""
    return WORDING.words(facts, request.param)


def _say(words: Words, intent: str, text: str = "halo", **more: Any) -> Bubble:
    """The last bubble of the reply to one message, in a new conversation."""
    queue = FakeQueue()
    manager = DialogueManager(WORDING, queue, COMMUNITY)
    customer = more.pop("customer", None)
    state = more.pop("state", State()).with_values(language=words.language)
    turn = Turn("c", text, intent, {intent: 1.0}, message_id="m", cards=True,
                identity=sample_identity(customer) if customer else None, **more)
    reply = manager.reply(turn, state, words.facts)
    return carried_out(reply, queue, FakeTickets(), WORDING, words.facts).bubbles[-1]


def _card(bubble: Bubble, kind: str) -> Mapping[str, Any]:
    """The bubble's card, which must be plain JSON of the golden shape."""
    assert bubble.card is not None and bubble.card["type"] == kind
    assert json.loads(json.dumps(bubble.card)) == bubble.card
    golden = next(entry["frame"]["entry"]["card"] for entry in GOLDEN
                  if entry["frame"]["entry"].get("card", {}).get("type") == kind)
    known = set(golden) | OPTIONAL.get(kind, set())
    assert set(golden) - OPTIONAL.get(kind, set()) <= set(bubble.card) <= known
    return bubble.card


def _phone(words: Words, *codes: str, text: str = "nomor") -> tuple[Bubble, Mapping[str, Any]]:
    bubble = _say(words, "phone_number", text, entities=tuple(("country", code) for code in codes))
    return bubble, _card(bubble, "phone")


def test_every_phone_line(words: Words, facts: Facts) -> None:
    """Each number as the source prints it, with its extension, and as a telephone dials it."""
    for code, line in facts.phone_lines.items():
        bubble, card = _phone(words, code)
        assert [shown["country"] for shown in card["lines"]] == [words.country(code)]
        shown = card["lines"][0]["numbers"]
        assert [(n["number"], n.get("extension")) for n in shown] == [(n.number, n.extension) for n in line.numbers]
        for number in shown:
            assert number["number"] in bubble.text
            assert re.fullmatch(r"tel:\+?\d+", number["tel"])
            assert number["tel"].startswith("tel:+") is number["number"].startswith("+")
            assert re.sub(r"\D", "", number["tel"]) == re.sub(r"\D", "", number["number"])


@pytest.mark.parametrize(("number", "tel"), [
    ("+1.888.799.9666", "tel:+18887999666"), ("0800.761.2618", "tel:08007612618"),
    ("+81 0053.132.0070", "tel:+8100531320070")])
def test_what_a_telephone_dials(words: Words, facts: Facts, number: str, tel: str) -> None:
    """By hand, with and without a plus."""
    code = next(code for code, line in facts.phone_lines.items() if number in [n.number for n in line.numbers])
    assert tel in [shown["tel"] for shown in _phone(words, code)[1]["lines"][0]["numbers"]]


def test_a_phone_card_says_what_its_text_says(words: Words) -> None:
    """The verdict, the country without a line, what to have ready and the source are sentences of the text."""
    bubble, card = _phone(words, "JP", "CA")
    assert {"missing", "prepare", "source"} <= set(card) and "lead" not in card
    assert [line for line in bubble.text.splitlines()][1:] == [card["missing"], card["prepare"], card["source"]]


def test_a_phone_card_with_a_verdict(words: Words) -> None:
    """Its lead is the text's first word."""
    asked = {"id": "apa ada nomor buat Jepang?", "en": "is there a number for Japan?",
             "es": "¿hay un número para Japón?"}
    bubble, card = _phone(words, "JP", text=asked[words.language])
    assert card["lead"] == words.phrase("yes").strip() and bubble.text.startswith(card["lead"])


@pytest.mark.parametrize("codes", [(), ("CA",)])
def test_no_number_no_card(words: Words, codes: tuple[str, ...]) -> None:
    """Without a country, and for one without a line."""
    assert _say(words, "phone_number", entities=tuple(("country", code) for code in codes)).card is None


def test_all_plans(words: Words, facts: Facts) -> None:
    """Every feature of the matrix but those that all have, in its order; no words where a plan has none."""
    bubble = _say(words, "plan_overview")
    card = _card(bubble, "table")
    assert card["columns"][1:] == [words.name("plan", plan) for plan in ("access", "premier", "premier_plus")]
    assert [row["name"].lower() for row in card["rows"]] == [
        words.name("feature", f).lower() for f in facts.features if f not in ("help_center", "self_service")]
    assert bubble.text.startswith(card["lead"]) and bubble.text.endswith(card["source"])
    for row, feature in zip(card["rows"], PLAN_FEATURES, strict=True):
        has = [plan in facts.plans_with(feature) for plan in ("access", "premier", "premier_plus")]
        assert [cell is not None for cell in row["cells"]] == has, feature


def test_the_cells_are_the_matrix(words: Words, facts: Facts) -> None:
    """Against the table of the source, by hand for its traps."""
    rows = [row["cells"] for row in _card(_say(words, "plan_overview"), "table")["rows"]]
    included = words.name("rule", next(rule.id for rule in facts.rules if rule.feature == "tam"))
    admins = words.name("rule", next(rule.id for rule in facts.rules if rule.feature == "tier2"))
    assert rows[3:] == [[None, included, included], [None, admins, admins], [None, None, included],
                        [None, None, included]]
    assert rows[0] == rows[1] and rows[0][0] != rows[0][1] == rows[0][2]


@pytest.mark.parametrize("plan", ["access", "premier", "premier_plus"])
def test_one_plan(words: Words, plan: str) -> None:
    """Its rules stand in the text too, word for word, and what it lacks is said."""
    bubble = _say(words, "plan_overview", entities=(("plan", plan),))
    card = _card(bubble, "table")
    assert card["columns"][1:] == [words.name("plan", plan)]
    text = bubble.text.lower()
    for row in card["rows"]:
        (cell,) = row["cells"]
        assert row["name"].lower() in text
        assert cell is None or f"{row['name'].lower()}: {cell.lower()}" in text
    assert card["lead"] in bubble.text and card["note"] in bubble.text


@pytest.mark.parametrize(("named", "shown"), [
    (("premier", "access"), ["access", "premier"]), (("premier_plus", "premier"), ["premier", "premier_plus"]),
    ((), ["access", "premier", "premier_plus"])])
def test_compared_plans(words: Words, named: tuple[str, ...], shown: list[str]) -> None:
    """The two that were named, else all."""
    bubble = _say(words, "plan_compare", entities=tuple(("plan", plan) for plan in named))
    card = _card(bubble, "table")
    assert card["columns"][1:] == [words.name("plan", plan) for plan in shown]
    assert all(len(row["cells"]) == len(shown) for row in card["rows"])
    assert not {"lead", "note"} & set(card)


@pytest.mark.parametrize("named", [("p1",), ("p3", "p2"), ()])
def test_times(words: Words, facts: Facts, named: tuple[str, ...]) -> None:
    """A row for each priority that was asked for, with the hours of the facts; and for which plans they hold."""
    bubble = _say(words, "priority_times", entities=tuple(("priority", level) for level in named))
    card = _card(bubble, "table")
    levels = [facts.priorities[level] for level in named or ("p1", "p2", "p3", "p4")]
    unset = words.phrase("restoration_unset")
    assert [(row["name"], *row["cells"]) for row in card["rows"]] == [
        (level.key.upper(), words.hours(level.first_response_hours),
         words.hours(level.restoration_hours) if level.restoration_hours else unset) for level in levels]
    assert len(card["columns"]) == 3
    assert card["note"] in bubble.text and words.plans(["premier", "premier_plus"]) in card["note"]


def test_a_plan_without_times_has_no_table(words: Words) -> None:
    """Nothing is promised there."""
    assert _say(words, "priority_times", entities=(("priority", "p1"), ("plan", "access"))).card is None


@pytest.mark.parametrize(("intent", "named", "rows"), [
    ("priority_overview", (), ["P1", "P2", "P3", "P4"]), ("priority_compare", ("p1", "p2"), ["P1", "P2"])])
def test_priorities_side_by_side(words: Words, intent: str, named: tuple[str, ...], rows: list[str]) -> None:
    """With what they mean, as the text has it."""
    bubble = _say(words, intent, entities=tuple(("priority", level) for level in named))
    card = _card(bubble, "table")
    assert [row["name"] for row in card["rows"]] == rows
    for row in card["rows"]:
        assert row["cells"][0] in bubble.text and row["cells"][1] in bubble.text
    assert all(len(row["cells"]) == len(card["columns"]) - 1 == 3 for row in card["rows"])


@pytest.mark.parametrize("customer", [FREE, None])
def test_the_community(words: Words, customer: str | None) -> None:
    """Who is not entitled to an agent gets the link to click, and loses no sentence of the text."""
    bubble = _say(words, "talk_to_human", customer=customer)
    card = _card(bubble, "links")
    assert card["links"] == [{"title": words.name("channel", "community"), "url": COMMUNITY}]
    assert _letters(card["lead"]) == _letters(bubble.text.replace(COMMUNITY, ""))
    assert card["lead"].endswith(".") and ":\n" not in card["lead"]


@pytest.mark.parametrize(("customer", "kind"), [
    (FREE, "links"), (None, "links"), (ADMIN, None), ("access:member:business:unlicensed", None)])
def test_the_second_miss(words: Words, customer: str | None, kind: str | None) -> None:
    """A card where the door is a link."""
    bubble = _say(words, "nlu_fallback", customer=customer, state=State(fallback_count=1))
    assert (bubble.card or {}).get("type") == kind


@pytest.mark.parametrize(("customer", "tier"), [(ADMIN, 2), ("access:member:pro", 1)])
def test_the_queue(words: Words, customer: str, tier: int) -> None:
    """Case, tier and position as the text says them."""
    bubble = _say(words, "talk_to_human", customer=customer)
    card = _card(bubble, "queue")
    assert (card["case"], card["tier"], card["position"]) == ("KLC-000001", tier, 1)
    assert card["lead"] == bubble.text and "KLC-000001" in bubble.text


def test_an_answer_in_a_form_keeps_its_card(words: Words, facts: Facts) -> None:
    """Only its buttons give way to the form's."""
    form = {"kind": "triage", "key": "c:m", "asked": "impact"}
    manager = DialogueManager(WORDING, FakeQueue(), COMMUNITY)
    turn = Turn("c", "nomor Jepang?", "phone_number", {"phone_number": 1.0}, (("country", "JP"),))
    answered, _prompt = manager.reply(turn, State(language=words.language, form=form), facts).bubbles
    assert answered.card is not None and answered.buttons == ()


def test_no_card_has_a_placeholder(words: Words) -> None:
    """Whatever topic is asked for."""
    for topic in WORDING.topics:
        card = json.dumps(_say(words, topic, entities=(("country", "JP"), ("priority", "p1"))).card)
        assert not re.search(r"utter_|\{[a-z]+\}|\ufffc", card), topic


def _letters(text: str) -> str:
    return re.sub(r"\W+", "", text)
