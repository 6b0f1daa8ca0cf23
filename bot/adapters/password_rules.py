"""Which passwords are refused: short ones, and those that are guessed soon (zxcvbn's estimate)."""

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

# Powers of ten: how many guesses a password must take, and what is left of it without repetitions and the signs between
# its letters. With zxcvbn's scores any three pieces ("Jakarta2024!!!") would do.
LEAST_GUESSES, LEAST_BARE = 9.5, 6.5
# What of a password is judged, and what zxcvbn reads at once. Its work doubles with each further sign that can stand
# for a letter: sixteen take some milliseconds, seventy-two two seconds.
JUDGED, WINDOW = 64, 16
# What was found in leaks most often, whole: of a long one a window shows too little.
_LEAKED = frozenset(FREQUENCY_LISTS["passwords"])
_REPEATED = re.compile(r"(.{3,}?)\1+")
FEWEST_SIGNS = 5
# Words of a name or a login that zxcvbn looks for, and those that are cut out before it reads ("com" is in "welcome").
_SHORTEST_PART, _SHORTEST_WHOLE = 3, 5


class Weakness(str, Enum):
    """Why a password is refused."""

    SHORT = "short"
    LONG = "long"
    COMMON = "common"
    PERSONAL = "personal"


class PasswordRules:
    """Judges passwords; `words` are common beside those that zxcvbn knows."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = list(words)

    def weakness(self, password: str, about: Iterable[str] = ()) -> Weakness | None:
        """Why `password` is refused, `None` when it will do. `about`: its owner's login, name and the like, which
        others try first. Passwords come through as they were typed; they are folded only to be judged."""
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
        """True when the beginning or the end takes guesses enough: what stands beside it can only add to them. What is
        known of the owner counts for nothing, as a whole and in pieces."""
        known = [*about, *self._words]
        plain, bare = _readings(password)
        for text in sorted((text for text in about if len(text) >= _SHORTEST_WHOLE), key=len, reverse=True):
            plain, bare = plain.replace(text, ""), bare.replace(text, "")
        return all(
            any(_guesses(window, known) >= least for window in {read[:WINDOW], read[-WINDOW:]})
            for read, least in ((plain, LEAST_GUESSES), (bare, LEAST_BARE))
        )


def read_rules(data: Path) -> PasswordRules:
    """The rules with the words of `data/common_passwords.txt`."""
    lines = (data / "common_passwords.txt").read_text(encoding="utf-8").split("\n")
    return PasswordRules([line for line in lines if line and not line.startswith("#")])


def _guesses(text: str, words: list[str]) -> float:
    """How many guesses `text` takes, as a power of ten; `words` are common."""
    return float(zxcvbn(text, words)["guesses_log10"]) if text else 0.0


def _readings(password: str) -> tuple[str, str]:
    """`password` in plain letters ("ｐａｓｓ" is "pass"); and this without the sign that stands most often between its
    letters ("p-a-s-s"), and without repetitions."""
    plain = unicodedata.normalize("NFKC", password[:JUDGED]).lower()[:JUDGED]
    signs = Counter(sign for sign in plain if not sign.isalnum()).most_common(1)
    bare = next((plain.replace(sign, "") for sign, _ in signs), plain)
    return plain, _REPEATED.sub(r"\1", bare) or plain


def _parts(about: Iterable[str]) -> list[str]:
    """The words in what is known of somebody, and each text as a whole."""
    texts = [text.lower()[:JUDGED] for text in about if len(text) >= _SHORTEST_PART]
    words = ("".join(sign if sign.isalnum() else " " for sign in text).split() for text in texts)
    return [*texts, *(word for each in words for word in each if len(word) >= _SHORTEST_PART)]
