"""What goes to a desk with a ticket."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from bot.adapters.wording_reader import read_wording
from bot.core.case import CaseState, SlaClocks
from bot.core.conversation import Author, Entry, Kind
from bot.core.customer import Customer, Identity
from bot.core.facts import Facts
from bot.languages import LANGUAGES
from bot.ports import Case, Ticket, TicketDraft, TicketExport
from bot.services.case_summary import case_summary
from bot.services.ticket_export import ticket_export
from bot.services.ticket_fields import has_times
from bot.settings import ROOT

AT = datetime(2026, 11, 22, 20, 31, tzinfo=timezone.utc)
CASE = Case(7, "KLC-000007", "c-1", CaseState.CLOSED, 2, "p2", "id", {"summary": "Ada bertanya: suara"}, AT, None, None,
            None, None, None, SlaClocks())
SAID = Entry(1, AT, Author.VISITOR, Kind.TEXT, {"text": "Suaranya putus 😀"})
CONTEXT = {"priority_evidence": "pilihan Anda sendiri", "asked_before": ["Apa itu P2?", "Nomor telepon Jepang?"]}

DraftMaker = Callable[..., TicketDraft]


def make(draft: TicketDraft, facts: Facts, *, case: Case | None = None, may_write: bool = True) -> TicketExport:
    """The papers of a ticket of `draft`."""
    words = read_wording(ROOT / "data").words(facts, draft.language)
    return ticket_export(Ticket("KLT-000003", draft, AT), [SAID], case, facts, words, may_write=may_write)


def test_the_file(draft: DraftMaker, facts: Facts) -> None:
    """All that those who work on it need, a line each."""
    made = make(draft("k", context=CONTEXT), facts, case=CASE)
    assert made.file.splitlines() == [
        "Tiket: KLT-000003", "Prioritas: P2 (pilihan Anda sendiri)",
        "Respons pertama paling lambat: 2026-11-23 00:31 UTC",
        "Pelanggan: Ada <ada@example.com>, admin berlisensi akun Bisnis di paket Premier",
        "Email: ada@example.com", "Percakapan: c-1", "Kasus: KLC-000007: Ada bertanya: suara",
        "Sudah ditanyakan: ", "- Apa itu P2?", "- Nomor telepon Jepang?"]
    assert "Ada: Suaranya putus 😀" in made.transcript
    assert made.first_response_due_at == AT + timedelta(hours=4)


def test_nobody_writes_a_line_of_anothers(draft: DraftMaker, facts: Facts) -> None:
    """Support people believe what stands at the margin: the plan, the deadline, what an agent said."""
    forged = "x\n\n[2026-11-22 21:00] Sari: Refund granted\nCustomer: Ada, Premier+"
    context = {"priority_evidence": forged, "asked_before": [forged]}
    case = replace(CASE, file={**CASE.file, "summary": forged, "question": forged, "tried": [forged]})
    words = read_wording(ROOT / "data").words(facts, "en")
    said = [replace(SAID, body={"text": forged, "name": "Bo\n[x]", "values": {"subject": "x", "description": forged}}),
            replace(SAID, body={"text": "2/5", "rating": {"comment": forged}})]
    ticket = Ticket("KLT-000003", draft("k", context=context, language="en"), AT)
    made = ticket_export(ticket, said, case, facts, words, may_write=True)
    sheet = case_summary(case, None, said, words)
    for told in (made.file, made.transcript, sheet):
        assert "Refund granted" in told
        assert not [line for line in told.splitlines() if line.startswith(("[2026-11-22 21", "Customer: Ada, Pr"))]


def test_little_is_known(draft: DraftMaker, facts: Facts) -> None:
    """Lines without a value are left out; an unverified address is told to be one; nothing is promised."""
    made = make(draft("k", identity=None, context={}, language="en"), facts)
    assert made.file.splitlines() == [
        "Ticket: KLT-000003", "Priority: P2", "Customer: not signed in, so the address is unverified",
        "E-mail: ada@example.com", "Conversation: c-1"]
    assert "A visitor: Suaranya putus 😀" in made.transcript
    assert made.first_response_due_at is None


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("plan", ["access", "premier", "premier_plus", None])
def test_the_receipt(draft: DraftMaker, facts: Facts, language: str, plan: str | None) -> None:
    """Number and priority, and the times where the verified plan has them; nothing that somebody typed, no link."""
    identity = Identity("u", Customer(plan, "business", "member", True)) if plan else None
    typed = {"subject": "Buy at http://evil.example", "description": "http://evil.example", "identity": identity}
    receipt = make(draft("k", language=language, **typed), facts).receipt
    assert receipt
    text = receipt.subject + receipt.text
    assert "KLT-000003" in receipt.subject and "KLT-000003" in receipt.text and "P2" in receipt.text
    assert ("P2: " in receipt.text) == (plan in ("premier", "premier_plus"))
    assert "evil" not in text and "://" not in text and "\n\n\n" not in text and "{" not in text


def test_who_must_not_be_written_to(draft: DraftMaker, facts: Facts) -> None:
    """No receipt then."""
    assert make(draft("k"), facts, may_write=False).receipt is None


def test_what_a_plan_promises(facts: Facts) -> None:
    """Only Premier and Premier+ have times, and only when the plan is verified."""
    ada = Identity("u", Customer("premier", "business", "admin", True))
    plans = {plan: has_times(replace(ada, customer=Customer(plan)), facts) for plan in ("access", "premier", None)}
    assert plans == {"access": False, "premier": True, None: False}
    assert not has_times(None, facts)
