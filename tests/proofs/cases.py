"""Codes right and wrong, each with a name: what stands in tests/vectors/codes is made from them.

A wrong one differs from a right one in one thing, and is signed anew where that is possible: nothing but strict reading
can refuse it.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import cbor2
from proofs.workshop import (
    DIGEST,
    FIRST,
    HEAD,
    KEY_ID,
    LICENSE,
    canonical,
    changed,
    claims_of,
    make,
    old_claims,
    old_text_of,
    raw_signature,
    text_of,
    token,
    token_of,
)

from license_lib.status import LIST_SIZE, LONGEST

HEADER = {1: -7, 4: KEY_ID}
TEXTS = claims_of(make())[LICENSE][2]
OLD = old_text_of(token(canonical(old_claims())))


def payload() -> bytes:
    return canonical(claims_of(make()))


def said(*claim: object) -> str:
    """The ordinary code with another licence claim."""
    return changed({LICENSE: list(claim)})


def with_header(header: dict[Any, Any]) -> str:
    return text_of(token(payload(), canonical(header)))


def respelt(old: bytes, new: bytes) -> str:
    """The ordinary payload with some bytes spelt otherwise, signed again."""
    before = payload()
    if before.count(old) != 1:
        raise ValueError("the bytes must stand there once")
    return text_of(token(before.replace(old, new)))


def whole(change: Callable[[list[Any]], object]) -> str:
    """The ordinary message with other parts; the signature stays."""
    parts = list(cbor2.loads(token_of(make())).value)
    change(parts)
    return parted(*parts)


def parted(*parts: Any) -> str:
    return text_of(canonical(cbor2.CBORTag(18, list(parts))))


def high() -> str:
    header = canonical(HEADER)
    return parted(header, {}, payload(), raw_signature(header, payload(), high=True))


def numbered(number: int) -> str:
    """The ordinary code with another number for its identifier."""
    return changed({7: number.to_bytes((number.bit_length() + 7) // 8, "big")})


NUMBER = int.from_bytes(claims_of(make())[7], "big")
GOOD: dict[str, str] = {
    "ordinary": make(),
    "without-end": make(valid_until=None),
    "begins-later": make(valid_from=FIRST + timedelta(days=40)),
    "in-no-list": make(status=None),
    "the-last-place-of-all": make(status=LONGEST),
    "nothing-in-public": make(public={}),
    "rare-characters": make(public={"CZZT": "买买提·艾力𠮷䶮公司", "KZ_A": "ḿé"}),
    "old-in-no-list": OLD,
    "old-in-a-list": old_text_of(token(canonical(old_claims(2, [3, 887307])))),
    "small-letters-before-the-fragment": "https://license.example/v#" + make().partition("#")[2],
}
TOKEN = token_of(make())
FRAGMENT = make().partition("#")[2]
NEWER = {
    "newer-version": said(4, DIGEST, TEXTS),
    "newer-with-other-claims": text_of(token(canonical({LICENSE: [9]}))),
    "newer-with-another-algorithm": text_of(token(canonical({LICENSE: [4, {}]}), canonical({1: -48, 4: bytes(32)}))),
    "newer-with-a-longer-signature": parted(b"", {4: b"x"}, canonical({LICENSE: [4]}), bytes(96)),
    "newer-in-base32": old_text_of(token(canonical({**old_claims(), LICENSE: [77, {}, {}, {}]}))),
    "version-zero": said(0, DIGEST, TEXTS),
}
FOREIGN = {
    "another-address": "HTTPS://PAY.EXAMPLE/20261122",
    "no-fragment": "HTTPS://LICENSE.EXAMPLE/V",
    "empty-fragment": HEAD,
    "letters-among-digits": HEAD + FRAGMENT[:-1] + "A",
    "white-space-within": HEAD + FRAGMENT[:100] + " " + FRAGMENT[100:],
    "a-line-break-within": HEAD + FRAGMENT[:100] + "\n" + FRAGMENT[100:],
    "full-width-digits": HEAD + FRAGMENT.translate({48 + digit: 0xFF10 + digit for digit in range(10)}),
    "a-parameter-behind": make() + "&appinstall=0",
    "a-sign-before-the-number": HEAD + "+" + FRAGMENT,
    "separators-in-the-number": HEAD + FRAGMENT[:3] + "_" + FRAGMENT[3:],
    "padding": OLD + "=",
    "a-thousand-digits-too-many": make() + "0" * 2000,
}
MALFORMED = {
    # the fragment
    "a-zero-before-the-number": HEAD + "0" + FRAGMENT,
    "a-short-number": HEAD + "7",
    "the-last-digit-lost": make()[:-1],
    "base32-in-small-letters": HEAD + OLD.partition("#")[2].lower(),
    "base32-with-a-bit-behind-the-end": OLD[:-1] + chr(ord(OLD[-1]) + 1),
    "base32-of-an-impossible-length": OLD[: len(OLD) - len(OLD.partition("#")[2]) % 8 + 1],
    "today-s-token-in-base32": old_text_of(TOKEN),
    "an-old-token-as-a-number": text_of(token_of(OLD)),
    # COSE
    "no-tag": text_of(TOKEN[1:]),
    "the-tag-of-a-mac": text_of(b"\xd1" + TOKEN[1:]),
    "the-tag-in-two-bytes": text_of(b"\xd8\x12" + TOKEN[1:]),
    "two-tags": text_of(b"\xd8\x3d" + TOKEN),
    "a-byte-behind-the-message": text_of(TOKEN + b"\x00"),
    "the-last-byte-missing": text_of(TOKEN[:-1]),
    "a-list-of-indefinite-length": text_of(b"\xd2\x9f" + TOKEN[2:] + b"\xff"),
    "a-list-in-two-bytes": text_of(b"\xd2\x98\x04" + TOKEN[2:]),
    "five-parts": whole(lambda parts: parts.append(b"")),
    "three-parts": whole(lambda parts: parts.pop()),
    "a-detached-payload": whole(lambda parts: parts.__setitem__(2, None)),
    "an-unprotected-header": whole(lambda parts: parts.__setitem__(1, {4: KEY_ID})),
    "a-header-that-is-no-bytes": whole(lambda parts: parts.__setitem__(0, HEADER)),
    "a-signature-of-96-bytes": whole(lambda parts: parts.__setitem__(3, bytes(95) + b"\x01")),
    "a-signature-in-der": whole(lambda parts: parts.__setitem__(3, b"\x30" + parts[3])),
    "a-signature-of-zeros": whole(lambda parts: parts.__setitem__(3, bytes(64))),
    "the-high-form-of-the-signature": high(),
    "no-key-id": with_header({1: -7}),
    "a-short-key-id": with_header({1: -7, 4: KEY_ID[:7]}),
    "a-key-id-as-text": with_header({1: -7, 4: "12345678"}),
    "no-algorithm": with_header({4: KEY_ID}),
    "an-empty-header": text_of(token(payload(), b"")),
    "eddsa": with_header({1: -8, 4: KEY_ID}),
    "es384": with_header({1: -35, 4: KEY_ID}),
    "the-algorithm-as-text": with_header({1: "ES256", 4: KEY_ID}),
    "a-critical-header": with_header({**HEADER, 2: [4]}),
    "a-certificate-beside-the-key-id": with_header({**HEADER, 33: b"x"}),
    "a-header-key-that-is-true": with_header({True: -7, 4: KEY_ID}),
    "a-header-key-that-is-a-float": with_header({1: -7, 4.0: KEY_ID}),
    "a-header-out-of-order": text_of(token(payload(), b"\xa2\x04\x48" + KEY_ID + b"\x01\x26")),
    # the payload as CBOR
    "the-payload-is-a-list": text_of(token(b"\x80")),
    "the-payload-is-empty": text_of(token(b"")),
    "a-byte-behind-the-payload": text_of(token(payload() + b"\x00")),
    "a-claim-twice": text_of(token(bytes([payload()[0] + 1]) + payload()[1:6] + payload()[1:])),
    "claims-out-of-order": text_of(token(payload()[:1] + payload()[7:13] + payload()[1:7] + payload()[13:])),
    "claims-of-indefinite-length": text_of(token(b"\xbf" + payload()[1:] + b"\xff")),
    "a-date-in-nine-bytes": respelt(b"\x04\x1a", b"\x04\x1b\x00\x00\x00\x00"),
    "a-version-in-two-bytes": respelt(b"\x84\x03", b"\x84\x18\x03"),
    "a-length-in-three-bytes": respelt(b"\x58\x20", b"\x59\x00\x20"),
    "texts-of-indefinite-length": respelt(b"\x64ZZBH", b"\x7f\x64ZZBH\xff"),
    "a-claim-key-that-is-a-float": changed({6.0: claims_of(make())[6]}, 6),
    "a-claim-key-that-is-a-text": changed({"issued_at": claims_of(make())[6]}, 6),
    # dates
    "a-date-as-float": changed({4: 1_950_000_000.5}),
    "a-date-that-is-nan": changed({4: float("nan")}),
    "a-date-that-is-infinite": changed({4: float("inf")}),
    "a-date-that-is-true": changed({6: True}),
    "a-date-that-is-null": changed({4: None}),
    "a-date-as-text": changed({4: "2031-11-21"}),
    "a-date-with-its-tag": changed({4: cbor2.CBORTag(1, claims_of(make())[4])}),
    "a-date-inside-a-day": changed({4: claims_of(make())[4] + 1}),
    "a-date-of-utc": changed({4: claims_of(make())[4] + 28_800}),
    "a-date-beyond-the-calendar": changed({4: 86_400 * 10**9 - 28_800}),
    "a-date-before-the-calendar": changed({4: -86_400 * 10**9 - 28_800}),
    "a-date-of-2-to-the-70": changed({4: 2**70}),
    "the-first-day-of-all-as-end": changed({4: -62_135_596_800 - 28_800}),
    "a-beginning-that-goes-without-saying": changed({5: claims_of(make())[6]}),
    "no-date-of-issue": changed({}, 6),
    # the identifier
    "no-identifier": changed({}, 7),
    "an-identifier-as-subject": changed({2: old_claims()[2]}, 7),
    "two-identifiers": changed({2: old_claims()[2]}),
    "an-identifier-as-number": changed({7: 5}),
    "an-identifier-with-a-zero-before-it": changed({7: b"\x00" + claims_of(make())[7]}),
    "an-identifier-of-one-character-less": numbered(NUMBER // 36),
    "an-identifier-that-does-not-check": numbered(NUMBER ^ 1),
    "an-identifier-without-its-mark": numbered(NUMBER + 36**59),
    "an-empty-identifier": changed({7: b""}),
    "an-endless-identifier": changed({7: b"\x01" * 200}),
    # the claim about the licence
    "another-claim": changed({1: "baiyin"}),
    "no-licence-claim": changed({}, LICENSE),
    "a-licence-claim-that-is-no-list": changed({LICENSE: 7}),
    "an-empty-licence-claim": said(),
    "a-version-that-is-true": changed({LICENSE: [True, DIGEST, TEXTS]}),
    "a-version-that-is-a-float": said(3.0, DIGEST, TEXTS),
    "version-1-with-today-s-claims": said(1, DIGEST, TEXTS),
    "old-version-1-with-a-place": old_text_of(token(canonical(old_claims(1, [3, 5])))),
    "old-version-2-without-a-place": old_text_of(token(canonical(old_claims(2)))),
    "old-with-a-text-in-gbk": old_text_of(token(canonical({**old_claims(), LICENSE: [1, DIGEST, TEXTS]}))),
    "a-short-digest": said(3, DIGEST[:31], TEXTS),
    "a-digest-as-text": said(3, DIGEST.hex(), TEXTS),
    "texts-that-are-no-map": said(3, DIGEST, ["CZZT", "样例"]),
    "a-number-as-a-public-text": said(3, DIGEST, {"CZZT": 5}),
    "a-number-as-a-name": said(3, DIGEST, {5: "x"}),
    "a-name-in-small-letters": said(3, DIGEST, {"czzt": "x"}),
    "a-name-of-25-letters": said(3, DIGEST, {"A" * 25: "x"}),
    "a-name-without-letters": said(3, DIGEST, {"": "x"}),
    "a-text-in-its-longer-spelling": said(3, DIGEST, {"CZZT": "样例"}),
    "a-latin-text-as-bytes": said(3, DIGEST, {"CZZT": b"ABC"}),
    "a-text-in-no-encoding": said(3, DIGEST, {"CZZT": b"\xff\xff"}),
    "a-place-that-is-none": said(3, DIGEST, TEXTS, None),
    "half-a-place": said(3, DIGEST, TEXTS, [3]),
    "two-places": said(3, DIGEST, TEXTS, [3, 5], [3, 6]),
    "a-place-in-list-0": said(3, DIGEST, TEXTS, [0, 5]),
    "a-place-behind-the-list": said(3, DIGEST, TEXTS, [3, LIST_SIZE]),
    "a-place-before-the-list": said(3, DIGEST, TEXTS, [3, -1]),
    "a-list-that-is-true": said(3, DIGEST, TEXTS, [True, 5]),
    "an-index-that-is-a-float": said(3, DIGEST, TEXTS, [3, 5.0]),
    "a-tag-that-makes-an-object": said(3, DIGEST, {"CZZT": cbor2.CBORTag(35, "(a+)+b")}),
    "lists-in-lists": said(3, DIGEST, [[[[[[[[[[]]]]]]]]]]),
}  # fmt: skip
ALL: dict[str, dict[str, str]] = {
    "good": GOOD,
    "qr.version": NEWER,
    "qr.foreign": FOREIGN,
    "qr.malformed": MALFORMED,
}
