"""A person's data as a zip file: `data.json` holds every row, `conversations/` what was said and what was attached."""

from __future__ import annotations

import json
import os
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from bot.core.errors import KilatError
from bot.ports import Files
from bot.ports.personal_data import PersonalRecords
from bot.services.transcript import hanging

Rows = Mapping[str, Sequence[Mapping[str, Any]]]

README = """\
What Kilat keeps of one person, written on {at:%Y-%m-%d %H:%M} UTC.

data.json                        every row, by table: conversations, entries, cases, notes, tickets, links to desks
conversations/ID/transcript.txt  what was said, in order (times in UTC)
conversations/ID/files/          what was attached

What lies at other desks is named in data.json, under "outside"; it has to be asked for there.
"""


class CannotWrite(KilatError):
    """The export has no place; the message says which."""


@contextmanager
def new_file(path: Path) -> Iterator[IO[bytes]]:
    """A new file at `path` that its owner alone may read; `CannotWrite` when there is one already, or no room. Nothing
    of it stays when anything fails."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise CannotWrite(f"--output: {path} can't be written: {error.strerror}") from error
    try:
        with os.fdopen(descriptor, "wb") as raw:
            yield raw
    except BaseException as error:  # whatever it was, no half of it may pass for the whole
        path.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise CannotWrite(f"--output: {path} can't be written: {error.strerror}") from error
        raise


def write_export(raw: IO[bytes], holdings: PersonalRecords, rows: Rows, files: Files, now: datetime) -> None:
    """Write all of it to `raw`."""
    outside = [vars(one) for one in holdings.outside]
    data = {"written_at": now, **rows, "outside": outside, "mentioned_in": holdings.mentioned}
    said = defaultdict[str, list[Mapping[str, Any]]](list)
    for row in rows["entry"]:
        said[row["conversation"]].append(row)
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", README.format(at=now))
        archive.writestr("data.json", _bytes(json.dumps(data, ensure_ascii=False, indent=2, default=_plain)))
        for conversation_id in holdings.conversations:
            entries = said[conversation_id]
            if entries:
                text = "\n".join(map(_line, entries)) + "\n"
                archive.writestr(f"conversations/{conversation_id}/transcript.txt", _bytes(text))
            names = _names(entries)
            for file_id in files.of(conversation_id):
                content = files.load(conversation_id, file_id)
                name = f"{file_id}-{names[file_id]}" if file_id in names else file_id
                archive.writestr(f"conversations/{conversation_id}/files/{name}", content or b"")


def _bytes(text: str) -> bytes:
    """Half a sign (a lone surrogate) is written as JSON writes it."""
    return text.encode(errors="backslashreplace")


def _line(entry: Mapping[str, Any]) -> str:
    body = entry["body"]
    said = "\n".join([str(body.get("text", "")), *_more(body)])
    who = " ".join(str(body.get("name") or entry["author"]).split())
    return f"[{entry['at']:%Y-%m-%d %H:%M}] {who}: {hanging(said)}"


def _more(body: Mapping[str, Any]) -> Iterator[str]:
    """What stands in a form or with a rating."""
    yield from (f"{name}: {value}" for name, value in (body.get("values") or {}).items())
    if comment := (body.get("rating") or {}).get("comment"):
        yield str(comment)


def _names(entries: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """What the files are called; a name of ours holds no path."""
    shown = (entry["body"].get("file") or {} for entry in entries)
    return {file["id"]: file["name"] for file in shown if file}


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{value!r} is no JSON")
