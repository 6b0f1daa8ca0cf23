"""What the documents on security cite is there."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from bot.settings import ROOT

DOCS = ("docs/security.md", "docs/security/asvs.md")
CITED = re.compile(r"`((?:tests|bot|actions|widget|console|docs|data|benchmarks)/[\w./*-]+)(?:::(\w+))?`")
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")
RESULTS = ("pass", "fail", "not applicable")
ROW = re.compile(r"^\| (\d+)\.\d+\.\d+ \| [12] \| [^|]+ \| (\w[\w ]+) \| ([^|]+) \|$", re.MULTILINE)
SUM = re.compile(r"^\| V(\d+) [^|]+ \| (\d+) \| (\d+) \| (\d+) \|$", re.MULTILINE)
# Of levels 1 and 2 in version 5.0.0, by chapter.
REQUIREMENTS = (27, 11, 19, 10, 9, 35, 18, 7, 7, 29, 14, 9, 13, 9, 13, 16, 7)


@pytest.mark.parametrize("doc", DOCS)
def test_what_is_cited_is_there(doc: str) -> None:
    """Each file, and in it the test or the function that is named; each link leads somewhere."""
    cited = CITED.findall((ROOT / doc).read_text())
    assert len(cited) > 50
    assert [path for path, _ in cited if not (ROOT / path).exists()] == []
    links = LINK.findall((ROOT / doc).read_text())
    assert [link for link in links if not ((ROOT / doc).parent / link).exists()] == []
    for path, name in cited:
        assert not name or re.search(rf"\b(?:def|class|const) {name}\b", (ROOT / path).read_text()), f"{path}::{name}"


def test_every_requirement_has_a_result() -> None:
    """None is left out, and the summary counts what stands below it."""
    text = (ROOT / "docs/security/asvs.md").read_text()
    rows = ROW.findall(text)
    assert Counter(int(chapter) for chapter, _, _ in rows) == Counter(dict(enumerate(REQUIREMENTS, 1)))
    assert {result for _, result, _ in rows} == set(RESULTS)
    counted = Counter((int(chapter), result) for chapter, result, _ in rows)
    summed = {(int(chapter), result): int(number) for chapter, *numbers in SUM.findall(text)
              for result, number in zip(RESULTS, numbers, strict=True)}
    assert {key: number for key, number in summed.items() if number} == dict(counted)
    assert [shown for _, result, shown in rows if result == "pass" and "`" not in shown] == []
