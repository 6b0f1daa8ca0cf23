"""The limits of a ticket: one source for both forms, and what a wrong value is told."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.wording_reader import read_wording
from bot.core.customer import Customer, Identity
from bot.services import ticket_fields
from bot.services.dialogue import form as forms
from bot.services.dialogue import form_steps
from bot.services.dialogue.turn import Turn
from bot.services.ticket_fields import check
from bot.settings import ROOT

GOOD = {"subject": "Suara putus", "description": "Sejak pagi suaranya putus-putus", "email": "sari@example.com",
        "priority": "p2"}


def test_a_good_form() -> None:
    """Nothing is wrong with it; what else the client sent does not matter."""
    assert check(GOOD) == {} == check({**GOOD, "color": "blue"})


@pytest.mark.parametrize("field", ticket_fields.FIELDS)
@pytest.mark.parametrize("value", [None, "", "  \n "])
def test_missing(field: str, value: str | None) -> None:
    """An empty field is a missing one."""
    assert check({**GOOD, field: value}) == {field: "missing"}
    assert check({name: good for name, good in GOOD.items() if name != field}) == {field: "missing"}


@pytest.mark.parametrize("field", ticket_fields.FIELDS)
@pytest.mark.parametrize("value", [5, ["p1"], {"a": 1}, True, False, 0])
def test_no_text(field: str, value: object) -> None:
    """Whatever JSON may bring."""
    assert check({**GOOD, field: value}) == {field: "wrong"}


@pytest.mark.parametrize(("field", "value", "found"), [
    ("subject", "ab", "wrong"), ("subject", "abc", None), ("subject", "a" * 200, None),
    ("subject", "a" * 201, "too_long"), ("subject", "a" + " " * 300 + "bc", None),
    ("description", "ab", "wrong"), ("description", "abc", None), ("description", "a" * 2000, None),
    ("description", "a" * 2001, "too_long"), ("description", "a" * 2000 + "\n", None),
    ("email", "a@b.co", None), ("email", " a@b.co ", None), ("email", "a@b", "wrong"), ("email", "a b@c.de", "wrong"),
    ("email", "<a@b.co>", "wrong"), ("email", "a@b.co\nBcc: x@y.zz", "wrong"),
    ("email", "o'brien@example.com", None), ("email", "d.o'neil+zoom@example.co.id", None),
    ("email", "a,b@example.com", "wrong"), ("email", "mailto:budi@example.com", "wrong"),
    ("email", f"{'a' * 64}@{'b' * 60}.{'c' * 61}.{'d' * 63}.co", None),
    ("email", f"{'a' * 64}@{'b' * 60}.{'c' * 61}.{'d' * 63}.com", "too_long"),
    ("priority", "p1", None), ("priority", "P1", "wrong"), ("priority", "p5", "wrong")])
def test_limits(field: str, value: str, found: str | None) -> None:
    """At the limits and beyond."""
    assert check({**GOOD, field: value}) == ({field: found} if found else {})


def test_all_faults_at_once() -> None:
    """So that the visitor mends them in one go."""
    assert check({}) == dict.fromkeys(ticket_fields.FIELDS, "missing")


@given(st.text(max_size=250))
def test_both_forms_agree(text: str) -> None:
    """What the form in chat takes as a subject or a description, the other takes too."""
    for field, before in (("subject", {}), ("description", {"subject": "Suara"})):
        form = forms.ask_next({"kind": forms.TICKET, "key": "k", **before})
        assert form["asked"] == field
        step = form_steps.advance(form, Turn("c", text, "out_of_scope"), frozenset())
        assert step is not None
        assert (step.complaint is None) is (ticket_fields.fault(field, text) is None)


def test_the_complaints_name_the_limits() -> None:
    """The numbers in the words are those of the code."""
    for language in read_wording(ROOT / "data").responses.values():
        for field in ("subject", "description"):
            named = [int(number) for number in re.findall(r"\d+", language[f"utter_wrong_{field}"])]
            assert named == [ticket_fields.LIMITS[field][1]]


@pytest.mark.parametrize(("email", "own"), [
    ("sari@example.com", "sari@example.com"), (None, None), ("", None), ("sari", None), ("a" * 400 + "@b.co", None)])
def test_the_address_of_an_identity(email: str | None, own: str | None) -> None:
    """Only one that can be written to is filled in, in both forms."""
    identity = Identity("u", Customer(), "Sari", email)
    assert ticket_fields.own_email(identity) == own
    assert forms.start(forms.TICKET, Turn("c", "tiket", "create_ticket", identity=identity)).get("email") == own


def test_nobody_has_no_address() -> None:
    """An anonymous visitor is asked."""
    assert ticket_fields.own_email(None) is None
