"""Where a form waits for free text, only a message that is nothing but a command is one; all else is the text."""

from __future__ import annotations

import pytest
from steps import steps

from bot.adapters.wording_reader import read_wording
from bot.services.dialogue import form as forms
from bot.services.dialogue import form_interruptions, form_steps
from bot.services.dialogue.form import TICKET, Form
from bot.services.dialogue.intent_kinds import is_question
from bot.services.dialogue.turn import Turn
from bot.settings import ROOT

# What troubles are called that hold words of a form: what a classifier makes of them must not count.
WORDING = read_wording(ROOT / "data")
TEXTS = [
    "Meeting was cancelled by itself", "Cancel my plan", "Never mind button missing", "Batalkan rapat gagal",
    "Tidak bisa batalkan langganan", "Tidak jadi masuk ruang tunggu", "E-mail not delivered",
    "Change of e-mail address", "Wrong priority shown", "Ubah email akun gagal", "Email verifikasi tidak masuk",
    "Edit profile broken", "Gagal mengubah nama profil", "Wrong e-mail, it should be right@example.com on my invoice",
    "Pas saya ubah prioritas jadi P1 muncul error", "Cancel button does nothing", "cancle buton not working",
    "Can't cancel a recurring meeting", "“Cancel” is greyed out", "Stop recording fails",
    "Exit full screen crashes the app", "Quit dialog freezes", "I can't leave the meeting", "Forgot my password",
    "Drop in audio quality", "Discarded messages come back", "Host can't stop the share",
    "meeting cancelled, who did it", "webinar got canceled automatically", "the update was aborted",
    "Unsubscribe link broken", "Subject line of invitations is wrong", "Title of the webinar can't be edited",
    "Description field cuts off", "Priority support not answering", "Edited recordings disappear", "Fix my audio",
    "Update failed with error 5003", "Change host fails", "wrong name shown in meetings", "Typo in my display name",
    "Back button closes the app", "E-mail me@example.com never gets the link", "Rapat dibatalkan sendiri",
    "rapat saya ke-cancel otomatis", "Tombol batal ga bisa diklik", "btalkan rapat eror terus",
    "Ga jadi masuk padahal udah diterima host", "Nggak jadi terus pas mau join", "Keluar sendiri dari rapat",
    "Aplikasi berhenti sendiri", "stop video nya ga jalan", "Rekaman berhenti di tengah", "Lupa kata sandi",
    "Ganti foto profil gagal", "ganti background malah error", "Ubah bahasa tidak tersimpan",
    "Edit rapat gagal disimpan", "Judul rapat tidak muncul", "judul undangannya salah terus",
    "Deskripsi webinar hilang", "Salah nama di sertifikat", "Email undangan masuk spam", "emailnya ga sampai2",
    "Alamat email saya di akun salah eja", "Prioritas tiket saya turun sendiri", "Prio salah tampil di portal",
    "Batal upgrade tapi tetap ditagih", "'Batal' muncul terus di layar", "ga bisa batal ikut webinar",
    "cancel terus pas upload rekaman min", "kirim ulang email verifikasi ke budi@example.com gagal",
    "P1 semua orang tidak bisa batal join", "No se puede cancelar la reunión", "Cambiar de correo da error",
    "La prioridad sale mal"]
WORST = ("cancel", "change_answer", "create_ticket", "deny", "affirm", "out_of_scope", "nlu_fallback", "follow_up")
COMMANDS = [
    "batal", "Batal!", "batalin aja deh kak", "cancel", "cancel it please", "CANCEL", "nggak jadi deh",
    "ga jadi, makasih", "never mind", "nvm", "forget it, cancel the ticket", "eh ga jadi deh", "batalkan tiketnya",
    "stop", "udahan aja ah", "cancel aja kak", "gajadi", "tidak jadi", "nggak usah deh", "bataaal",
    "cancel the ticket, thanks", "quiero cancelar", "sorry, never mind", "mau batal aja", "lupain aja", "exit",
    "saya berubah pikiran", "batal ya 🙏", "skip aja", "tutup formnya", "close the form", "eh salah, batal ajaa",
    "wes ora sido", "i no longer need this", "I don't want to make a ticket anymore", "close"]
SLIPS = ["batlkan", "cancell it", "cnacel", "batalkna", "nevermimd", "gajdi deh", "cacnel please"]


def _advance(form: Form, text: str, intent: str, entities: tuple[tuple[str, str], ...] = ()) -> form_steps.Step | None:
    turn = Turn("c", text, intent, {intent: 1.0}, entities, is_question=is_question(intent, WORDING))
    return form_steps.advance(form, turn, WORDING.cues.find(text))


def _asks(field: str) -> Form:
    before = {"subject": "Suara"} if field == "description" else {}
    return forms.ask_next({"kind": TICKET, "key": "k", **before})


@pytest.mark.parametrize("field", ["subject", "description"])
@pytest.mark.parametrize("text", TEXTS)
def test_the_text_is_the_value(field: str, text: str) -> None:
    """Whatever it holds; and nothing else is taken out of it."""
    entities = (("field", "email"), ("field", "subject"), ("priority", "p1"), ("email", "right@example.com"))
    for intent in WORST:
        step = _advance(_asks(field), text, intent, entities)
        assert step and step.form and step.complaint is None, intent
        assert step.form[field] == text, intent
        assert not {"email", "priority"} & set(step.form), intent


@pytest.mark.parametrize("field", ["subject", "description"])
@pytest.mark.parametrize("text", COMMANDS)
def test_a_command_alone_cancels(field: str, text: str) -> None:
    """Whatever a classifier makes of it."""
    for intent in WORST:
        assert _advance(_asks(field), text, intent) == form_steps.Step(None, "utter_ticket_cancelled"), intent


@pytest.mark.parametrize("text", SLIPS)
def test_a_command_with_a_slip(text: str) -> None:
    """Cancels where the classifier takes it for that, too; else it is the text."""
    assert _advance(_asks("description"), text, "cancel") == form_steps.Step(None, "utter_ticket_cancelled")
    step = _advance(_asks("description"), text, "out_of_scope")
    assert step and step.form and step.form["description"] == text


@pytest.mark.parametrize("text", [
    "ubah judul", "ganti judulnya dong", "judulnya salah", "change the title", "wrong title", "edit subject please",
    "cambiar el asunto", "eh mau ganti judul dulu", "typo judulnya", "fix the subject"])
def test_a_field_that_was_given_is_changed(text: str) -> None:
    """At the description the subject can be; at the subject nothing can."""
    step = _advance(_asks("description"), text, "nlu_fallback")
    assert step and step.form and step.form["asked"] == "subject" and "subject" not in step.form
    step = _advance(_asks("subject"), text, "change_answer")
    assert step and step.form and step.form["subject"] == text


@pytest.mark.parametrize("text", [
    "ubah email", "wrong e-mail", "prioritasnya salah", "change the priority", "ganti email dong"])
def test_a_field_without_a_value_is_the_text(text: str) -> None:
    """There is nothing to change in it."""
    step = _advance(_asks("description"), text, "change_answer", (("field", "email"),))
    assert step and step.form and step.form["description"] == text


def test_a_question_once_more_is_the_text() -> None:
    """And so is the wish for a person: asked twice word by word, it was meant for the ticket."""
    cues = WORDING.cues.find("Why is the phone line for Japan dead?")
    turn = Turn("c", "Why is the phone line for Japan dead?", "phone_number", {"phone_number": 1.0}, is_question=True)
    assert form_steps.advance(_asks("subject"), turn, cues) is None
    again = Turn("c", turn.text, turn.intent, turn.ranking, history=("halo", turn.text), is_question=True)
    step = form_steps.advance(_asks("subject"), again, cues)
    assert step and step.form and step.form["subject"] == turn.text
    person = Turn("c", "Agent not answering", "talk_to_human", {"talk_to_human": 1.0})
    assert form_interruptions.wants_person(_asks("subject"), person)
    assert not form_interruptions.wants_person(
        _asks("subject"), Turn("c", person.text, person.intent, history=(person.text,)))
    assert form_interruptions.wants_person(forms.ask_next({**_asks("description"), "description": "x"}), person)


@pytest.mark.parametrize("hostile", [
    "batal ", "cancel", "ga ", "never ", "e-mail ", "x@", "a@b ", "never mind ", "-", "’", "aaa"])
def test_the_work_grows_with_the_text(hostile: str) -> None:
    """Four times the text, no more than about four times the steps."""
    few, many = (steps(lambda text=hostile * n: WORDING.cues._commands["only_cancel"].slips_in(text))  # type: ignore[misc]
                 for n in (100, 400))
    assert many <= 6 * few + 2000
