"""Which passwords are refused, in both languages and in the disguises that people know."""

from __future__ import annotations

from typing import Any

import pytest
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from bot.adapters import password_rules
from bot.adapters.password_hashing import SHORTEST
from bot.adapters.password_rules import JUDGED, WINDOW, PasswordRules, Weakness, read_rules
from bot.settings import ROOT

ABOUT = ("sari@example.com", "Sari Wulandari")


@pytest.fixture(scope="module")
def rules() -> PasswordRules:
    """The rules with the words that Kilat ships."""
    return read_rules(ROOT / "data")


@pytest.mark.parametrize("password", [
    "sepuluh gajah biru", "another long one", "correct horse battery", "kucing makan ikan tuna", "k$8!2)x&Qz7#",
    "Tr0ub4dor&3xyzk", "meja lampu sungai ketela", "kX7pQ2mZ9vLb", "ikan-payung-gerbang-salju", "шесть синих слонов",
    "correct horse battery staple " * 20])
def test_what_will_do(rules: PasswordRules, password: str) -> None:
    """Some words that have nothing to do with each other, or what a password manager makes."""
    assert rules.weakness(password, ABOUT) is None


@pytest.mark.parametrize("password", [
    "123456789012", "987654321098", "passwordpassword", "p-a-s-s-w-o-r-d-1", "ｐａｓｓｗｏｒｄ１２３４",
    "Password12345!", "P@ssw0rd1234!", "drowssapdrowssap", "qwertyuiopasdf", "asdfghjkl;'12", "1q2w3e4r5t6y",
    "zaq12wsxcde3", "iloveyou12345", "admin@123456", "Administrator1", "Welcome@2024!", "01011990010119",
    "aaaaaaaaaaaaaaa", "abcabcabcabcabc", "abc" * 300, "ﷺ" * 200, "bismillah12345", "sayangku12345", "rahasia123456",
    "indonesia12345", "Jakarta2024!!!", "Januari2024!!", "kucingkucingkucing", "katasandi2024", "kilatkilatkilat",
    "helpdesk12345", "            ", "\t" * 12], ids=ascii)
def test_what_others_try_first(rules: PasswordRules, password: str) -> None:
    """Words of the lists, patterns, repetitions; in other letters, with signs between, backwards."""
    assert rules.weakness(password, ABOUT) is Weakness.COMMON


def test_no_leaked_password_of_the_list(rules: PasswordRules) -> None:
    """Every one that is long enough, as it stands there, or in capitals."""
    leaked = [password for password in FREQUENCY_LISTS["passwords"] if len(password) >= SHORTEST]
    assert len(leaked) > 200
    assert [one for one in leaked if rules.weakness(one) is None or rules.weakness(one.upper()) is None] == []


@pytest.mark.parametrize("password", [
    "sari@example.com", "SARI@example.com", "sari@example.com1", "1!sari@example.com2024",
    "sariwulandari1", "Sari Wulandari!", "wulandari2024!", "irasiradnaluw"])
def test_what_tells_whose_it_is(rules: PasswordRules, password: str) -> None:
    """The login and the name, in any order."""
    assert rules.weakness(password, ABOUT) is Weakness.PERSONAL


@pytest.mark.parametrize(("password", "weakness"), [
    ("", Weakness.SHORT), ("kX7pQ2mZ9vL", Weakness.SHORT), ("kX7pQ2mZ9vLb" * 100, Weakness.LONG)])
def test_lengths(rules: PasswordRules, password: str, weakness: Weakness) -> None:
    """Twelve signs at least."""
    assert rules.weakness(password) is weakness


@pytest.mark.parametrize("password", ["4@8({[<369&#!1/|0$5+7%2zx" * 40, "ﷺa1 " * 250, "a" * 999 + "b", "1! " * 300])
def test_little_is_judged(rules: PasswordRules, password: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """zxcvbn's work grows fast with what it reads: a few short pieces, however long the password."""
    read: list[str] = []

    def watching(text: str, words: list[str]) -> dict[str, Any]:
        read.append(text)
        return {"guesses_log10": 0.0}

    monkeypatch.setattr(password_rules, "zxcvbn", watching)
    rules.weakness(password, ABOUT)
    assert len(read) <= 8 and max(map(len, read), default=0) <= WINDOW < JUDGED
