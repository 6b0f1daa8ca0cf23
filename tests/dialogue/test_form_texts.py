"""What people call their troubles, through the real model: a form takes it, whatever words it holds."""

from __future__ import annotations

from uuid import uuid4

import pytest
from live_bot import LiveBot

TEXTS = [
    "Meeting was cancelled by itself", "Cancel my plan", "Never mind button missing", "Batalkan rapat gagal",
    "Tidak bisa batalkan langganan", "Tidak jadi masuk ruang tunggu", "E-mail not delivered",
    "Change of e-mail address", "Wrong priority shown", "Ubah email akun gagal", "Email verifikasi tidak masuk",
    "Edit profile broken", "Gagal mengubah nama profil", "Pas saya ubah prioritas jadi P1 muncul error",
    "Wrong e-mail, it should be right@example.com on my invoice", "Tombol batal ga bisa diklik",
    "webinar kebatalin otomatis",
    "Aplikasi berhenti sendiri", "Ganti foto profil gagal", "cancle buton not working", "Forgot my password"]


@pytest.mark.parametrize("text", TEXTS)
def test_subject_and_description(live_bot: LiveBot, text: str) -> None:
    """Both are as typed, and the address is the one that was asked for."""
    sender = f"text-{uuid4().hex}"
    for typed in ("create a ticket", text, text, "o'brien@example.com"):
        said = live_bot.say(sender, typed)
    for typed in ("one feature", "yes"):
        if text not in said.text:
            said = live_bot.say(sender, typed)
    assert said.text.count(text) == 2 and "o'brien@example.com" in said.text, said.text
