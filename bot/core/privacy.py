"""What must not stand in a log: identity tokens, keys, e-mail addresses, phone and card numbers, host keys."""

from __future__ import annotations

import re

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
