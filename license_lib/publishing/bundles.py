"""The newest bundle 离线包, and what leads to it from those before.

<public>/bundle                  the newest bundle, whole
<public>/bundles/<SHA-256>       signed manifests of this one and of earlier ones: deltas are made by them on demand
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from license_lib.bundle import Bundle, BundleError, Delta, Kind, read_bundle
from license_lib.bundle.making import Contents, is_told, make_bundle
from license_lib.bundle.manifest import read_manifest
from license_lib.errors import InputError, LicenseError, MachineError
from license_lib.publishing.folder import BUNDLE, CHECKPOINT, MANIFESTS, PublicFolder, status_name
from license_lib.status.tokens import read_token
from license_lib.trust_list import open_list
from signing.errors import SigningError
from signing.keys import SealCredential

KEPT: Final = 1000
"""Manifests of earlier bundles: of six weeks, where one is made an hour; some 2 MB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundles:
    """The bundles of a public folder.

    Args:
        lists: numbers of our status lists.
        trust_list: the file of our own trust list; where there is none, no bundle is made.
        crls: the folder of our revocation lists, `*.crl`.
        signer: gives the key that signs status lists, and bundles.
    """

    folder: PublicFolder
    lists: Callable[[], Iterable[int]]
    trust_list: Path
    crls: Path
    signer: Callable[[], SealCredential]

    def publish(self, now: datetime, *, again: bool = False) -> Bundle | None:
        """Make the next bundle of what is public by now, if it is new; None if not, or if there is no trust list.

        Args:
            again: also if nothing is new.

        Raises:
            MachineError: `publishing.folder`, `key.…`; with the code of what keeps it from being made, a trust list
                that has ended before all.
        """
        if not self.trust_list.exists():
            return None
        try:
            contents, before = self._contents(), _newest(self.folder)
            last = before.signed if before else None
            signer = self.signer()
            if not again and last is not None and last.signer == signer.certificate_der and is_told(contents, last):
                return None
            made = make_bundle(contents, signer=signer, before=last, at=now)
        except OSError as error:
            raise MachineError("publishing.folder", f"what goes into the bundle cannot be read: {error}") from None
        except (SigningError, LicenseError) as error:
            raise MachineError(error.code, f"no bundle was made: {error.message}", hint=error.hint) from None
        self.folder.write(f"{MANIFESTS}/{made.signed.sha256.hex()}", made.signed.message)
        self.folder.write(BUNDLE, made.encoded())
        self.folder.keep_newest(MANIFESTS, KEPT)
        return made

    def newest(self, now: datetime) -> Bundle:
        """The newest bundle, after one was made of what is public by now, if that is new.

        Raises:
            InputError: `bundle.none`: there is no trust list, and so no bundle.
            MachineError: as `publish`.
        """
        with self.folder.alone():
            found = self.publish(now) or _newest(self.folder)
        if found is None:
            hint = "license trust publish, and then license publish"
            raise InputError("bundle.none", "there is no trust list to make a bundle of", hint=hint)
        return found

    def _contents(self) -> Contents:
        document = self.trust_list.read_bytes()
        said = open_list(document).list
        contents = {(Kind.TRUST_LIST, said.list_id): document}
        for data in (self.folder.read(status_name(number)) for number in self.lists()):
            if data is not None:
                contents[Kind.STATUS_LIST, read_token(data).uri] = data
        for position, path in enumerate(sorted(self.crls.glob("*.crl"))):
            data = path.read_bytes()
            if data not in said.crls and data not in contents.values():
                contents[Kind.CRL, path.stem if path.stem.isascii() else str(position)] = data
        head = self.folder.read(CHECKPOINT)
        if head is not None and said.log is not None:
            contents[Kind.CHECKPOINT, said.log.vkey.partition("+")[0]] = head
        return contents


def delta_since(folder: PublicFolder, base: str) -> Delta | None:
    """What leads to the published bundle from another one; None if that one is not known, or none is published.

    Args:
        base: SHA-256 of its signed manifest, 64 hexadecimal digits.

    Raises:
        MachineError: `publishing.folder`.
    """
    newest, before = _newest(folder), folder.read(f"{MANIFESTS}/{base}")
    try:
        return newest.since(read_manifest(before)) if newest is not None and before is not None else None
    except BundleError:  # it was damaged: then nobody has a bundle by it
        return None


def _newest(folder: PublicFolder) -> Bundle | None:
    """The bundle that is published; what cannot be read is none, and a new one takes its place."""
    data = folder.read(BUNDLE)
    try:
        return read_bundle(data) if data is not None else None
    except BundleError:
        return None
