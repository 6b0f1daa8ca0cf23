"""Public telephone lines: toll-free ones, and those of call centers."""

from __future__ import annotations

import re

_LONGEST = 24
# The digits of public lines, with or without the country's code: Indonesia's 0800, 0804, 1500xxx, 007803; other
# countries' 0800 and 0808; international toll-free numbers; those of North America and Australia with their first 1.
_FIGURES = re.compile(
    r"0(?:800|804|808)\d{5,8}|(?:0\d{2,3})?1500\d{3}|1[38]00\d{6}|1300\d{6}|00180\d{7,9}|007803\d{6,10}|00800\d{8}|62(?:800|804)\d{5,8}|"
    r"1?8(?:00|33|44|55|66|77|88)\d{7}|44(?:800|808)\d{6,7}|(?:34)?(?:80|90)[0-2]\d{6}|800\d{6,8}|1800\d{7}", re.ASCII)
# How phone numbers are written; in another form, the digits may be of a meeting.
_WRITTEN = re.compile(
    r"(?:\+?\d{1,3}[-. ]?)?(?:\(\d{3}\)[-. ]?\d{3}[-. ]?\d{4}|\d{3}[-.]\d{3}[-.]\d{4})|(?:\+34[-. ]?)?"
    r"(?:80|90)[0-2](?:[-. ]\d{2,3}){2,3}|(?:\+|0|1[ .-]?[358]).*", re.ASCII)
_SHORT = re.compile(r"14\d{3}|1500[ .-]?\d{3}", re.ASCII)


def is_everybodys(text: str) -> bool:
    """True for the number of a public line."""
    text = text.strip()
    figures = "".join(filter(str.isdecimal, text))
    return len(text) <= _LONGEST and bool(
        _SHORT.fullmatch(text) or (_FIGURES.fullmatch(figures) and _WRITTEN.fullmatch(text)))
