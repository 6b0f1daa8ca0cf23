"""The audit log in the console: for admins alone, by filters, in pages, and as CSV that no spreadsheet computes."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest
from starlette.testclient import TestClient

from bot.adapters.sql.audit import SqlAudit
from bot.adapters.sql.engine import open_engine
from bot.ports import Action, AuditEvent, AuditQuery
from bot.settings import Settings
from bot.web.console.audit import ROWS
from bot.web.console.csv_export import cell

PATHS = ["/agent/audit", "/agent/audit.csv"]


@pytest.fixture
def audit(web_settings: Settings, http: TestClient) -> SqlAudit:
    """The log, with what signing in left there."""
    return SqlAudit(open_engine(web_settings.database_url))


def _rows(http: TestClient, **asked: str) -> list[dict[str, str]]:
    answer = http.get("/agent/audit.csv", params=asked)
    assert answer.status_code == 200 and "attachment" in answer.headers["content-disposition"]
    return list(csv.DictReader(io.StringIO(answer.text)))


@pytest.mark.parametrize("path", PATHS)
def test_only_admins(http: TestClient, sign_in: Any, path: str, caplog: pytest.LogCaptureFixture) -> None:
    """Strangers are sent to the form; agents and leads are refused and told nothing of the audit log; it is logged."""
    assert http.get(path, follow_redirects=False).headers["location"] == "/agent/login"
    for role in ("agent", "lead"):
        answer = sign_in(role).get(path)
        assert answer.status_code == 403 and "example.com" not in answer.text
        assert "was refused: the audit log is for admins alone" in caplog.text
        caplog.clear()
    answer = sign_in("admin").get(path)
    assert answer.status_code == 200 and "lead@example.com" in answer.text
    assert answer.headers["cache-control"] == "no-store"


def test_filters(sign_in: Any, audit: SqlAudit) -> None:
    """By person in any capitals, action and day; nonsense filters nothing."""
    http = sign_in("admin")
    audit.record(AuditEvent(Action.LOCKED, "system", "budi@example.com", "192.0.2.7"))
    today = audit.read(AuditQuery())[0].at.date().isoformat()
    assert [row["address"] for row in _rows(http, person="BUDI@example.com")] == ["192.0.2.7"]
    assert {row["action"] for row in _rows(http, action="sign_in")} == {"sign_in"}
    assert _rows(http, to="2001-01-01") == []
    for asked in ({"from": today[:8] + "99"}, {"to": "9999-12-31"}, {"from": "0001-01-01"}, {"action": "'--"},
                  {"before": "x"}, {"before": "9" * 30}, {"person": "  "}, {"before": "²"}):
        assert len(_rows(http, **asked)) >= 3, asked
        assert "192.0.2.7" in http.get("/agent/audit", params=asked).text
    assert http.get("/agent/audit", params={"person": "\x00", "before": "99999999999"}).status_code == 200


def test_pages(sign_in: Any, audit: SqlAudit) -> None:
    """Every entry once, the newest first, and back."""
    http = sign_in("admin")
    for number in range(2 * ROWS):
        audit.record(AuditEvent(Action.SIGN_OUT, f"agent{number:03}@example.com"))
    seen: list[str] = []
    address = "/agent/audit?action=sign_out"
    while address:
        page = http.get(address).text
        seen += re.findall(r"<td>(agent\d+)@example.com</td>", page)
        older = re.search(r'href="([^"]*before=[^"]*)"', page)
        address = older[1].replace("&amp;", "&") if older else ""
    assert seen == [f"agent{number:03}" for number in reversed(range(2 * ROWS))]


def test_what_is_shown_is_text(sign_in: Any, audit: SqlAudit) -> None:
    """Whatever stands in a row."""
    http = sign_in("admin")
    audit.record(AuditEvent(Action.ERASED, "shell", "<img src=x>", "192.0.2.7", {"<b>": "<i>", "counts": [1, 2]}))
    page = http.get("/agent/audit").text
    assert "<img src=x>" not in page and "&lt;img src=x&gt;" in page and "<i>" not in page and "1, 2" in page


def test_the_sheet_is_recorded(sign_in: Any, audit: SqlAudit) -> None:
    """Who took it, and how many rows."""
    _rows(sign_in("admin"), action="sign_in")
    event = audit.read(AuditQuery())[0].event
    assert (event.action, event.actor, event.details) == (Action.EXPORTED, "admin@example.com", {"rows": 1})


def test_no_row_is_a_formula(sign_in: Any, audit: SqlAudit) -> None:
    """In a spreadsheet."""
    http = sign_in("admin")
    audit.record(AuditEvent(Action.EXPORTED, "shell", "=HYPERLINK(1)", "+1", {"=1+1": "x"}))
    row = _rows(http, action="exported")[0]
    assert (row["subject"], row["address"], row["details"]) == ("'=HYPERLINK(1)", "'+1", "'=1+1: x")


@pytest.mark.parametrize("text", [
    "=1", "+1", "-1", "@a", "\t1", "\r1", "\n1", " =1", "\u00a0=1", "＝1", "＠a", "－1"], ids=ascii)
def test_cells_that_begin_like_a_formula(text: str) -> None:
    """Are quoted, with spaces before it, too."""
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize(("text", "safe"), [
    ("a;=1", "a;'=1"), ("a; +1", "a; '+1"), ("a;\ufeff=1", "a;\ufeff'=1"), ("a\t=1", "a\t'=1"), ("a\r\n@x", "a\r\n'@x"),
    ("a;＝1;-2", "a;'＝1;'-2"), ("\t=1", "'\t'=1"), ("\n=1", "'\n'=1"),
    ("\ufeff=1", "'\ufeff=1"), ("\x00=1", "'\x00=1"), ("\u200b@x", "'\u200b@x"),
    ("a-b; c=d, -1", "a-b; c=d, -1"), ("rows: 1; of: x", "rows: 1; of: x")], ids=ascii)
def test_a_formula_within(text: str, safe: str) -> None:
    """A spreadsheet in Indonesian parts cells by semicolons; and what nobody sees may stand before it."""
    assert cell(text) == safe


def test_every_action_has_words(sign_in: Any, audit: SqlAudit) -> None:
    """In both languages."""
    http = sign_in("admin")
    for action in Action:
        audit.record(AuditEvent(action, "shell"))
    for lang in ("id", "en"):
        assert http.get("/agent/audit", params={"lang": lang}).status_code == 200
