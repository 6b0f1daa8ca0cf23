"""`/agent/insights`: figures for leads and admins, and for agents those of their own work, as a page and as CSV."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal, format_percent
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.adapters.sql.agent_sessions import AgentSession
from bot.languages import LANGUAGES
from bot.ports.insights import History
from bot.services.insights import COLUMNS, OWN_COLUMNS, Insights, count
from bot.services.wording import Wording
from bot.web.console.charts import bars
from bot.web.console.csv_export import sheet
from bot.web.console.page_templates import Pages, language_of
from bot.web.console.sessions import has_role, require

PAGE, SHEET = "/agent/insights", "/agent/insights.csv"
USUAL_DAYS, MOST_DAYS = 28, 92
# Older than any conversation, and far from the first day that Python knows.
_EARLIEST = date(2000, 1, 1)
MOST_TOPICS, MOST_UNANSWERED = 20, 50
# Each chart with its columns, which are drawn side by side.
CHARTS = {
    "conversations": ("conversations", "deflected"), "waits": ("wait_median", "wait_p90"),
    "handoffs": ("handoffs", "taken"), "ratings": ("rating_mean",),
    "response": ("response_kept", "response_missed"), "restoration": ("restoration_kept", "restoration_missed"),
}
_MINUTES = ("wait_median", "wait_p90")
_ROUNDED = ("rating_mean", "rating_spread")


class Figures:
    """Counts at each request; days are those of the time zone `zone`."""

    def __init__(
        self, pages: Pages, history: History, wording: Wording, zone: str, now: Callable[[], datetime],
    ) -> None:
        self._pages = pages
        self._history = history
        self._wording = wording
        self._zone = ZoneInfo(zone)
        self._now = now
        # One at a time: counting a busy month takes a processor for seconds.
        self._turn = asyncio.Semaphore(1)

    def routes(self) -> list[BaseRoute]:
        """The page and the CSV file."""
        return [Route(path, self._pages.guarded(require(page)), methods=["GET"])
                for path, page in ((PAGE, self._page), (SHEET, self._sheet))]

    async def _page(self, request: Request, session: AgentSession) -> Response:
        days, found, columns = await self._found(request, session)
        lang, chosen = language_of(request), _chosen(request)
        rows, total = {day: found.figures(chosen, day) for day in days}, found.figures(chosen)
        charts = {
            name: bars([[_shown(rows[day][column], column) for day in days] for column in series])
            for name, series in CHARTS.items() if set(series) <= set(columns)
        }
        titles = {topic: self._wording.topics[topic].title[lang] for topic, _ in found.topics
                  if topic in self._wording.topics}
        return self._pages.page(
            request, "insights.html", days=days, rows=rows, total=total, columns=columns, charts=charts, series=CHARTS,
            chosen=chosen, languages={code: Locale.parse(code).get_display_name(lang) for code in LANGUAGES},
            own=not has_role(session, "lead"), name=session.account.name,
            number=lambda value, column: _number(value, column, lang),
            day=lambda day: format_date(day, "d MMM", locale=lang), zone=self._zone.key, csrf=session.csrf,
            share=_share(total, lang), topics=found.topics[:MOST_TOPICS], titles=titles,
            unanswered=[one for one in found.unanswered if chosen in (None, one.lang)][:MOST_UNANSWERED],
            at=lambda at: format_date(at.astimezone(self._zone), "d MMM", locale=lang),
            sheet=f"{SHEET}?{request.url.query}")

    async def _sheet(self, request: Request, session: AgentSession) -> Response:
        """A row for each day and language, waits in seconds; only the page has topics and questions."""
        days, found, columns = await self._found(request, session)
        chosen = _chosen(request)
        wanted = [(day, lang) for day in days for lang in (LANGUAGES if chosen is None else (chosen,))]
        rows = ((day.isoformat(), lang, *(found.figures(lang, day)[name] for name in columns)) for day, lang in wanted)
        return sheet(f"kilat-{days[0]}-{days[-1]}.csv", ["day", "language", *columns], rows)

    async def _found(self, request: Request, session: AgentSession) -> tuple[list[date], Insights, Sequence[str]]:
        now = self._now()
        days = _days(request.query_params, now.astimezone(self._zone).date())
        own = None if has_role(session, "lead") else session.account.id
        begin, end = (datetime.combine(day, time(), self._zone) for day in (days[0], days[-1] + timedelta(days=1)))
        async with self._turn:
            found = await asyncio.to_thread(lambda: count(self._history.read(begin, end), now, self._day_of, agent=own))
        return days, found, COLUMNS if own is None else OWN_COLUMNS

    def _day_of(self, at: datetime) -> date:
        return at.astimezone(self._zone).date()


def _days(asked: Mapping[str, str], today: date) -> list[date]:
    """The days from `from` to `to`, at most `MOST_DAYS`; by default the last `USUAL_DAYS`."""
    last = max(min(_day(asked.get("to")) or today, today), _EARLIEST)
    first = min(_day(asked.get("from")) or last - timedelta(days=USUAL_DAYS - 1), last)
    first = max(first, last - timedelta(days=MOST_DAYS - 1), _EARLIEST)
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def _chosen(request: Request) -> str | None:
    chosen = request.query_params.get("language")
    return chosen if chosen in LANGUAGES else None


def _shown(value: float | None, column: str) -> float | None:
    """The value as it is shown: waits in minutes, not in seconds."""
    return value / 60 if value is not None and column in _MINUTES else value


def _number(value: float | None, column: str, lang: str) -> str:
    if value is None:
        return "–"
    rounded = round(_shown(value, column) or 0.0, 1 if column in (*_MINUTES, *_ROUNDED) else 0)
    return str(format_decimal(rounded, locale=lang))


def _share(total: Mapping[str, Any], lang: str) -> dict[str, str | None]:
    """Shares as percentages; `None` where the whole is 0."""

    def part(of: float, whole: float) -> str | None:
        return str(format_percent(of / whole, locale=lang)) if whole else None

    said = total["solved"] + total["unsolved"]
    kept, missed = total["response_kept"], total["response_missed"]
    return {
        "deflected": part(total["deflected"], total["conversations"]), "solved": part(total["solved"], said),
        "response_kept": part(kept, kept + missed), "taken": part(total["taken"], total["handoffs"]),
    }
