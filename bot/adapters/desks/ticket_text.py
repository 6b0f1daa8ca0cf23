"""Texts of a ticket on their way to a desk: always plain, never markup."""

from __future__ import annotations

import re

from bot.ports import TicketExport

_RULE = "\n\n" + "-" * 60 + "\n"
# RFC 2047: what a mail's header holds between these is decoded, and may then be another header.
_ENCODED = re.compile(r"=(?=\?)|\?(?==)")
_NO_LINE = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def one_line(text: str) -> str:
    """`text` as one line, for a subject; nothing in it is an encoded word, for a mail's header would be made of it."""
    return _ENCODED.sub(lambda found: f"{found[0]} ", _NO_LINE.sub(" ", text)).strip()


def all_papers(ticket_export: TicketExport) -> str:
    """The file, then the transcript."""
    return ticket_export.file + _RULE + ticket_export.transcript
