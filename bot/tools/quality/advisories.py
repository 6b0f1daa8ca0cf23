"""`kilat advisories`: the published advisories that hold for the versions in `uv.lock`, each with the reason why it is
out of reach or how it is mended. It needs no network: the advisories are kept in `docs/security/advisories.yml`.

The format of `uv.lock`: https://docs.astral.sh/uv/concepts/projects/layout/#the-lockfile
"""

from __future__ import annotations

import platform
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

import tomli
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from pydantic import BaseModel, Extra, validator

from bot.adapters.checked_yaml import read_document
from bot.settings import ROOT

ADVISORIES = ROOT / "docs" / "security" / "advisories.yml"
LOCK = ROOT / "uv.lock"
# The interpreter is no package of the lock; its own version is what runs this command.
PYTHON = "python"


class Advisory(BaseModel, extra=Extra.forbid):
    """One advisory; `affected` is a PEP 440 specifier set, such as `>=3,<3.9.2`."""

    id: str
    package: str
    affected: str
    title: str
    status: Literal["not used", "out of reach", "mended", "open"]
    why: str

    @validator("affected")
    def _is_specifier(cls, value: str) -> str:
        try:
            SpecifierSet(value)
        except InvalidSpecifier as error:
            raise ValueError(f"{value!r} is no specifier set. Write one such as '<3.9.2'") from error
        return value

    def holds_for(self, version: str) -> bool:
        """True when `version` is affected."""
        return SpecifierSet(self.affected, prereleases=True).contains(version)


class AdvisoryFile(BaseModel, extra=Extra.forbid):
    """The file of advisories; `checked` is the day on which somebody last looked for new ones."""

    checked: date
    sources: list[str]
    advisories: list[Advisory]


@dataclass(frozen=True)
class Finding:
    """An advisory that holds for a locked version."""

    advisory: Advisory
    version: str  # the locked one


def locked_versions(lock: Path = LOCK) -> dict[str, str]:
    """Package to version, as `uv.lock` pins them, and the running Python."""
    packages = tomli.loads(lock.read_text())["package"]
    return {package["name"]: package["version"] for package in packages} | {PYTHON: platform.python_version()}


def findings(versions: dict[str, str], file: AdvisoryFile) -> list[Finding]:
    """The advisories that hold for `versions`, by package and id."""
    held = [Finding(advisory, versions[advisory.package]) for advisory in file.advisories
            if advisory.package in versions and advisory.holds_for(versions[advisory.package])]
    return sorted(held, key=lambda finding: (finding.advisory.package, finding.advisory.id))


def stale(versions: dict[str, str], file: AdvisoryFile) -> list[Advisory]:
    """Advisories that hold for no locked version any more: an upgrade mended them, so their lines can go. Those of
    Python stay, for each machine has its own."""
    holding = {finding.advisory.id for finding in findings(versions, file)}
    return [advisory for advisory in file.advisories if advisory.id not in holding and advisory.package != PYTHON]


def read_advisories(path: Path = ADVISORIES) -> AdvisoryFile:
    """The file of advisories; `ConfigurationError` names the line of what is wrong with it."""
    file: AdvisoryFile = read_document(path, AdvisoryFile).data
    return file


def as_markdown(found: Iterable[Finding]) -> str:
    """A table, a line for each finding."""
    rows = [f"| {f.advisory.package} {f.version} | {f.advisory.id} | {f.advisory.title} | {f.advisory.status} | "
            f"{f.advisory.why} |" for f in found]
    return "\n".join(["| Package | Advisory | What | Status | Why |", "|---|---|---|---|---|", *rows])
