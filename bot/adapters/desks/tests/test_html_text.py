"""HTML of mails and editors as plain text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.desks.html_text import _pieces, without_markup


@pytest.mark.parametrize(("markup", "text"), [
    ("<p>Halo &lt;b&gt; <b>dunia</b></p><ul><li>a</li><li>b</li></ul>", "Halo <b> dunia\n\na\nb"),
    ("<div>satu</div><div>dua<br>tiga</div>", "satu\ndua\ntiga"),
    ("<script>alert(1)</script><style>p{}</style>x &amp; y&nbsp;z", "x & y z"), ("kosong", "kosong"), ("", ""),
    ("<p>a</p>\n\n\n<p>b</p>", "a\n\nb"), ("<!doctype html><p>a</p><![endif]>b<!-- no -->c<?php x ?>d", "a\nbcd"),
    ("1 < 2", "1 < 2"), ("a <![> b", "a b"), ("akhir <a href='x", "akhir <a href='x")])
def test_html_as_text(markup: str, text: str) -> None:
    """The text holds no markup."""
    assert without_markup(markup) == text


@pytest.mark.parametrize("pump", ["<", "<a ", "</a ", "<!--", "<![", "<?", "<!x", "<script ", "&#", "<a x='"])
def test_the_parser_of_html_sees_no_open_tag(pump: str) -> None:
    """Python's parser is quadratic for open tags: a mail of some kilobytes would take minutes."""
    fed = "<".join(_pieces(f"Halo {pump * 2000} <b>x</b>"))
    assert fed.count("<") <= fed.count(">") and fed.endswith("<b>x</b>")


@given(st.text(st.sampled_from("<>!?-[]/&#;= 'a\"x\n"), max_size=80))
def test_any_html_is_read(markup: str) -> None:
    """Any HTML of a mail client is read, so that no reply is lost."""
    without_markup(markup)
