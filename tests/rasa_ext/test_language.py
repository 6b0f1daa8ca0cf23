"""The language of a message: Indonesian, English, or not to be told."""

from __future__ import annotations

from collections import Counter

import pytest
from ruamel.yaml import YAML

from bot.languages import LANGUAGES
from bot.rasa_ext.language import MessageLanguageDetector
from bot.settings import ROOT

WORDS = ROOT / "data" / "vocabulary" / "language.yml"


@pytest.fixture(scope="module")
def detector() -> MessageLanguageDetector:
    """The detector with the real words."""
    return MessageLanguageDetector.from_file(WORDS)


INDONESIAN = [
    "Berapa nomor telepon dukungan di Jepang?", "brp lama p1 dibales", "gmn cara bikin tiket",
    "saya mau bicara dengan agen", "nmr telp jepang", "Apakah anggota berlisensi bisa menelepon?",
    "kalo premier gimana?", "halo", "terima kasih banyak",
    "Mohon informasi mengenai waktu pemulihan untuk gangguan besar.", "BERAPA LAMA P2 DIBALAS", "nomor jepang"]
ENGLISH = [
    "What is the support number in Japan?", "how long does P1 take", "i want to talk to an agent", "hello",
    "who can call", "Can licensed members phone support?", "what about premier?", "thank you very much",
    "gimme the number 4 france", "WHAT IS THE RESPONSE TIME", "I'd like to open a ticket", "it doesn’t work"]
# A language whose words are data alone.
SPANISH = [
    "ya no quiero estar viva", "ya no funciona", "ya estoy harta", "¿Cuál es el teléfono?",
    "necesito hablar con alguien", "cuanto tardan en contestar un P1", "no puedo entrar",
    "y para los administradores?", "Buenos días", "soporte en Chile", "gracias"]
# Kilat speaks none of them, and Spanish words in them do not make it Spanish.
NEIGHBOURS = [
    "vocês atendem nos fins de semana?", "não consigo entrar na reunião", "vorrei parlare con un operatore",
    "quanto costa il piano?", "je voudrais parler à un conseiller"]
# The nouns are English, the sentence is Indonesian (and the other way round).
MIXED = [
    ("response time P2 berapa lama sih", "id"), ("support number buat Jepang ada gak?", "id"),
    ("gue mau open ticket dong", "id"), ("licensed member boleh call support ga", "id"),
    ("whats the nomor telepon for Melbourne", "en"), ("can I get a tiket for this", "en")]
# English nouns alone are English; beside anything Indonesian they are an Indonesian speaker's.
SHORT = [
    ("SG hotline?", "en"), ("P1 response time?", "en"), ("billing contact", "en"), ("vietnam hotline", "en"),
    ("Premier price?", "en"), ("who premier", "en"), ("new ticket", "en"), ("premier+ details", "en"),
    ("response time P1 berapa", "id"), ("hotline Jepang", "id"), ("max waiting time prioritas 3", "id"),
    ("support number jepang", "id"), ("zoom down sekantor", "id"), ("daftar hotline internasional", "id")]
NEUTRAL = [
    "P1", "ok", "P1 vs P2", "👍", "???", "", "   ", "123 456", "Zoom", "https://example.com/what-is-this",
    "thx", "ok thx", "meeting", "link meeting error", "chat", "premier", "ticket", "host key", "host key error"]
# An address once flipped a form to English. Only the address is left out.
ADDRESSES = ["sari@example.com", "this.is.me@what.example.co.id", "budi.dan.siti@contoh.example"]
BESIDE_ADDRESSES = [("email saya what.is@example.com ya", "id"), ("my address is apa.itu@example.com", "en")]
NAMES = [("Hong Kong?", None), ("Premier+", None), ("Frankfurt", None), ("Jepang?", "id"), ("New Zealand", "en"),
         ("Swiss?", None)]


@pytest.mark.parametrize(("text", "language"), [
    *((text, "id") for text in INDONESIAN), *((text, "en") for text in ENGLISH), *((text, "es") for text in SPANISH),
    *MIXED, *SHORT, *BESIDE_ADDRESSES, *((text, None) for text in (*NEUTRAL, *ADDRESSES, *NEIGHBOURS))])
def test_the_language_of_a_message(detector: MessageLanguageDetector, text: str, language: str | None) -> None:
    """Formal, chat, shortened or loud: function words decide; too little to tell leaves the conversation its own."""
    assert detector.detect(text) == language


@pytest.mark.parametrize(("text", "language"), NAMES)
def test_names_tell_nothing_by_their_letters(detector: MessageLanguageDetector, text: str,
                                             language: str | None) -> None:
    """Names that the vocabulary found tell only where they are listed as words of one language."""
    assert detector.detect(text, [(0, len(text.rstrip("?")))]) == language


def test_each_word_says_one_thing() -> None:
    """A word of two lists would tell a language where it should tell none, as "thx" did. The languages that Kilat does
    not speak may share words with their neighbours. "Ya" says something in Spanish, too, and counts for both."""
    lists = YAML(typ="safe").load(WORDS)
    spoken = [lists[language] for language in LANGUAGES]
    words = [*lists["neutral"], *(word for tiers in spoken for tier in tiers.values() for word in tier)]
    assert [word for word, count in Counter(words).items() if count > 1] == ["ya"]


def test_a_name_is_no_spanish(detector: MessageLanguageDetector) -> None:
    """Words inside of a name that the vocabulary found."""
    text = "nomor support Rio de Janeiro"
    assert detector.detect(text, [(14, 28)]) == "id"
