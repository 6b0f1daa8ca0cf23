"""Hashes agents' passwords with argon2id. Each call takes 64 MiB and 0.2 s of a processor."""

from __future__ import annotations

from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 12
# Characters; a longer password costs more to hash than it protects.
LONGEST = 1000


class Passwords:
    """Hashes and checks passwords; the parameters are the library's (RFC 9106, low memory)."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()

    def hash(self, password: str) -> str:
        """The hash to store."""
        return self._hasher.hash(password)

    def check(self, password: str, stored: str | None) -> bool:
        """True when `password` belongs to the hash `stored`. Without a hash it takes the same time, so that the time
        does not tell which accounts exist."""
        is_possible = stored is not None and len(password) <= LONGEST
        try:
            return self._hasher.verify(stored or _hash_of_nobody(self._hasher), password[:LONGEST]) and is_possible
        except (VerificationError, InvalidHashError):
            return False

    def is_dated(self, stored: str) -> bool:
        """True when the hash has outdated parameters, and should be replaced."""
        return self._hasher.check_needs_rehash(stored)


@lru_cache(maxsize=4)
def _hash_of_nobody(hasher: PasswordHasher) -> str:
    return hasher.hash("nobody has this password")
