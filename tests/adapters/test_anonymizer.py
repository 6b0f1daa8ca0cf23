"""What is kept to learn from tells nobody who wrote it: with the real words of `data/patterns/personal_data.yml`."""

from __future__ import annotations

import pytest

from bot.adapters.anonymizer import read_anonymizer
from bot.core.privacy import Anonymizer
from bot.settings import ROOT


@pytest.fixture(scope="module")
def anonymizer() -> Anonymizer:
    """With the words of every language."""
    return read_anonymizer(ROOT / "data")


@pytest.mark.parametrize(("text", "kept"), [
    ("Halo, nama saya Budi Santoso, admin di sini. Nomor Jepang?",
     "Halo, nama saya [name], admin di sini. Nomor Jepang?"),
    ("nama saya budi dan saya mau tanya jam buka", "nama saya [name] dan saya mau tanya jam buka"),
    ("Perkenalkan saya Dewi Lestari Putri dari Medan", "Perkenalkan saya [name] dari Medan"),
    ("namaku: Sari", "namaku: [name]"),
    ("my name is Sarah O'Neil and I need help", "my name is [name] and I need help"),
    ("Regards, Dewi", "Regards, [name]"),
    ("Hola, me llamo Carmen Ruiz y necesito ayuda", "Hola, me llamo [name] y necesito ayuda"),
    ("mi contraseña es Gato2024", "mi contraseña es [secret]"), ("tanya @budi_s aja", "tanya [name] aja"),
    ("password saya rahasia123 kok salah", "password saya [secret] kok salah"),
    ("password:hunter2", "password:[secret]"), ("kata sandinya adalah Kopi!Pahit", "kata sandinya adalah [secret]"),
    ("kode otp 4821 gak masuk", "kode otp [secret] gak masuk"),
    ("buka https://zoom.us/j/812?pwd=aBc deh", "buka [link] deh"),
    ("lahir 12/05/1990, tulis ke sari@example.com atau 0812 3456 7890",
     "lahir [date], tulis ke [e-mail] atau [number]"),
    ("rekaman 12/05/2026 hilang", "rekaman 12/05/2026 hilang"),
    ("buka https://status.zoom.us/ deh", "buka https://status.zoom.us/ deh"),
    ("-----BEGIN " + "PRIVATE KEY-----\nMIIEv\n-----END " + "PRIVATE KEY-----", "[key]")])
def test_hidden(anonymizer: Anonymizer, text: str, kept: str) -> None:
    """Names, secrets, links, dates, addresses, numbers."""
    assert anonymizer.hide(text) == kept


@pytest.mark.parametrize("text", [
    "nama saya apa yang muncul di meeting?", "lupa password gimana caranya", "my password doesn't work",
    "password saya salah", "token is invalid", "host key saya hilang", "P1 berapa jam, 24/7?",
    "nomor telepon Jepang ext 2", "what is the name of the plan?", "olvidé mi contraseña, ¿qué hago?"])
def test_left_alone(anonymizer: Anonymizer, text: str) -> None:
    """What tells nothing of anybody stays as it was asked."""
    assert anonymizer.hide(text) == text


def test_what_the_visitor_is_called(anonymizer: Anonymizer) -> None:
    """By their sign-in: whole and in parts, in any case, but as words only."""
    said = "budi di sini, BUDI SANTOSO, santoso; budiman; akun u-4711, bsantoso"
    known = ["Budi Santoso", "u-4711", "bsantoso@example.com", "bsantoso", "B"]
    assert anonymizer.hide(said, known) == "[name] di sini, [name], [name]; budiman; akun [name], [name]"


@pytest.mark.parametrize("unit", ["password ", "nama saya ", "a", "password saya ", "1 ", "@", "is = ", "[e-mail] "])
def test_long_texts(anonymizer: Anonymizer, unit: str) -> None:
    """As long as a text may be, and of a kind that expressions dislike: it comes to an end."""
    assert anonymizer.hide(unit * (2000 // len(unit)), ["a", "Ada Lovelace"])
