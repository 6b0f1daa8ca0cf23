"""Writes the outcomes of scenarios as a JUnit file, which CI servers show."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from pathlib import Path

from bot.tools.scenarios.player import Outcome


def write_junit(path: Path, outcomes: Sequence[Outcome]) -> None:
    """One suite, one case a scenario; a `known_gap` that fails is skipped."""
    failed, skipped = sum(not one.is_right for one in outcomes), sum(_is_gap(one) for one in outcomes)
    suite = ET.Element("testsuite", name="kilat", tests=str(len(outcomes)), failures=str(failed), errors="0",
                       skipped=str(skipped))
    for outcome in outcomes:
        case = ET.SubElement(suite, "testcase", classname=str(outcome.scenario.path),
                             name=_printable(outcome.scenario.name), file=str(outcome.scenario.path))
        if _is_gap(outcome):
            ET.SubElement(case, "skipped", message=_printable(outcome.scenario.known_gap or ""))
        elif outcome.failures:
            failure = ET.SubElement(case, "failure", message=_printable(outcome.failures[0]))
            failure.text = _printable("\n".join(outcome.failures))
    ET.ElementTree(suite).write(path, encoding="utf-8", xml_declaration=True)


def _is_gap(outcome: Outcome) -> bool:
    return outcome.scenario.known_gap is not None and outcome.is_right


def _printable(text: str) -> str:
    """`text` without the control characters that XML has no way to write."""
    return "".join(sign for sign in text if sign.isprintable() or sign in "\n\t")
