"""One rule for addresses, and how one is read out of what people type: whole, or asked again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from steps import steps

from bot.core.email_address import (
    CHARACTER,
    DOMAIN,
    LETTERS,
    NONE,
    SEVERAL,
    SPACES,
    WRONG,
    Reading,
    found,
    is_address,
    read,
)

GOOD = [
    "o'brien@example.com", "d.o'neil+zoom@example.co.id", "pat.o'neill@example.com", "a&b@example.com",
    "budi#1@example.com", "budi.santoso@mail.example.co.id", "x_y-z@ex-ample.com", "a/b=c?d^e`f{g|h}~!$%*@example.com",
    "1@2.example", "A.B@EXAMPLE.COM", f"{'a' * 64}@example.com"]
BAD = [
    "", "@", "a@", "@b.co", "a@b", "a b@example.com", "a,b@example.com", "a;b@example.com", "mailto:b@example.com",
    '"a b"@example.com', '"a"@example.com', "a\\b@example.com", "<a@example.com>", "a(b)@example.com", ".a@example.com",
    "a.@example.com", "a..b@example.com", "a@.example.com", "a@example.com.", "a@example..com", "a@-example.com",
    "a@example-.com", "a@[127.0.0.1]", "a@127.0.0.1", "a@b@example.com", "a@exa_mple.com", "a@exämple.com",
    "bùdi@example.com", "wea\u212a@example.com", "a@example.com\nBcc: x@y.zz", "a@example.com\r", "a\u200b@example.com",
    f"{'a' * 65}@example.com", f"a@{'b' * 64}.com", f"a@{'b.' * 126}com", "=?utf-8?q?Bcc=3A?=@example.com"]


@pytest.mark.parametrize("address", GOOD)
def test_an_address(address: str) -> None:
    """Whole wherever it stands, with what people put around it."""
    assert is_address(address)
    for typed in (address, f"<{address}>", f"({address}).", f"mailto:{address}", f"“{address}”", f"{address}!",
                  f"  {address},\n", f"<mailto:{address}>", f"Budi Santoso <{address}>", f"alamatnya: {address}."):
        assert read(typed) == Reading((address,)), typed
        assert [(a, typed[start:end]) for a, start, end in found(typed)] == [(address, address)]


@pytest.mark.parametrize("address", BAD)
def test_no_address(address: str) -> None:
    """Not in a form, and never in part in a text."""
    assert not is_address(address)


@pytest.mark.parametrize("typed", ["{} (yg kantor)", "ke ({}), jgn yg lain", "<{}> ya", "pakai [{}] aja"])
def test_a_bracket_ends_an_address(typed: str) -> None:
    """A word behind it is no part of it."""
    assert read(typed.format("budi@example.co.id"), lead=True) == Reading(("budi@example.co.id",))


@pytest.mark.parametrize(("typed", "guesses", "fault"), [
    ("budi santoso@example.com", ["santoso@example.com"], SPACES),
    ("budi. santoso@example.com", ["santoso@example.com"], SPACES),
    ("budi _santoso@example.com", ["_santoso@example.com"], SPACES),
    ("budi@example.co id", ["budi@example.co"], SPACES), ("budi@example.co .id", ["budi@example.co"], SPACES),
    ("x @ y.com", ["x@y.com"], SPACES), ("x@ y.com", ["x@y.com"], SPACES), ("x @y.com", ["x@y.com"], SPACES),
    ("a@x.com b@x.com", ["a@x.com", "b@x.com"], SEVERAL), ("a@x.com,b@x.com", ["a@x.com", "b@x.com"], SEVERAL),
    ("a@x.com / b@x.com", ["a@x.com", "b@x.com"], SEVERAL), ("a@x.com;b@x.com", ["a@x.com", "b@x.com"], SEVERAL),
    ("budi,santoso@example.com", ["santoso@example.com"], CHARACTER), ('"budi"@example.com', [], CHARACTER),
    ("email:budi@x.com", ["budi@x.com"], CHARACTER), ("o’brien@example.com", ["o'brien@example.com"], LETTERS),
    ("budi@exämple.com", [], LETTERS), ("budi@gmail", [], DOMAIN), ("budi@gmail com", [], DOMAIN),
    (".budi@x.com", [], WRONG), ("bu..di@x.com", [], WRONG), ("a@b@c.com", [], WRONG),
    ("budi at gmail.com", [], NONE), ("", [], NONE), ("budi @", [], SPACES)])
def test_asked_again(typed: str, guesses: list[str], fault: str) -> None:
    """What is doubtful is offered, with what is wrong, and not taken."""
    reading = read(typed)
    assert (list(reading.addresses), reading.fault) == (guesses, fault)


def test_words_around() -> None:
    """A word that announces the address, or ends the sentence, is no part of it."""
    assert read("emailku o'brien@example.com", lead=True) == Reading(("o'brien@example.com",))
    assert read("o'brien@example.com ya", tail=True) == Reading(("o'brien@example.com",))
    assert read("Budi Santoso\nbudi@example.com\nok") == Reading(("budi@example.com",))


@given(st.text(alphabet=" @.,;:<>()'\"ab\n’é", max_size=60))
def test_never_a_part(text: str) -> None:
    """What is taken without a question stood in the text with nothing but punctuation around it."""
    reading = read(text)
    if reading.fault is None:
        (address,) = reading.addresses
        assert is_address(address) and address in text
    for address, start, end in found(text):
        assert is_address(address) and text[start:end] == address


@pytest.mark.parametrize("hostile", [
    "@", "a@", "a@b.co ", "a@b.co,", "<", "mailto:", "@ ", "a@b ", "'", ".", "a.", "a@b.c\n", "@@ @", "ab", "=?"])
def test_the_work_grows_with_the_text(hostile: str) -> None:
    """Four times the text, no more than about four times the steps."""
    few, many = (steps(lambda text=hostile * n: (read(text), list(found(text)))) for n in (200, 800))  # type: ignore[misc]
    assert many <= 6 * few + 2000
