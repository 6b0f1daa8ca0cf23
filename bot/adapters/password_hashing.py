"""Agents' passwords: hashed with argon2id. Each call takes 64 MiB, and a fifth of a second of a processor."""

from __future__ import annotations

from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 12
# Longer ones would cost more to hash than they protect.
LONGEST = 1000


class Passwords:
    """Hashes and checks passwords; the parameters are the library's (RFC 9106, low memory)."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()

    def hash(self, password: str) -> str:
        """What is stored instead of `password`."""
        return self._hasher.hash(password)

    def check(self, password: str, stored: str | None) -> bool:
        """True for the password of `stored`, to its last character. With none it takes as long, so that time doesn't
        tell who has one."""
        is_possible = stored is not None and len(password) <= LONGEST
        try:
            return self._hasher.verify(stored or self._nobodys(), password[:LONGEST]) and is_possible
        except (VerificationError, InvalidHashError):
            return False

    def is_dated(self, stored: str) -> bool:
        """True when it was hashed with other parameters than today's: hash it anew at the next chance."""
        return self._hasher.check_needs_rehash(stored)

    def _nobodys(self) -> str:
        return _hash_of_nobody(self._hasher)


@lru_cache(maxsize=4)
def _hash_of_nobody(hasher: PasswordHasher) -> str:
    return hasher.hash("nobody has this password")
