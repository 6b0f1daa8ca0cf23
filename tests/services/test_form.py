"""The forms under whatever a visitor may write: random turns, and rules that hold after each of them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.adapters.knowledge import read_facts
from bot.adapters.wording_reader import read_wording
from bot.languages import LANGUAGES
from bot.services.dialogue import form as forms
from bot.services.dialogue import form_steps
from bot.services.dialogue.form import TICKET, TRIAGE, Form
from bot.services.dialogue.form_prompts import prompt, triage_result
from bot.services.dialogue.form_steps import Step
from bot.services.dialogue.intent_kinds import is_question
from bot.services.dialogue.turn import Turn
from bot.settings import ROOT

ASKS_EMAIL = {"kind": TICKET, "key": "k", "subject": "s", "description": "d", "asked": "email"}
FIELDS = ("subject", "description", "email", "priority")
TRIAGE_QUESTIONS = ("impact", "workaround")
ASKED = {*FIELDS, *TRIAGE_QUESTIONS, "confirm", "change"}
TEXTS = [
    "ya", "ya kirim", "tidak", "bukan", "P1", "prioritas 2 saja", "mati total", "cuma satu fitur",
    "fungsi penting terganggu", "just asking", "ada, sebagian", "no workaround", "sari@example.com", "budi at gmail",
    "ganti judulnya", "change the e-mail", "batal", "berapa nomor telepon Jepang?", "Suaranya putus-putus sejak pagi",
    "ubah", "dampaknya", "tidak jadi", "x", "?", "1", "x" * 300, "<b>halo</b>"]
ENTITIES = [
    ("priority", "p1"), ("priority", "p3"), ("field", "subject"), ("field", "description"), ("field", "email"),
    ("field", "priority"), ("email", "sari@example.com"), ("email", "x@y"), ("country", "JP"), ("plan", "premier")]
# How a willing visitor answers each question.
WORDING, FACTS = read_wording(ROOT / "data"), read_facts(ROOT / "data")
WILLING = {
    "subject": Turn("c", "Suara putus", "out_of_scope"),
    "description": Turn("c", "Sejak pagi suaranya putus-putus", "incident_p3"),
    "email": Turn("c", "sari@example.com", "out_of_scope", entities=(("email", "sari@example.com"),)),
    "impact": Turn("c", "mati total", "incident_p1"), "workaround": Turn("c", "tidak ada", "deny"),
    "priority": Turn("c", "ya", "affirm"), "confirm": Turn("c", "ya kirim", "affirm"),
    "change": Turn("c", "lanjut", "affirm")}


def _advance(form: Form, turn: Turn) -> Step | None:
    turn = replace(turn, is_question=is_question(turn.intent, WORDING))
    return form_steps.advance(form, turn, WORDING.cues.find(turn.text))


def _turns() -> st.SearchStrategy[list[Turn]]:
    incidents = st.dictionaries(st.sampled_from([f"incident_p{n}" for n in (1, 2, 3, 4)]), st.floats(0, 1), max_size=2)
    texts = st.sampled_from(TEXTS) | st.text(min_size=1, max_size=80).filter(str.strip)
    entities = st.lists(st.sampled_from(ENTITIES), max_size=2).map(tuple)
    intents = st.sampled_from([*WORDING.topics, "nlu_fallback"])
    answers = st.sampled_from(list(WILLING.values()))
    return st.lists(answers | st.builds(Turn, st.just("c"), texts, intents, incidents, entities), max_size=14)


def _is_change(form: Form, turn: Turn) -> bool:
    wanted = turn.intent == "change_answer" or turn.text == "ubah" or turn.value("field") is not None
    wanted = wanted or "only_change" in WORDING.cues.find(turn.text)
    return form["asked"] == "change" or wanted


def _check(before: Form, turn: Turn, after: Form) -> None:
    """What holds after a step that left a form."""
    assert after["asked"] in ASKED
    assert (after["kind"], after["key"]) == (before["kind"], before["key"])
    for language in LANGUAGES:
        bubble = prompt(after, WORDING.words(FACTS, language))
        assert bubble.text.strip() and all(button.title and button.payload for button in bubble.buttons)
    lost = [field for field in FIELDS if field in before and after.get(field) != before[field]]
    assert len(lost) <= (1 if _is_change(before, turn) else 0), f"{turn.text!r} lost {lost}"


@settings(deadline=None)
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
        assert triage_result(step.form, FACTS, WORDING.words(FACTS, "id")).text
    else:
        assert step.done == "submit" and all(step.form.get(field) for field in FIELDS)


@pytest.mark.parametrize("text", ["ab", "x" * 201])
def test_a_subject_of_the_wrong_length(text: str) -> None:
    """Asked again, with the reason."""
    form = forms.start(TICKET, Turn("c", "buat tiket", "create_ticket"))
    assert _advance(form, Turn("c", text, "out_of_scope")) == Step({**form, "refused": 1}, "utter_wrong_subject")


@pytest.mark.parametrize(("text", "complaint", "guesses"), [
    ("budi at gmail", "utter_wrong_email", []), ("@example.com", "utter_email_spaces", []),
    ("budi@", "utter_email_spaces", []), ("a b@example.com", "utter_email_spaces", ["b@example.com"]),
    ("a@b", "utter_email_domain", []), ("a" * 320 + "@example.com", "utter_wrong_email", []),
    ("budi santoso@example.com", "utter_email_spaces", ["santoso@example.com"]),
    ("x @ y.com", "utter_email_spaces", ["x@y.com"]), ("a,b@example.com", "utter_email_character", ["b@example.com"]),
    ("a@x.com atau b@x.com", "utter_email_several", ["a@x.com", "b@x.com"]),
    ("o’brien@example.com", "utter_email_letters", ["o'brien@example.com"])])
def test_a_wrong_email(text: str, complaint: str, guesses: list[str]) -> None:
    """Asked again, with the reason, and with what was read as a button: nothing is taken of itself."""
    step = _advance(ASKS_EMAIL, Turn("c", text, "out_of_scope"))
    assert step and step.form and "email" not in step.form
    assert (step.complaint, step.form.get("guesses", [])) == (complaint, guesses)
    for language in LANGUAGES:
        words = WORDING.words(FACTS, language)
        assert [button.payload for button in prompt(step.form, words).buttons] == guesses
        assert words.say(complaint, step.values)
    for guess in guesses:
        taken = _advance(step.form, Turn("c", guess, "nlu_fallback"))
        assert taken and taken.form and taken.form["email"] == guess and "guesses" not in taken.form


def test_a_yes_takes_what_was_read() -> None:
    """One address alone; a no asks again, without it."""
    form = {**ASKS_EMAIL, "guesses": ["santoso@example.com"]}
    step = _advance(form, Turn("c", "ya betul", "affirm"))
    assert step and step.form and step.form["email"] == "santoso@example.com"
    step = _advance(form, Turn("c", "bukan", "deny"))
    assert step and step.form and "email" not in step.form and "guesses" not in step.form
    step = _advance({**form, "guesses": ["a@x.com", "b@x.com"]}, Turn("c", "ya", "affirm"))
    assert step and step.form and "email" not in step.form


@pytest.mark.parametrize("text", [
    "emailku o'brien@example.com ya", "alamatnya: o'brien@example.com.", "o'brien@example.com", "<o'brien@example.com>",
    "email saya o'brien@example.com", "ke o'brien@example.com aja kak", "it's o'brien@example.com",
    "pakai o'brien@example.com dong",
    "my email is o'brien@example.com, thanks", "mailto:o'brien@example.com", "“o'brien@example.com”",
    "balas ke o'brien@example.com", "alamat email: o'brien@example.com", "O'Brien <o'brien@example.com>",
    "yg kantor o'brien@example.com", "please use o'brien@example.com for this", "mi correo es o'brien@example.com"])
def test_an_email_in_a_sentence(text: str) -> None:
    """Taken whole, whatever the classifier makes of the sentence."""
    for intent in ("nlu_fallback", "cancel", "change_answer", "talk_to_human", "affirm"):
        step = _advance(ASKS_EMAIL, Turn("c", text, intent, entities=(("field", "email"),)))
        assert step and step.form and step.form.get("email") == "o'brien@example.com", intent


def test_asked_more_than_once() -> None:
    """Not the same for ever: from the second refusal on the ways out are shown."""
    form = ASKS_EMAIL
    for refused in (1, 2, 3):
        step = _advance(form, Turn("c", "tidak mau", "deny"))
        assert step and step.form
        form = step.form
        bubble = prompt(form, WORDING.words(FACTS, "id"))
        ways = {button.payload for button in bubble.buttons}
        assert ({"Batal", "/talk_to_human"} <= ways) is (refused > 1)
    step = _advance(form, Turn("c", "sari@example.com", "nlu_fallback"))
    assert step and step.form and "refused" not in step.form


FILLED = {"kind": TICKET, "key": "k", "subject": "s", "description": "d", "email": "a@example.com", "proposed": "p3",
          "priority": "p3", "asked": "change"}
HALF = {"kind": TICKET, "key": "k", "subject": "s", "asked": "change"}
IMPAIRED = {"kind": TRIAGE, "key": "k", "impact": "impaired", "asked": "change"}
CHANGED = [FILLED, HALF, IMPAIRED]


@pytest.mark.parametrize("form", [
    {**FILLED, "asked": "confirm"}, {**HALF, "asked": "description"}, {**IMPAIRED, "asked": "workaround"}])
@pytest.mark.parametrize(("text", "intent"), [
    ("mau benerin sesuatu", "change_answer"), ("ubah", "nlu_fallback"), ("Ubah isian", "nlu_fallback"),
    ("mau ganti dulu dong", "billing"), ("ubah jawaban", "dissatisfied"), ("change", "nlu_fallback"),
    ("Change something", "capabilities"), ("I want to change my answers", "howto")])
def test_a_change_that_names_no_field(form: Form, text: str, intent: str) -> None:
    """Asks which one, whatever the classifier makes of a single word, and loses nothing."""
    assert _advance(form, Turn("c", text, intent)) == Step({**form, "asked": "change"})


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("form", "fields"), [(FILLED, FIELDS), (IMPAIRED, TRIAGE_QUESTIONS)])
def test_the_fields_of_a_form_are_buttons(form: Form, fields: tuple[str, ...], language: str) -> None:
    """Those that have a value, then the way back; pressing one works whatever the classifier makes of it."""
    buttons = prompt(form, WORDING.words(FACTS, language)).buttons
    for intent in ("nlu_fallback", "follow_up", "out_of_scope", "change_answer", "incident_p3", "howto"):
        steps = [_advance(form, Turn("c", button.payload, intent)) for button in buttons]
        asked = [step.form["asked"] for step in steps if step and step.form]
        back = forms.ask_next(form)["asked"]
        assert asked == [*fields, back], intent


@pytest.mark.parametrize("form", CHANGED)
@pytest.mark.parametrize("text", ["hmm", "yang itu", "that one", "ya"])
def test_a_change_of_nothing_in_particular(form: Form, text: str) -> None:
    """Asked again, with the reason."""
    assert _advance(form, Turn("c", text, "nlu_fallback")) == Step({**form, "refused": 1}, "utter_wrong_choice")


@pytest.mark.parametrize("form", CHANGED)
@pytest.mark.parametrize(("text", "intent", "entities"), [
    ("nomor jepang", "phone_number", (("country", "JP"),)),
    ("apa bedanya P1 sama P2?", "priority_compare", (("priority", "p1"), ("priority", "p2"))),
    ("prioritas P2 artinya apa", "priority_definition", (("field", "priority"), ("priority", "p2"))),
    ("terima kasih", "thank", ())])
def test_a_question_interrupts_the_change(form: Form, text: str, intent: str,
                                          entities: tuple[tuple[str, str], ...]) -> None:
    """Even when it names a priority."""
    assert _advance(form, Turn("c", text, intent, entities=entities)) is None


@pytest.mark.parametrize("form", CHANGED)
@pytest.mark.parametrize("intent", ["cancel", "affirm", "deny", "goodbye", "nlu_fallback"])
@pytest.mark.parametrize("text", [
    "tidak jadi", "ga jadi deh", "gak jadi diubah", "sudah", "udah", "udah bener kok", "lanjut", "lanjutkan saja",
    "kembali", "biarkan begitu", "tidak ada", "ya kirim", "never mind", "leave it", "leave it as it is", "go back",
    "no changes", "it's fine", "ok, continue"])
def test_a_change_of_mind(form: Form, text: str, intent: str) -> None:
    """Back to where the form was, with all that it holds."""
    assert _advance(form, Turn("c", text, intent)) == Step(forms.ask_next(form))


@pytest.mark.parametrize("form", CHANGED)
@pytest.mark.parametrize("text", ["batal", "cancel the ticket", "ga jadi tiketnya, batalin aja"])
def test_cancelling_at_the_change(form: Form, text: str) -> None:
    """Ends the form."""
    assert _advance(form, Turn("c", text, "cancel")) == Step(None, "utter_ticket_cancelled")


def test_a_new_value_is_taken_at_the_change() -> None:
    """A priority or an address says what is to be changed."""
    step = _advance(FILLED, Turn("c", "P1 dong", "follow_up", entities=(("priority", "p1"),)))
    assert step and step.form and (step.form["priority"], step.form["asked"]) == ("p1", "confirm")
    step = _advance(FILLED, Turn("c", "b@example.com", "out_of_scope", entities=(("email", "b@example.com"),)))
    assert step and step.form and (step.form["email"], step.form["asked"]) == ("b@example.com", "confirm")


def test_a_word_of_another_forms_field_is_no_change() -> None:
    """Triage has no e-mail address: this tells the impact."""
    form = {"kind": TRIAGE, "key": "k", "asked": "impact"}
    turn = Turn("c", "satu fitur, notifikasi email", "incident_p3", {"incident_p3": 0.9}, (("field", "email"),))
    step = _advance(form, turn)
    assert step and step.done == "result" and step.form and step.form["proposed"] == "p3"
