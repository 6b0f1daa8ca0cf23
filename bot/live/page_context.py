"""The page that a visitor is on, as their browser says it: made harmless here, for agents read it.

The address may be another site's and the title may say anything, so the one is shown as it is and never hides behind
the other.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.adapters.input_validation import clean

LONGEST_URL, LONGEST_TITLE = 500, 200
# A browser writes a host in ASCII (punycode), so that no letter passes for another; what comes after the path may be a
# secret of the page's.
_URL = re.compile(
    r"(https?://(?:[a-z0-9_.-]{1,253}|\[[0-9a-f:.]{2,45}\])(?::[0-9]{1,5})?)(/[^?#]*)?(?:[?#].*)?", re.DOTALL)
_ZONE = re.compile(r"[A-Za-z][\w+-]*(/[A-Za-z][\w+-]*){0,2}", re.ASCII)


def read_page(raw: Mapping[str, Any]) -> dict[str, str]:
    """`url`, `title` and `timezone` (a name of the time zone database), each only where it is what it should be."""
    read = {"url": _url(raw.get("url")), "title": _title(raw.get("title")), "timezone": _zone(raw.get("timezone"))}
    return {name: value for name, value in read.items() if value}


def page_row(context: Mapping[str, Any], allowed_origins: tuple[str, ...]) -> dict[str, Any]:
    """The page of a conversation for the console; `is_allowed`: it is of an origin that may show the widget."""
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
    """A browser may say anything."""
    if not isinstance(raw, str) or len(raw) > LONGEST_TITLE or not _ZONE.fullmatch(raw):
        return ""
    try:
        ZoneInfo(raw)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ""
    return raw
