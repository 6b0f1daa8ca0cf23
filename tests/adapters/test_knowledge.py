"""The real facts load; a broken copy is refused with file, line and what to do."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from bot.adapters.knowledge import read_facts
from bot.adapters.knowledge_schema import FILES
from bot.core.errors import ConfigurationError
from bot.core.facts import Facts, PhoneNumber
from bot.services.wording import country_name
from bot.settings import ROOT

COUNTRIES = ["US", "AU", "AT", "BR", "FR", "DE", "HK", "IN", "IT", "JP", "MY", "MX", "NZ", "SG", "ES", "CH", "GB"]
UNITED_STATES = '  US: {source: phone_table, numbers: [{number: "+1.888.799.9666"}]}'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the real facts to break, beside their names."""
    shutil.copytree(ROOT / "data" / "locales", tmp_path / "locales")
    return Path(shutil.copytree(ROOT / "data" / "knowledge", tmp_path / "knowledge"))


def _break(folder: Path, name: str, old: str, new: str) -> int:
    """Replace the first `old` outside of comments by `new`; the number of the line."""
    path = folder / f"{name}.yml"
    lines = path.read_text().splitlines()
    index = next(i for i, line in enumerate(lines) if old in line and not line.startswith("#"))
    lines[index] = lines[index].replace(old, new, 1)
    path.write_text("\n".join(lines) + "\n")
    return index + 1


def _refusal(folder: Path) -> str:
    with pytest.raises(ConfigurationError) as refusal:
        read_facts(folder.parent)
    return str(refusal.value)


def test_the_real_facts_load(facts: Facts) -> None:
    """Seventeen countries, four priorities, nine features, nine channels."""
    assert list(facts.phone_lines) == COUNTRIES
    assert list(facts.priorities) == ["p1", "p2", "p3", "p4"]
    assert (len(facts.features), len(facts.channels)) == (9, 9)
    assert facts.paid_account_types == {"pro", "business", "enterprise", "education", "api"}


def test_the_priorities_of_the_source(facts: Facts) -> None:
    """Hours of first response and restoration, workaround and staffing."""
    assert {p.key: (p.first_response_hours, p.restoration_hours, p.workaround, p.staffed)
            for p in facts.priorities.values()} == {
        "p1": (1, 4, "none", "around_the_clock"), "p2": (4, 8, "partial", "extended_hours"),
        "p3": (24, None, "unstated", "business_hours"), "p4": (24, None, "unstated", "business_hours")}


def test_the_odd_phone_lines_of_the_source(facts: Facts) -> None:
    """Hong Kong has no extension, Japan's first number neither; five countries have two numbers."""
    assert facts.phone_lines["HK"].numbers == (PhoneNumber("+852.3002.3757", None),)
    japan = (PhoneNumber("+81 120427732", None), PhoneNumber("+81 0053.132.0070", "2"))
    assert facts.phone_lines["JP"].numbers == japan
    without = [n for line in facts.phone_lines.values() for n in line.numbers if n.extension != "2"]
    assert len(without) == 2
    double = [code for code, line in facts.phone_lines.items() if len(line.numbers) == 2]
    assert double == ["AT", "DE", "JP", "CH", "GB"]


def test_every_number_stands_in_the_source(facts: Facts) -> None:
    """Digit for digit, where the source is at hand."""
    source = Path(__file__).parents[3] / "shared" / "seed" / "000_eb788732e0fa72bd.txt"
    if not source.is_file():
        pytest.skip(f"the source text is not here: {source}")
    text = source.read_text()
    rows = dict(re.findall(r"^([A-Z][A-Za-z ]+) \| ([+0].*) \|$", text, re.MULTILINE))
    assert len(rows) == 17
    for code, line in facts.phone_lines.items():
        printed = " atau ".join(n.number + (f" ext {n.extension}" if n.extension else "") for n in line.numbers)
        assert rows[country_name(facts, code, "id")] == printed


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file(folder: Path, name: str) -> None:
    """Each file is needed."""
    (folder / f"{name}.yml").unlink()
    message = _refusal(folder)
    assert f"{folder / name}.yml" in message
    assert "version control" in message


@pytest.mark.parametrize("name", FILES)
def test_an_empty_file(folder: Path, name: str) -> None:
    """Nothing in it is as bad as no file."""
    (folder / f"{name}.yml").write_text("")
    assert f"{folder / name}.yml:1" in _refusal(folder)


@pytest.mark.parametrize(("name", "old", "new", "place"), [
    ("phone_lines", '"+1.888.799.9666"', '"+1.888.CALL.ME"', "phone_lines.US.numbers.0.number"),
    ("phone_lines", '"+1.888.799.9666"', '"+1.88"', "phone_lines.US.numbers.0.number"),
    ("phone_lines", 'extension: "2"', 'extension: "two"', "phone_lines.US.numbers.0.extension"),
    ("phone_lines", "numbers: [", "numbers: [], old: [", "phone_lines.US.numbers"),
    ("phone_lines", "  US:", "  USA:", "phone_lines"),
    ("priorities", "first_response_hours: 1", "first_response_hours: soon", "priorities.p1.first_response_hours"),
    ("priorities", "restoration_hours: 4", "restoration_hours: 0", "priorities.p1.restoration_hours"),
    ("priorities", "workaround: none", "workaround: maybe", "priorities.p1.workaround"),
    ("priorities", "staffed: around", "stafed: around", "priorities.p1.stafed"),
    ("entitlements", "who: [everyone]", "who: [evryone]", "matrix.0.who.0"),
    ("entitlements", "who: [everyone]", "who: []", "matrix.0.who"),
    ("entitlements", "features: [help_center", "features: [Help Center", "features.0"),
    ("customers", "paid: false", "paid: perhaps", "account_types.basic.paid"),
    ("channels", "always_open: true", "always_open: often", "channels.help_center.always_open"),
    ("channels", "always_open: true", "always_open: true, colour: red", "channels.help_center.colour"),
    ("sources", "- plan_table", "- Plan Table", "sources.0")])
def test_a_value_that_does_not_fit(folder: Path, name: str, old: str, new: str, place: str) -> None:
    """Wrong types, misspelled keys, impossible numbers: the message has file, line and place."""
    line = _break(folder, name, old, new)
    pattern = rf"^{re.escape(str(folder / name))}\.yml:(\d+): {re.escape(place)}"
    found = re.findall(pattern, _refusal(folder), re.MULTILINE)
    assert found, "the message names neither file nor place"
    assert min(abs(int(number) - line) for number in found) <= 1


@pytest.mark.parametrize(("name", "old", "new", "remedy"), [
    ("phone_lines", '"+1.888.799.9666"', '"+1.888.CALL.ME"', "as the source prints it: digits, dots, spaces"),
    ("phone_lines", '"+1.888.799.9666"', "+18887999666", "in quotation marks"),
    ("phone_lines", ', extension: "2"', "", "extension: is missing. Add it"),
    ("phone_lines", 'extension: "2"', 'extension: "two"', "null when the source gives none"),
    ("phone_lines", "  US:", "  USA:", "two capital letters"),
    ("priorities", "staffed: around", "stafed: around", "Use one of: first_response_hours, restoration_hours"),
    ("priorities", "  p4:", "  p5:", "Use one of: p1, p2, p3, p4."),
    ("priorities", "workaround: none", "workaround: maybe", "Use one of: none, partial, unstated."),
    ("priorities", "restoration_hours: 4", "restoration_hours: 1.5", "whole number"),
    ("channels", "always_open: true", "colour: red", "Use one of: feature, always_open, source."),
    ("channels", "always_open: true", "always_open: often", "true nor false"),
    ("sources", "- plan_table", "- Plan Table", "lower-case letters, digits and underscores")])
def test_a_remedy_in_an_editors_words(folder: Path, name: str, old: str, new: str, remedy: str) -> None:
    """What to write instead, without regular expressions or the names of types, on the very line."""
    line = _break(folder, name, old, new)
    found = [row for row in _refusal(folder).splitlines() if remedy in row]
    assert found
    assert f"{name}.yml:{line}: " in found[0]
    assert not re.search(r"regex|pydantic|type_error|value_error", found[0])


@pytest.mark.parametrize(("name", "old", "new", "known"), [
    ("phone_lines", "source: phone_table", "source: nowhere", "phone_table"),
    ("priorities", "times_source: priority_times", "times_source: nowhere", "priority_times"),
    ("priorities", "definition_source: priority_definitions", "definition_source: nowhere", "priority_definitions"),
    ("channels", "source: chat_guide", "source: nowhere", "chat_guide"),
    ("channels", "feature: tier1_chat", "feature: nowhere", "tier1_chat"),
    ("entitlements", "source: plan_table", "source: nowhere", "plan_table"),
    ("entitlements", "plan: premier,", "plan: nowhere,", "premier_plus"),
    ("entitlements", "feature: tier2,", "feature: nowhere,", "tier1_chat"),
    ("entitlements", "account_types: [business", "account_types: [nowhere", "business")])
class TestUnknownNames:
    """A name that no other file has."""

    def test_file_and_remedy(self, folder: Path, name: str, old: str, new: str, known: str) -> None:
        """The message has the file, the wrong name and the right ones."""
        _break(folder, name, old, new)
        message = _refusal(folder)
        assert f"{folder / name}.yml" in message
        assert "'nowhere'" in message
        assert known in message

    def test_line(self, folder: Path, name: str, old: str, new: str, known: str) -> None:
        """The message has the line, as the schema's own messages do."""
        line = _break(folder, name, old, new)
        assert f"{name}.yml:{line}:" in _refusal(folder)


@pytest.mark.parametrize(("name", "old", "new"), [
    ("channels", "channels:", "channels: ["), ("sources", "- plan_table", "\t- plan_table"),
    ("phone_lines", "  AU:", f"{UNITED_STATES}\n  AU:")])
def test_broken_yaml(folder: Path, name: str, old: str, new: str) -> None:
    """The parser's complaint comes with the file, a line and the remedy."""
    _break(folder, name, old, new)
    message = _refusal(folder)
    assert re.search(rf"{name}\.yml:[1-9]\d*: not valid YAML", message)
    assert "Mend" in message


@pytest.mark.parametrize("junk", [b"a:\nb: \x01\n", b"a:\nb: \xff\xfe\n", b"\n\x00"])
def test_a_file_that_is_no_text(folder: Path, junk: bytes) -> None:
    """Control characters and a wrong encoding are refused like other slips."""
    (folder / "channels.yml").write_bytes(junk)
    assert f"{folder / 'channels'}.yml:2: not " in _refusal(folder)


def test_a_row_that_stands_twice(folder: Path) -> None:
    """Two rows of one feature, plan and audience would be one row in SQL."""
    line = _break(
        folder, "entitlements", "  - {feature: tam,",
        "  - {feature: tam, plan: premier_plus, who: [account], source: plan_table}\n"
        "  - {feature: tam,")
    assert f"entitlements.yml:{line + 1}: matrix." in _refusal(folder)


def test_a_priority_that_is_missing(folder: Path) -> None:
    """All four are needed."""
    path = folder / "priorities.yml"
    text = path.read_text()
    path.write_text(text[: text.index("  p4:")])
    assert "priorities.p4: is missing" in _refusal(folder)


@pytest.mark.parametrize(("old", "missing"), [
    ("premier:", "plan.premier"), ("tam:", "feature.tam"), ("plan_table:", "source.plan_table"),
    ("tam.premier_plus.account:", "rule.tam.premier_plus.account")])
def test_a_name_that_is_missing(folder: Path, old: str, missing: str) -> None:
    """Everything that people read of has one."""
    _break(folder, "../locales/en/names", old, "misspelled:")
    assert f"locales/en/names.yml:1: {missing} is missing. Add it in every language." in _refusal(folder)


def test_the_revision_follows_the_text(folder: Path, facts: Facts) -> None:
    """The same files have the same revision, a changed word another."""
    assert read_facts(folder.parent).revision == facts.revision
    _break(folder, "../locales/en/names", "chatbot", "robot")
    assert read_facts(folder.parent).revision != facts.revision
