"""Identity tokens: who is let in, and why the others are not."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bot.adapters.identity_token import GRACE_SECONDS, LARGEST_TOKEN, LEEWAY_SECONDS, sign, verify
from bot.core.customer import ACCOUNT_TYPES, PLANS, ROLES, Customer, Identity
from bot.core.errors import ConfigurationError, IdentityRejected
from bot.settings import Settings

ACCOUNT = {"type": "business", "plan": "premier", "role": "admin", "licensed": True}
RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())


def _claims(**changes: Any) -> dict[str, Any]:
    """Claims that are accepted, with changes; a change to `...` leaves the claim out."""
    now = int(time.time())
    claims = {"sub": "user-1", "aud": "kilat", "iat": now, "exp": now + 60, "account": ACCOUNT, **changes}
    return {name: value for name, value in claims.items() if value is not ...}


def _token(settings: Settings, **changes: Any) -> str:
    return jwt.encode(_claims(**changes), settings.identity_secret, algorithm="HS256")


def _refusal(token: object, settings: Settings) -> str:
    with pytest.raises(IdentityRejected) as refusal:
        verify(token, settings)
    assert str(refusal.value)
    return refusal.value.reason


def _segment(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def test_round_trip_of_every_customer(settings: Settings) -> None:
    """What the shell signs, the door accepts, unchanged."""
    for values in product(PLANS, ACCOUNT_TYPES, ROLES, (True, False)):
        identity = Identity("user-1", Customer(*values), "Ada", "ada@example.com")
        assert verify(sign(identity, settings), settings) == identity


def test_name_and_email_may_be_missing(settings: Settings) -> None:
    """Missing, empty or odd ones count as unknown."""
    bare = Identity("user-1", Customer("access", "pro", "member", False))
    assert verify(sign(bare, settings), settings) == bare
    odd = verify(_token(settings, name="", email=["ada@example.com"]), settings)
    assert (odd.name, odd.email) == (None, None)


def test_expiry(settings: Settings) -> None:
    """Clocks may differ a little, no more."""
    now = int(time.time())
    assert verify(_token(settings, exp=now - LEEWAY_SECONDS // 2), settings)
    assert _refusal(_token(settings, exp=now - LEEWAY_SECONDS - 5), settings) == "expired"
    identity = Identity("user-1", Customer("access", "pro", "member", False))
    assert _refusal(sign(identity, settings, lifetime_seconds=-60), settings) == "expired"


def test_a_wrong_secret(settings: Settings) -> None:
    """Somebody else's signature."""
    assert _refusal(_token(replace(settings, identity_secret="x" * 48)), settings) == "signature"


def test_an_altered_payload(settings: Settings) -> None:
    """The signature covers the claims."""
    header, _, signature = _token(settings).split(".")
    payload = _segment(json.dumps(_claims(sub="root")).encode())
    assert _refusal(f"{header}.{payload}.{signature}", settings) == "signature"


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "HS384", "HS512"])
def test_other_algorithms(settings: Settings, algorithm: str) -> None:
    """Only HS256: a header can't choose, least of all no signature."""
    if algorithm.lower() == "none":
        header = _segment(json.dumps({"alg": algorithm, "typ": "JWT"}).encode())
        token = f"{header}.{_segment(json.dumps(_claims()).encode())}."
    else:
        token = jwt.encode(_claims(), "s" * 64, algorithm=algorithm)
        settings = replace(settings, identity_secret="s" * 64)
    assert _refusal(token, settings) == "signature"


@pytest.mark.parametrize("changes", [
    {"aud": "other"}, {"aud": ...}, {"aud": None}, {"sub": ...}, {"exp": ...}, {"exp": None},
    {"iat": int(time.time()) + 3600}, {"nbf": int(time.time()) + 3600},
    {"account": ...}, {"account": None}, {"account": "premier"}, {"account": []}, {"account": {}},
    *({"account": {k: v for k, v in ACCOUNT.items() if k != name}} for name in ACCOUNT),
    *({"account": {**ACCOUNT, "plan": odd}} for odd in ("Premier", "gold", "", None, 1, ["premier"])),
    {"account": {**ACCOUNT, "type": "free"}}, {"account": {**ACCOUNT, "role": "superuser"}},
    *({"account": {**ACCOUNT, "licensed": odd}} for odd in ("true", "yes", 1, 0, None))])
def test_claims_that_do_not_fit(settings: Settings, changes: dict[str, Any]) -> None:
    """A sound signature under missing or odd claims is no identity."""
    assert _refusal(_token(settings, **changes), settings) == "claims"


@pytest.mark.parametrize("sub", ["", " \n", "a\x00b", "a\u202eb", "\ud800", "x" * 256, 5, None, ["user-1"]])
def test_a_subject_that_nothing_can_be_kept_under(settings: Settings, sub: object) -> None:
    """No database stores it, or nobody tells it from another: refused, also when the token has expired besides."""
    assert _refusal(_token(settings, sub=sub), settings) == "claims"
    with pytest.raises(IdentityRejected) as refusal:
        verify(_token(settings, sub=sub, exp=1), settings)
    assert refusal.value.subject is None


def test_a_name_that_would_break_what_shows_it(settings: Settings) -> None:
    """What can't be printed is left out; what is endless counts as missing."""
    identity = verify(_token(settings, name="\ud800Ada\x00 \u202eL.\n", email="a" * 400 + "@example.com"), settings)
    assert (identity.name, identity.email) == ("Ada L.", None)


@pytest.mark.parametrize("changes", [{}, {"aud": "other"}, {"aud": ...}, {"account": {}}, {"nbf": 2**40}])
def test_whose_an_expired_token_was(settings: Settings, changes: dict[str, Any]) -> None:
    """Known only when nothing else is wrong with it."""
    with pytest.raises(IdentityRejected) as refusal:
        verify(_token(settings, exp=int(time.time()) - 3600, **changes), settings)
    assert (refusal.value.reason == "expired" and refusal.value.subject == "user-1") is (not changes)


@pytest.mark.parametrize(("age", "is_known"), [
    (LEEWAY_SECONDS + 60, True), (GRACE_SECONDS - 60, True), (GRACE_SECONDS + LEEWAY_SECONDS + 60, False),
    (115 * 24 * 3600, False), (2**31, False)])
def test_a_token_that_expired_long_ago(settings: Settings, age: int, is_known: bool) -> None:
    """It says whose it was for a day, and then nothing any more."""
    with pytest.raises(IdentityRejected) as refusal:
        verify(_token(settings, exp=int(time.time()) - age, iat=...), settings)
    assert (refusal.value.reason, refusal.value.subject) == ("expired", "user-1" if is_known else None)


@pytest.mark.parametrize("exp", ["tomorrow", "2030-01-01", [1], {}])
def test_an_expiry_that_is_no_time(settings: Settings, exp: object) -> None:
    """An integrator's slip is refused, not a crash."""
    assert _refusal(_token(settings, exp=exp), settings) in ("claims", "malformed")


@pytest.mark.parametrize("token", [
    None, 5, True, b"a.b.c", ["a.b.c"], {}, "", "Premier", "a.b", "a.b.c", "....", "\x00", "é.é.é", "\ud800",
    "a" * 100_000,
    f"{_segment(b'[]')}.{_segment(b'{}')}.x", f"{_segment(b'[' * 50_000)}.e30.x", f"{_segment(b'{}')}.e30.x"])
def test_what_is_no_token(settings: Settings, token: object) -> None:
    """Anything at all may come in; it is refused with a reason."""
    assert _refusal(token, settings) in ("malformed", "signature")


HOSTILE = "sk-live-hunter2@example.com"


@pytest.mark.parametrize("header", [
    {"crit": [HOSTILE]}, {"crit": ["a" * 5000]}, {"crit": ["b64"], "b64": False}, {"crit": []}, {"crit": HOSTILE},
    {"b64": False}, {"b64": True}, {"alg": HOSTILE}, {"alg": "HS256\nINFO: all is well"}, {"alg": None}, {"alg": 5},
    {"alg": ["HS256"]}, {"kid": 5}, {"kid": {"a": HOSTILE}}, {"alg": "none", "kid": HOSTILE}, {"alg": "RS256"},
    {"typ": HOSTILE, "alg": "\ud800"}, {"alg": "HS256" + "\u202e"}])
@pytest.mark.parametrize("claims", [{}, {"aud": HOSTILE}, {"sub": HOSTILE, "exp": HOSTILE}, {"iat": HOSTILE}])
def test_a_refusal_quotes_nothing(settings: Settings, header: dict[str, Any], claims: dict[str, Any]) -> None:
    """Unsigned, with whatever in header and claims: the reason is one of ours, and short."""
    token = ".".join(_segment(json.dumps(part).encode()) for part in ({"alg": "HS256", **header}, _claims(**claims)))
    with pytest.raises(IdentityRejected) as refusal:
        verify(f"{token}.{_segment(b'x')}", settings)
    assert len(str(refusal.value)) < 120 and str(refusal.value).isprintable()
    assert "hunter2" not in str(refusal.value) and "aaaa" not in str(refusal.value)


@pytest.mark.parametrize("header", [{"crit": ["b64"]}, {"crit": ["exp"]}, {"crit": []}, {"b64": True}])
def test_no_extension_is_understood(settings: Settings, header: dict[str, Any]) -> None:
    """Even with a sound signature: what must be understood, and isn't, refuses the token (RFC 7515)."""
    signed = _forged(settings.identity_secret.encode(), {"alg": "HS256", **header})
    assert _refusal(signed, settings) == "malformed"


@pytest.mark.parametrize("claims", [
    {"exp": float("inf")}, {"exp": float("nan")}, {"exp": 10**400}, {"exp": -(10**400)}, {"iat": float("inf")},
    {"nbf": float("nan")}, {"nbf": 10**400}, {"aud": ["x"] * 50}, {"aud": {"kilat": 1}}, {"sub": 10**400}])
def test_numbers_that_are_none(settings: Settings, claims: dict[str, Any]) -> None:
    """An integrator's slip, signed: refused with a reason, and no crash."""
    assert _refusal(_token(settings, **claims), settings) in ("claims", "malformed", "expired")


def test_nothing_long_is_looked_at(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The size is told before anything is decoded."""
    longest = _token(settings, more="x" * 5800)
    assert LARGEST_TOKEN - 400 < len(longest) <= LARGEST_TOKEN and verify(longest, settings)
    monkeypatch.setattr("bot.adapters.identity_token.header_of", lambda _token: pytest.fail("it was decoded"))
    assert _refusal("a" * (LARGEST_TOKEN + 1), settings) == "malformed"


class TestJwks:
    """RS256 and ES256 with a JWKS file."""

    @pytest.fixture
    def settings(self, settings: Settings, tmp_path: Path) -> Settings:
        """Settings that name a file with an RSA and an EC key."""
        rsa_jwk = jwt.algorithms.RSAAlgorithm.to_jwk(RSA_KEY.public_key(), as_dict=True)
        ec_jwk = jwt.algorithms.ECAlgorithm.to_jwk(EC_KEY.public_key(), as_dict=True)
        keys = [{**rsa_jwk, "kid": "rsa", "use": "sig"}, {**ec_jwk, "kid": "ec", "use": "sig"}]
        path = tmp_path / "jwks.json"
        path.write_text(json.dumps({"keys": keys}))
        return replace(settings, identity_jwks=path)

    @pytest.mark.parametrize(("key", "algorithm", "kid"), [(RSA_KEY, "RS256", "rsa"), (EC_KEY, "ES256", "ec")])
    def test_both_kinds_of_key(self, settings: Settings, key: Any, algorithm: str, kid: str) -> None:
        """The key that the header names is used."""
        token = jwt.encode(_claims(), key, algorithm=algorithm, headers={"kid": kid})
        assert verify(token, settings).customer == Customer("premier", "business", "admin", True)

    def test_a_public_key_is_no_secret(self, settings: Settings) -> None:
        """HS256 signed with the public key, the classic forgery, in both encodings."""
        public = RSA_KEY.public_key()
        pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        for secret in (pem, pem.strip(), der):
            assert _refusal(_forged(secret, {"alg": "HS256", "kid": "rsa"}), settings) == "signature"
            assert _refusal(_forged(secret, {"alg": "HS256"}), settings) == "signature"

    def test_the_shared_secret_is_out_of_use(self, settings: Settings) -> None:
        """With a JWKS file, HS256 opens nothing."""
        assert _refusal(_token(settings), settings) == "signature"

    @pytest.mark.parametrize("headers", [{"kid": "other"}, {"kid": ""}])
    def test_an_unknown_key(self, settings: Settings, headers: dict[str, str]) -> None:
        """The header names a key that the file does not have."""
        assert _refusal(jwt.encode(_claims(), RSA_KEY, algorithm="RS256", headers=headers), settings) == "signature"

    def test_another_key_of_that_name(self, settings: Settings) -> None:
        """A stranger's key signs under our key's name."""
        stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        token = jwt.encode(_claims(), stranger, algorithm="RS256", headers={"kid": "rsa"})
        assert _refusal(token, settings) == "signature"

    @pytest.mark.parametrize(("algorithm", "kid"), [
        ("ES256", "rsa"), ("RS256", "ec"), ("none", "rsa"), ("RS512", "rsa")])
    def test_an_algorithm_that_is_not_the_keys(self, settings: Settings, algorithm: str, kid: str) -> None:
        """The header's algorithm and the key differ in kind: refused, not a crash."""
        assert _refusal(_forged(b"x", {"alg": algorithm, "kid": kid}), settings) == "signature"

    @pytest.mark.parametrize("kid", [5, ["rsa"], {"a": 1}])
    def test_a_key_name_that_is_no_text(self, settings: Settings, kid: object) -> None:
        """An odd header is refused, not a crash."""
        assert _refusal(_forged(b"x", {"alg": "RS256", "kid": kid}), settings) in ("malformed", "signature", "claims")

    @pytest.mark.parametrize("content", [
        "", "no json", "{}", '{"keys": []}', "[]", "5", '{"keys": 5}', '{"keys": [5]}'])
    def test_a_file_that_is_no_jwks(self, settings: Settings, content: str) -> None:
        """The setting is named, whatever stands in the file."""
        assert settings.identity_jwks is not None
        settings.identity_jwks.write_text(content)
        token = jwt.encode(_claims(), RSA_KEY, algorithm="RS256", headers={"kid": "rsa"})
        with pytest.raises(ConfigurationError, match="KILAT_IDENTITY_JWKS"):
            verify(token, settings)


def _forged(secret: bytes, header: dict[str, Any]) -> str:
    """A token signed with HMAC over `secret`, whatever its header claims."""
    signed = f"{_segment(json.dumps(header).encode())}.{_segment(json.dumps(_claims()).encode())}"
    return f"{signed}.{_segment(hmac.new(secret, signed.encode(), hashlib.sha256).digest())}"
