"""Proofs that travel: written and read as tlog-proof says, and refused for any other entry, log or witness."""

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from log_trees import SmallLog, note_signer, numbered

from license_lib.log.checkpoints import LogPolicy, open_checkpoint
from license_lib.log.findings import LogError
from license_lib.log.merkle import leaf_hash
from license_lib.log.proofs import MAX_PROOF_BYTES, LogProof, check_proof, prove
from signing.notes import SignatureKind

# From the specification, its checkpoint left out: that one is shortened there.
EXAMPLE = b"""c2sp.org/tlog-proof@v1
extra YWdlLXYxLjIuMS1kYXJ3aW4tYXJtNjQudGFyLmd6kYXJ3aW4tYXJ
index 73894
gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=
B95lDa8R83lS8n0eG+o0buTxRKQTYFi//1U8anccXmA=
EKNzoDWG8LGC0Yp9o+sv3qllpMP9uHQ9B20KNL+Q1zs=
RoopEkOdqkYqMB4MJXrbt/hMjOxsVn0IrWjpz1ZMMes=
AHCioX9nLjsrse6YhjRRmk1WUEirVOLLRoOQ6vfO5vk=

checkpoint
"""
# A receipt that another implementation published for its readers, without its key: entry 0 of two.
FOREIGN = """c2sp.org/tlog-proof@v1
index 0
rqPLszb01JTYtaFXrt/EgKRabefAlo4IVDOyFPm0Hvc=

example.com/log
2
JCMzOarc7fKH0mJBPwPAKOuNs5ft0yooeAkRUbmb8g8=

— example.com/log Jb1BsEv3/w9bI0H3Gl/pRDxTUJhhRdecWoVgxutGU/6cc46BXi6x0pcO78xtvdZoyfNtc3d3Dpx6I3c/L0c1DvqWQAo=
"""
SIZE = 300
WITNESS = note_signer("witness.example/w1", 11)


@pytest.fixture(scope="module")
def log() -> SmallLog:
    return SmallLog().append(*numbered(0, SIZE))


def proof_of(log: SmallLog, index: int) -> bytes:
    return prove(index, open_checkpoint(log.head().encoded(), log.policy), log).encoded()


def code(data: bytes, entry: bytes, policy: LogPolicy) -> str:
    with pytest.raises(LogError) as raised:
        check_proof(data, entry, policy)
    return raised.value.code


def test_the_published_examples_are_read_and_written_alike() -> None:
    proof = LogProof.parse(EXAMPLE)
    assert (proof.index, len(proof.hashes), proof.checkpoint) == (73894, 5, b"checkpoint\n")
    assert proof.extra.startswith(b"age-v1.2.1-darwin-arm64.tar.gz")
    assert proof.encoded() == EXAMPLE
    assert LogProof.parse(FOREIGN.encode()).encoded() == FOREIGN.encode()


@pytest.mark.parametrize("index", [0, 1, 255, 256, SIZE - 1])
def test_an_entry_is_proved_without_the_log(log: SmallLog, index: int) -> None:
    proven = check_proof(proof_of(log, index), log.entries[index], log.policy)
    assert (proven.index, proven.signed.checkpoint.size) == (index, SIZE)


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_no_other_entry_is_proved(log: SmallLog, data: st.DataObject) -> None:
    index, other = data.draw(st.permutations(range(SIZE)))[:2]
    proof = proof_of(log, index)
    assert code(proof, log.entries[other], log.policy) == "log.not-included"
    moved = proof.replace(b"index %d\n" % index, b"index %d\n" % other)
    assert code(moved, log.entries[index], log.policy) == "log.not-included"


def test_a_proof_of_another_log_is_refused(log: SmallLog) -> None:
    other = SmallLog(seed=2).append(*numbered(0, SIZE))
    assert code(proof_of(other, 3), other.entries[3], log.policy) == "log.signature"
    elsewhere = LogPolicy("elsewhere.example/log", log.policy.key)
    assert code(proof_of(log, 3), log.entries[3], elsewhere) == "log.signature"


def test_a_quorum_of_witnesses_is_asked_for(log: SmallLog) -> None:
    policy = LogPolicy(log.signer.name, log.signer.key(), (WITNESS.key(SignatureKind.COSIGNATURE),), quorum=1)
    assert code(proof_of(log, 3), log.entries[3], policy) == "log.unwitnessed"
    head = log.head()
    cosigned = head.with_signatures(WITNESS.cosign(head.text, time=1_800_000_000))
    proof = prove(3, open_checkpoint(cosigned.encoded(), policy), log)
    assert check_proof(proof.encoded(), log.entries[3], policy).signed.witnessed[0].time == 1_800_000_000


HASH = base64.b64encode(leaf_hash(b"")).decode()
HEAD = "c2sp.org/tlog-proof@v1\n"


@pytest.mark.parametrize(
    "text",
    [
        "",
        HEAD,
        HEAD + "index 0\n",
        HEAD + "index 0\n\n",
        f"wrong-header\nindex 0\n{HASH}\n\ncheckpoint\n",
        f"{HEAD}extra !!notbase64!!\nindex 0\n{HASH}\n\ncheckpoint\n",
        f"{HEAD}extra \nindex 0\n{HASH}\n\ncheckpoint\n",
        f"{HEAD}extra YQ==\nextra YQ==\nindex 0\n{HASH}\n\ncheckpoint\n",
        f"{HEAD}extra YQ==\n\ncheckpoint\n",
        f"{HEAD}\n\ncheckpoint\n",
        f"{HEAD}index notanumber\n\ncheckpoint\n",
        f"{HEAD}index -5\n\ncheckpoint\n",
        f"{HEAD}index 05\n\ncheckpoint\n",
        f"{HEAD}index 18446744073709551615\n\ncheckpoint\n",
        f"{HEAD}index 0\n!!notbase64!!\n\ncheckpoint\n",
        f"{HEAD}index 0\n{base64.b64encode(bytes(64)).decode()}\n\ncheckpoint\n",
        f"{HEAD}index 0\n{HASH[:-2]}\n\ncheckpoint\n",
        f"{HEAD}index 0\n" + f"{HASH}\n" * 64 + "\ncheckpoint\n",
        f"{HEAD}index 0\n{HASH}\r\n\ncheckpoint\n",
        f"{HEAD}index 0\né\n\ncheckpoint\n",
        HEAD + "index 0\n\n" + "x" * MAX_PROOF_BYTES,
    ],
)
def test_what_is_no_proof_is_refused(text: str) -> None:
    with pytest.raises(LogError) as raised:
        LogProof.parse(text.encode())
    assert raised.value.code == "log.malformed"


def test_a_proof_whose_checkpoint_is_none_is_refused(log: SmallLog) -> None:
    assert code(EXAMPLE, b"x", log.policy) == "log.malformed"
