"""Notes as others sign them (Go's note package, the Go checksum database, a CT log and its witness), and refusals."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from signing.notes import (
    MAX_NOTE_BYTES,
    Note,
    NoteError,
    NoteKey,
    NoteSignature,
    NoteSigner,
    SignatureKind,
    Verified,
    parse_note,
    verify_note,
)

# Published with golang.org/x/mod/sumdb/note.
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_SECRET = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"  # noqa: S105 -- the published key
ENOCH = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
PETER_LINE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
ENOCH_LINE = (
    "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n"
)
# A tree head of the Go checksum database.
SUM_KEY = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
SUM_NOTE = """go.sum database tree
6476701
mb8QLQIs0Z0yP5Cstq6guj87oXWeC9gEM8oVikmm9Wk=

— sum.golang.org Az3grsLX85Gz+s1SiTbgkuqxgItqFq7gsMUEyVnrsa9LM7Us9S+1xbFIGu95949rj4nPRYfvimWEPWL+o3GeoWwOoAw=
"""
# A tree head of a Certificate Transparency log, with signatures of three kinds, and its witnesses.
CT_KEY = "arche2025h1.staging.ct.transparency.dev+ba2f06c0+AU0vHmlGCS/PdN8b2OaGmKprLI8HKM+dJ472xgFYh15f"
CT_WITNESS = "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2"
CT_NAME = "arche2025h1.staging.ct.transparency.dev"
CT_NOTE = f"""{CT_NAME}
1432088532
U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=

— {CT_NAME} zTM8sQAAAZ5W0WdjBAMARjBEAiBjW5IQf9pvsYLfQFX6hoGREPMHbdQ3urbllzalApkptQIgIpwtEroeW2BXaHAI4kJXFbon5Ch9MNL5zRNZ55lvGt0=
— {CT_NAME} ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefwhUkzbC3NygNI75MdhL1bfTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=
— transparency.dev/DEV:witness-little-garden 2AQqhwAAAABqEiEgzgFIqqhbUoDwjMWE6UP8nd8/KYTzwZ2rhIgcqoXHAwVkjZr4AscylP3v7sEodkRAErumC2q44vdgJY096st5BQ==
— witness1.smartit.nu/witness1 pIyCDwAAAABqEiEghIp82KWebrw7/oHQwlTAm3g2RKS4+eebl8eO0WH+/iEcxZ75W3u5hNI7TOQtmJbqmNWVuE0tgh0XwzdZsDsUAQ==
— remora.n621.de 2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTynk5XeU/zZ0WBxtqB0DrAWfBw==
— witness.stagemole.eu Z/euoAAAAABqEiEgw0i+7g2ENfDAWHmtRzCfKTHSDwYDJA2NmKeGi9Y8FtEyOUvVr+AJmIY/2TUFucgKi7lI7cUiOvKFYe/TmN9DAg==
"""  # noqa: E501 -- as published


def signer(name: str = "PeterNeumann") -> NoteSigner:
    return NoteSigner(name, Ed25519PrivateKey.from_private_bytes(base64.b64decode(PETER_SECRET)[1:]))


def refused(data: str | bytes, *keys: str) -> str:
    with pytest.raises(NoteError) as raised:
        verify_note(
            parse_note(data if isinstance(data, bytes) else data.encode()), [NoteKey.parse(key) for key in keys]
        )
    return raised.value.code


def test_a_note_of_go_is_signed_and_read_alike() -> None:
    assert str(signer().key()) == PETER
    note = Note(TEXT, (signer().sign(TEXT),))
    assert note.encoded().decode() == TEXT + "\n" + PETER_LINE
    assert parse_note(note.encoded()) == note
    both = parse_note((TEXT + "\n" + PETER_LINE + ENOCH_LINE).encode())
    peter, enoch = NoteKey.parse(PETER), NoteKey.parse(ENOCH)
    assert verify_note(both, [peter]) == (Verified(peter, None),)
    assert verify_note(both, [enoch, peter]) == (Verified(peter, None), Verified(enoch, None))


def test_heads_of_public_logs_verify() -> None:
    key = NoteKey.parse(SUM_KEY)
    assert verify_note(parse_note(SUM_NOTE.encode()), [key]) == (Verified(key, None),)
    log, witness = NoteKey.parse(CT_KEY), NoteKey.parse(CT_WITNESS)
    assert (log.kind, witness.kind) == (SignatureKind.ED25519, SignatureKind.COSIGNATURE)
    assert verify_note(parse_note(CT_NOTE.encode()), [witness, log]) == (
        Verified(log, None),
        Verified(witness, 0x6A122120),
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("1432088532", "1432088533"),
        ("2net5wAAAABqEiEgPlf", "2net5wAAAABqEiEhPlf"),
        ("2net5wAAAABqEiEgPlf", "2net54AAAABqEiEgPlf"),
        ("2net5wAAAABqEiEgPlfF3V06o0Y+", "2net5wAAAABqEiEg"),
    ],
)
def test_what_a_witness_did_not_sign_is_refused(old: str, new: str) -> None:
    assert old in CT_NOTE
    assert refused(CT_NOTE.replace(old, new), CT_WITNESS) == "note.signature"


def test_a_known_key_s_bad_line_spoils_the_note() -> None:
    bad = PETER_LINE[:60] + "ABCD" + PETER_LINE[60:]
    assert refused(TEXT + "\n" + bad, PETER) == "note.signature"
    assert refused(TEXT + "\n" + ENOCH_LINE + bad, PETER, ENOCH) == "note.signature"
    assert refused(TEXT.replace("answer", "Answer") + "\n" + PETER_LINE, PETER) == "note.signature"


def test_unknown_signers_prove_nothing() -> None:
    assert refused(TEXT + "\n" + ENOCH_LINE, PETER) == "note.unsigned"
    assert refused(TEXT + "\n" + PETER_LINE) == "note.unsigned"
    other = str(NoteKey("PeterNeumann", SignatureKind.ED25519, NoteKey.parse(ENOCH).public_key))
    assert refused(TEXT + "\n" + PETER_LINE, other) == "note.unsigned"
    cosigner = str(signer().key(SignatureKind.COSIGNATURE))
    assert refused(TEXT + "\n" + PETER_LINE, cosigner) == "note.unsigned"


@pytest.mark.parametrize(
    "data",
    [
        "",
        "\n",
        TEXT,
        TEXT + "\n",
        TEXT + "\n\n",
        TEXT + PETER_LINE,
        TEXT + "\n" + PETER_LINE[:-1],
        "\x01" + TEXT + "\n" + PETER_LINE,
        TEXT.replace("\n", "\r\n") + "\n" + PETER_LINE,
        b"\xff" + (TEXT + "\n" + PETER_LINE).encode(),
        TEXT + "\n" + PETER_LINE.replace("Peter", "Peter "),
        TEXT + "\n" + PETER_LINE.replace("Peter", "Peter\u2003"),
        TEXT + "\n" + PETER_LINE.replace("Peter", "Peter+"),
        TEXT + "\n" + PETER_LINE.replace(" PeterNeumann", " "),
        TEXT + "\n" + PETER_LINE.replace("—", "-"),
        TEXT + "\n" + PETER_LINE.replace("JnAM=", "JnAN="),
        TEXT + "\n" + PETER_LINE.replace("JnAM=", "JnAM"),
        TEXT + "\n— PeterNeumann x08gow==\n",
        TEXT + "\n— PeterNeumann \n",
        TEXT + "\n" + PETER_LINE + "Unexpected line.\n",
        TEXT + "\n" + PETER_LINE * 101,
        "x" * MAX_NOTE_BYTES + TEXT + "\n" + PETER_LINE,
    ],
)
def test_what_is_no_note_is_refused(data: str | bytes) -> None:
    assert refused(data, PETER) == "note.format"


def test_a_hundred_signatures_are_read_and_the_last_blank_line_parts() -> None:
    text = "a\n\nb\n"
    note = parse_note((text + "\n" + ENOCH_LINE * 99 + str(signer().sign(text))).encode())
    assert (note.text, len(note.signatures)) == (text, 100)
    assert len(verify_note(note, [NoteKey.parse(PETER)])) == 1


def test_every_mangling_of_a_key_is_refused() -> None:
    parts = {PETER[start:end] for start in range(len(PETER)) for end in range(start + 1, len(PETER) + 1)} - {PETER}
    bumped = {PETER[:at] + chr(ord(PETER[at]) + 1) + PETER[at + 1 :] for at in range(len(PETER))}
    published = {
        "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
        "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "rekor.sigstore.dev+12345678+AwEB",
        PETER.replace("c74f20a3", "C74F20A3"),
        PETER + "\n",
    }
    for text in parts | bumped | published:
        with pytest.raises(NoteError) as raised:
            NoteKey.parse(text)
        assert raised.value.code == "note.key"


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u3000b", "a\nb", "a\x00b"])
def test_no_key_has_such_a_name(name: str) -> None:
    with pytest.raises(NoteError) as raised:
        signer(name).sign(TEXT)
    assert raised.value.code == "note.key"


@pytest.mark.parametrize("text", ["", "no end", "a\tb\n", "a\r\n"])
def test_such_a_text_is_not_signed(text: str) -> None:
    for sign in (signer().sign, lambda text: signer().cosign(text, time=1)):
        with pytest.raises(NoteError) as raised:
            sign(text)
        assert raised.value.code == "note.format"


def test_a_cosignature_says_when_and_lines_are_not_put_twice() -> None:
    witness = signer("witness.example/w1")
    key = NoteKey.parse(str(witness.key(SignatureKind.COSIGNATURE)))
    line = witness.cosign(TEXT, time=1679315147)
    note = Note(TEXT, ()).with_signatures(signer().sign(TEXT), line).with_signatures(line)
    assert len(note.signatures) == 2
    assert verify_note(parse_note(note.encoded()), [key]) == (Verified(key, 1679315147),)


def test_a_time_beyond_the_last_is_refused() -> None:
    witness = signer("witness.example/w1")
    line = witness.cosign(TEXT, time=2**63)
    key = str(witness.key(SignatureKind.COSIGNATURE))
    assert refused(Note(TEXT, (line,)).encoded(), key) == "note.signature"


def test_nothing_shows_the_key() -> None:
    assert "Ed25519" not in repr(signer())


@given(st.binary(max_size=300), st.binary(min_size=1, max_size=80))
def test_any_bytes_are_a_note_or_refused(data: bytes, signature: bytes) -> None:
    line = str(NoteSignature("PeterNeumann", NoteKey.parse(PETER).key_id, signature)).encode()
    for text in (data, TEXT.encode() + b"\n" + data, data + b"\n\n" + line):
        try:
            note = parse_note(text)
        except NoteError:
            continue
        assert note.encoded() == text
        with pytest.raises(NoteError):
            verify_note(note, [NoteKey.parse(PETER)])
