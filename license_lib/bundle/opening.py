"""From a file to knowledge: the pinned signer vouches for the trust list, the list names who may sign the manifest.

    pinned certificate → trust list → status signer → manifest → digest of every part

The key that signs trust lists may so rest in a safe, while bundles are made every hour. A part is believed for what it
is itself: status lists, revocation lists and the log's head each bear their own signature, which whoever uses them
checks. The manifest says that they belong together, and which is the newest.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography import x509

from license_lib.bundle.errors import BundleError, malformed
from license_lib.bundle.files import Bundle, Delta, read_bundle, read_file
from license_lib.bundle.manifest import Kind, Manifest, SignedManifest
from license_lib.log.checkpoints import Checkpoint, LogPolicy, open_checkpoint
from license_lib.log.findings import LogError
from license_lib.trust_list import Snapshot, TrustListError, open_list
from signing.clocks import CLOCK_TOLERANCE
from signing.errors import TrustError
from signing.keys import verify_signature
from signing.revocation import RevocationEvidence

Pin = Callable[[Snapshot], None]
"""Refuses a trust list by somebody who may not sign it, with TrustListError."""


@dataclass(frozen=True, slots=True)
class OpenedBundle:
    """A bundle whose signatures were checked, up to a pinned signer. Whether it is fresh, depends on the day.

    Attributes:
        trust_list: as it was signed. checkpoint: head of the log; None without one.
    """

    bundle: Bundle = field(repr=False)
    trust_list: Snapshot
    checkpoint: Checkpoint | None

    @property
    def manifest(self) -> Manifest:
        """What it says of itself."""
        return self.bundle.signed.manifest

    @property
    def status_lists(self) -> dict[str, bytes]:
        """Tokens by their address; each is still to be opened."""
        return self.bundle.of_kind(Kind.STATUS_LIST)

    @property
    def crls(self) -> tuple[bytes, ...]:
        """Revocation lists beside those in the trust list, DER; each proves itself where it is used."""
        return tuple(self.bundle.of_kind(Kind.CRL).values())

    def require_current(self, now: datetime, max_staleness: timedelta | None = None) -> None:
        """Refuse a bundle that is not to be relied on now.

        Args:
            max_staleness: how old one may be, whatever it says itself.

        Raises:
            BundleError: `bundle.future`, `bundle.stale`.
        """
        said = self.manifest
        if said.made > now + CLOCK_TOLERANCE:
            raise BundleError("bundle.future", f"made in the future, at {said.made}", hint="check the clock")
        if now >= said.good_until or (max_staleness is not None and now - said.made > max_staleness):
            raise BundleError("bundle.stale", f"too old: made at {said.made}", hint="get a newer one")


def pinned(*signers: bytes) -> Pin:
    """Trust lists by these signers, DER certificates, and by nobody else."""

    def recognise(snapshot: Snapshot) -> None:
        if snapshot.signer not in signers:
            hint = "ask who publishes it; never name a new signer because a bundle asks for it"
            raise TrustListError("trust.signer", "the list is signed by somebody else than may sign it", hint=hint)

    return recognise


def open_bundle(data: bytes, pin: Pin) -> OpenedBundle:
    """Read a whole bundle and check who signed it.

    Args:
        pin: knows who may sign its trust list.

    Raises:
        BundleError: as `read_bundle`; `bundle.signer`, `bundle.signature`.
        TrustListError: what is wrong with the trust list in it, and what `pin` says.
    """
    return _opened(read_bundle(data), pin)


def update(old: OpenedBundle, data: bytes) -> OpenedBundle:
    """Go on to a newer bundle, by a delta or a whole file. The same bundle again changes nothing.

    Its trust list is by the old one's signer, or by one whom that list announced.

    Raises:
        BundleError: as `open_bundle`; `bundle.base`; `bundle.rollback`: it is older, or another of the same number,
            or brings an older trust list.
        TrustListError: as `open_bundle`.
    """
    found = read_file(data)
    bundle = found.applied(old.bundle) if isinstance(found, Delta) else found
    new = _opened(bundle, pinned(old.trust_list.signer, *old.trust_list.list.next_signers))
    if new.manifest.list_id != old.manifest.list_id:
        raise BundleError("bundle.base", "this is the bundle of another city")
    if new.bundle.signed.message != old.bundle.signed.message and (
        new.manifest.sequence <= old.manifest.sequence
        or new.manifest.made < old.manifest.made
        or new.trust_list.list.sequence < old.trust_list.list.sequence
    ):
        hint = "get it from another place: somebody may be keeping the newer one from you"
        raise BundleError("bundle.rollback", "it is older than the bundle before, or of its number", hint=hint)
    return new


def _opened(bundle: Bundle, pin: Pin) -> OpenedBundle:
    manifest = bundle.signed.manifest
    (document,) = bundle.of_kind(Kind.TRUST_LIST).values()
    snapshot = open_list(document)
    if snapshot.list.list_id != manifest.list_id:
        raise malformed("its trust list is another city's")
    pin(snapshot)
    _require_signed(bundle.signed, snapshot)
    try:
        RevocationEvidence(bundle.of_kind(Kind.CRL).values())
    except TrustError as error:
        raise malformed(error.message) from None
    return OpenedBundle(bundle, snapshot, _checkpoint(bundle, snapshot))


def _require_signed(signed: SignedManifest, snapshot: Snapshot) -> None:
    if signed.signer not in snapshot.list.status_signers:
        raise BundleError("bundle.signer", "the bundle is signed by nobody whom its trust list names for that")
    certificate = x509.load_der_x509_certificate(signed.signer)
    if not certificate.not_valid_before_utc <= signed.manifest.made <= certificate.not_valid_after_utc:
        raise BundleError("bundle.signer", "the signer's certificate was not valid when the bundle was made")
    if not verify_signature(signed.signer, signed.signature, signed.signed):
        raise BundleError("bundle.signature", "the signature is not that of the certificate in the header")


def _checkpoint(bundle: Bundle, snapshot: Snapshot) -> Checkpoint | None:
    """The head of the log, signed by the log that the trust list names. Witnesses are for whoever proves with it."""
    for name, data in bundle.of_kind(Kind.CHECKPOINT).items():
        log = snapshot.list.log
        try:
            head = open_checkpoint(data, LogPolicy.of(log.vkey)).checkpoint if log else None
        except LogError as error:
            raise malformed(f"the head of the log: {error.message}") from None
        if head is None or head.origin != name:
            raise malformed("the head of another log than the trust list names")
        return head
    return None
