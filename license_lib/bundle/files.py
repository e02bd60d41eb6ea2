"""Bundles and deltas as files: one deterministic CBOR map (RFC 8949 §4.2), and nothing behind it.

    {1: signed manifest, 2: [part, …]}               a whole bundle: every part of the manifest, in its order
    {1: signed manifest, 2: [part, …], 3: base}      a delta: only the parts that the base lacks, in the same order

`base` is SHA-256 of the signed manifest of the bundle that the delta goes on from. Nothing is compressed here, so
nothing grows when it is read.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from license_lib.bundle.errors import BundleError, malformed
from license_lib.bundle.manifest import Kind, SignedManifest, read_manifest
from license_lib.cose import CoseError, decoded, encoded, whole_keyed

BUNDLE_MEDIA_TYPE: Final = "application/license-bundle+cbor"
MAX_BUNDLE_BYTES: Final = 32 * 1024 * 1024
"""Of a file, whole or delta: a thousand status lists at 1 % have half as much."""
_MANIFEST, _PARTS, _BASE = 1, 2, 3
_DEPTH: Final = 2
_SMALL_MAP: Final = b"\xb7"
"""The first byte of a map of 23 members, the most that stand in the first byte (RFC 8949 §3.1)."""
_DIGEST_BYTES: Final = 32  # SHA-256


@dataclass(frozen=True, slots=True)
class Bundle:
    """A whole bundle whose parts are those of its manifest, to the byte. Whether its signature is good, is to be asked.

    Args:
        contents: the parts by SHA-256.
    """

    signed: SignedManifest
    contents: Mapping[bytes, bytes] = field(repr=False)

    def of_kind(self, kind: Kind) -> dict[str, bytes]:
        """The parts of a kind, by their names."""
        return {part.name: self.contents[part.sha256] for part in self.signed.manifest.parts if part.kind is kind}

    def encoded(self) -> bytes:
        """The file."""
        parts = [self.contents[part.sha256] for part in self.signed.manifest.parts]
        return encoded({_MANIFEST: self.signed.message, _PARTS: parts})

    def since(self, base: SignedManifest) -> "Delta":
        """What leads here from another bundle."""
        return Delta(self.signed, base.sha256, {one: self.contents[one] for one in _lacking(base, self.signed)})


@dataclass(frozen=True, slots=True)
class Delta:
    """A signed manifest with some of its parts.

    Args:
        base: SHA-256 of the signed manifest that it goes on from.
        contents: the parts by SHA-256, in the manifest's order.
    """

    signed: SignedManifest
    base: bytes
    contents: Mapping[bytes, bytes] = field(repr=False)

    def encoded(self) -> bytes:
        """The file."""
        return encoded({_MANIFEST: self.signed.message, _PARTS: list(self.contents.values()), _BASE: self.base})

    def applied(self, base: Bundle) -> Bundle:
        """The whole bundle, the very bytes that were published.

        Raises:
            BundleError: `bundle.base`: it goes on from another bundle; `bundle.format`: it lacks a part, or brings one
                that the base has.
        """
        if base.signed.sha256 != self.base:
            hint = "get the whole bundle, or the delta that is made for yours"
            raise BundleError("bundle.base", "this delta goes on from another bundle", hint=hint)
        if _lacking(base.signed, self.signed) != tuple(self.contents):
            raise malformed("a delta brings the parts that its base lacks, and no other")
        known = {**base.contents, **self.contents}
        return Bundle(self.signed, {part.sha256: known[part.sha256] for part in self.signed.manifest.parts})


def read_bundle(data: bytes) -> Bundle:
    """Read a whole bundle strictly. Its signature is not checked here.

    Raises:
        BundleError: `bundle.format`, `bundle.version`, `bundle.delta`.
    """
    found = read_file(data)
    if isinstance(found, Delta):
        hint = "license bundle update OLD DELTA -o NEW"
        raise BundleError("bundle.delta", "this is a delta, which tells nothing without its base", hint=hint)
    return found


def read_file(data: bytes) -> Bundle | Delta:
    """Read a file of either form strictly. Its signature is not checked here.

    Raises:
        BundleError: `bundle.format`, `bundle.version`.
    """
    if len(data) > MAX_BUNDLE_BYTES:
        raise malformed(f"larger than {MAX_BUNDLE_BYTES // 1024 // 1024} MiB")
    try:
        # A map of a few members, and lists of bytes in it: a file of millions of numbers is not read to its end.
        said = whole_keyed(decoded(data, _DEPTH) if data[:1] <= _SMALL_MAP else None, "not a map of a few members")
    except CoseError as error:
        raise malformed(str(error)) from None
    message = said.get(_MANIFEST)
    if not isinstance(message, bytes):
        raise malformed("no manifest")
    signed = read_manifest(message)  # first: of a newer version, all else may differ
    parts, base = said.get(_PARTS), said.get(_BASE)
    if not isinstance(parts, list) or not all(isinstance(one, bytes) for one in parts):
        raise malformed("no parts")
    contents = _contents(signed, parts)
    if said.keys() == {_MANIFEST, _PARTS}:
        if len(contents) != len(signed.manifest.parts):
            raise malformed("it lacks a part")
        return Bundle(signed, contents)
    if said.keys() == {_MANIFEST, _PARTS, _BASE} and isinstance(base, bytes) and len(base) == _DIGEST_BYTES:
        return Delta(signed, base, contents)
    raise malformed("other members than a bundle has")


def _contents(signed: SignedManifest, parts: list[bytes]) -> dict[bytes, bytes]:
    """The parts by digest: each is in the manifest, with its size, and they come in its order."""
    left = iter(signed.manifest.parts)
    contents = {}
    for data in parts:
        digest = hashlib.sha256(data).digest()
        if not any(part.sha256 == digest and part.size == len(data) for part in left):
            raise malformed("a part that the manifest does not name, or not there")
        contents[digest] = data
    return contents


def _lacking(base: SignedManifest, wanted: SignedManifest) -> tuple[bytes, ...]:
    """Digests of the parts that one manifest names and the other does not, in order."""
    had = {part.sha256 for part in base.manifest.parts}
    return tuple(part.sha256 for part in wanted.manifest.parts if part.sha256 not in had)
