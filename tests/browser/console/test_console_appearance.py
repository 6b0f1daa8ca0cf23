"""How the console looks and fits; that what people type stays text; axe; its words."""

from __future__ import annotations

import re

import pytest
from console_page import ConsolePage, Enter, words_of
from console_stage import Floor
from playwright.sync_api import Locator, expect
from test_appearance import expect_accessible
from widget_page import EACH_LANGUAGE

from bot.adapters.locales import read_locales
from bot.languages import COMPLETE
from bot.settings import ROOT
from bot.web.console.spa import STYLES, served

CONSOLE = ROOT / "console"
MODULES = sorted(path.name for path in CONSOLE.glob("*.js"))
EVIL = "<img src=x onerror=\"window.hacked=1\"><script>window.hacked=1</script>{{7*7}}"
SIZES = {"desk": (1280, 720), "wide": (1440, 900), "narrow": (768, 1024), "phone": (400, 800)}


def expect_no_sideways(locator: Locator) -> None:
    """Nothing of it has to be scrolled sideways."""
    assert locator.evaluate("e => e.scrollWidth - e.clientWidth") <= 0


def fill_desk(floor: Floor, desk: ConsolePage) -> None:
    """One conversation with all that can be in it, one that waits."""
    first = floor.visitor("Wulan", asked="Semua rapat putus " * 8, incident="p1")
    floor.visitor("Maya", asked="x" * 150)
    desk.take("Wulan")
    desk.say("Halo https://example.com/panduan")
    desk.write_note("Sudah pernah minggu lalu")
    desk.button("mode_say").click()
    first.say("Ini dari pagi tadi\n" + "y" * 200)
    expect(desk.log).to_contain_text("Ini dari pagi tadi")


@pytest.mark.long
@pytest.mark.parametrize("lang", ["id", "en"])
def test_axe_finds_nothing(floor: Floor, console: Enter, lang: str) -> None:
    """Before anything is open; at work, as a note, with canned answers; in each dialog."""
    desk = console(lang=lang, bypass_csp=True)
    expect_accessible(desk)  # type: ignore[arg-type]
    fill_desk(floor, desk)
    expect_accessible(desk)  # type: ignore[arg-type]
    desk.shoot("work")
    desk.press("Alt+n")
    expect_accessible(desk)  # type: ignore[arg-type]
    desk.press("Alt+n")
    desk.button("canned").click()
    expect_accessible(desk)  # type: ignore[arg-type]
    desk.press("Escape")
    for opener in ("transfer", "ticket", "close", "settings"):
        desk.button(opener).click()
        expect(desk.dialog).to_be_visible()
        expect_accessible(desk)  # type: ignore[arg-type]
        desk.shoot(opener)
        desk.press("Escape")
    desk.row("Maya").click()
    expect(desk.button("take")).to_be_visible()
    expect_accessible(desk)  # type: ignore[arg-type]


@pytest.mark.parametrize("size", [
    "desk", "phone", *(pytest.param(size, marks=pytest.mark.long) for size in ("wide", "narrow"))])
def test_it_fits(floor: Floor, console: Enter, size: str) -> None:
    """Whatever was typed; where the case file has no room it can be shown and put away."""
    width, height = SIZES[size]
    desk = console(viewport={"width": width, "height": height})
    fill_desk(floor, desk)
    expect_no_sideways(desk.page.locator("html"))
    expect_no_sideways(desk.story)
    if width < 1180:
        expect(desk.file).to_be_hidden()
        desk.button("case_file").click()
        expect(desk.button("close_dialog")).to_be_focused()
        expect_no_sideways(desk.file)
        desk.shoot("file")
        desk.press("Escape")
        expect(desk.file).to_be_hidden()
        expect(desk.button("case_file")).to_be_focused()
    else:
        expect_no_sideways(desk.file)
    expect(desk.input).to_be_in_viewport()
    expect(desk.button("send")).to_be_in_viewport(ratio=1)


def test_what_people_type_stays_text(floor: Floor, console: Enter) -> None:
    """A name, a question, a page's title, messages, notes, reasons, files, answers that are filled in."""
    visitor = floor.visitor(EVIL, asked=EVIL)
    budi, rina = console("Budi"), console("Rina")
    for desk in (budi, rina):
        expect(desk.row(EVIL)).to_contain_text("{{7*7}}")
    budi.take(EVIL)
    expect(budi.file.get_by_role("blockquote")).to_have_text(EVIL)
    expect(budi.file).to_contain_text("Audio <b>putus</b>")
    visitor.say(EVIL)
    visitor.upload("<b>.pdf", b"%PDF-1.4\n%%EOF")
    budi.say(EVIL)
    budi.write_note(EVIL)
    budi.press("Escape")
    budi.button("mode_say").click()
    budi.page.keyboard.type("/")
    expect(budi.page.get_by_role("listbox")).to_contain_text("<img src=x")
    budi.press("Escape")
    budi.press("Alt+t")
    budi.dialog.get_by_role("radio", name="Rina").check()
    budi.dialog.get_by_role("textbox").fill(EVIL)
    budi.confirm("transfer")
    rina.take(EVIL)
    expect(rina.log.get_by_text(EVIL)).not_to_have_count(0)
    expect(rina.log.get_by_role("link", name="<b>.pdf")).to_have_count(1)
    for desk in (budi, rina):
        assert desk.page.evaluate("window.hacked") is None
        assert desk.page.locator("main img, main script, aside img, nav img").count() == 0


def test_another_language(floor: Floor, console: Enter) -> None:
    """Chosen in the settings; what was begun stays."""
    floor.visitor("Wulan")
    desk = console().take("Wulan")
    desk.input.fill("Sudah mulai")
    desk.button("settings").click()
    desk.dialog.get_by_label(desk.t("set_language")).select_option("en")
    desk.words = words_of("en")
    desk.ready()
    expect(desk.input).to_have_value("Sudah mulai")
    assert desk.page.locator("html").get_attribute("lang") == "en"


def test_each_word_is_used() -> None:
    """And each that is used is there. That each language has each word, `kilat check` says."""
    keys = read_locales(ROOT / "data", "console")["id"]
    code = "".join((CONSOLE / name).read_text(encoding="utf-8") for name in MODULES)
    shared = "".join((ROOT / "widget" / name).read_text(encoding="utf-8") for name in ("dom.js", "i18n.js"))
    built = {prefix for prefix in re.findall(r"t\(`(\w+)_\$\{", code)} | {"error", "did"}
    for key in keys:
        assert re.search(rf"\b{key}\b", code + shared) or key.split("_")[0] in built, f"{key} is used nowhere"
    assert set(re.findall(r"\bt\('(\w+)'", code)) <= set(keys)


@pytest.mark.parametrize("name", MODULES)
def test_no_words_for_people(name: str) -> None:
    """They live in `data/locales`. What has a capital and a space, or ends like a sentence, would be some."""
    lines = (CONSOLE / name).read_text(encoding="utf-8").splitlines()
    code = "\n".join(line for line in lines if not re.match(r"\s*//", line))
    strings = re.findall(r"'([^'\n]*)'", re.sub(r"//.*$", "", code, flags=re.MULTILINE))
    drawn = re.compile(r"^[Mm][\d .\-a-zA-Z,]+$")
    assert [text for text in strings if re.search(r"[A-Z]\w* \w|\w[.!?…]$", text) and not drawn.match(text)] == []


def test_the_sla_status(console: Enter) -> None:
    """Words for each: much left, little left, late, kept, missed."""
    desk = console(lang="en")
    said = desk.page.evaluate("""async () => {
      const { formatDuration, slaStatus } = await import('/agent/console/sla_timers.js');
      const at = (minutes) => new Date(Date.UTC(2026, 0, 1, 0, minutes)).toISOString();
      const now = (minutes) => new Date(at(minutes)).getTime();
      return [
        slaStatus(at(0), at(60), null, now(10)), slaStatus(at(0), at(60), null, now(45)),
        slaStatus(at(0), at(60), null, now(63)), slaStatus(at(0), at(60), at(59)), slaStatus(at(0), at(60), at(61)),
        [5e3, 6e4, 4e6, 1e8].map(formatDuration),
      ];
    }""")
    assert said == [
        {"level": "", "text": "50 min left"}, {"level": "warn", "text": "running out, 15 min left"},
        {"level": "late", "text": "3 min late"}, {"level": "met", "text": "on time"},
        {"level": "late", "text": "late"}, ["5 s", "1 min", "1 h 6 min", "1 d 3 h"]]


def test_a_list_keeps_what_stays(console: Enter) -> None:
    """Elements of what did not change stay the very same, and the focus where it was."""
    desk = console()
    kept = desk.page.evaluate("""async () => {
      const { updateList } = await import('/agent/console/keyed_list.js');
      const list = document.body.appendChild(document.createElement('ul'));
      const items = (...keys) => keys.map((key) => ({ key: key[0], version: key, render: () => {
        const made = document.createElement('li');
        const button = made.appendChild(document.createElement('button'));
        button.textContent = key;
        return made;
      } }));
      updateList(list, items('a', 'b', 'c'));
      const [, b, c] = list.children;
      b.firstChild.focus();
      updateList(list, items('b', 'c', 'd'));
      const same = [list.children[0] === b, list.children[1] === c, document.activeElement.textContent];
      updateList(list, items('c', 'b2'));
      return [...same, list.textContent, document.activeElement.textContent];
    }""")
    assert kept == [True, True, "b", "cb2", "b2"]


@pytest.mark.parametrize(
    "name", ["../widget/app.js", "app.js/..", "locales", "/etc/passwd", "css/../../pyproject.toml", "",
             "locales/xx.js", "locales/es.js"])
def test_nothing_else_is_served(name: str) -> None:
    """Only modules and styles below `console/`, and the words of complete languages."""
    data = ROOT / "data"
    assert served(name, data) is None
    assert all(served(f"css/{style}.css", data) for style in STYLES) and served("app.js", data)
    assert all(served(f"locales/{language}.js", data) for language in COMPLETE)


@EACH_LANGUAGE
def test_a_title_passes_for_no_link(floor: Floor, console: Enter, lang: str) -> None:
    """The visitor's page says what it likes: its address is shown, marked, and leads nowhere; the title is text."""
    desk = console(lang=lang)
    sari = floor.visitor("Sari")
    lure = {"url": "https://evil.example/login", "title": "Session expired, sign in again"}
    desk.take("Sari")
    sari.send("page", page=lure)
    expect(desk.file).to_contain_text("evil.example/login")
    expect(desk.file).to_contain_text(desk.t("page_foreign"))
    expect(desk.file.get_by_role("link", name=re.compile("expired|evil"))).to_have_count(0)
    expect(desk.file.get_by_text(lure["title"], exact=True)).to_be_visible()
    desk.shoot("page-foreign")
    sari.send("page", page={"url": f"{floor.base}/articles/phone", "title": "Phone"})
    expect(desk.file.get_by_role("link", name=re.compile("articles.phone"))).to_be_visible()
    desk.shoot("page-own")
