"""What visitors type, at desks that read Markdown."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.adapters.desks.http_calls import retry_after
from bot.adapters.desks.plain_text import parts, plain

# As Chatwoot's dashboard has it: tags are text, every line break is one.
SCREEN = MarkdownIt("js-default", {"html": False, "breaks": True})
MARKS = st.text(alphabet="ab1 \n\t\\`*_{}[]()<>#+-=.!|~&;:/\"'^$%@", max_size=60)


def words(text: str) -> str:
    """`text` without what a page of HTML does not show: runs of white space, empty lines."""
    return " ".join(text.replace("\u00a0", " ").split())


@given(MARKS)
@example("**tebal** [di sini](https://evil.example) ![](https://evil.example/x.png)")
@example("<b>x</b> &lt; &amp; <https://evil.example>")
@example("# judul\n> kutipan\n- satu\n1. dua\n    kode\n\tkode\n```\nkode\n```\na | b\n--|--\n1 | 2\nx\n===")
@example("[x]: https://evil.example\n[x]")
@example("\\*a\\* ~~x~~ __y__ `z`")
def test_markdown_is_text(typed: str) -> None:
    """A renderer shows what was typed, and makes nothing of it but lines."""
    page = SCREEN.render(plain(typed))
    assert set(re.findall(r"</?([a-z0-9]+)", page)) <= {"p", "br"}
    assert words(html.unescape(re.sub(r"</?(?:p|br)[^>]*>", " ", page))) == words(typed)


@given(st.text(max_size=300), st.integers(2, 50))
def test_parts_lose_nothing(text: str, longest: int) -> None:
    """None is too long or blank, and together they are the whole, but for white space."""
    pieces = parts(text, longest)
    assert all(len(piece) <= longest and piece.strip() for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


@pytest.mark.parametrize(("header", "seconds"), [
    (None, None), ("", None), ("7", 7.0), ("soon", None), ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0)])
def test_when_to_come_back(header: str | None, seconds: float | None) -> None:
    """`Retry-After` is a number of seconds, or a date."""
    assert retry_after(header) == seconds
