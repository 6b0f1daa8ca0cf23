"""Visitors' texts on screens that render Markdown."""

from __future__ import annotations

import html
import re

from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.adapters.desks.chatwoot.markdown import escape_markdown

# As Chatwoot's dashboard has it: tags are text, every line break is one.
SCREEN = MarkdownIt("js-default", {"html": False, "breaks": True})
MARKS = st.text(alphabet="ab1 \n\t\\`*_{}[]()<>#+-=.!|~&;:/\"'^$%@", max_size=60)


def words(text: str) -> str:
    """`text` as HTML shows it: without repeated white space and empty lines."""
    return " ".join(text.replace("\u00a0", " ").split())


@given(MARKS)
@example("**tebal** [di sini](https://evil.example) ![](https://evil.example/x.png)")
@example("<b>x</b> &lt; &amp; <https://evil.example>")
@example("# judul\n> kutipan\n- satu\n1. dua\n    kode\n\tkode\n```\nkode\n```\na | b\n--|--\n1 | 2\nx\n===")
@example("[x]: https://evil.example\n[x]")
@example("\\*a\\* ~~x~~ __y__ `z`")
def test_markdown_is_text(typed: str) -> None:
    """A renderer shows the text as it was typed, in lines."""
    page = SCREEN.render(escape_markdown(typed))
    assert set(re.findall(r"</?([a-z0-9]+)", page)) <= {"p", "br"}
    assert words(html.unescape(re.sub(r"</?(?:p|br)[^>]*>", " ", page))) == words(typed)
