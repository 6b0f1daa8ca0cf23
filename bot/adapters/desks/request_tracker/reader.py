"""What RT tells of a user, and of the parts of what was written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from email.parser import HeaderParser
from html import unescape
from typing import Any

# Programs of mail read these, nobody else does.
SIGNATURES = ("application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature")


@dataclass(frozen=True)
class Person:
    """A user of RT."""

    login: str
    name: str  # the name that visitors may see
    is_staff: bool  # RT: privileged

    @classmethod
    def of(cls, login: str, user: Mapping[str, Any]) -> Person:
        """As RT tells it."""
        name = user.get("NickName") or user.get("RealName") or ""
        return cls(login, str(name), bool(int(user.get("Privileged") or 0)))


@dataclass(frozen=True)
class Part:
    """A part of what was written: a text, or a file when it has a name."""

    id: str
    name: str
    media_type: str
    size: int  # in bytes
    content_id: str  # by which HTML shows the part as a picture
    is_inline: bool

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Part:
        """As RT tells it."""
        headers = HeaderParser().parsestr(str(told.get("Headers") or ""))
        return cls(str(told["id"]), str(told.get("Filename") or ""), str(told.get("ContentType") or ""),
                   int(told.get("ContentLength") or 0), str(headers.get("Content-ID") or "").strip("<> \t\r\n"),
                   str(headers.get("Content-Disposition") or "").partition(";")[0].strip().lower() == "inline")

    @property
    def is_file(self) -> bool:
        """True for what people attached, or mail shows within a text; no signature of the mail itself."""
        return bool(self.name) and self.media_type not in SIGNATURES

    def is_within(self, html: str) -> bool:
        """True for a picture of the text itself, such as the logo below a mail."""
        return bool(self.content_id) and (self.is_inline or f"cid:{self.content_id}" in unescape(html))
