"""The word lists that recognise personal data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from bot.core.privacy.text.tokens import tokens

# Every list that a recogniser asks for; `data/patterns/personal_data.yml` says what each is for.
LISTS = (
    "name", "pronoun", "title", "self", "account", "papers", "introduced", "greeting", "honorific", "bodies",
    "particles", "parting", "here", "origin", "ends", "secret", "code", "code_maybe", "sent", "faults", "joins",
    "products", "number", "handle", "birth", "months", "of_month", "street", "place", "house", "parts", "street_words",
    "street_ends", "wide_street_ends", "at_place", "is", "as", "articles", "own", "fillers", "suffixes",
    "verb_starts", "verb_ends", "labels", "numerals", "per", "currencies", "units", "digits", "at", "at_in_brackets",
    "spelled_signs", "dot", "mailboxes", "profile_hosts", "personal_paths", "public_paths", "keys", "ordinary",
    "everybody", "documents", "typed", "used", "speakers", "roles", "ranks", "sure_streets", "towns",
    "brands", "signs_in", "beside", "changed", "change", "change_from", "change_to",
    "plate", "vehicle", "valid", "cards", "phones", "adjectives", "spaced",
    "passphrases", "pairs", "renewed", "agreeing", "participle_ends", "degrees", "doors",
)
# The lists of phrases that announce personal data; "known" are the names of a text's writer.
ANNOUNCING = frozenset({
    "secret", "code", "code_maybe", "number", "handle", "birth", "street", "place", "house", "name", "pronoun", "title",
    "self", "account", "parting", "here", "known", "changed",
    "plate", "vehicle", "valid", "pairs",
})
_NONE: frozenset[str] = frozenset()
_SHORTEST_SUFFIXED = 5
_SHORTEST_VERB = 5


class WordMatch(NamedTuple):
    """A phrase of a list in a text."""

    kind: str  # the list
    first: int  # token
    after: int  # the token after the phrase
    owned: bool  # the phrase ends in a possessive suffix ("passwordku")


class WordLists:
    """Lists of phrases in lower case, by name (see `data/patterns/personal_data.yml`). A missing list is empty."""

    def __init__(self, lists: Mapping[str, Sequence[str]]) -> None:
        self._lists = {name: frozenset(words) for name, words in lists.items()}
        self._names: dict[str, frozenset[str]] = {}
        for name, words in self._lists.items():
            self._names.update({word: self._names.get(word, _NONE) | {name} for word in words})
        self._verb_starts, self._verb_ends = tuple(self.of("verb_starts")), tuple(self.of("verb_ends"))
        # The kinds of each phrase; by first word, the lengths of its phrases in tokens, the longest first. 1 is always
        # among the lengths, as the word may have a suffix.
        self._kinds: dict[tuple[str, ...], list[str]] = {}
        lengths: dict[str, set[int]] = {}
        for kind in filter(ANNOUNCING.__contains__, self._lists):
            for word in self._lists[kind]:
                plain = tuple(token.low for token in tokens(word))
                for written in {plain, *(_joined(plain, sign) for sign in "-_")}:
                    self._kinds.setdefault(written, []).append(kind)
                    lengths.setdefault(plain[0], {1}).add(len(written))
        self._lengths = {first: sorted(sizes, reverse=True) for first, sizes in lengths.items()}
        known = {part for words in self._lists.values() for word in words for part in word.split()}
        # Suffixes by length, so that the longest one wins.
        self._stems = {
            word + suffix: word for suffix in sorted(self.of("suffixes"), key=len) for word in known
            if len(word) + len(suffix) >= _SHORTEST_SUFFIXED}

    def of(self, name: str) -> frozenset[str]:
        """The words of a list."""
        return self._lists.get(name, frozenset())

    def stem(self, word: str) -> str:
        """`word` without its suffix, if a list has it so; else `word`."""
        return self._stems.get(word, word)

    def lists(self, word: str) -> frozenset[str]:
        """The names of the lists in which `word` stands."""
        return self._names.get(word, _NONE)

    def begins_phrase(self, word: str) -> bool:
        """True when a phrase of `ANNOUNCING` may begin with `word`."""
        return word in self._lengths or self.stem(word) in self._lengths

    def phrases(self, lows: Sequence[str], at: int) -> Iterator[WordMatch]:
        """The phrases of `ANNOUNCING` that begin with word `at` of a text in lower case, the longest first."""
        for length in self._lengths.get(lows[at], (1,)):
            said = tuple(lows[at:at + length])
            stem = self.stem(said[-1])
            if len(said) < length:
                continue
            for kind in self._kinds.get(said, ()):
                yield WordMatch(kind, at, at + length, False)
            for kind in self._kinds.get((*said[:-1], stem), ()) if stem != said[-1] else ():
                yield WordMatch(kind, at, at + length, True)

    def is_ordinary(self, word: str) -> bool:
        """True for an ordinary word (in lower case), which is no name and no password."""
        return word in self.of("ordinary") or self.stem(word) in self.of("ordinary")

    def is_verb(self, word: str) -> bool:
        """True for a word that looks like a verb said about a password: "ditolak", "rejected"."""
        return len(word) >= _SHORTEST_VERB and (word.startswith(self._verb_starts) or word.endswith(self._verb_ends))

    def is_adjective(self, word: str) -> bool:
        """True for an adjective said about a password, also in Spanish feminine and plural."""
        one = word.removesuffix("s")
        forms = (word, one, word.removesuffix("es"), one.removesuffix("a") + "o" if one.endswith("a") else word)
        return not self.of("adjectives").isdisjoint(forms) or self.stem(word) in self.of("adjectives")

    def is_said_of(self, word: str) -> bool:
        """True for a verb or an adjective said about a password."""
        return self.is_verb(word) or self.is_adjective(word)


def _joined(phrase: tuple[str, ...], sign: str) -> tuple[str, ...]:
    """A phrase as it is written with a sign for each space: "api-key"."""
    return tuple(part for word in phrase for part in (sign, word))[1:] if all(map(str.isalnum, phrase)) else phrase
