"""The page that a visitor is on, as the browser reports it; sanitized here, for agents read it.

The browser may lie about both address and title, so agents are always shown the address beside the title.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.adapters.input_validation import clean

LONGEST_URL, LONGEST_TITLE = 500, 200
# A browser writes a host in ASCII (punycode), so no letter passes for another. Query and fragment are dropped: they may
# hold secrets.
_URL = re.compile(
    r"(https?://(?:[a-z0-9_.-]{1,253}|\[[0-9a-f:.]{2,45}\])(?::[0-9]{1,5})?)(/[^?#]*)?(?:[?#].*)?", re.DOTALL)
_ZONE = re.compile(r"[A-Za-z][\w+-]*(/[A-Za-z][\w+-]*){0,2}", re.ASCII)


def read_page(raw: Mapping[str, Any]) -> dict[str, str]:
    """`url`, `title` and `timezone` (an IANA name); invalid values are left out."""
    read = {"url": _url(raw.get("url")), "title": _title(raw.get("title")), "timezone": _zone(raw.get("timezone"))}
    return {name: value for name, value in read.items() if value}


def page_row(context: Mapping[str, Any], allowed_origins: tuple[str, ...]) -> dict[str, Any]:
    """The page for the console; `is_allowed`: its origin may show the widget."""
    page = read_page(context)
    if "url" not in page:
        return dict(page)
    parts = urlsplit(page["url"])
    allowed = "*" in allowed_origins or f"{parts.scheme}://{parts.netloc}" in allowed_origins
    return {**page, "is_allowed": allowed}


def _url(raw: Any) -> str:
    if not isinstance(raw, str):
        return ""
    found = _URL.fullmatch(raw[:4 * LONGEST_URL].strip())
    if found is None:
        return ""
    path = quote(found[2] or "/", safe="/%:@!$&()*+,;=~-._", errors="replace")
    return (found[1] + path)[:LONGEST_URL]


def _title(raw: Any) -> str:
    return " ".join(clean(raw[:4 * LONGEST_TITLE]).split())[:LONGEST_TITLE] if isinstance(raw, str) else ""


def _zone(raw: Any) -> str:
    if not isinstance(raw, str) or len(raw) > LONGEST_TITLE or not _ZONE.fullmatch(raw):
        return ""
    try:
        ZoneInfo(raw)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ""
    return raw
