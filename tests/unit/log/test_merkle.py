"""The tree grows, proves and refuses as RFC 6962 says: published vectors, and a naive tree beside it."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from log_trees import NaiveTree

from license_lib.errors import MachineError
from license_lib.log.merkle import (
    EMPTY_ROOT,
    Frontier,
    leaf_hash,
    node_hash,
    verify_consistency,
    verify_inclusion,
)
from license_lib.log.proving import consistency_proof, frontier_at, inclusion_proof, root_at

CORPUS = Path(__file__).resolve().parents[3] / ".." / "shared" / "corpora" / "merkle"
EDGES = (65535, 65536, 65537, 256**2 + 256, 2 * 256**2 + 255, 256**3 - 1, 256**3, 256**3 + 1)


def vectors(kind: str) -> list[Any]:
    paths = sorted((CORPUS / kind).rglob("*.json"))
    if not paths:
        return [pytest.param(None, marks=pytest.mark.skip(reason="the corpus of Merkle proofs is not here"))]
    return [pytest.param(path, id=str(path.relative_to(CORPUS / kind))) for path in paths]


def decoded(text: str | None) -> bytes:
    return base64.b64decode(text or "")


@pytest.mark.parametrize("path", vectors("inclusion"))
def test_inclusion_vectors(path: Path) -> None:
    case = json.loads(path.read_text())
    proof = [decoded(line) for line in case["proof"] or []]
    held = verify_inclusion(case["leafIdx"], case["treeSize"], decoded(case["leafHash"]), proof, decoded(case["root"]))
    assert held is not case["wantErr"], case["desc"]


@pytest.mark.parametrize("path", vectors("consistency"))
def test_consistency_vectors(path: Path) -> None:
    case = json.loads(path.read_text())
    proof = [decoded(line) for line in case["proof"] or []]
    held = verify_consistency(case["size1"], case["size2"], proof, decoded(case["root1"]), decoded(case["root2"]))
    assert held is not case["wantErr"], case["desc"]


def test_every_size_has_the_root_of_the_naive_tree(naive: NaiveTree) -> None:
    frontier, tiles = Frontier.empty(), dict[tuple[int, int], bytes]()
    assert frontier.root() == EMPTY_ROOT
    for size, leaf in enumerate(naive.leaves, 1):
        frontier, completed = frontier.append(leaf)
        assert frontier.root() == naive.root(0, size) == root_at(size, naive)
        assert frontier_at(size, naive) == frontier == Frontier.unpacked(size, frontier.packed())
        tiles |= {(level, position): value for level, position, value in completed}
    assert tiles == {(1, 0): naive.root(0, 256), (1, 1): naive.root(256, 512)}


@pytest.mark.parametrize("size", [*range(1, 40), 255, 256, 257, 511, 512, 513, 600])
def test_every_leaf_is_proved(naive: NaiveTree, size: int) -> None:
    root = naive.root(0, size)
    for index in {*range(min(size, 9)), size // 2, size - 2, size - 1} & {*range(size)}:
        proof = inclusion_proof(index, size, naive)
        assert list(proof) == naive.path(index, 0, size)
        assert verify_inclusion(index, size, naive.leaves[index], proof, root)
        assert not verify_inclusion(index, size, leaf_hash(b"other"), proof, root)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_two_sizes_are_proved_consistent(naive: NaiveTree, data: st.DataObject) -> None:
    new = data.draw(st.integers(0, 600))
    old = data.draw(st.integers(0, new))
    proof = consistency_proof(old, new, naive)
    if old not in {0, new}:
        assert list(proof) == naive.subproof(old, 0, new, known=True)
    roots = naive.root(0, old), naive.root(0, new)
    assert verify_consistency(old, new, proof, *roots)
    forked = leaf_hash(b"forked")
    assert not verify_consistency(old, new, (*proof, bytes(32)), *roots)
    assert not verify_consistency(old, new, proof, forked, roots[1])
    assert not (old and verify_consistency(old, new, proof, roots[0], forked))


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_no_other_leaf_place_or_size_is_proved(naive: NaiveTree, data: st.DataObject) -> None:
    size = data.draw(st.integers(2, 600))
    index = data.draw(st.integers(0, size - 1))
    proof, root = inclusion_proof(index, size, naive), naive.root(0, size)
    other = data.draw(st.integers(0, size - 1).filter(lambda place: place != index))
    assert not verify_inclusion(other, size, naive.leaves[index], proof, root)
    flipped = data.draw(st.integers(0, len(proof) - 1))
    torn = [bytes(32) if at == flipped else value for at, value in enumerate(proof)]
    assert not verify_inclusion(index, size, naive.leaves[index], torn, root)


class EqualLeaves:
    """A tree of any size whose leaves are all alike, so that every subtree's root is known; it counts its reads."""

    def __init__(self, size: int) -> None:
        self.size, self.reads = size, list[tuple[int, int, int]]()
        self.powers = [leaf_hash(b"same")]
        for _ in range(40):
            self.powers.append(node_hash(self.powers[-1], self.powers[-1]))

    def root(self, size: int) -> bytes:
        if size & (size - 1) == 0:
            return self.powers[size.bit_length() - 1]
        left = 1 << size.bit_length() - 1
        return node_hash(self.powers[left.bit_length() - 1], self.root(size - left))

    def hashes(self, level: int, start: int, count: int) -> list[bytes]:
        self.reads.append((level, start, count))
        assert 0 < count <= 256
        assert start // 256 == (start + count - 1) // 256
        assert (start + count) * 256**level <= self.size
        return [self.powers[8 * level]] * count


@pytest.mark.parametrize("size", EDGES)
def test_large_trees_are_proved_with_few_reads(size: int) -> None:
    source = EqualLeaves(size)
    for index in (0, 1, 255, 256, size // 2, size - 2, size - 1):
        source.reads.clear()
        proof = inclusion_proof(index, size, source)
        assert verify_inclusion(index, size, source.powers[0], proof, source.root(size))
        assert len(source.reads) == len(set(source.reads)) <= 2 * 4
    for old in (1, 255, 256, 257, size // 3, size - 257, size - 256, size - 255, size - 1):
        source.reads.clear()
        proof = consistency_proof(old, size, source)
        assert verify_consistency(old, size, proof, source.root(old), source.root(size))
        assert len(source.reads) == len(set(source.reads)) <= 2 * 4
    assert root_at(size, source) == source.root(size)


def test_appending_completes_the_tiles_of_every_level() -> None:
    source = EqualLeaves(256**3)
    before = frontier_at(256**3 - 1, source)
    after, completed = before.append(source.powers[0])
    assert completed == (
        (1, 256**2 - 1, source.powers[8]),
        (2, 255, source.powers[16]),
        (3, 0, source.powers[24]),
    )
    assert after == Frontier(256**3, (source.powers[24],))


def test_a_gap_in_the_store_is_a_broken_machine() -> None:
    class Gap(EqualLeaves):
        def hashes(self, level: int, start: int, count: int) -> list[bytes]:
            return super().hashes(level, start, count)[1:]

    with pytest.raises(MachineError) as raised:
        inclusion_proof(3, 300, Gap(300))
    assert raised.value.code == "log.incomplete"


@pytest.mark.parametrize(("size", "data"), [(3, bytes(32)), (0, bytes(32)), (1, b""), (1, bytes(31)), (-1, bytes(32))])
def test_what_is_no_frontier_is_refused(size: int, data: bytes) -> None:
    with pytest.raises(ValueError, match="hash"):
        Frontier.unpacked(size, data)


def test_data_is_not_taken_for_a_hash() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Frontier.empty().append(b"a leaf, not its hash")


@pytest.mark.parametrize(("index", "size"), [(0, 0), (-1, 3), (3, 3)])
def test_no_proof_of_a_leaf_that_is_not_there(naive: NaiveTree, index: int, size: int) -> None:
    with pytest.raises(ValueError, match="no such leaf"):
        inclusion_proof(index, size, naive)


def test_no_proof_that_a_tree_shrank(naive: NaiveTree) -> None:
    with pytest.raises(ValueError, match="only grows"):
        consistency_proof(4, 3, naive)
