"""An outsider's audit 审计 of a log, from its published files alone: all that is new is read and rehashed.

Nothing is taken into the ledger that a signed checkpoint does not stand for, so an audit that ends half-way leaves it
sound, and the next goes on where this one stopped.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from license_lib.log.checkpoints import LogPolicy, SignedCheckpoint, open_checkpoint
from license_lib.log.findings import LogError, LogFinding
from license_lib.log.ledger import Ledger
from license_lib.log.merkle import TILE_WIDTH, leaf_hash, perfect_root
from license_lib.log.proving import root_at
from license_lib.log.tiles import CHECKPOINT_PATH, Fetch, TileReader, bundle_path, bundles, fetch_wide, unbundled


@dataclass(frozen=True, slots=True)
class Audit:
    """What an audit found.

    Attributes:
        findings: nothing, if the log is as it should be.
        signed: the head that the log shows now; None if it shows none that can be believed.
        complete: whether the log continues what was known, and the ledger now holds all of it.
    """

    findings: tuple[LogFinding, ...]
    signed: SignedCheckpoint | None
    complete: bool


def audit(
    fetch: Fetch,
    policy: LogPolicy,
    *,
    ledger: Ledger,
    known: Iterable[bytes] = (),
    taken: Callable[[bytes], None] = lambda _: None,
) -> Audit:
    """Read what is new in a log.

    Args:
        fetch: gives published files.
        policy: which log, and which witnesses must have signed its head.
        ledger: what was read before; what is new is taken in.
        known: signed checkpoints that were got before this audit began: the auditor's own last one, a witness's,
            another auditor's. The log must continue every one of them.
        taken: called for every entry that was taken in, for whoever keeps them.

    Returns:
        Findings `log.missing`, `log.malformed`, `log.signature`, `log.unwitnessed`; `log.rolled-back`, `log.forked`,
        `log.altered`, after any of which nothing more is read; `log.repeated`.
    """
    signed, findings, complete = None, list[LogFinding](), False
    try:
        signed = _head(fetch, policy)
        tiles = TileReader(fetch, signed.checkpoint.size, signed.checkpoint.root)
        findings.extend(_contradictions(signed, tiles, [_seen(ledger), *_opened(known, policy)]))
        if not findings:
            for entry in _new_entries(fetch, tiles, ledger.frontier.size, signed.checkpoint.size):
                findings.extend(ledger.take(entry))
                taken(entry)
            complete = True
    except LogError as error:
        findings.append(error.finding)
    return Audit(tuple(findings), signed, complete)


def _head(fetch: Fetch, policy: LogPolicy) -> SignedCheckpoint:
    data = fetch(CHECKPOINT_PATH)
    if data is None:
        raise LogError("log.missing", path=CHECKPOINT_PATH)
    return open_checkpoint(data, policy)


def _seen(ledger: Ledger) -> tuple[int, bytes]:
    return ledger.frontier.size, ledger.frontier.root()


def _opened(known: Iterable[bytes], policy: LogPolicy) -> Iterator[tuple[int, bytes]]:
    """Size and root of what the log signed elsewhere, however many witnesses saw it."""
    for data in known:
        head = open_checkpoint(data, LogPolicy(policy.origin, policy.key)).checkpoint
        yield head.size, head.root


def _contradictions(
    signed: SignedCheckpoint, tiles: TileReader, known: Iterable[tuple[int, bytes]]
) -> Iterator[LogFinding]:
    head = signed.checkpoint
    for size, root in dict.fromkeys(known):
        if size > head.size:
            yield LogFinding("log.rolled-back", {"seen": str(size), "size": str(head.size)})
        elif root_at(size, tiles) != root:
            yield LogFinding("log.forked", {"seen": str(size)})


def _new_entries(fetch: Fetch, tiles: TileReader, start: int, size: int) -> Iterator[bytes]:
    """The entries from `start` on, each bundle checked as a whole before its first entry is given out."""
    for position, width in bundles(start, size):
        name, entries = _bundle(fetch, position, width)
        leaves = [leaf_hash(entry) for entry in entries]
        first = position * TILE_WIDTH
        if width == TILE_WIDTH:
            good = perfect_root(leaves) == tiles.hashes(1, position, 1)[0]
        else:
            good = leaves == list(tiles.hashes(0, first, width))
        if not good:
            raise LogError("log.altered", path=name)
        yield from entries[max(0, start - first) :]


def _bundle(fetch: Fetch, position: int, width: int) -> tuple[str, tuple[bytes, ...]]:
    name, wide, data = fetch_wide(fetch, lambda wide: bundle_path(position, wide), width)
    entries = unbundled(data, wide)
    if entries is None:
        raise LogError("log.malformed", what=name, problem="not so many entries as its name says")
    return name, entries[:width]
