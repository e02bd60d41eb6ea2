"""Checkpoints: published ones are read, and nothing else is; a policy counts witnesses, each once."""

import collections

import pytest
from log_trees import SmallLog, note_signer, numbered

from license_lib.error_texts import TITLES_ZH
from license_lib.log.checkpoints import Checkpoint, LogPolicy, open_checkpoint, sign_checkpoint
from license_lib.log.findings import LOG_CODES, LogError, LogFinding
from license_lib.log.merkle import EMPTY_ROOT
from signing.notes import NoteKey, SignatureKind

# The example of tlog-checkpoint, and a tree head of the Go checksum database.
EXAMPLE = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
SUM_KEY = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
SUM_NOTE = """go.sum database tree
6476701
mb8QLQIs0Z0yP5Cstq6guj87oXWeC9gEM8oVikmm9Wk=

— sum.golang.org Az3grsLX85Gz+s1SiTbgkuqxgItqFq7gsMUEyVnrsa9LM7Us9S+1xbFIGu95949rj4nPRYfvimWEPWL+o3GeoWwOoAw=
"""
WITNESSES = tuple(note_signer(f"witness.example/w{number}", 10 + number) for number in range(3))
KEYS = tuple(witness.key(SignatureKind.COSIGNATURE) for witness in WITNESSES)


def code(data: bytes, policy: LogPolicy) -> str:
    with pytest.raises(LogError) as raised:
        open_checkpoint(data, policy)
    return raised.value.code


def test_the_published_example_is_read_and_written_alike() -> None:
    checkpoint = Checkpoint.parse(EXAMPLE)
    assert (checkpoint.origin, checkpoint.size, checkpoint.root[:2]) == (
        "example.com/behind-the-sofa",
        20852163,
        b"\x0a\xc5",
    )
    assert checkpoint.text() == EXAMPLE
    extended = Checkpoint.parse(EXAMPLE + "one\ntwo\n")
    assert (extended.extensions, extended.text()) == (("one", "two"), EXAMPLE + "one\ntwo\n")


def test_a_head_of_a_public_log_is_opened() -> None:
    policy = LogPolicy("go.sum database tree", NoteKey.parse(SUM_KEY))
    assert open_checkpoint(SUM_NOTE.encode(), policy).checkpoint.size == 6476701
    assert code(SUM_NOTE.replace("6476701", "6476702").encode(), policy) == "log.signature"
    assert code(SUM_NOTE.encode(), LogPolicy("another log", policy.key)) == "log.signature"
    assert code(SUM_NOTE.encode(), SmallLog().policy) == "log.signature"
    assert code(SUM_NOTE[:-1].encode(), policy) == "log.malformed"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "a\n1\n",
        EXAMPLE[:-1],
        EXAMPLE + "\n",
        EXAMPLE + "one\n\ntwo\n",
        EXAMPLE.replace("example.com/behind-the-sofa", ""),
        EXAMPLE.replace("20852163", "020852163"),
        EXAMPLE.replace("20852163", "-1"),
        EXAMPLE.replace("20852163", "+1"),
        EXAMPLE.replace("20852163", "２０"),
        EXAMPLE.replace("20852163", "9223372036854775808"),
        EXAMPLE.replace("20852163", "0"),
        EXAMPLE.replace("q2I=", "q2J="),
        EXAMPLE.replace("q2I=", "q2I"),
        EXAMPLE.replace("CsUY", ""),
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(LogError) as raised:
        Checkpoint.parse(text)
    assert raised.value.code == "log.malformed"


def test_a_checkpoint_of_no_entries_has_one_root() -> None:
    checkpoint = Checkpoint("log.example", 0, EMPTY_ROOT)
    assert Checkpoint.parse(checkpoint.text()) == checkpoint


def test_a_signed_text_that_is_no_checkpoint_is_refused() -> None:
    log = SmallLog()
    note = sign_checkpoint(Checkpoint(log.signer.name, 1, b"short"), log.signer)
    assert code(note.encoded(), log.policy) == "log.malformed"


def test_witnesses_are_counted_each_once() -> None:
    log = SmallLog().append(*numbered(0, 5))
    policy = LogPolicy(log.signer.name, log.signer.key(), KEYS, quorum=2)
    head = log.head()
    first, second = (witness.cosign(head.text, time=100 + at) for at, witness in enumerate(WITNESSES[:2]))
    again = WITNESSES[0].cosign(head.text, time=200)
    stranger = note_signer("witness.example/w9", 9).cosign(head.text, time=100)
    for lines in ((), (first,), (first, again), (first, stranger)):
        assert code(head.with_signatures(*lines).encoded(), policy) == "log.unwitnessed"
    signed = open_checkpoint(head.with_signatures(first, second).encoded(), policy)
    assert [(line.key, line.time) for line in signed.witnessed] == [(KEYS[0], 100), (KEYS[1], 101)]
    forged = WITNESSES[1].cosign(head.text.replace("\n5\n", "\n6\n"), time=100)
    assert code(head.with_signatures(first, forged).encoded(), policy) == "log.signature"


def test_witnesses_do_not_stand_in_for_the_log() -> None:
    log = SmallLog().append(b"x")
    policy = LogPolicy(log.signer.name, log.signer.key(), KEYS, quorum=1)
    other = SmallLog(seed=7).append(b"x").head()
    cosigned = other.with_signatures(*(witness.cosign(other.text, time=1) for witness in WITNESSES))
    assert code(cosigned.encoded(), policy) == "log.signature"


def test_a_policy_that_means_nothing_is_refused() -> None:
    log = SmallLog()
    key = log.signer.key()
    twin = NoteKey("witness.example/twin", SignatureKind.COSIGNATURE, KEYS[0].public_key)
    own = log.signer.key(SignatureKind.COSIGNATURE)
    for arguments in (
        (KEYS[0], (), 0),
        (key, (key,), 1),
        (key, KEYS, 4),
        (key, KEYS, -1),
        (key, (*KEYS, twin), 2),
        (key, (*KEYS, own), 2),
    ):
        with pytest.raises(ValueError, match=r"key|wanted"):
            LogPolicy("log.example", *arguments)


def test_every_code_has_words_in_both_languages_and_a_title() -> None:
    values = collections.defaultdict[str, str](lambda: "7")
    for name in LOG_CODES:
        finding = LogFinding(name, values)
        assert finding.text("zh") != finding.text("en")
        assert finding.remedy("zh") != finding.remedy("en")
        assert name in TITLES_ZH
    with pytest.raises(ValueError, match="not in LOG_CODES"):
        LogFinding("log.unheard-of")
