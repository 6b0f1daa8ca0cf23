"""The forms under whatever a visitor may write: random turns, and rules that hold after each of them."""

from __future__ import annotations

from functools import lru_cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.adapters.knowledge import read_facts
from bot.adapters.wording import read_wording
from bot.core.facts import Facts
from bot.services.dialogue import form as forms
from bot.services.dialogue.form import TICKET, TRIAGE, Form, Step
from bot.services.dialogue.prompts import prompt, triage_result
from bot.services.dialogue.turn import Turn
from bot.services.words import LANGUAGES, Wording
from bot.settings import ROOT

FIELDS = ("subject", "description", "email", "priority")
TRIAGE_QUESTIONS = ("impact", "workaround")
ASKED = {*FIELDS, *TRIAGE_QUESTIONS, "confirm", "change"}
TEXTS = [
    "ya", "ya kirim", "tidak", "bukan", "P1", "prioritas 2 saja", "mati total", "cuma satu fitur",
    "fungsi penting terganggu",
    "just asking", "ada, sebagian", "no workaround", "sari@example.com", "budi at gmail", "ganti judulnya",
    "change the e-mail",
    "batal", "berapa nomor telepon Jepang?", "Suaranya putus-putus sejak pagi", "x", "?", "1", "x" * 300, "<b>halo</b>",
]
ENTITIES = [
    ("priority", "p1"), ("priority", "p3"), ("field", "subject"), ("field", "description"), ("field", "email"),
    ("field", "priority"),
    ("email", "sari@example.com"), ("email", "x@y"), ("country", "JP"), ("plan", "premier"),
]
# How a willing visitor answers each question.
WILLING = {
    "subject": Turn("c", "Suara putus", "out_of_scope"),
    "description": Turn("c", "Sejak pagi suaranya putus-putus", "incident_p3"),
    "email": Turn("c", "sari@example.com", "out_of_scope", entities=(("email", "sari@example.com"),)),
    "impact": Turn("c", "mati total", "incident_p1"),
    "workaround": Turn("c", "tidak ada", "deny"),
    "priority": Turn("c", "ya", "affirm"),
    "confirm": Turn("c", "ya kirim", "affirm"),
    "change": Turn("c", "judul", "follow_up", entities=(("field", "subject"),)),
}


@lru_cache
def _wording() -> Wording:
    return read_wording(ROOT / "data")


@lru_cache
def _facts() -> Facts:
    return read_facts(ROOT / "data" / "knowledge")


def _advance(form: Form, turn: Turn) -> Step | None:
    return forms.advance(form, turn, _wording().cues.find(turn.text))


def _turns() -> st.SearchStrategy[list[Turn]]:
    incidents = st.dictionaries(st.sampled_from([f"incident_p{n}" for n in (1, 2, 3, 4)]), st.floats(0, 1), max_size=2)
    texts = st.sampled_from(TEXTS) | st.text(min_size=1, max_size=80).filter(str.strip)
    entities = st.lists(st.sampled_from(ENTITIES), max_size=2).map(tuple)
    intents = st.sampled_from([*_wording().topics, "nlu_fallback"])
    answers = st.sampled_from(list(WILLING.values()))
    return st.lists(answers | st.builds(Turn, st.just("c"), texts, intents, incidents, entities), max_size=14)


def _is_change(form: Form, turn: Turn) -> bool:
    return form["asked"] == "change" or turn.intent == "change_answer" or turn.value("field") is not None


def _check(before: Form, turn: Turn, after: Form) -> None:
    """What holds after a step that left a form."""
    assert after["asked"] in ASKED
    assert (after["kind"], after["key"]) == (before["kind"], before["key"])
    for language in LANGUAGES:
        bubble = prompt(after, _wording().words(_facts(), language))
        assert bubble.text.strip() and all(button.title and button.payload for button in bubble.buttons)
    lost = [field for field in FIELDS if field in before and after.get(field) != before[field]]
    assert len(lost) <= (1 if _is_change(before, turn) else 0), f"{turn.text!r} lost {lost}"


@settings(max_examples=400, deadline=None)
@given(kind=st.sampled_from([TICKET, TRIAGE]), turns=_turns())
def test_any_visitor(kind: str, turns: list[Turn]) -> None:
    """Never an error; a known question or the end after each turn; nothing lost; two triage questions; a way out."""
    form = forms.start(kind, Turn("c", "buat tiket", "create_ticket", message_id="m"))
    answered: list[str] = []
    for turn in turns:
        step = _advance(form, turn)
        if step is None:
            continue
        if step.form is None or step.done:
            return _check_end(step, kind)
        _check(form, turn, step.form)
        if _is_change(form, turn):
            answered = []
        elif form["asked"] in TRIAGE_QUESTIONS and form["asked"] in step.form:
            answered.append(form["asked"])
        assert len(answered) <= 2, f"{answered} answered"
        form = step.form
    _finish(form, kind)


def _finish(form: Form, kind: str) -> None:
    """From wherever the visitor stands, willing answers lead to the end."""
    for _ in range(2 * len(WILLING)):
        step = _advance(form, WILLING[form["asked"]])
        assert step is not None and step.form is not None, f"no way on from {form}"
        if step.done:
            return _check_end(step, kind)
        form = step.form
    raise AssertionError(f"no end from {form}")


def _check_end(step: Step, kind: str) -> None:
    """Cancelled; or everything is there that the end needs."""
    if step.form is None:
        assert step.complaint == "utter_ticket_cancelled"
    elif kind == TRIAGE:
        assert step.done == "result"
        assert triage_result(step.form, _facts(), _wording().words(_facts(), "id")).text
    else:
        assert step.done == "submit" and all(step.form.get(field) for field in FIELDS)


@pytest.mark.parametrize("text", ["ab", "x" * 201])
def test_a_subject_of_the_wrong_length(text: str) -> None:
    """Asked again, with the reason."""
    form = forms.start(TICKET, Turn("c", "buat tiket", "create_ticket"))
    assert _advance(form, Turn("c", text, "out_of_scope")) == Step(form, "utter_wrong_subject")


@pytest.mark.parametrize("text", [
    "budi at gmail", "@example.com", "budi@", "a b@example.com", "a@b", "a" * 320 + "@example.com",
])
def test_a_wrong_email(text: str) -> None:
    """Asked again, with the reason."""
    form = {**forms.start(TICKET, Turn("c", "", "create_ticket")), "subject": "s", "description": "d", "asked": "email"}
    assert _advance(form, Turn("c", text, "out_of_scope")) == Step(form, "utter_wrong_email")
