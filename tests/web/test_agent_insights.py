"""The page of figures: who sees what, and the sheet."""

from __future__ import annotations

import csv
import io
import re
from datetime import datetime, timezone
from typing import Any

import pytest
from starlette.testclient import TestClient
from web_client import Client

from bot.services.insights import COLUMNS, OWN_COLUMNS
from bot.web.console.charts import bars
from bot.web.console.csv_export import cell
from bot.web.console.insights import MOST_DAYS


def _today() -> str:
    return datetime.now(timezone.utc).date().isoformat()


def _rows(http: TestClient, **asked: str) -> list[dict[str, str]]:
    answer = http.get("/agent/insights.csv", params=asked)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["content-disposition"]
    return list(csv.DictReader(io.StringIO(answer.text)))


@pytest.mark.parametrize("path", ["/agent/insights", "/agent/insights.csv"])
def test_only_who_has_signed_in(http: TestClient, path: str) -> None:
    """Others are sent to the form, and told nothing."""
    answer = http.get(path, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"], answer.content) == (303, "/agent/login", b"")


def test_a_lead_sees_what_was_said(sign_in: Any, client: Client) -> None:
    """A question that the bot missed, masked and as text; counted on its day and in its language."""
    client.ask("<b>budi@example.com</b> tidak bisa masuk")
    http = sign_in("lead")
    page = http.get("/agent/insights")
    assert "&lt;b&gt;[e-mail]&lt;/b&gt; tidak bisa masuk" in page.text
    assert "budi@example.com" not in page.text and "<b>" not in page.text
    # The day is not compared: the test may run over midnight.
    [today] = [row for row in _rows(http) if row["messages"] != "0"]
    assert list(today)[1:] == ["language", *COLUMNS] and today["language"] == "id"
    assert (today["conversations"], today["messages"], today["missed"], today["deflected"]) == ("1", "1", "1", "0")


def test_what_the_bot_answers(sign_in: Any, client: Client) -> None:
    """A topic of its own, once an answer; a thank-you is none; and no client is told of it."""
    for payload in ("/phone_number", "/thank", "/phone_number"):
        assert not {"topic", "missed"} & set(client.ask("x", payload=payload))
    http = sign_in("lead")
    [today] = [row for row in _rows(http, language="id") if row["messages"] != "0"]
    assert (today["messages"], today["answered"], today["missed"], today["deflected"]) == ("3", "2", "0", "1")
    assert re.search(r'<th scope="row">Support phone numbers</th><td>2</td>', http.get("/agent/insights").text)


def test_an_agent_sees_their_own_work(sign_in: Any, client: Client) -> None:
    """No volumes, no questions of visitors."""
    client.ask("rahasia")
    http = sign_in("agent")
    page = http.get("/agent/insights").text
    assert "rahasia" not in page and "your own work, Agent" in page
    assert list(_rows(http)[0])[2:] == list(OWN_COLUMNS)
    assert "Visitor messages" not in page


def test_the_page_runs_nothing(sign_in: Any, client: Client) -> None:
    """No script and no style of its own, kept by no cache; a table says what the charts show."""
    client.ask("x")
    page = sign_in("admin").get("/agent/insights")
    assert "script-src" not in page.headers["content-security-policy"]
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-store"
    assert not re.search(r"<script|<style|\sstyle=|\son\w+=", page.text)
    assert page.text.count('<svg viewBox="0 0 640 180" role="img" aria-labelledby=') >= 1
    assert page.text.count('<th scope="row">') >= 28


@pytest.mark.parametrize(("asked", "days", "last"), [
    ({}, 28, "today"), ({"from": "2026-01-01", "to": "2026-01-03"}, 3, "2026-01-03"),
    ({"from": "2020-01-01", "to": "2026-01-03"}, MOST_DAYS, "2026-01-03"),
    ({"from": "2026-01-05", "to": "2026-01-03"}, 1, "2026-01-03"),
    ({"from": "x", "to": "'; DROP TABLE entry"}, 28, "today"), ({"to": "9999-12-31"}, 28, "today"),
    ({"from": "0001-01-01", "to": "0001-01-01"}, 1, "2000-01-01")])
def test_the_days(sign_in: Any, asked: dict[str, str], days: int, last: str) -> None:
    """Four weeks, or those asked for; not the future, and no more than three months."""
    http, before = sign_in("lead"), _today()
    rows = _rows(http, language="id", **asked)
    assert len(rows) == days
    # Midnight may pass between the question and the look at the clock.
    assert rows[-1]["day"] in ({before, _today()} if last == "today" else {last})
    assert {row["language"] for row in rows} == {"id"}


@pytest.mark.parametrize(("value", "text"), [
    ("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"), ("@SUM", "'@SUM"), ("\t=1", "'\t'=1"), ("\r=1", "'\r'=1"),
    ("plain", "plain"), ("", ""), (None, ""), (3, "3"), (240.0, "240"), (1.63935, "1.639"), (0, "0")])
def test_no_cell_is_a_formula(value: object, text: str) -> None:
    """A spreadsheet reads what begins like one as text."""
    assert cell(value) == text


def test_bars() -> None:
    """As high as their share of a round number; what isn't there has none."""
    chart = bars([[0, 50, None], [None, 100, 25]])
    assert [(bar.series, bar.of, bar.value) for bar in chart.bars] == [(0, 1, 50), (1, 1, 100), (1, 2, 25)]
    assert [value for _, value in chart.lines] == [0, 50, 100]
    full = max(bar.height for bar in chart.bars)
    assert [round(bar.height / full, 2) for bar in chart.bars] == [0.5, 1.0, 0.25]
    assert len({bar.x for bar in chart.bars}) == 3
    assert bars([[None, 0]]).is_empty
    assert [bars([[value]]).lines[-1][1] for value in (0.4, 1.2, 4.4, 7, 40, 120)] == [1, 2, 5, 10, 50, 200]
