"""A witness 见证方 at work: it reads what an authority publishes, and signs a head that goes on from its last one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from license_lib.errors import InputError
from license_lib.key_folder import signing_errors
from license_lib.log.findings import LogError
from license_lib.log.tiles import CHECKPOINT_PATH, Fetch
from license_lib.log.witness import Witness
from signing.log_keys import create_witness_key, load_witness_key
from signing.notes import NoteError, NoteKey, parse_note


@dataclass(frozen=True, slots=True)
class Cosigned:
    """A cosignature: the line alone, and the checkpoint with that line under it."""

    line: str
    checkpoint: bytes


def make_witness_key(path: Path, name: str, passphrase: bytes, randomness: Callable[[int], bytes]) -> str:
    """Make a witness's key, see `signing.log_keys`; returns its verifier key.

    Raises:
        MachineError: `key.exists`, `key.unwritable`; `note.key` for a name that no key may have.
    """
    with signing_errors():
        return str(create_witness_key(path, name, passphrase, randomness))


def cosign(fetch: Fetch, vkey: str, *, folder: Path, key: Path, passphrase: bytes, now: datetime) -> Cosigned:
    """Sign the newest head of a log, if it continues what was signed before.

    Args:
        fetch: gives the log's published files.
        vkey: the log's verifier key, which bears its origin.
        folder: the witness's own: it remembers what was signed.
        key: the witness's key file.

    Raises:
        LogError: what `Witness.cosign` finds.
        InputError: `note.key`.
        MachineError: `log.folder`, `log.unreachable`, `key.…`.
    """
    with signing_errors():
        signer = load_witness_key(key, passphrase)
    try:
        log = NoteKey.parse(vkey)
        witness = Witness(folder, signer, origin=log.name, key=log)
    except (NoteError, ValueError):
        raise InputError("note.key", "this is no verifier key of another's log", hint="give name+id+base64") from None
    data = fetch(CHECKPOINT_PATH)
    if data is None:
        raise LogError("log.missing", path=CHECKPOINT_PATH)
    line = witness.cosign(data, fetch=fetch, time=int(now.timestamp()))
    note = parse_note(data)
    return Cosigned(str(line).rstrip("\n"), note.with_signatures(line).encoded())
