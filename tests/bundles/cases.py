"""Bundles right and wrong, each with a name: what stands in tests/vectors/bundles is made from them.

A wrong one differs from a right one in one thing, and is signed anew where that is possible.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import cbor2
from bundles import town
from bundles.town import HOUR, NOW
from bundles.workshop import (
    CRL,
    HEAD,
    ORDINARY,
    STATES,
    TRUST,
    TYPE,
    canonical,
    claims,
    contents,
    delta,
    file,
    message,
    packed,
    said,
)


@dataclass(frozen=True)
class Case:
    """What a reader is given.

    Args:
        bundle: the file that is opened; with `base`, what `base` is updated by.
        base: the bundle before.
        codes: name and text of codes that are judged by it at `now`.
    """

    bundle: bytes
    base: bytes | None = None
    codes: tuple[tuple[str, str], ...] = ()
    now: datetime = NOW
    max_staleness: timedelta = 24 * HOUR


CODES = (
    ("in-force", town.IN_FORCE),
    ("revoked", town.REVOKED),
    ("suspended", town.SUSPENDED),
    ("expired", town.EXPIRED),
    ("list-not-in-the-bundle", town.NOT_IN_BUNDLE),
    ("altered", town.ALTERED),
    ("forged", town.FORGED),
)
WHOLE = file()
WHOLE_MESSAGE: bytes = cbor2.loads(WHOLE)[1]
MADE = int(NOW.timestamp())
ENDS = MADE + 23 * 3600
TOMORROW = NOW + 24 * HOUR
NEXT_STATES = ("status-list", STATES[1], town.status_list((town.ENDED.index, town.GOOD.index), at=TOMORROW - HOUR))
NEXT_HEAD = ("checkpoint", town.LOG, town.checkpoint(size=1300))
LATER: dict[str, Any] = {"m2": MADE + 86400, "m3": MADE + 86400, "m4": ENDS + 86400}
NEXT = file((TRUST, NEXT_STATES, CRL, NEXT_HEAD), **LATER)
OLD_LIST = ("trust-list", town.LIST_ID, town.trust_list(sequence=6))
STALE_STATES = ("status-list", STATES[1], town.status_list(at=NOW - 30 * HOUR, life=72 * HOUR))
SECOND_STATES = ("status-list", f"{town.URL}/status/2", town.status_list(number=2))
OTHER_HEAD = town.checkpoint(town.OTHER_LOG_KEY)
SEAL_REVOKED = ("crl", "root", town.crl(town.SEAL))


def respelt(old: bytes, new: bytes) -> bytes:
    """The ordinary manifest with some bytes spelt otherwise, signed again."""
    before = canonical(claims())
    if before.count(old) != 1:
        raise ValueError("the bytes must stand there once")
    return packed(message(before.replace(old, new)), contents())


def parts(change: Callable[[list[bytes]], list[bytes]]) -> bytes:
    """The ordinary manifest with other parts behind it."""
    return packed(message(canonical(claims())), change(contents()))


def of_header(header: dict[int, object]) -> bytes:
    return packed(message(canonical(claims()), header=header), contents())


def outer(value: object) -> bytes:
    return canonical(value)


def resigned(**options: object) -> bytes:
    return packed(message(canonical(claims()), **options), contents())  # type: ignore[arg-type]  # as `message` takes


GOOD: dict[str, Case] = {
    "an-ordinary-one": Case(WHOLE, codes=CODES),
    "with-nothing-but-the-lists": Case(file((TRUST, STATES)), codes=(("in-force", town.IN_FORCE),)),
    "with-two-status-lists": Case(file((TRUST, STATES, SECOND_STATES, CRL)), codes=CODES),
    "with-a-trust-list-alone": Case(file((TRUST, CRL)), codes=(("in-force", town.IN_FORCE),)),
    "whose-revocation-list-has-the-seal": Case(file((TRUST, STATES, SEAL_REVOKED)), codes=CODES),
    "of-which-the-status-list-is-too-old": Case(file((TRUST, STALE_STATES, CRL)), codes=CODES),
    "that-is-too-old-for-this-reader": Case(WHOLE, codes=CODES, now=NOW + 9 * HOUR, max_staleness=8 * HOUR),
    "that-has-ended": Case(WHOLE, codes=CODES, now=NOW + 23 * HOUR, max_staleness=48 * HOUR),
    "of-a-clock-that-is-ahead": Case(WHOLE, codes=CODES, now=NOW - HOUR / 2),
    "of-a-clock-that-is-ahead-a-little": Case(WHOLE, codes=CODES, now=NOW - timedelta(minutes=5)),
    "after-its-trust-list-has-ended": Case(WHOLE, codes=CODES, now=NOW + 8 * 24 * HOUR, max_staleness=900 * HOUR),
    "a-day-later-by-a-delta": Case(delta(WHOLE, NEXT), WHOLE, CODES, TOMORROW),
    "a-day-later-as-a-whole": Case(NEXT, WHOLE, CODES, TOMORROW),
    "the-same-again-by-a-delta-of-nothing": Case(delta(WHOLE, WHOLE), WHOLE),
    "the-same-again-as-a-whole": Case(WHOLE, WHOLE),
}

SPELT_WRONG: dict[str, Case] = {
    name: Case(data)
    for name, data in {
        "no-byte-at-all": b"",
        "half-of-one": WHOLE[: len(WHOLE) // 2],
        "the-last-byte-missing": WHOLE[:-1],
        "a-byte-behind-it": WHOLE + b"\0",
        "two-behind-each-other": WHOLE + WHOLE,
        "a-trust-list-and-no-bundle": TRUST[2],
        "a-list-and-no-map": outer([1, 2]),
        "members-the-wrong-way-round": b"\xa2\x02" + outer(contents()) + b"\x01" + outer(cbor2.loads(WHOLE)[1]),
        "a-length-longer-than-it-need-be": WHOLE.replace(b"\xa2\x01", b"\xb8\x02\x01", 1),
        "a-map-of-no-given-length": b"\xbf" + WHOLE[1:] + b"\xff",
        "a-member-more": packed(cbor2.loads(WHOLE)[1], contents(), m4=b"more"),
        "a-base-that-is-no-digest": packed(cbor2.loads(WHOLE)[1], contents(), m3=b"short"),
        "no-parts": outer({1: cbor2.loads(WHOLE)[1]}),
        "parts-that-are-texts": outer({1: cbor2.loads(WHOLE)[1], 2: ["text"]}),
        "no-manifest": outer({2: contents()}),
        "a-manifest-that-is-a-text": outer({1: "text", 2: contents()}),
        "a-bomb-of-lists": b"\xa2\x01\x41\x00\x02" + b"\x81" * 5000 + b"\x00",
        "a-length-of-an-exabyte": b"\xa2\x01\x5b" + b"\x0f" * 8,
        "a-list-of-numbers-without-end": b"\xa2\x01\x41\x00\x02\x99\x20\x00" + bytes(0x2000),
        "a-map-of-many-members": b"\xb8\x18" + b"".join(canonical(n) + b"\x40" for n in range(24)),
        "parts-that-say-there-are-a-billion": b"\xa2\x01\x41\x00\x02\x9a\x3b\x9a\xca\x00",
        "a-part-missing": parts(lambda all_of: all_of[:-1]),
        "parts-swapped": parts(lambda all_of: [all_of[1], all_of[0], *all_of[2:]]),
        "a-part-twice": parts(lambda all_of: [*all_of, all_of[-1]]),
        "a-part-that-the-manifest-does-not-name": parts(lambda all_of: [*all_of, b"more"]),
        "an-old-status-list-beside-a-new-trust-list": parts(lambda all_of: [all_of[0], STALE_STATES[2], *all_of[2:]]),
        "a-part-with-one-bit-changed": parts(
            lambda all_of: [*all_of[:-1], bytes([all_of[-1][0] ^ 1]) + all_of[-1][1:]]
        ),
    }.items()
}

MANIFEST_WRONG: dict[str, Case] = {
    name: Case(data)
    for name, data in {
        "version-2": said(lambda it: it.update({0: 2})),
        "version-2-that-differs-in-all-else": outer({1: message(canonical({0: 2, 9: "new"}), header={1: -8}), 7: b""}),
        "version-0": said(lambda it: it.update({0: 0})),
        "a-version-that-is-a-text": said(lambda it: it.update({0: "1"})),
        "no-version": said(lambda it: it.pop(0)),
        "a-member-of-the-manifest-more": said(lambda it: it.update({6: 1})),
        "a-member-of-the-manifest-less": said(lambda it: it.pop(4)),
        "the-id-of-another-list": said(lambda it: (it.update({1: "OTHER"}), it[5][0].__setitem__(1, "OTHER"))),
        "a-trust-list-by-another-name": said(lambda it: it[5][0].__setitem__(1, "OTHER")),
        "a-list-id-with-a-slash": said(lambda it: it.update({1: "../../etc"})),
        "number-0": said(lambda it: it.update({2: 0})),
        "a-number-that-javascript-cannot-count-to": said(lambda it: it.update({2: 2**53})),
        "an-end-before-its-beginning": said(lambda it: it.update({4: it[3]})),
        "a-moment-after-the-year-9999": said(lambda it: it.update({4: 253_402_300_800})),
        "a-moment-before-1970": said(lambda it: it.update({3: -1})),
        "a-kind-that-nobody-knows": said(lambda it: it[5][3].__setitem__(0, "revoked-codes")),
        "two-trust-lists": file((*ORDINARY, ("trust-list", "OTHER", OLD_LIST[2]))),
        "two-checkpoints": file((*ORDINARY, ("checkpoint", "other.example/log", NEXT_HEAD[2]))),
        "a-trust-list-that-is-not-the-first": file((STATES, TRUST, CRL)),
        "no-trust-list": file((STATES, CRL)),
        "no-parts-in-the-manifest": file(()),
        "two-parts-of-one-name": file((*ORDINARY, NEXT_STATES)),
        "one-part-by-two-names": packed(message(canonical(claims((*ORDINARY, ("crl", "again", CRL[2]))))), contents()),
        "a-part-without-a-name": said(lambda it: it[5][2].__setitem__(1, "")),
        "a-name-with-a-space": said(lambda it: it[5][2].__setitem__(1, "a b")),
        "a-digest-too-short": said(lambda it: it[5][2].__setitem__(2, bytes(31))),
        "a-size-that-is-not-that-of-the-part": said(lambda it: it[5][2].__setitem__(3, it[5][2][3] + 1)),
        "a-size-of-nine-megabytes": said(lambda it: it[5][2].__setitem__(3, 9 * 1024 * 1024)),
        "a-part-of-five-members": said(lambda it: it[5][2].append(1)),
        "more-parts-than-may-be": said(lambda it: it.update({5: it[5] * 400})),
        "a-number-of-the-manifest-spelt-long": respelt(b"\x00\x01\x01\x72", b"\x00\x18\x01\x01\x72"),
        "a-float-for-a-number": said(lambda it: it.update({2: 1.5})),
        "true-for-the-version": said(lambda it: it.update({0: True})),
    }.items()
}

SIGNED_WRONG: dict[str, Case] = {
    name: Case(data)
    for name, data in {
        "another-tag": resigned(tag=98),
        "a-tag-less": outer({1: message(canonical(claims()))[1:], 2: contents()}),
        "something-unprotected": resigned(unprotected={4: b"12345678"}),
        "a-signature-in-its-high-form": resigned(high=True),
        "another-algorithm": of_header({1: -35, 16: TYPE, 33: town.STATUS.certificate_der}),
        "another-type": of_header({1: -7, 16: "application/statuslist+cwt", 33: town.STATUS.certificate_der}),
        "no-type": of_header({1: -7, 33: town.STATUS.certificate_der}),
        "a-key-id-for-a-certificate": of_header({1: -7, 4: town.STATUS.key_id, 16: TYPE}),
        "certificates-in-a-list": of_header({1: -7, 16: TYPE, 33: [town.STATUS.certificate_der]}),
        "a-header-member-more": of_header({1: -7, 4: b"12345678", 16: TYPE, 33: town.STATUS.certificate_der}),
        "a-manifest-changed-after-signing": packed(
            WHOLE_MESSAGE.replace(canonical(ENDS), canonical(ENDS + 1)), contents()
        ),
        "signed-by-a-stranger": file(signer=town.STRANGE_STATUS),
        "signed-by-a-stranger-with-a-listed-certificate": resigned(
            signer=town.STRANGE_STATUS, header={1: -7, 16: TYPE, 33: town.STATUS.certificate_der}
        ),
        "signed-by-who-signs-trust-lists": file(signer=town.LISTER),
        "signed-by-a-seal": file(signer=town.SEAL),
        "signed-by-a-certificate-that-had-ended": file(signer=town.SHORT_LIVED),
        "with-a-trust-list-by-a-stranger": file(
            (("trust-list", town.LIST_ID, town.trust_list(signer=town.STRANGER)), *ORDINARY[1:])
        ),
        "with-a-trust-list-that-is-none": file((("trust-list", town.LIST_ID, b"a.b.c"), *ORDINARY[1:])),
        "with-a-revocation-list-that-is-none": file((TRUST, STATES, ("crl", "root", b"no list"))),
        "with-the-head-of-another-log": file((TRUST, STATES, ("checkpoint", town.LOG, OTHER_HEAD))),
        "with-a-head-by-another-name": file((TRUST, STATES, ("checkpoint", "other.example/log", HEAD[2]))),
    }.items()
}

UPDATED_WRONG: dict[str, Case] = {
    "a-delta-without-its-base": Case(delta(WHOLE, NEXT)),
    "a-delta-for-another-base": Case(delta(file((TRUST, STATES)), NEXT), WHOLE),
    "a-delta-that-lacks-a-part": Case(delta(WHOLE, NEXT, parts=[NEXT_STATES[2]]), WHOLE),
    "a-delta-that-brings-what-is-there": Case(
        delta(WHOLE, NEXT, parts=contents((TRUST, NEXT_STATES, NEXT_HEAD))), WHOLE
    ),
    "a-delta-the-wrong-way-round": Case(delta(WHOLE, NEXT, parts=[NEXT_HEAD[2], NEXT_STATES[2]]), WHOLE),
    "back-by-a-delta": Case(delta(NEXT, WHOLE), NEXT),
    "back-to-the-whole-before": Case(WHOLE, NEXT),
    "another-bundle-of-the-same-number": Case(file((TRUST, NEXT_STATES, CRL, HEAD)), WHOLE),
    "a-later-bundle-with-an-older-trust-list": Case(file((OLD_LIST, NEXT_STATES, CRL), **LATER), WHOLE),
    "a-later-number-of-an-earlier-time": Case(file(m2=LATER["m2"], m3=MADE - 60), WHOLE),
    "a-later-bundle-by-a-stranger": Case(file(ORDINARY, town.STRANGE_STATUS, **LATER), WHOLE),
    "a-later-bundle-with-the-trust-list-of-a-stranger": Case(
        file((("trust-list", town.LIST_ID, town.trust_list(signer=town.STRANGER, sequence=8)), *ORDINARY[1:]), **LATER),
        WHOLE,
    ),
}

ALL = {**GOOD, **SPELT_WRONG, **MANIFEST_WRONG, **SIGNED_WRONG, **UPDATED_WRONG}
