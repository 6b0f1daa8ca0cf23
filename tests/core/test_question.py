"""The shape of a question, with the real cues of `data/patterns/question_cues.yml`."""

from __future__ import annotations

import pytest
from ruamel.yaml import YAML

from bot.core.question import CueFinder, Question
from bot.settings import ROOT


@pytest.fixture(scope="module")
def finder() -> CueFinder:
    """The finder with the real cues."""
    cues = YAML(typ="safe").load(ROOT / "data" / "patterns" / "question_cues.yml")["cues"]
    return CueFinder(cues)


def _question(finder: CueFinder, text: str) -> Question:
    return Question("priority", text, cues=finder.find(text))


@pytest.mark.parametrize("text", [
    "Apakah saya bisa menelepon dukungan?", "apakah Premier dapat respons prioritas",
    "Bolehkah anggota berlisensi menelepon?", "bisa telpon ga kalau pake akun pro?", "akun gratis bisa live chat gak",
    "admin access boleh nelpon nggak ya?", "TAM itu cuma buat Premier+ kan?", "P1 dibalas dalam 1 jam, kan?",
    "bener ga P2 pulih 8 jam?", "Premier termasuk eskalasi otomatis?", "di malaysia ada nomor telepon ga min?",
    "emang gue boleh telepon?", "saya member berlisensi, boleh telepon?", "apa saya berhak atas Tingkat 2?",
    "Can I call support?", "Can you tell me if Access includes priority response?", "bisa minta eskalasi ke Tingkat 2?",
    "Does Access include priority response?", "is there a phone line in Japan?", "Are owners allowed to phone?",
    "Hi, can free accounts use live chat?", "So do members get Tier 2?", "I'm on Pro, can I phone?",
    "Premier+ has a TAM, right?", "It's 24 hours for P3, isn't it?", "Do I get a TAM with premier or not",
    "Is it true that P1 is answered within one hour?", "akun saya Premier, can I phone support?",
    "Access bisa telpon support, right?"])
def test_yes_no(finder: CueFinder, text: str) -> None:
    """These want a yes or a no."""
    assert _question(finder, text).yes_no


@pytest.mark.parametrize("text", [
    "Berapa lama P1 dibalas?", "siapa yang boleh menelepon?", "siapa aja yang bisa chat sama agen?",
    "apa saja yang didapat Premier?", "Apa itu TAM?", "apa bedanya premier sama premier plus",
    "nomor telepon Jepang berapa?", "gimana cara bikin tiket", "paket mana yang ada TAM-nya?",
    "kapan saya bisa dihubungi?", "tolong kasih nomor telepon Singapura", "jelaskan perbedaan P2 dan P3",
    "kalau Premier+?", "P1", "terima kasih", "How long until P1 is answered?", "Who can call support?",
    "What does Premier include?", "which plans have a TAM?", "Phone number for Germany?",
    "Could you tell me the phone number for Italy?", "Can you explain P3?",
    "Can you give me the phone number for Italy?", "Could you please list all plans?", "bisa tolong jelaskan P3?",
    "boleh minta nomor telepon Jepang?", "What about Premier+?", "where do I file a ticket",
    "difference between P1 and P2", "berapa first response time buat P2?", "Zoom is down for everyone"])
def test_not_yes_no(finder: CueFinder, text: str) -> None:
    """These want something else."""
    assert not _question(finder, text).yes_no


@pytest.mark.parametrize(("text", "expected"), [
    ("P4 dibalas dalam 8 jam?", True), ("P2 restored in 8 hours?", True), ("Can I call?", True),
    ("kalau Premier+?", False), ("berapa lama P1 dibalas oleh tim?", False), ("P4 dibalas dalam 8 jam", False),
    ("Can you give me the phone number for Italy?", False)])
def test_perhaps_yes_no(finder: CueFinder, text: str, expected: bool) -> None:
    """A whole sentence with a question mark and no question word."""
    assert _question(finder, text).perhaps_yes_no is expected


@pytest.mark.parametrize(("text", "hours"), [
    ("dibalas dalam 8 jam?", 8), ("P1 1jam", 1), ("within 4 hours", 4), ("in 1 hour", 1), ("max 24h", 24), ("2 hrs", 2),
    ("dalam 2 hari", 48), ("within 3 days", 72), ("P3 dibalas sehari?", 24), ("is it answered in a day?", 24),
    ("dibalas sejam", 1), ("less than an hour", 1), ("15 menit", None), ("1000 jam", None), ("P4", None),
    ("nomor +81 120427732", None), ("berapa lama?", None), ("jam berapa buka?", None), ("within 1.5 hours", None),
    ("dalam 2,5 jam", None), ("within half a day", None), ("dalam setengah hari", None), ("in half an hour", None),
    ("an hour and a half", None), ("sehari setengah", None), ("1/2 hari", None), ("once a day", 24)])
def test_hours(finder: CueFinder, text: str, hours: int | None) -> None:
    """A number of hours as the question names it; half hours are no whole number."""
    assert _question(finder, text).hours == hours


@pytest.mark.parametrize(("text", "number"), [
    ("are there 17 countries?", 17), ("ada 2 nomor di Swiss?", 2), ("dua nomor telepon", 2), ("four priorities", 4),
    ("one or two numbers?", None), ("are there ten countries?", 10), ("is it seventeen countries?", 17),
    ("apa ada tujuh belas negara?", 17), ("cuma dua belas negara ya?", 12), ("ada sebelas kanal?", 11),
    ("dua puluh negara", 20), ("twenty lines", 20), ("enam tingkat prioritas", 6), ("dua puluh satu negara", None),
    ("twenty-one countries", None), ("dua ratus negara", None), ("P1", None), ("+65.800.321.1249", None),
    ("nomornya berapa", None)])
def test_number(finder: CueFinder, text: str, number: int | None) -> None:
    """A plain number; levels and telephone numbers are none."""
    assert _question(finder, text).number == number


@pytest.mark.parametrize(("text", "expected"), [
    ("Access nggak dapat respons prioritas, kan?", True), ("Access doesn't include priority response, right?", True),
    ("Premier dapat respons prioritas, kan?", False), ("Apakah Access dapat respons prioritas?", False)])
def test_expects_no(finder: CueFinder, text: str, expected: bool) -> None:
    """A denial that asks to be confirmed."""
    assert _question(finder, text).expects_no is expected


@pytest.mark.parametrize(("text", "expected"), [
    ("saya boleh telepon?", True), ("what can I use?", True), ("bisa telepon ga?", True),
    ("siapa yang boleh telepon?", False), ("can anyone call?", False), ("berapa lama P1 dibalas?", False)])
def test_about_asker(finder: CueFinder, text: str, expected: bool) -> None:
    """Said so, or nobody else is named in a yes/no question."""
    assert _question(finder, text).about_asker is expected


@pytest.mark.parametrize(("text", "cue"), [
    ("Kapan layanan PULIH?", "restoration"), ("kalau  tengah\nmalam gimana", "outside_hours"),
    ("only on weekdays", "only"), ("ada jalan lain ga", "workaround"), ("siap 24x7", "around_the_clock"),
    ("cuma jam kerja aja", "business_hours_only"), ("mana yang lebih cepat", "faster")])
def test_cues(finder: CueFinder, text: str, cue: str) -> None:
    """Capitals and line breaks do not matter."""
    assert cue in finder.find(text)


def test_no_cues(finder: CueFinder) -> None:
    """An empty text has no shape."""
    assert finder.find("") == finder.find(" \n ") == frozenset()
