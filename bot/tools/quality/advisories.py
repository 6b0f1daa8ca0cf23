"""`kilat advisories`: the published advisories that hold for the versions in `uv.lock`, each with the reason why it is
harmless here. Needs no network: `docs/security/advisories.yml` holds the advisories.

The format of `uv.lock`: https://docs.astral.sh/uv/concepts/projects/layout/#the-lockfile
"""

from __future__ import annotations

import argparse
import platform
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

import tomli
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from pydantic import BaseModel, Extra, validator

from bot.adapters.yaml_validation import read_document
from bot.settings import ROOT, Settings

ADVISORIES = ROOT / "docs" / "security" / "advisories.yml"
LOCK = ROOT / "uv.lock"
# The interpreter is not in the lock; its version is that of the one that runs this command.
PYTHON = "python"


class Advisory(BaseModel, extra=Extra.forbid):
    """One advisory."""

    id: str
    package: str
    affected: str  # a PEP 440 specifier set, such as `>=3,<3.9.2`
    title: str
    status: Literal["not used", "out of reach", "mended", "open"]
    why: str  # the reason for the status

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
    """The file of advisories."""

    checked: date  # the last search for new ones
    sources: list[str]  # where they were searched for
    advisories: list[Advisory]


@dataclass(frozen=True)
class Finding:
    """An advisory that holds for a locked version."""

    advisory: Advisory
    version: str  # the locked one


def locked_versions(lock: Path = LOCK) -> dict[str, str]:
    """Package to version, as `uv.lock` pins them, and that of the running Python."""
    packages = tomli.loads(lock.read_text())["package"]
    return {package["name"]: package["version"] for package in packages} | {PYTHON: platform.python_version()}


def findings(versions: dict[str, str], file: AdvisoryFile) -> list[Finding]:
    """The advisories that hold for `versions`, sorted by package and id."""
    held = [Finding(advisory, versions[advisory.package]) for advisory in file.advisories
            if advisory.package in versions and advisory.holds_for(versions[advisory.package])]
    return sorted(held, key=lambda finding: (finding.advisory.package, finding.advisory.id))


def stale(versions: dict[str, str], file: AdvisoryFile) -> list[Advisory]:
    """Advisories that hold for no locked version: an upgrade mended them, and they can be removed. Those of Python
    stay, for each machine has its own."""
    holding = {finding.advisory.id for finding in findings(versions, file)}
    return [advisory for advisory in file.advisories if advisory.id not in holding and advisory.package != PYTHON]


def read_advisories(path: Path = ADVISORIES) -> AdvisoryFile:
    """Read the file of advisories; `ConfigurationError` names a wrong line."""
    file: AdvisoryFile = read_document(path, AdvisoryFile).data
    return file


def as_markdown(found: Iterable[Finding]) -> str:
    """A table with a row for each finding."""
    rows = [f"| {f.advisory.package} {f.version} | {f.advisory.id} | {f.advisory.title} | {f.advisory.status} | "
            f"{f.advisory.why} |" for f in found]
    return "\n".join(["| Package | Advisory | What | Status | Why |", "|---|---|---|---|---|", *rows])


def show(_arguments: argparse.Namespace, _settings: Settings) -> int:
    """Print the findings, and the advisories that can be removed."""
    file, versions = read_advisories(), locked_versions()
    held = findings(versions, file)
    print(as_markdown(held))
    print(f"\n{len(held)} advisories hold for {len(versions)} packages; last looked for on {file.checked}.")
    for advisory in stale(versions, file):
        print(f"{advisory.id} of {advisory.package} holds no more: take it out of advisories.yml.")
    return 0
