"""Passwords and codes after an announcing word, with "is", a colon, quotes or nothing between."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.core.privacy.numbers.digit_groups import runs
from bot.core.privacy.secrets import preceding_secrets
from bot.core.privacy.secrets.looks_like_secret import is_odd, is_told, looks_secret, shape
from bot.core.privacy.secrets.preceding_secrets import LONGEST_QUOTE, QUOTES
from bot.core.privacy.text.analyzed_text import AnalyzedText
from bot.core.privacy.text.tokens import Span
from bot.core.privacy.text.word_lists import WordMatch

_REACH = 7
_REACH_OF_LINK = 2
_REACH_OF_TYPED = 3
_FEWEST_DIRECT = 3
_MOST_WORDS = 5
_MOST_SIGNS = 100
_DIGITS_OF_MEETING = range(9, 12)
_MOST_MEMBERS = 30
_MOST_SIGNS_BETWEEN = 3
_REACH_OF_ACCOUNT = 6
_WORDS_OF_PHRASE = 3
_LINKS = ":=→>⇒➡"


def find(said: AnalyzedText) -> Iterator[Span]:
    """The spans of announced secrets."""
    phrases = list(said.find("secret", "code", "code_maybe"))
    was_sent = bool(phrases) and (any(said.has(i, "sent") for i in range(len(said))) or _has_meeting(said))
    ends = [*(phrase.first for phrase in phrases), len(said)][1:]
    for phrase, end in zip(phrases, ends, strict=True):
        if phrase.kind == "code_maybe" or (phrase.after == phrase.first + 1 and said.has(phrase.first, "code_maybe")):
            around = range(phrase.first - 3, phrase.after + 3)
            if (phrase.kind == "code_maybe" and not was_sent) or any(said.has(i, "faults") for i in around):
                continue
            phrase = phrase._replace(kind="code") if phrase.kind == "code_maybe" else phrase
        spans = list(_After(said, phrase, end).spans())
        yield from spans or preceding_secrets.before(said, phrase)
        yield from preceding_secrets.quoted(said, phrase)


def _has_meeting(said: AnalyzedText) -> bool:
    """True when the text holds the number of a meeting; a code beside it gives access."""
    return any(sum(map(str.isdecimal, said.text[run.start:run.end])) in _DIGITS_OF_MEETING for run in runs(said))


@dataclass
class _After:
    """Walks from an announcing phrase to the first chunk that looks like its secret, for a few words, and at most to
    token `end`, where the next phrase begins."""

    said: AnalyzedText
    phrase: WordMatch
    end: int
    is_strong: bool = False
    is_signed: bool = False
    passed: int = 0
    typed: int = 0

    def spans(self) -> Iterator[Span]:
        """The span of the secret, and of a second one after "or"."""
        said, i, signs = self.said, self.phrase.after, 0
        is_owned = self.phrase.owned or self._is_beside_account() or (
            self._is_passphrase() and i < self.end and self._is_phrase(i - 1))
        while i < self.end and (self.passed < _REACH or self.typed) and signs < _MOST_SIGNS:
            is_link = said.is_sign(i, _LINKS)
            is_end = said.is_new_line(i) and not self.is_strong and not is_link
            is_asked = said.is_sign(i, "?") and self.phrase.kind == "code" and not self.passed and (
                said.low(i + 1).isdecimal() and not said.is_new_line(i + 1))
            self.is_strong |= is_asked
            if is_end or (said.is_sign(i, "?¿;") and not is_asked) or (said.is_sign(i, ".") and said.is_spaced(i + 1)):
                return
            if is_link or said.has(i, "is") or (said.is_sign(i, "-") and said.is_spaced(i) and not self.passed):
                self.is_strong, self.is_signed = True, self.is_signed or not said.low(i).isalnum()
            elif said.tokens[i].text in QUOTES and (quotation := self._quotation(i)):
                yield quotation
                return
            elif said.has(i, "own", "suffixes"):
                is_owned = True
            elif not said.is_sign(i, "?,.()[]{}<>*-_/'\"|#"):
                end = self._secret(i, is_owned)
                if end is not None:
                    yield Span(said.tokens[i].start, end, "secret")
                    yield from self._others(i, end)
                    return
                i = self._pass(i)
                continue
            i, signs = i + 1, signs + 1

    def _is_beside_account(self) -> bool:
        """True after an account with its name: "user budi pass mawar"."""
        said, first = self.said, self.phrase.first
        accounts = (i for i in range(max(0, first - _REACH_OF_ACCOUNT), first)
                    if said.has(i, "signs_in") or said.is_sign(i, "@"))
        return any(said.low(i).isalnum() for account in accounts for i in range(account + 1, first))

    def _secret(self, i: int, is_owned: bool) -> int | None:
        """The end of the secret that begins with token `i`; None: it is no secret."""
        said, kind = self.said, self.phrase.kind
        start, end = said.chunk(i)
        if said.cut(start, end).isdecimal():
            end = self._whole(i, end, is_phrase=False)
        chunk = said.cut(start, end)
        if said.has(i, "typed"):
            return None
        is_direct = not self.passed
        if self.typed:
            if is_odd(chunk, said.words):
                return end
            chunk = chunk.rstrip("+") or chunk
        if not is_told(chunk, said.words, kind, self.is_strong, is_direct or bool(self.typed), is_owned and is_direct):
            return None
        is_agreeing = any(said.has(at, "agreeing") for at in range(self.phrase.first, self.phrase.after))
        is_participle = is_agreeing and chunk.lower().endswith(tuple(said.words.of("participle_ends")))
        if chunk.isalpha() and ((not self.is_signed and said.words.is_verb(chunk.lower())) or is_participle):
            return None
        is_of_degree = chunk.isalpha() and not self.is_signed and said.has(i - 1, "degrees")
        if is_of_degree or (said.words.is_adjective(chunk.lower()) and not self._is_phrase(i)):
            return None
        return self._whole(i, end, is_phrase=(self.is_strong or self._is_passphrase()) and kind == "secret")

    def _is_phrase(self, i: int) -> bool:
        """True when an adjective and the words after it are a password: "correct horse battery", "rahasia banget12"."""
        said, following = self.said, self.said.last[i] + 1
        if following >= len(said) or said.is_new_line(following):
            return False
        words, at = list[str](), following
        while len(words) < _WORDS_OF_PHRASE and said.low(at).isalpha() and not said.is_new_line(at):
            words.append(said.low(at))
            at = said.last[at] + 1
        odd = [word for word in words if not said.words.is_ordinary(word) and not said.words.is_said_of(word)]
        return len(odd) > 1 or looks_secret(said.cut(*said.chunk(following)), is_near=False)

    def _is_passphrase(self) -> bool:
        return any(self.said.has(i, "passphrases") for i in range(self.phrase.first, self.phrase.after))

    def _pass(self, i: int) -> int:
        """The token after token `i` or its chunk. A link ("is", "saya ketik") holds over a few ordinary words."""
        said = self.said
        is_typed = said.has(i, "typed") and self.passed < _REACH
        self.typed = _REACH_OF_TYPED if is_typed else max(0, self.typed - 1)
        if not said.has(i, "fillers"):
            is_link = said.is_ordinary(i) and (not said.words.is_adjective(said.low(i)) or self._is_phrase(i))
            self.is_strong &= is_link and self.passed < _REACH_OF_LINK
            self.passed += 1
        is_linked = i < said.last[i] and said.is_sign(i + 1, ":=")
        return i + 1 if is_linked else said.last[i] + 1

    def _quotation(self, i: int) -> Span | None:
        """The quotation that opens with token `i`, unless its words are ordinary."""
        said, opening = self.said, self.said.tokens[i]
        end = said.text.find(QUOTES[opening.text], opening.end, opening.end + LONGEST_QUOTE)
        inner = said.text[opening.end:end].strip().lower() if end >= 0 else ""
        if not inner or "\n" in inner or all(map(said.words.is_ordinary, inner.split())):
            return None
        return Span(opening.end, end, "secret")

    def _whole(self, i: int, end: int, is_phrase: bool) -> int:
        """The end of the secret that begins with token `i`, with further groups of digits or words of a passphrase."""
        said, at = self.said, self.said.last[i] + 1
        text = said.cut(said.tokens[i].start, end)
        for _ in range(_MOST_WORDS):
            if at >= len(said) or said.is_new_line(at) or said.text[end:said.tokens[at].start].strip(" -"):
                break
            start, last = said.chunk(at)
            chunk = said.cut(start, last)
            is_said_of = said.words.is_verb(chunk.lower()) and not self._is_passphrase()
            is_everyday = said.words.is_ordinary(chunk.lower()) or is_said_of
            is_word = is_phrase and text.isalpha() and chunk.isalpha() and not is_everyday
            if not is_word and not (text.isdecimal() and chunk.isdecimal()):
                break
            end, at = last, said.last[at] + 1
        return end

    def _others(self, i: int, end: int) -> Iterator[Span]:
        """The further members of a list that begins at token `i`: after a comma or "or", or of the same shape."""
        said, first = self.said, shape(self.said.cut(self.said.tokens[i].start, end))
        for _ in range(_MOST_MEMBERS):
            before = i = self._token_after(end, i)
            while i < before + _MOST_SIGNS_BETWEEN and (said.has(i, "joins") or said.is_sign(i, ",/&+|;")):
                i += 1
            if i >= len(said) or self.phrase.after <= self.end <= i:
                return
            start, end = said.chunk(i)
            if said.cut(start, end).isdecimal():
                end = self._whole(i, end, is_phrase=False)
            chunk = said.cut(start, end)
            is_apart = i > before or said.is_sign(i - 1, ",")
            is_alike = shape(chunk) == first and not chunk.isalpha() and len(chunk) >= _FEWEST_DIRECT
            if is_alike and (is_apart or not chunk.isdecimal()):
                yield Span(start, end, "secret")
            else:
                is_next = is_apart and not said.is_new_line(i)
                spans = list(preceding_secrets.far(said, start, end, self.typed > 0)) if is_next else []
                if not spans:
                    return
                yield from spans

    def _token_after(self, end: int, i: int) -> int:
        """The first token from token `i` on that begins at `end` or after it."""
        while i < len(self.said) and self.said.tokens[i].start < end:
            i += 1
        return i
