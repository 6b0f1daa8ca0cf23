"""Tables as CSV for spreadsheets, in which no text becomes a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

from starlette.responses import Response

from bot.web.console.page_templates import HEADERS

# The beginnings of a formula for spreadsheets, full-width ones included (OWASP, CSV Injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# Spreadsheets skip these before a formula.
_UNSEEN = " \t\r\n\x00\u00a0\u200b\ufeff"
# Spreadsheets of some countries (Indonesia's too) separate cells by semicolons, some people by tabs.
_BEGINS_A_CELL = re.compile(rf"([;\t\r\n][{_UNSEEN}]{{0,20}})(?=[=+@＝＋－＠-])")


def cell(value: object) -> str:
    """The text of a cell, with an apostrophe before each part that a spreadsheet would take for a formula."""
    text = "" if value is None else f"{value:.3f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
    text = _BEGINS_A_CELL.sub(r"\1'", text)
    return f"'{text}" if text.startswith(_FORMULA) or text.lstrip(_UNSEEN).startswith(_FORMULA) else text


def sheet(name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """The rows as a CSV download called `name`."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([cell(value) for value in row] for row in rows)
    headers = {**HEADERS, "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text.getvalue(), headers=headers, media_type="text/csv; charset=utf-8")
