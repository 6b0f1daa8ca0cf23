"""Plain texts of a ticket for a desk."""

from __future__ import annotations

import re

from bot.ports import TicketExport

_RULE = "\n\n" + "-" * 60 + "\n"
# The marks of an encoded word (RFC 2047), which a mail's reader decodes, perhaps to another header.
_ENCODED = re.compile(r"=(?=\?)|\?(?==)")
_NO_LINE = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def one_line(text: str) -> str:
    """`text` as one line for a subject, without encoded words."""
    return _ENCODED.sub(lambda found: f"{found[0]} ", _NO_LINE.sub(" ", text)).strip()


def all_papers(ticket_export: TicketExport) -> str:
    """The known facts, then the transcript."""
    return ticket_export.file + _RULE + ticket_export.transcript
