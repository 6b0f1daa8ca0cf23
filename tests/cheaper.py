"""Imported before anything of the bot: what each test would do again, at a price, is done once or cheaply."""

from functools import cache, partial

from argon2 import PasswordHasher
from httpx._transports import default

from bot.adapters import anonymizer, password_hashing, wording_reader

# Half a second for each gateway, conversation or module that reads the same words again.
anonymizer.read_anonymizer = cache(anonymizer.read_anonymizer)
wording_reader.read_wording = cache(wording_reader.read_wording)
# 0.2 s and 64 MiB for each password.
password_hashing.PasswordHasher = partial(PasswordHasher, time_cost=1, memory_cost=8, parallelism=1)
# 25 ms for each client: the certificates of all authorities, where none is asked.
default.create_ssl_context = cache(default.create_ssl_context)
