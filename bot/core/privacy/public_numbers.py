"""Telephone lines that are nobody's own: free of charge, or of a call center."""

from __future__ import annotations

import re

_LONGEST = 24
# By their figures alone: Indonesia's 0800, 0804, 1500xxx, 007803; other countries' 0800 and 0808; those that are free
# from everywhere; North America's and Australia's with their first 1; each with the country before it or not.
_FIGURES = re.compile(
    r"0(?:800|804|808)\d{5,8}|(?:0\d{2,3})?1500\d{3}|1[38]00\d{6}|1300\d{6}|00180\d{7,9}|007803\d{6,10}|00800\d{8}|62(?:800|804)\d{5,8}|"
    r"1?8(?:00|33|44|55|66|77|88)\d{7}|44(?:800|808)\d{6,7}|(?:34)?(?:80|90)[0-2]\d{6}|800\d{6,8}|1800\d{7}", re.ASCII)
# Such figures may be a meeting's too, unless they are written as those of phones are.
_WRITTEN = re.compile(
    r"(?:\+?\d{1,3}[-. ]?)?(?:\(\d{3}\)[-. ]?\d{3}[-. ]?\d{4}|\d{3}[-.]\d{3}[-.]\d{4})|(?:\+34[-. ]?)?"
    r"(?:80|90)[0-2](?:[-. ]\d{2,3}){2,3}|(?:\+|0|1[ .-]?[358]).*", re.ASCII)
_SHORT = re.compile(r"14\d{3}|1500[ .-]?\d{3}", re.ASCII)


def is_everybodys(text: str) -> bool:
    """Whether a number is of such a line."""
    text = text.strip()
    figures = "".join(filter(str.isdecimal, text))
    return len(text) <= _LONGEST and bool(
        _SHORT.fullmatch(text) or (_FIGURES.fullmatch(figures) and _WRITTEN.fullmatch(text)))
