"""Agents' logins: ASCII e-mail addresses, case-insensitive."""

from __future__ import annotations

import re

LONGEST = 254
# One @ between visible ASCII signs. Beyond ASCII, signs that look alike or fold to one another ("\u212a" to "k",
# "\u017f" to "s") would make two people's addresses one.
_LOGIN = re.compile(r"[!-?A-~]+@[!-?A-~]+", re.ASCII)


def as_login(typed: str) -> str | None:
    """`typed` in the form that is stored and compared: stripped, in lower case. `None`: not an ASCII e-mail address."""
    bare = typed[:4 * LONGEST].strip(" \t\r\n")
    return bare.lower() if len(bare) <= LONGEST and _LOGIN.fullmatch(bare) else None
