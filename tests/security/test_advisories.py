"""The list of advisories: which hold for which versions, and that every one that holds has its reason."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bot.core.errors import ConfigurationError
from bot.settings import ROOT
from bot.tools.quality.advisories import (
    PYTHON,
    Advisory,
    AdvisoryFile,
    as_markdown,
    findings,
    locked_versions,
    read_advisories,
    stale,
)


def advisory(affected: str, package: str = "aiohttp", name: str = "CVE-1") -> Advisory:
    return Advisory(id=name, package=package, affected=affected, title="t", status="not used", why="w")


def file_of(*advisories: Advisory) -> AdvisoryFile:
    return AdvisoryFile(checked=date(2026, 11, 29), sources=["https://example.org"], advisories=list(advisories))


@pytest.mark.parametrize(("affected", "version", "held"), [
    ("<3.9.6", "3.9.5", True), ("<3.9.5", "3.9.5", False), (">=3.10,<3.11", "3.9.5", False),
    ("<=1.0.post1", "1.0.post1", True), ("", "7", True), ("<2", "2rc1", False), ("<3", "2rc1", True),
])
def test_an_advisory_holds_for_the_versions_that_it_names(affected: str, version: str, held: bool) -> None:
    assert bool(findings({"aiohttp": version}, file_of(advisory(affected)))) is held


def test_an_advisory_of_a_package_that_is_not_locked_does_not_hold() -> None:
    assert findings({"httpx": "1"}, file_of(advisory("<9"))) == []


def test_a_line_that_an_upgrade_has_made_needless_is_told_but_not_pythons() -> None:
    old, of_python = advisory("<3", name="CVE-OLD"), advisory("<3", PYTHON, "CVE-PY")
    assert stale({"aiohttp": "3.9.5", PYTHON: "3.10.13"}, file_of(old, of_python)) == [old]


@pytest.mark.parametrize("line", ["affected: 'before 3'", "status: fine", "extra: 1"])
def test_a_wrong_line_is_refused_with_its_place(tmp_path: Path, line: str) -> None:
    wanted = {"id": "X", "package": "p", "affected": "<1", "title": "t", "status": "mended", "why": "w"}
    key, _, value = line.partition(": ")
    fields = {**wanted, key: value.strip("'")}
    path = tmp_path / "advisories.yml"
    path.write_text("checked: 2026-11-29\nsources: [a]\nadvisories:\n- "
                    + "\n  ".join(f"{name}: '{text}'" for name, text in fields.items()) + "\n")
    with pytest.raises(ConfigurationError, match=rf"advisories.yml:\d+: advisories\.0\.{key}"):
        read_advisories(path)


def test_the_lock_holds_what_is_installed() -> None:
    versions = locked_versions()
    assert versions["rasa"] == "3.6.21"
    assert len(versions) > 150


def test_every_advisory_that_holds_has_a_reason_and_no_line_is_stale() -> None:
    file, versions = read_advisories(), locked_versions()
    held = findings(versions, file)
    named = {(finding.advisory.package, finding.advisory.id) for finding in held}
    assert len(named) == len(held), "an advisory stands there twice for a package"
    assert [finding.advisory.id for finding in held if not finding.advisory.why.strip()] == []
    told = (ROOT / "docs" / "security.md").read_text()
    left = [finding.advisory.id for finding in held if finding.advisory.status == "open"]
    assert [id_ for id_ in left if id_ not in told] == [], "what is open stands in docs/security.md, too"
    assert [old.id for old in stale(versions, file)] == [], "an upgrade mended these: take their lines out"
    assert as_markdown(held).count("\n") == len(held) + 1
