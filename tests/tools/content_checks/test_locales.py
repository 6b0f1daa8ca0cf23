"""One layout for all that is translated: what a language lacks is found, in each kind of words."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot.adapters.locales import read_locales
from bot.core.errors import ConfigurationError
from bot.languages import COMPLETE, FALLBACK, LANGUAGES
from bot.settings import ROOT
from bot.tools.content_checks.locales import check, of_partial_languages, texts

LOCALES = ROOT / "data" / "locales"
FILES = sorted(path.relative_to(LOCALES / FALLBACK).as_posix() for path in (LOCALES / FALLBACK).rglob("*.yml"))
OTHER = next(language for language in COMPLETE if language != FALLBACK)
PARTIAL = next(language for language in LANGUAGES if language not in COMPLETE)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A copy of the words, to break."""
    shutil.copytree(LOCALES, tmp_path / "locales")
    return tmp_path


def told(data: Path) -> list[str]:
    """What the check says, the folder left out."""
    return [line.replace(f"{data}/", "") for line in check(data)]


def break_(data: Path, language: str, file: str, old: str, new: str) -> None:
    """Replace the first match of the regular expression `old`, which must be there."""
    path = data / "locales" / language / file
    text, count = re.subn(old, new, path.read_text(), count=1, flags=re.MULTILINE)
    assert count == 1, f"{file} has no {old!r} any more; mend the test"
    path.write_text(text)


def test_the_real_words() -> None:
    """Are complete."""
    assert list(check(ROOT / "data")) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_order_is_the_same(language: str) -> None:
    """So that two languages can be read side by side."""
    own = texts(ROOT / "data", language)
    assert list(own) == [address for address in texts(ROOT / "data", FALLBACK) if address in own]


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("language", COMPLETE)
def test_a_text_that_a_language_lacks(data: Path, language: str, file: str) -> None:
    """Its key is misspelled: the problem stands where the other language has it."""
    first, part = next((key, part) for (in_file, key), part in texts(data, language).items() if in_file == file)
    lines = part.path.read_text().splitlines(keepends=True)
    lines[part.line - 1] = re.sub(r"[\w.+]+:", "misspelled:", lines[part.line - 1], count=1)
    part.path.write_text("".join(lines))
    place = rf"locales/(?!{language}/)\w+/{re.escape(file)}:\d+: "
    assert any(re.match(f"{place}{re.escape(first)} is missing in locales/{language}/{file}\\.", line)
               for line in told(data))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("file", FILES)
def test_a_placeholder_that_a_language_lacks(data: Path, language: str, file: str) -> None:
    """And one too many: both are found, with file and line."""
    path = data / "locales" / language / file
    if not path.exists() or not (found := re.search(r"\{(\w+)\}", path.read_text())):
        pytest.skip(f"{language}/{file} has no placeholder")
    break_(data, language, file, re.escape(found[0]), "{other}")
    problems = told(data)
    for name in (found[1], "other"):
        assert any(re.match(rf"locales/\w+/{re.escape(file)}:\d+: .* lacks {{{name}}}, which", line)
                   for line in problems), problems


@pytest.mark.parametrize(("language", "file", "old", "new", "expected"), [
    (FALLBACK, "phrases.yml", r'^lead_yes: .*$', 'lead_yes: ""', "lead_yes is empty"),
    (PARTIAL, "phrases.yml", r'^lead_yes: .*$', 'lead_yes: "a  b"', "lead_yes has two spaces"),
    (OTHER, "phrases.yml", r'^lead_yes: .*$', "lead_yes: 1", "lead_yes is no text to YAML"),
    (OTHER, "phrases.yml", r'^source: "(.*)"$', r'source: "{\1"', "the braces do not match"),
    (PARTIAL, "phrases.yml", r"\Z", 'weather: "x"\n', "weather is in no complete language"),
    (PARTIAL, "responses/phone.yml", r"\Z", 'utter_billing: "x"\n', "utter_billing stands at"),
])
def test_a_slip(data: Path, language: str, file: str, old: str, new: str, expected: str) -> None:
    """In a text itself."""
    break_(data, language, file, old, new)
    try:
        problems = told(data)
    except ConfigurationError as error:
        problems = [str(error).replace(f"{data}/", "")]
    assert any(re.match(rf"locales/{language}/{file}:\d+: .*{expected}", line) for line in problems), problems


def test_a_folder_of_no_language(data: Path) -> None:
    """Is not listed."""
    (data / "locales" / "xx").mkdir()
    assert told(data) == ["locales/xx:1: xx is no language here. List it in languages.yml, or remove the folder."]


def test_what_a_partial_language_lacks(data: Path) -> None:
    """Is counted by kind, is no problem, and is said in the fallback."""
    before = next(of_partial_languages(data))
    break_(data, PARTIAL, "phrases.yml", r"^lead_yes: .*\n", "")
    (data / "locales" / PARTIAL / "notice.yml").unlink()
    assert told(data) == []
    after = next(of_partial_languages(data))
    count = re.compile(r"(\d+) of (\d+) phrases")
    assert [int(n) for n in count.search(after).groups()] == [  # type: ignore[union-attr]
        int(n) - less for n, less in zip(count.search(before).groups(), (1, 0), strict=True)]  # type: ignore[union-attr]
    assert "0 of 1 notice" in after
    phrases, notices = read_locales(data, "phrases"), read_locales(data, "notice")
    assert phrases[PARTIAL]["lead_yes"] == phrases[FALLBACK]["lead_yes"] != phrases[OTHER]["lead_yes"]
    assert notices[PARTIAL] == notices[FALLBACK]


def test_a_kind_without_files(data: Path) -> None:
    """Has no texts."""
    assert read_locales(data, "nothing") == {language: {} for language in LANGUAGES}


def test_a_further_language_is_data_alone(tmp_path: Path) -> None:
    """A line in `languages.yml` and a folder: the check counts it, the widget offers it, the rest is the fallback's."""
    data = Path(shutil.copytree(ROOT / "data", tmp_path / "data"))
    with (data / "languages.yml").open("a") as languages:
        languages.write("  pt: {complete: false, name: Português, opening: olá}\n")
    (data / "locales" / "pt").mkdir()
    (data / "locales" / "pt" / "widget.yml").write_text('launcher: "Chat de ajuda"\nsend: "Enviar"\n')
    script = """
import json
from pathlib import Path
from bot.settings import Settings
from bot.tools.content_checks.locales import check, of_partial_languages
from bot.web.assets import served
data = Settings.from_environment().data
modules = [served(name, data).plain.decode() for name in ("loader.js", "locales/pt.js", "locales/id.js")]
print(json.dumps([list(check(data)), *of_partial_languages(data), *modules]))
"""
    environment = {**os.environ, "KILAT_DATA_DIR": str(data), "KILAT_STATE_DIR": str(tmp_path / "state")}
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    problems, spanish, portuguese, loader, own, other = json.loads(done.stdout)
    assert not problems and "2 of" in portuguese and portuguese.startswith("pt: ") and spanish.startswith("es: ")
    assert 'pt:{launcher:"Chat de ajuda",load_failed:"That didn\'t load' in loader
    assert 'lang:"pt"' in own and 'send:"Enviar"' in own and 'menu:"Menu"' in own
    assert 'lang_pt:"Português"' in own and 'lang_pt:"Português"' in other
