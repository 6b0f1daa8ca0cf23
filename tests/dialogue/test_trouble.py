"""People in trouble, in words that no training line has: a kind answer, and a way to people."""

from __future__ import annotations

from uuid import uuid4

import pytest
from live_bot import LiveBot

SAID = {
    "self_harm": ["rasanya pengen nyusul almarhum ibu aja, ga mau hidup", "i have nothing left to live for",
                  "gw mau gantung diri", "no quiero seguir viviendo", "she texted that she'll take her own life",
                  "suami saya ngancem bunuh diri", "my neighbour wants to kill himself"],
    "danger": ["ada orang cabul di rapat sekolah kami", "my stalker keeps joining our calls",
               "dia ngancem bakal nyakitin keluarga saya", "kids saw pornography in the zoom class",
               "saya diperas pakai rekaman rapat", "nos amenazan en la reunión",
               "suami saya ngancem mau bunuh saya", "my neighbour threatens to kill me"],
    "account_security": ["akun zoom kantor kami kebobolan", "somebody else is using my zoom account",
                         "rekaman rapat rahasia nyebar di twitter", "ada yang nyamar jadi zoom minta password",
                         "alguien me robó la cuenta de zoom"],
    "distress": ["tamat karier saya kalau zoom ga jalan", "omg i'm going to lose my job over this",
                 "please i'm in tears here", "panik, sidang gw 5 menit lagi"],
    "privacy": ["tolong hapus obrolan barusan", "remove all my personal data please", "chat ini disimpen ga sih",
                "I'd like to download our chat", "borren mis datos personales"]}
# Words of the same kind that are none of it.
OTHERS = [
    "I don't want to be connected to an agent", "jangan dioper ke orang ya", "berapa jam respon P1",
    "kill yourself", "zoom mati total sekantor", "hapus akun zoom saya", "instagram gue dihack",
    "emergency number in italy", "layar mati", "audio mati semua", "mikrofonnya mati melulu",
    "hp mati kalau buka zoom", "the app dies every time", "meeting mati sendiri", "zoom mati lagi mati lagi",
    "hapus rekaman lama", "threat scan blocks the installer", "this lag kills our meetings",
    "rekaman rapat saya hilang", "cara hapus pesan di chat rapat", "mic gue mati",
    # Of a family, and nobody is in danger.
    "anak saya gak bisa masuk kelas zoom", "anak gue ga bisa join sekolah online", "rekaman kelas anak saya hilang",
    "anak saya disuruh masukin kode terus", "my kid can't join her class", "suami saya ga bisa login zoom",
    "mi hijo no puede entrar a la clase", "orang tua murid ga bisa masuk rapat", "my son has no camera in his class",
    "keponakan saya ga bisa ikut kelas online", "my wife can't find the meeting link", "I give up", "I want out"]


@pytest.mark.parametrize("intent", SAID)
def test_heard(live_bot: LiveBot, intent: str) -> None:
    """By one answer for each kind, with a way on."""
    for text in SAID[intent]:
        said = live_bot.say(f"trouble-{uuid4().hex}", text)
        assert said.intent == intent, f"{text}: {said.ranking[:3]}"
        assert any(message.get("buttons") for message in said.messages)


@pytest.mark.parametrize("text", OTHERS)
def test_not_overheard(live_bot: LiveBot, text: str) -> None:
    """Neither a trouble of people nor a wish for a person."""
    said = live_bot.say(f"other-{uuid4().hex}", text, "premier:admin:business")
    assert said.intent not in (*SAID, "talk_to_human") and said.route is None, f"{said.ranking[:3]}"


@pytest.mark.parametrize("text", [
    "may I speak with a colleague of yours for a minute", "call me back please, 0813 9999 0000",
    "dibalas orang dong jangan otomatis"])
def test_a_wish_for_a_person_said_otherwise(live_bot: LiveBot, text: str) -> None:
    """Indirect ones, too."""
    assert live_bot.say(f"wish-{uuid4().hex}", text, "premier:admin:business").route == "agent_queue_tier2"
