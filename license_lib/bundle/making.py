"""The publisher's side: from the files that are public to the next signed bundle."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from license_lib.bundle.errors import BundleError
from license_lib.bundle.files import Bundle
from license_lib.bundle.manifest import Kind, Manifest, Part, SignedManifest, sign_manifest
from license_lib.status.tokens import read_token
from license_lib.trust_list import open_list
from signing.keys import SealCredential

Contents = Mapping[tuple[Kind, str], bytes]
"""What goes into a bundle, by kind and name."""


def is_told(contents: Contents, before: SignedManifest | None) -> bool:
    """Does a bundle say all this already? That the log has grown since, is no reason for a new one."""
    if before is None:
        return False
    wanted = {Part.of(kind, name, data) for (kind, name), data in contents.items() if kind is not Kind.CHECKPOINT}
    return wanted == {part for part in before.manifest.parts if part.kind is not Kind.CHECKPOINT}


def make_bundle(contents: Contents, *, signer: SealCredential, before: SignedManifest | None, at: datetime) -> Bundle:
    """Sign the next bundle. It is good until the first of its lists ends.

    Its number is the time in seconds, or the next after the one before: who lost the one before still goes on.

    Args:
        contents: one trust list, with which the order begins.
        signer: one of the trust list's status signers.
        before: the last bundle; None without one.
        at: when it is made.

    Raises:
        BundleError: `bundle.stale`: a list has ended; `bundle.signer`: the trust list does not name this signer;
            `bundle.future`: the one before is of a later time; `bundle.format`: more than a bundle holds.
        TrustListError: `trust.…`. StatusListError: `status.list-…`.
        signing.errors.KeyLoadError: the signer's certificate is not valid now.
    """
    made = at.replace(microsecond=0)
    ((list_id, document),) = _of_kind(contents, Kind.TRUST_LIST)
    trusted = open_list(document).list
    if signer.certificate_der not in trusted.status_signers:
        hint = "license trust publish"
        raise BundleError("bundle.signer", "the trust list does not name the signer of the status lists", hint=hint)
    if before is not None and before.manifest.made > made:
        raise BundleError("bundle.future", "the bundle before is of a later time", hint="check the clock")
    signer.check_period(at)
    ends = [trusted.next_update, *(read_token(data).expires_at for _, data in _of_kind(contents, Kind.STATUS_LIST))]
    if min(ends) <= made:
        raise BundleError("bundle.stale", "a list that goes into the bundle has ended", hint="license trust publish")
    manifest = Manifest(
        list_id=list_id,
        sequence=max(int(made.timestamp()), before.manifest.sequence + 1 if before else 1),
        made=made,
        good_until=min(ends),
        parts=tuple(Part.of(kind, name, data) for (kind, name), data in contents.items()),
    )
    signed = sign_manifest(manifest, signer.certificate_der, signer.sign)
    return Bundle(signed, {part.sha256: data for part, data in zip(manifest.parts, contents.values(), strict=True)})


def _of_kind(contents: Contents, wanted: Kind) -> Iterable[tuple[str, bytes]]:
    return [(name, data) for (kind, name), data in contents.items() if kind is wanted]
