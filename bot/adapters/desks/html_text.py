"""Plain text as HTML, and HTML as plain text."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from html.parser import HTMLParser

_PARAGRAPHS = frozenset({"p", "h1", "h2", "h3", "h4", "blockquote", "pre", "ul", "ol", "table"})
_LINES = _PARAGRAPHS | {"div", "br", "li", "tr"}
_SILENT = frozenset({"script", "style", "head", "title"})


def as_html(text: str) -> str:
    """HTML that shows `text` as it was typed, without placeholders that a template engine would fill."""
    return "<br>".join(html.escape(line).replace("{", "&#123;").replace("}", "&#125;") for line in text.splitlines())


def without_markup(markup: str) -> str:
    """The text of HTML, with line breaks for its blocks."""
    reader = _Reader()
    reader.feed("<".join(_pieces(markup)))
    reader.close()
    lines = [" ".join(line.split()) for line in "".join(reader.parts).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _pieces(markup: str) -> Iterator[str]:
    """`markup`, split at each `<`. A `<` without a `>` is escaped, as Python's parser is quadratic there
    (CVE-2025-6069); declarations are left out, as some make the parser fail."""
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
