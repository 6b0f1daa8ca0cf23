"""What must not stand in a log: identity tokens, keys, e-mail addresses, phone and card numbers, host keys; and in a
question that is kept to learn from it, whatever tells who wrote it."""

from __future__ import annotations

import re
from collections.abc import Iterable

_TOKEN = re.compile(r"\beyJ[\w-]+\.[\w-]*\.[\w-]*")
_KEY = re.compile(r"\bkb_[\w-]{16,}")
_BEARER = re.compile(r"(?i)\b(bearer|token=)(\s*)[\w.~+/=-]{8,}")
_EMAIL = re.compile(r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+")
# Six digits and more, with the separators of phone and card numbers between them; host keys have six. Dates and
# addresses of machines stay, for an operator needs them.
_NOT_PERSONAL = r"(?!\d{4}-\d\d-\d\d\b)(?!\d{1,3}(?:\.\d{1,3}){3}\b)"
_NUMBER = re.compile(rf"(?<![\w.:-]){_NOT_PERSONAL}\+?\(?\d(?:[\s().-]{{0,2}}\d){{5,}}(?!\w)")


def mask(text: str) -> str:
    """`text` with every token, key, e-mail address and long number replaced by what it was."""
    text = _TOKEN.sub("[token]", text)
    text = _BEARER.sub(r"\1\2[token]", text)
    text = _KEY.sub("[key]", text)
    text = _EMAIL.sub("[e-mail]", text)
    return _NUMBER.sub("[number]", text)


_LINK = re.compile(r"(?i)\b(?:https?://|www\.)\S+")
_HANDLE = re.compile(r"(?<![\w@])@\w[\w.]*")
_DATE = re.compile(r"\b(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2}))\b")
_WORD = r"[^\W\d_][\w'’-]*"
_SHORTEST_NAME = 2


class Anonymizer:
    """Takes out of a question what is personal in it. The words that announce a name or a secret, those that stand
    between (`links`) and those at which a name ends, are given in lower case, in all languages."""

    def __init__(self, names: Iterable[str], secrets: Iterable[str], links: Iterable[str], ends: Iterable[str]) -> None:
        link = rf"(?:\s*(?:[:=]|(?:{_any(links)})(?!\w)))"
        word = rf"(?!(?:{_any(ends)})(?![\w'’])){_WORD}"
        self._name = re.compile(
            rf"(?i)(?<!\w)((?:{_any(names)})(?!\w){link}?[\s:,]+)({word}(?:[ .]+{word}){{0,2}})")
        # What follows "is", or has a digit in it: "my password doesn't work" tells none.
        self._secret = re.compile(
            rf"(?i)(?<!\w)((?:{_any(secrets)})(?!\w)(?:\s+\w+)??)(?:({link}+\s*)(?=\S*[\d\W])\S+|(\s+)(?=\S*\d)\S+)")

    def hide(self, text: str, known: Iterable[str] = ()) -> str:
        """`text` without links, dates, handles, tokens, addresses and long numbers, without names and secrets that it
        announces, and without the words that are `known` to name its writer, in any case."""
        text = mask(_DATE.sub("[date]", _LINK.sub("[link]", text)))
        for name in sorted({part for words in known for part in (words, *words.split())}, key=len, reverse=True):
            if len(name) >= _SHORTEST_NAME:
                text = re.sub(rf"(?i)(?<!\w){re.escape(name)}(?!\w)", "[name]", text)
        text = self._secret.sub(lambda found: f"{found[1]}{found[2] or found[3]}[secret]", text)
        return _HANDLE.sub("[name]", self._name.sub(r"\1[name]", text))


def _any(words: Iterable[str]) -> str:
    """The words as alternatives of a regular expression, the longest first."""
    return "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in sorted(words, key=len, reverse=True))
