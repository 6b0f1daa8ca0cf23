"""Removes secrets and personal data: from logs, tokens, keys, passwords, e-mail addresses and personal numbers; from
stored questions, also everything that tells who wrote them.

Each recogniser is a module of `secrets`, `numbers` or `people` that finds spans; this module combines them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bot.core.privacy.numbers import card_expiry, ibans, number_plates, personal_numbers, spelled_numbers
from bot.core.privacy.people import birth_dates, emails, ip_addresses, links, names, postal_addresses, signatures
from bot.core.privacy.secrets import (
    account_passwords,
    announced_secrets,
    api_keys,
    credential_pairs,
    passphrases,
    password_changes,
)
from bot.core.privacy.text.analyzed_text import AnalyzedText
from bot.core.privacy.text.log_fields import FIELDS
from bot.core.privacy.text.tokens import Span, replaced
from bot.core.privacy.text.word_lists import WordLists

_SHORTEST_NAME = 2
# Digits of a bank card or an identity card.
_SHORTEST_CARD, _LONGEST_CARD = 15, 19
_COVER = "•••"


def mask(text: str) -> str:
    """A log line with tokens, keys, values of secret fields, e-mail addresses and long numbers replaced by their kind.
    Times and IP addresses stay, as operators need them; names stay, as no field announces them."""
    return replaced(text, _in_logs_too(AnalyzedText(text, FIELDS)))


class Anonymizer:
    """Removes personal data from questions, by the words that announce it in any language."""

    def __init__(self, words: WordLists) -> None:
        self._words = words

    def hide(self, text: str, known: Iterable[str] = ()) -> str:
        """`text` without what `mask` removes, without names, birth dates, addresses, handles and personal links, and
        without the `known` names of its writer, in any case."""
        said = AnalyzedText(text, self._words)
        called = {part for words in known for part in (words, *words.split()) if len(part) >= _SHORTEST_NAME}
        of_writer = names.known(said, called) if called else ()
        return replaced(text, [*_in_logs_too(said), *_of_people(said), *of_writer])

    def cover(self, text: str) -> str:
        """`text` with passwords, codes and numbers of bank and identity cards replaced by dots."""
        said = AnalyzedText(text, self._words)
        # A word of letters only is mostly a word that the lists lack, not a password.
        told = [span for span in announced_secrets.find(said) if not text[span.start:span.end].isalpha()]
        told += [span for span in personal_numbers.find(said) if _is_card(text[span.start:span.end])]
        return replaced(text, [span._replace(mark=_COVER) for span in told])


def _is_card(number: str) -> bool:
    return _SHORTEST_CARD <= sum(sign.isdigit() for sign in number) <= _LONGEST_CARD


def _in_logs_too(said: AnalyzedText) -> Iterator[Span]:
    """Spans that neither logs nor stored questions may hold."""
    yield from api_keys.find(said.text)
    yield from emails.find(said)
    yield from announced_secrets.find(said)
    yield from passphrases.find(said)
    yield from ibans.find(said)
    yield from personal_numbers.find(said)
    yield from spelled_numbers.find(said)


def _of_people(said: AnalyzedText) -> Iterator[Span]:
    """Spans that tell who wrote a question."""
    for recogniser in (
        links.find, links.handles, ip_addresses.find, account_passwords.find, credential_pairs.find,
        password_changes.find, birth_dates.find, card_expiry.find, postal_addresses.find, number_plates.find,
        names.find, signatures.find,
    ):
        yield from recogniser(said)
