"""Masking takes work in proportion to the length of a text, whatever a stranger writes: counted in lines of Python that
run. `test_regex_linear.py` counts what runs inside of the expressions."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from bot.adapters.anonymizer import read_anonymizer
from bot.core.privacy import Anonymizer, mask
from bot.settings import ROOT

LONGEST = 300
# A little more than twice: from some places a recogniser looks on a bounded way, which a short text cuts off.
GROWTH = 2.4
# A lookup for each list, or for each phrase that might begin at a word, takes three times as many.
MOST_STEPS_A_SIGN = 170
UNITS = [
    "a", "1", " ", ".", "@", "-", "_", ":", "/", "'", "\"", "(", "\n", "a ", "1 ", "a.", "a@", "@a.", "1-",
    "1.", "0812 ", "+1", "(1", "password ", "password:", "password.", "password my ", "password is ", "pin 1 ",
    "is my password ", "x as password ", "kode sms ", "token=", "token token:", "api key ", "nama saya ",
    "nama saya Budi ", "saya Budi, ", "Pak B. ", "a/n PT ", "Regards, ", "- Budi\n", "Budi here ", "jalan ",
    "jl. Mawar ", "Jl A1/", "42 Oak ", "rt 1 rw ", "lahir ", "lahir 1-1-", "lahir mei ", "satu ",
    "a at b dot c ", "a . b ", "(at) ", "x [at] y [dot] z ", "http://a.b/", "a.b/c?d=e&", "1.2.3.4 ", "::1 ",
    "2026-01-01 ", "telp 1", "wa081", "WA0812-", "rek ABC1234 ", "meeting id ", "error 123456, ",
    "Rp1.000.000 ", "10 000 ", "eyJa.", "Bearer a ", "-----BEGIN KEY-----", "sk-a1", "aB1", "deadbeef", "ig: ",
    "line id _", "O0", "1a", "½", "ﷺ", "é", "😡", "[number] ",
    "ganti password dari ", "ubah pin dari a jadi ", "ganti nama saya ", "ganti kode sms ", "username dari a ke ",
    "login a@b.id ", "akun a@b.id b ", "saya bu ", "SAYA BU A ", "\"a\" password ", "' password ", "\" kode sms ",
    "jl pasar ", "blok a ", "ALAMAT: A ", "ALAMAT JL A ", "paspor ? ", "paspor a-", "saya ketik ", "pw saya ketik ",
    "Rp 1 ", "1 Rp,-", "a'", "a_", "\0a", "plat ", "mobil B 1 ", "B 1 ", "GB29 ", "GB29NWBK", "creds ", "creds a / ",
    "login a:", "akun a pw ", "sandi (spasi) ", "a (itu sandi) ", "'a' spasi ", "kode cadangan 1234, ", "1234, ",
    "error 1, ", "1 2 ", "exp 1/27 ", "cvv exp ", "password sekarang jadi ", "sandi benar ", "0800 ", "1500",
    "1.1.1.1:1 ", "::a", "pin? 1 ", "5o ", "\u3300\u3357 ", "kartu 1.000 ", "@all ",
    "1234, 5678 as pin ", "three mice is my password ", "sekarang a1b2c ", "akun: ", "a@b.id:c1d2e ", "frasa sandi a ",
]


def steps(text: str, hide: Any) -> int:
    """How many lines of the package run to mask `text`."""
    count = 0

    def begun(frame: FrameType, _event: str, _argument: object) -> Any:
        return line if "privacy" in frame.f_code.co_filename else None

    def line(_frame: FrameType, event: str, _argument: object) -> Any:
        nonlocal count
        if event == "line":
            count += 1
        return line

    before = sys.gettrace()
    sys.settrace(begun)
    try:
        hide(text)
    finally:
        sys.settrace(before)
    return count


@pytest.fixture(scope="module")
def anonymizer() -> Anonymizer:
    """With the words of every language."""
    return read_anonymizer(ROOT / "data")


@pytest.mark.parametrize("unit", UNITS)
def test_linear(anonymizer: Anonymizer, unit: str) -> None:
    """Twice the text, twice the work."""
    for hide in (mask, anonymizer.hide):
        assert not grows(unit, hide)


def test_that_it_counts(anonymizer: Anonymizer) -> None:
    """A recogniser that compares every word with those before it is found beside all the others."""
    names: dict[str, Any] = {}
    source = "def find(words):\n for at in range(len(words)):\n  for word in words[:at]:\n   word"
    exec(compile(source, "privacy/planted.py", "exec"), names)
    assert grows("a ", lambda text: (anonymizer.hide(text), names["find"](text.split())))


def grows(unit: str, hide: Callable[[str], object]) -> str:
    """What is wrong with the steps for a text of many `unit`s, and for one of half as many."""
    text = unit * (LONGEST // 2 // len(unit))
    once, twice = steps(text, hide), steps(text * 2, hide)
    return f"{once}, {twice}" if twice > GROWTH * once or twice > MOST_STEPS_A_SIGN * LONGEST else ""
