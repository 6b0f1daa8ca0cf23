"""Refuses weak passwords: short ones, and those that are easy to guess by zxcvbn's estimate."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from enum import Enum
from pathlib import Path

from zxcvbn import zxcvbn
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from bot.adapters.password_hashing import LONGEST, SHORTEST

# Guesses that a password must take, as powers of ten: as it is, and without repetitions and separators. zxcvbn's own
# score accepts any three pieces ("Jakarta2024!!!").
LEAST_GUESSES, LEAST_BARE = 9.5, 6.5
# Characters that are judged, and those that zxcvbn reads at once. Its time doubles with each character that may stand
# for a letter: 16 take milliseconds, 72 take two seconds.
JUDGED, WINDOW = 64, 16
# Passwords from leaks, matched as a whole: a window of a long one shows too little.
_LEAKED = frozenset(FREQUENCY_LISTS["passwords"])
_REPEATED = re.compile(r"(.{3,}?)\1+")
FEWEST_SIGNS = 5
# Shortest personal words that zxcvbn looks for, and that are removed before it reads ("com" is in "welcome").
_SHORTEST_PART, _SHORTEST_WHOLE = 3, 5


class Weakness(str, Enum):
    """Why a password is refused."""

    SHORT = "short"
    LONG = "long"
    COMMON = "common"
    PERSONAL = "personal"


class PasswordRules:
    """Judges passwords. `words` are common passwords that zxcvbn does not know."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = list(words)

    def weakness(self, password: str, about: Iterable[str] = ()) -> Weakness | None:
        """Why `password` is refused; `None`: it is accepted. `about`: the owner's login, name and the like."""
        if len(password) < SHORTEST:
            return Weakness.SHORT
        if len(password) > LONGEST:
            return Weakness.LONG
        if len(set(password)) < FEWEST_SIGNS or password.lower() in _LEAKED:
            return Weakness.COMMON
        if self._is_strong(password, _parts(about)):
            return None
        return Weakness.PERSONAL if self._is_strong(password, []) else Weakness.COMMON

    def _is_strong(self, password: str, about: list[str]) -> bool:
        """True when the beginning or the end takes enough guesses; the rest only adds. `about` counts for nothing."""
        known = [*about, *self._words]
        plain, bare = _readings(password)
        for text in sorted((text for text in about if len(text) >= _SHORTEST_WHOLE), key=len, reverse=True):
            plain, bare = plain.replace(text, ""), bare.replace(text, "")
        return all(
            any(_guesses(window, known) >= least for window in {read[:WINDOW], read[-WINDOW:]})
            for read, least in ((plain, LEAST_GUESSES), (bare, LEAST_BARE)))


def read_rules(data: Path) -> PasswordRules:
    """The rules with the words of `data/common_passwords.txt`."""
    lines = (data / "common_passwords.txt").read_text(encoding="utf-8").split("\n")
    return PasswordRules([line for line in lines if line and not line.startswith("#")])


def _guesses(text: str, words: list[str]) -> float:
    """The guesses that `text` takes, as a power of ten. `words` are common."""
    return float(zxcvbn(text, words)["guesses_log10"]) if text else 0.0


def _readings(password: str) -> tuple[str, str]:
    """`password` in plain letters ("ｐａｓｓ" is "pass"); the same without its separator and repetitions."""
    plain = unicodedata.normalize("NFKC", password[:JUDGED]).lower()[:JUDGED]
    signs = Counter(sign for sign in plain if not sign.isalnum()).most_common(1)
    bare = next((plain.replace(sign, "") for sign, _ in signs), plain)
    return plain, _REPEATED.sub(r"\1", bare) or plain


def _parts(about: Iterable[str]) -> list[str]:
    """The texts about the owner, and their words."""
    texts = [text.lower()[:JUDGED] for text in about if len(text) >= _SHORTEST_PART]
    words = ("".join(sign if sign.isalnum() else " " for sign in text).split() for text in texts)
    return [*texts, *(word for each in words for word in each if len(word) >= _SHORTEST_PART)]
