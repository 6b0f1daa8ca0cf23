"""`data/accepted_findings.yml`: findings of the checks that a person found right, each with the reason."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bot.adapters.yaml_reader import YamlNode, read


class Accepted:
    """The entries under one heading of the file. Each lists texts that may stand as they do."""

    def __init__(self, data: Path, heading: str) -> None:
        entries = read(data / "accepted_findings.yml").entry(heading).items()
        self._entries: dict[frozenset[str], YamlNode] = {
            frozenset(line.text for line in entry.entry("lines").items()): entry for entry in entries
        }
        self._met: set[frozenset[str]] = set()

    def covers(self, *texts: str) -> bool:
        """True when one entry lists all `texts`."""
        met = {lines for lines in self._entries if lines.issuperset(texts)}
        self._met |= met
        return bool(met)

    def problems(self) -> Iterator[str]:
        """Entries without a reason, and entries that no call of `covers` needed. Call it last."""
        for lines, entry in self._entries.items():
            if not entry.entry("reason").text.strip():
                yield entry.problem("no reason is given. Say why these lines may stand.")
            if lines not in self._met:
                yield entry.problem("nothing finds these lines any more. Remove the entry.")
