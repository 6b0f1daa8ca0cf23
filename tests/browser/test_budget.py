"""What the widget may weigh and must not contain."""

from __future__ import annotations

import re

import pytest

from bot.adapters.locales import read_locales
from bot.languages import LANGUAGES
from bot.settings import ROOT
from bot.web.assets import WIDGET, served
from bot.web.js_bundle import _LITERAL, _LONG_NAME, stripped
from bot.web.js_locales import literal

MODULES = sorted(WIDGET.glob("*.js"))
DATA = ROOT / "data"
WHOLE_BYTES = 21_500
LOADER_BYTES = 3_000

_IMPORTS = re.compile(r"^import \{ ([\w, ]+) \} from '\./([\w-]+\.js)';$")
_TOP_LEVEL = re.compile(r"^(?:export )?(?:const|let|class|function) (\w+)", re.MULTILINE)
_STRING = re.compile(r"'((?:\\.|[^'\\\n])*)'|\"((?:\\.|[^\"\\\n])*)\"")
# Ways from text to markup or code, and out of our own origin.
_FORBIDDEN = [
    "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "createContextualFragment", "setHTML",
    "DOMParser", "srcdoc", "eval(", "Function(", "setTimeout('", 'setTimeout("', "createElement('script')",
    "cssText", "setAttribute('style", "postMessage", "document.cookie", "importScripts"]


def source(name: str) -> str:
    """A module as it lies there."""
    return (WIDGET / name).read_text(encoding="utf-8")


def packed(name: str) -> int:
    """What goes over the wire for it, in bytes."""
    found = served(name, DATA)
    assert found is not None
    return len(found.packed)


def test_sizes(capsys: pytest.CaptureFixture[str]) -> None:
    """All that a page loads of the widget: the loader, the joined modules, the words of one language."""
    sizes = {name: packed(name) for name in ("loader.js", "app.js", *(f"locales/{code}.js" for code in LANGUAGES))}
    with capsys.disabled():
        print(f"\nThe widget, packed: {sizes}")
    assert sizes["loader.js"] <= LOADER_BYTES
    largest = max(size for name, size in sizes.items() if name.startswith("locales/"))
    assert sizes["loader.js"] + sizes["app.js"] + largest <= WHOLE_BYTES


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_nothing_forbidden(path: object) -> None:
    """No text ever becomes markup or code; no address of another host stands in the code."""
    code = source(str(path))
    assert [word for word in _FORBIDDEN if word in code] == []
    assert set(re.findall(r"https?://[\w.-]+", code)) <= {"http://www.w3.org"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_a_module_can_be_joined(path: object) -> None:
    """See `bot/web/js_bundle.py`: plain imports of what is exported there, everything else keeps to one line each."""
    code = source(str(path))
    for line in re.findall(r"^import\b.*", code, re.MULTILINE):
        found = _IMPORTS.match(line)
        assert found, line
        exported = set(re.findall(r"^export (?:const|let|class) (\w+)", source(found[2]), re.MULTILINE))
        names = found[1].split(", ")
        assert set(names) <= exported, line
        body = code.replace(line, "")
        assert [name for name in names if not re.search(rf"\b{name}\b", body)] == [], f"{line}: not used"
    assert not re.search(r"^export (?:default|\{|\*)", code, re.MULTILINE)
    assert not re.search(r"^\s*/\*", code, re.MULTILINE), "comments begin with //"
    assert not re.search(r"`[^`]*\$\{[^}`]*`", code), "no template within another"
    plain = "".join(_LITERAL.split("\n".join(stripped(code)))[::2])
    assert not re.search(r"\S/|/[^\s]", plain), "a space before and after what divides"


def test_no_name_at_the_top_is_used_twice() -> None:
    """The modules share one scope when they are joined."""
    names = [name for path in MODULES if path.name != "loader.js" for name in _TOP_LEVEL.findall(source(path.name))]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_a_name_at_the_top_with_a_capital_is_no_property(path: object) -> None:
    """The joined file has a short name in its place, wherever the word stands."""
    names = {name for each in MODULES for name in _LONG_NAME.findall(source(each.name))}
    properties = re.findall(r"\.(\w+)\b|^ +(\w+)\(.*\{$", source(str(path)), re.MULTILINE)
    assert names & {name for pair in properties for name in pair} == set()


def test_each_word_is_used() -> None:
    """Somewhere in the modules. That each language has each word, `kilat check` says."""
    code = "".join(source(path.name) for path in MODULES)
    built = {"form", "field"}  # `form_${code}` and the like
    for key in read_locales(DATA, "widget")["id"]:
        assert re.search(rf"\b{key}\b", code) or key.split("_")[0] in built, f"{key} is used nowhere"


def test_the_loader_knows_every_language() -> None:
    """Its few words are there in each, as it is served."""
    loader = served("loader.js", DATA)
    assert loader is not None
    first = {code: {key: words[key] for key in ("launcher", "load_failed")}
             for code, words in read_locales(DATA, "widget").items()}
    assert f"const MESSAGES={literal(first)};" in loader.plain.decode()


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_no_words_for_people(path: object) -> None:
    """They live in `data/locales`. What has a capital and a space, or ends like a sentence, would be some."""
    code = "\n".join(line for line in source(str(path)).splitlines() if not re.match(r"\s*//", line))
    code = re.sub(r"`[^`]*`", "", code)
    strings = [one or other for one, other in _STRING.findall(code)]
    paths = re.compile(r"^[Mm][\d .\-a-zA-Z]+$")
    assert [text for text in strings if re.search(r"[A-Z]\w* \w|\w[.!?…]$", text) and not paths.match(text)] == []
