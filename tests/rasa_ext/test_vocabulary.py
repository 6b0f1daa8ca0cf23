"""The words of `data/vocabulary`, found in both languages and in spite of slips."""

from __future__ import annotations

import pytest
from ruamel.yaml import YAML

from bot.rasa_ext.vocabulary import VocabularyFinder, as_rasa, read_vocabulary
from bot.settings import ROOT

# Everyday words of the training data, as `VocabularyExtractor` collects them, where a slip would be seen in them.
KNOWN_WORDS = ["telepon", "phone", "member", "status", "internal", "business", "sekarang", "masalah"]


@pytest.fixture(scope="module")
def finder() -> VocabularyFinder:
    """The finder with the real vocabulary."""
    return VocabularyFinder(read_vocabulary(ROOT / "data" / "vocabulary"), KNOWN_WORDS)


def _values(finder: VocabularyFinder, text: str, kind: str) -> list[str]:
    return list(dict.fromkeys(item.value for item in finder.find(text) if item.entity == kind))


@pytest.mark.parametrize(("text", "codes"), [
    ("nomor telepon Jepang?", ["JP"]), ("support number for Japan", ["JP"]), ("nmr jepng", ["JP"]),
    ("Australia", ["AU"]), ("Austria", ["AT"]), ("nomor asutria", ["AT"]), ("Austria, bukan Australia", ["AT"]),
    ("Australia, no, Austria", ["AU", "AT"]), ("astralia", ["AU"]), ("from Sydney", ["AU"]), ("lagi di wina", ["AT"]),
    ("amrik", ["US"]), ("nomor Inggris", ["GB"]), ("the UK and Germany", ["GB", "DE"]),
    ("JERMAN dan PRANCIS", ["DE", "FR"]), ("selandia baru", ["NZ"]), ("New Zeland", ["NZ"]), ("Hong Kong", ["HK"]),
    ("call from Paris", ["FR"]), ("nomor indonesia ada?", ["ID"]), ("Is there a line in Kenya?", ["KE"]),
    ("filipina", ["PH"]), ("singapur", ["SG"]), ("bisa bahasa inggris?", []), ("in english please", []),
    ("pakai bahasa Indonesia aja", []), ("status saya", []), ("masalah internal", []), ("call us", []),
    # By Unicode CLDR, with and without accents: a language without a list. What the list left out stays out.
    ("¿hay número en Perú?", ["PE"]), ("soporte en Sudáfrica", ["ZA"]), ("y en sudafrica?", ["ZA"]), ("Japón", ["JP"]),
    ("no puedo entrar a la reunión", []), ("cuba tanya", [])])
def test_countries(finder: VocabularyFinder, text: str, codes: list[str]) -> None:
    """Names, cities, abbreviations, slips; a language's name is no country."""
    assert _values(finder, text, "country") == codes


@pytest.mark.parametrize(("text", "language"), [
    ("bisa bahasa inggris?", "en"), ("in English please", "en"), ("pakai bahasa Indonesia aja", "id"),
    ("switch to Indonesian", "id"), ("nomor Inggris", None)])
def test_target_languages(finder: VocabularyFinder, text: str, language: str | None) -> None:
    """The language somebody wants to go on in."""
    assert _values(finder, text, "target_language") == ([language] if language else [])


@pytest.mark.parametrize(("text", "plans"), [
    ("paket Premier", ["premier"]), ("premier+", ["premier_plus"]), ("Premier +", ["premier_plus"]),
    ("premier plus", ["premier_plus"]), ("primier plus dong", ["premier_plus"]), ("premire", ["premier"]),
    ("beda premier dan premier+", ["premier", "premier_plus"]), ("the Premier Plus plan", ["premier_plus"]),
    ("paket akses", ["access"]), ("Access plan", ["access"]), ("Akses", ["access"]), ("kalau Akses gimana", ["access"]),
    ("apa beda Akses dan Premier", ["access", "premier"]), ("access vs premier", ["access", "premier"]),
    ("akses, premier, premier+ bedanya apa", ["access", "premier", "premier_plus"]),
    ("apa beda akses, premier", ["access", "premier"]), ("access/premier+ differences", ["access", "premier_plus"]),
    ("mau upgrade akses ke premier", ["access", "premier"]), ("access to premier+", ["access", "premier_plus"]),
    ("tidak bisa akses, kenapa?", []), ("saya tidak bisa akses rapat", []), ("i can't access my meeting", []),
    ("AKUN SAYA TIDAK BISA AKSES", []), ("bukan premier tapi premier plus", ["premier_plus"]),
    ("Premier, not Premier+", ["premier"]), ("instead of Premier, Premier+", ["premier_plus"]),
    ("bukan akses atau premier, tapi premier plus", ["premier_plus"]), ("bukan premier", ["premier"])])
def test_plans(finder: VocabularyFinder, text: str, plans: list[str]) -> None:
    """Every spelling; the everyday verb "akses" is no plan; a denied plan counts only when it stands alone."""
    assert _values(finder, text, "plan") == plans


@pytest.mark.parametrize(("text", "kind", "values"), [
    ("akun bisnis", "account_type", ["business"]), ("my school", "account_type", ["education"]),
    ("akun gratisan", "account_type", ["basic"]), ("enterprize account", "account_type", ["enterprise"]),
    ("bukan pro tapi business", "account_type", ["business"]), ("saya admin", "role", ["admin"]),
    ("an owner of a Pro account", "role", ["owner"]), ("anggota biasa", "role", ["member"]),
    ("berlisensi", "licensed", ["yes"]), ("tidak berlisensi", "licensed", ["no"]),
    ("member ga punya lisensi", "licensed", ["no"]), ("I don't have a license", "licensed", ["no"]),
    ("licenced member", "licensed", ["yes"]), ("P1", "priority", ["p1"]), ("prioritas 2", "priority", ["p2"]),
    ("P1 vs P3", "priority", ["p1", "p3"]), ("bukan p1 tapi p2", "priority", ["p2"]),
    ("live chat", "channel", ["live_chat"]), ("tagihan", "channel", ["billing"]),
    ("zoom community", "channel", ["community"]),
    ("surel saya a.b+c@example.co.id ya", "email", ["a.b+c@example.co.id"]), ("budi at gmail", "email", [])])
def test_other_kinds(finder: VocabularyFinder, text: str, kind: str, values: list[str]) -> None:
    """Account types, roles, licences, priorities, channels, addresses."""
    assert _values(finder, text, kind) == values


def test_the_domain_knows_every_kind() -> None:
    """Rasa warns at each message of an entity that its domain does not list."""
    entities = {name for entry in YAML(typ="safe").load(ROOT / "domain.yml")["entities"] for name in entry}
    assert set(read_vocabulary(ROOT / "data" / "vocabulary")) <= entities


def test_offsets(finder: VocabularyFinder) -> None:
    """`start` and `end` mark the words in the text as it was written."""
    text = "Nomor  JEPANG, buat premier+ dong"
    for item in map(as_rasa, finder.find(text)):
        assert text[item["start"]:item["end"]] in ("JEPANG", "premier+", "Nomor  JEPANG")
