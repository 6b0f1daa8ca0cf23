"""Long texts in parts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.desks.plain_text import split_text


@given(st.text(max_size=300), st.integers(2, 50))
def test_parts_lose_nothing(text: str, longest: int) -> None:
    """No part is too long or blank; together they are the whole text, except white space."""
    pieces = split_text(text, longest)
    assert all(len(piece) <= longest and piece.strip() for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())
