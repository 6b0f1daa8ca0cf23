"""Classifies each column of each table by the personal data in it. A test fails for a column that is missing here."""

from __future__ import annotations

from enum import Enum


class Holds(Enum):
    """The personal data in a column."""

    PERSON = "what a visitor said or is, or what others said of the visitor"
    ABOUT = "circumstances, such as a time; harmless alone, deleted with the row"
    SECRET = "a key; deleted with the row, never exported"
    AGENT = "data of agents, not of visitors"
    NOTHING = "no personal data"


_P, _A, _S, _G, _N = Holds

# The tables with data of visitors, and the column with the conversation to which a row belongs.
OWNED_BY = {
    "conversation": "id", "conversation_key": "conversation", "entry": "conversation", "desk_case": "conversation",
    "desk_note": "conversation", "desk_link": "conversation", "understanding": "conversation",
    "ticket": "conversation",
}

COLUMNS: dict[str, dict[Holds, str]] = {
    "conversation": {
        _P: "claims subject bot_state context",
        _A: "id status lang last_seq asked answered seen created_at updated_at wakes_at agent"},
    "conversation_key": {_S: "key_hash", _A: "conversation"},
    "entry": {_P: "body", _A: "conversation seq client_id author kind at"},
    "desk_case": {
        _P: "file",
        _A: "id conversation state tier priority language created_at agent reserved_for taken_at closed_at outcome "
        "first_response_due_at resolution_due_at first_response_at escalates steps_done next_check_at "
        "entered_at_position agent_was_free guess_seconds told_low told_high"},
    "desk_note": {_P: "body", _A: "id conversation case_id at kind agent client_id"},
    "desk_link": {_P: "ref", _A: "case_id conversation desk relayed is_over"},
    "understanding": {
        _P: "text",
        _A: "conversation seq at lang intent ranking margin nearest model declined doubtful rated settled"},
    "ticket": {
        _P: "subject description email claims context ref cursor",
        _A: "id key conversation priority language created_at is_over"},
    "agent": {
        _G: "id login name role password_hash oidc_subject tiers languages capacity presence seen_at is_active "
        "created_at totp_secret totp_step"},
    "agent_recovery": {_G: "agent code_hash"},
    "agent_session": {_G: "token_hash agent csrf created_at seen_at via address browser"},
    # Hashes of logins and of IP addresses.
    "sign_in_try": {_G: "key login failures locked_until known_until at"},
    "audit": {_G: "id at action actor subject address details"},
    # Outside desks' cursors, which name open cases there until these close, and their agents online.
    "memory": {_N: "name value at"},
    "erasure": {_N: "conversation at links"},
    "figure": {_N: "id day lang name agent value times"},
    "knowledge": {_N: "id revision"},
    "plan_rule": {_N: "id position feature plan who account_types source"},
    "phone_number": {_N: "country position number extension source"},
    "priority": {_N: "key first_response_hours restoration_hours workaround staffed times_source definition_source"},
    "channel": {_N: "key position feature always_open source"},
    "account_type": {_N: "key paid"},
    "label": {_N: "kind key language text"},
}


def columns(table: str, *kinds: Holds) -> list[str]:
    """The columns of `table` that hold one of `kinds`."""
    return [name for kind in kinds for name in COLUMNS[table].get(kind, "").split()]
