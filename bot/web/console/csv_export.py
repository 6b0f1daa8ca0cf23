"""Tables as CSV for people's spreadsheets: a text never becomes a formula there."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

from starlette.responses import Response

from bot.web.console.page_templates import HEADERS

# What spreadsheets take for the beginning of a formula, in full width, too (OWASP, CSV Injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# Before it, these are not seen.
_UNSEEN = " \t\r\n\x00\u00a0\u200b\ufeff"
# Where a country's spreadsheets part cells by semicolons, as Indonesia's do, or somebody by tabs, a cell begins here.
_BEGINS_A_CELL = re.compile(rf"([;\t\r\n][{_UNSEEN}]{{0,20}})(?=[=+@＝＋－＠-])")


def cell(value: object) -> str:
    """A cell of a sheet; a text, or a part of one, that a spreadsheet would take for a formula gets an apostrophe
    before it."""
    text = "" if value is None else f"{value:.3f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
    text = _BEGINS_A_CELL.sub(r"\1'", text)
    return f"'{text}" if text.startswith(_FORMULA) or text.lstrip(_UNSEEN).startswith(_FORMULA) else text


def sheet(name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """The rows as a download of this name."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([cell(value) for value in row] for row in rows)
    headers = {**HEADERS, "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text.getvalue(), headers=headers, media_type="text/csv; charset=utf-8")
