"""Reads RT's users, and the parts of messages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from email.parser import HeaderParser
from html import unescape
from typing import Any

# Media types of signatures, which only mail programs read.
SIGNATURES = ("application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature")


@dataclass(frozen=True)
class Person:
    """A user of RT."""

    login: str
    name: str  # the name that visitors may see
    is_staff: bool  # in RT: privileged

    @classmethod
    def of(cls, login: str, user: Mapping[str, Any]) -> Person:
        """Read RT's JSON."""
        name = user.get("NickName") or user.get("RealName") or ""
        return cls(login, str(name), bool(int(user.get("Privileged") or 0)))


@dataclass(frozen=True)
class Part:
    """A part of a message: a file if it has a name, else a text."""

    id: str
    name: str
    media_type: str
    size: int  # in bytes
    content_id: str  # by which HTML refers to an embedded picture
    is_inline: bool

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Part:
        """Read RT's JSON."""
        headers = HeaderParser().parsestr(str(told.get("Headers") or ""))
        return cls(str(told["id"]), str(told.get("Filename") or ""), str(told.get("ContentType") or ""),
                   int(told.get("ContentLength") or 0), str(headers.get("Content-ID") or "").strip("<> \t\r\n"),
                   str(headers.get("Content-Disposition") or "").partition(";")[0].strip().lower() == "inline")

    @property
    def is_file(self) -> bool:
        """True for attachments and embedded pictures, false for the signature of a mail."""
        return bool(self.name) and self.media_type not in SIGNATURES

    def is_within(self, html: str) -> bool:
        """True for a picture embedded in `html`, such as the logo of a mail."""
        return bool(self.content_id) and (self.is_inline or f"cid:{self.content_id}" in unescape(html))
