"""What must not stand in a log: identity tokens, keys, e-mail addresses, phone and card numbers, host keys."""

from __future__ import annotations

import re

_TOKEN = re.compile(r"\beyJ[\w-]+\.[\w-]*\.[\w-]*")
_KEY = re.compile(r"\bkb_[\w-]{16,}")
_BEARER = re.compile(r"(?i)\b(bearer|token=)(\s*)[\w.~+/=-]{8,}")
_EMAIL = re.compile(r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+")
# Six digits and more, with the separators of phone and card numbers between them; host keys have six.
_NUMBER = re.compile(r"(?<![\w.:-])\+?\(?\d(?:[\s().-]?\d){5,}(?![\w])")


def mask(text: str) -> str:
    """`text` with every token, key, e-mail address and long number replaced by what it was."""
    text = _TOKEN.sub("[token]", text)
    text = _BEARER.sub(r"\1\2[token]", text)
    text = _KEY.sub("[key]", text)
    text = _EMAIL.sub("[e-mail]", text)
    return _NUMBER.sub("[number]", text)
