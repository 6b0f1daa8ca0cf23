"""Texts that are dear to read: each kind a function from a length to a text of that many characters."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from bot.rasa_ext.vocabulary import read_vocabulary
from bot.settings import ROOT

Make = Callable[[int], str]
VOCABULARY = read_vocabulary(ROOT / "data" / "vocabulary")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_ALL = [word for values in VOCABULARY.values() for words in values.values() for word in words]
_LONG = [word for word in _ALL if " " not in word and len(word) > 4]


def repeated(piece: str) -> Make:
    """`piece` again and again."""
    return lambda length: (piece * (length // len(piece) + 1))[:length]


def mixed(words: Sequence[str], between: str = " ") -> Make:
    """Of `words`, in an order that is the same at each run."""
    def make(length: int) -> str:
        chance = random.Random(7)
        return between.join(chance.choice(words) for _ in range(length))[:length]

    return make


def invented(size: int, first: str = "", letters: str = _LETTERS) -> Make:
    """Words of `size` letters that are none, hardly one of them twice."""
    def make(length: int) -> str:
        chance = random.Random(size)
        words = ("".join(chance.choice(letters) for _ in range(size - len(first))) for _ in range(length // size + 1))
        return " ".join(first + word for word in words)[:length]

    return make


def _slips(length: int) -> str:
    chance = random.Random(1)
    words = []
    for _ in range(length // 4):
        word = chance.choice(_LONG)
        at = chance.randrange(1, len(word))
        words.append(word[:at] + chance.choice(_LETTERS) + word[at:])
    return " ".join(words)[:length]


def _half(first: str, second: str) -> Make:
    return lambda length: repeated(first)(length // 2) + repeated(second)(length - length // 2)


def _letters_of(first: int, last: int, word: int) -> Make:
    def make(length: int) -> str:
        chance = random.Random(first)
        return "".join(" " if word and at % word == word - 1 else chr(chance.randint(first, last))
                       for at in range(length))

    return make


_SCRIPTS = {"thai": (0xE01, 0xE2E), "arabic": (0x627, 0x64A), "devanagari": (0x904, 0x939), "han": (0x4E00, 0x9FA5),
            "hangul": (0xAC00, 0xD7A3), "cyrillic": (0x430, 0x44F), "hiragana": (0x3041, 0x3096),
            "bold mathematics": (0x1D400, 0x1D7CB), "squared units": (0x3300, 0x3357), "in brackets": (0x2474, 0x249B)}

KINDS: dict[str, Make] = {
    "akses, then premier": _half("akses ", "premier "),
    "akses premier": repeated("akses premier "), "akses, akses": repeated("akses, "),
    "akses to premier": repeated("akses to premier "), "Akses": repeated("x Akses "), "AKSES": repeated("AKSES "),
    "p1 p2 p3": repeated("p1 p2 p3 "), "premier japan admin": repeated("premier japan admin email "),
    "not a premier": repeated("bukan a premier "), "not not not": repeated("bukan "), "and": repeated("premier dan "),
    "the whole vocabulary": mixed(_ALL), "in capitals": mixed([word.upper() for word in _ALL]),
    "its short words": mixed(sorted(_ALL, key=len)[:40]), "without spaces": mixed(_ALL, ","),
    "its words with a slip": _slips, "invented words": invented(8), "short ones": invented(5, "p"),
    "of few letters": invented(6, letters="aeioupnt"), "one letter each": invented(1),
    "one word": repeated("a"), "one word of all letters": lambda length: invented(length)(length),
    "digits": repeated("7"), "digits and spaces": repeated("7 "), "hours": repeated("1 jam 2 x 3 hari "),
    "question marks": repeated("?"), "signs": repeated("!?.,;:+-"), "brackets": repeated("({[<"),
    "quotes": repeated("\"'`“"), "underscores": repeated("a_"), "apostrophes": repeated("a'"), "dashes": repeated("a-"),
    "slashes": repeated("/"), "placeholders": repeated("{0}%s"), "at signs": repeated("a@"),
    "addresses": repeated("a@b.co "), "a long address": lambda length: "a" * (length // 2) + "@" + "a." * (length // 4),
    "links": repeated("https://a.b/c?d=e "), "a long link": lambda length: "https://" + "a.?" * (length // 3),
    "lines": repeated("a\n"), "empty lines": lambda length: "a" + "\n" * (length - 2) + "b",
    "spaces": lambda length: "bukan" + " " * (length - 12) + "premier", "tabs": repeated("\t"),
    "no-break spaces": repeated("a\u00a0\u00a0\u00a0"),
    "emoji": repeated("😀"), "families": repeated("👨\u200d👩\u200d👧\u200d👦"), "flags": repeated("🇮🇩🇺🇸"),
    "many emoji": lambda length: "".join(chr(0x1F300 + at % 700) for at in range(length)),
    "one sign for a phrase": repeated("\ufdfa"), "and spaces": repeated("\ufdfa "),
    "one sign for 8": repeated("\ufdfb"),
    "a tower of marks": lambda length: "a" + "\u0301\u0316" * (length // 2), "small towers": repeated("a\u0301\u0316 "),
    "marks alone": repeated("\u0301"), "Hangul letters": repeated("\u1112\u1161\u11ab"),
    "dotted capitals": repeated("\u0130"), "dotted words": repeated("\u0130" * 5 + " "),
    "notes": repeated("\U0001d160"),
    "fillers": repeated("\u3164"), "Braille": repeated("\u2800"), "nulls": repeated("\x00a"),
    "languages in turn": mixed(["apa", "what", "que", "berapa", "how", "saya", "I", "yo", "kenapa", "why", "por"]),
    **{f"{name} letters": _letters_of(first, last, 0) for name, (first, last) in _SCRIPTS.items()},
    **{f"{name} words": _letters_of(first, last, 6) for name, (first, last) in _SCRIPTS.items()},
}
