"""Names of log fields whose values are secret or personal. They are identifiers, the same in every language; the words
of people are in `data/patterns/personal_data.yml`."""

from __future__ import annotations

from bot.core.privacy.text.word_lists import WordLists

FIELDS = WordLists({
    "secret": [
        "password", "passwd", "pwd", "pass", "passcode", "secret", "token", "api key", "apikey", "authorization",
        "cookie", "session id", "credentials"],
    "code": ["host key", "pin", "otp"],
    "number": ["phone", "tel", "telp", "wa", "nik", "npwp", "meeting id", "account number"],
    "ordinary": [
        "none", "null", "true", "false", "expired", "invalid", "missing", "required", "empty", "refused", "error",
        "unset", "set", "wrong", "unknown", "signature", "str", "int", "dict", "list", "bytes", "bearer",
        "basic", "is", "was"],
    "labels": ["port", "pid", "line", "errno", "error", "code", "status", "build", "version", "case", "ticket", "seq"],
    "units": ["ms", "s", "us", "ns", "bytes", "byte", "kb", "mb", "gb", "kib", "mib", "entries", "rows", "characters"],
})
