"""Texts on their way to a ticket system and back: always plain, never markup."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from html.parser import HTMLParser

from bot.ports import TicketExport

_RULE = "\n\n" + "-" * 60 + "\n"
# RFC 2047: what a mail's header holds between these is decoded, and may then be another header.
_ENCODED = re.compile(r"=(?=\?)|\?(?==)")
_NO_LINE = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_PARAGRAPHS = frozenset({"p", "h1", "h2", "h3", "h4", "blockquote", "pre", "ul", "ol", "table"})
_LINES = _PARAGRAPHS | {"div", "br", "li", "tr"}
_SILENT = frozenset({"script", "style", "head", "title"})


def one_line(text: str) -> str:
    """`text` as one line, for a subject; nothing in it is an encoded word, for a mail's header would be made of it."""
    return _ENCODED.sub(lambda found: f"{found[0]} ", _NO_LINE.sub(" ", text)).strip()


def all_papers(ticket_export: TicketExport) -> str:
    """The file, then the transcript."""
    return ticket_export.file + _RULE + ticket_export.transcript


def shown(text: str) -> str:
    """`text` as HTML that shows it as it was typed: no markup, no Markdown, nothing for a template engine to fill."""
    return "<br>".join(html.escape(line).replace("{", "&#123;").replace("}", "&#125;") for line in text.splitlines())


def plain(markup: str) -> str:
    """The text of HTML, with line breaks where it had blocks."""
    reader = _Reader()
    reader.feed("<".join(_pieces(markup)))
    reader.close()
    lines = [" ".join(line.split()) for line in "".join(reader.parts).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _pieces(markup: str) -> Iterator[str]:
    """`markup`, cut at each `<`, with what Python's parser must not see: a `<` that no `>` follows, for which it looks
    through the rest of the text again and again (CVE-2025-6069), and declarations, some of which it can't bear."""
    head, *rest = markup.split("<")
    for part in rest:
        inside, closed, after = part.partition(">")
        if not closed:
            head += f"&lt;{part}"
        elif part[0] in "!?" and not part.startswith("!--"):
            head += after
        else:
            yield head
            head = f"{inside}>{after}"
    yield head


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag in _LINES:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in _PARAGRAPHS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(data.replace("\n", " "))
