"""What the code on the face costs: its spellings compared by size, and the time of making, reading and drawing it.

    python bench/codes.py [--rounds 60] [--spellings]

The first table compares how the bytes of a proof may stand in a fragment: digits, as they do; base32, as they did until
version 2; base45 (RFC 9285), whose space and `%` must be escaped; and what is left of its alphabet without them, by
pairs of bytes (base 41) or as one number (base 43). Real payloads of every layout, ordinary and longest.

The second is CPU time beside the bare ECDSA operation, the two taking turns in one run.
"""

import argparse
import base64
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from random import Random

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from license_lib.catalogue import Catalogue
from license_lib.catalogue.checks import all_layouts
from license_lib.code_size import CodeSize
from license_lib.license_code import license_code
from license_lib.qr import decode, spelling
from license_lib.rendering.qr_drawing import qr_matrix, qr_path
from license_lib.resources import resource_folder
from license_lib.status import LONGEST, StatusRef
from license_lib.template_craft.longest import longest
from license_lib.template_craft.specimens import Specimen, examples, of_layout
from signing.keys import SoftSigner, verify_with

HOST = "https://license.example.gov.cn"
QR45 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
LEGAL = QR45.replace(" ", "").replace("%", "")
"""What of a QR's alphabet may stand in a fragment as it is (RFC 3986 §3.5)."""
TODAY = date(2026, 11, 26)
ORDINARY = StatusRef(20, 887_307)


def main() -> int:
    """Print both tables."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=60)
    options.add_argument("--spellings", action="store_true", help="the first table only")
    chosen = options.parse_args()
    private = ec.derive_private_key(0xC0FFEE, ec.SECP256R1())
    signer = SoftSigner(private)
    print_spellings(signer)
    if not chosen.spellings:
        print_times(signer, private.public_key(), chosen.rounds)
    return 0


def print_spellings(signer: SoftSigner) -> None:
    """Characters, version and millimetres of a module, for every layout and spelling."""
    names = list(spellings(b"\xd2"))
    print(f"{'version at level M, module in mm, characters':44} {'bytes':>5}" + "".join(f"{one:>17}" for one in names))
    better = dict.fromkeys(names, 0)
    lines = 0
    for name, shown, place in layouts():
        text = code_of(shown, place, signer)
        head, _, fragment = text.partition("#")
        token = spelling.read(fragment)
        made = {one: f"{head}#{spelt}" for one, spelt in spellings(token).items()}
        if made["digits"] != text:
            raise RuntimeError("the bench spells digits otherwise than the library")
        sizes = {one: CodeSize.of(len(qr_matrix(spelt)), shown.layout.qr.size) for one, spelt in made.items()}
        for one, size in sizes.items():
            better[one] += sizes["base32"].version - size.version
        lines += 1
        row = (f"{size.version:4} {size.module:.3f} {len(made[one]):6}" for one, size in sizes.items())
        print(f"{name:44} {len(token):5}" + "".join(f"{cell:>17}" for cell in row))
    means = "".join(f"{better[one] / lines:17.2f}" for one in names)
    print(f"{'versions smaller than base32, on the average':44} {'':5}{means}")


def print_times(signer: SoftSigner, key: ec.EllipticCurvePublicKey, rounds: int) -> None:
    """Medians of CPU time, each taking its turn in every round."""
    _, shown, place = next(one for one in layouts() if one[0].startswith("business-license"))
    text = code_of(shown, place, signer)
    proof = decode(text)
    size = shown.layout.qr.size
    work: dict[str, Callable[[], object]] = {
        "verify: the bare ECDSA operation": lambda: key.verify(proof.signature, proof.signed, _SHA256),
        "decode": lambda: decode(text),
        "decode and verify": lambda: _checked(text, key),
        "sign: the bare ECDSA operation": lambda: signer.sign(proof.signed),
        "encode and sign": lambda: code_of(shown, place, signer),
        "symbol": lambda: qr_matrix(text),
        "symbol as a drawing": lambda: qr_path(text, 0, 0, size),
    }
    taken: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(rounds):
        for name, one in work.items():
            started = time.process_time()
            for _ in range(_TIMES):
                one()
            taken[name].append((time.process_time() - started) / _TIMES)
    unit = statistics.median(taken["verify: the bare ECDSA operation"])
    print(f"\n{'step':44} {'verifications':>14} {'ms':>8}   (medians of {rounds}, CPU time)")
    for name, seconds in taken.items():
        median = statistics.median(seconds)
        print(f"{name:44} {median / unit:14.2f} {median * 1000:8.3f}")


_SHA256 = ec.ECDSA(hashes.SHA256())
_TIMES = 20


def layouts() -> Iterator[tuple[str, Specimen, StatusRef]]:
    """Every layout with its example, and with the longest values that are legal."""
    folder = resource_folder("templates")
    for kind in Catalogue.load(folder):
        found = examples(folder / kind.key, kind, TODAY)
        for steps, _ in all_layouts(kind):
            layout = str(steps[1]) if len(steps) > 1 else ""
            base = of_layout(found, kind, layout)
            name = f"{kind.key} {layout}".strip()
            yield name, base, ORDINARY
            yield f"{name}, longest", longest(base), LONGEST


def code_of(shown: Specimen, place: StatusRef, signer: SoftSigner) -> str:
    """A real code, signed: zeros in place of a signature would make some spellings shorter."""
    document = replace(shown.document, status=place.claim(HOST))
    key_id = Random(7).randbytes(8)  # noqa: S311 -- as good as any
    return license_code(shown.kind, document, key_id=key_id, sign=signer.sign, base_url=HOST)


def spellings(token: bytes) -> dict[str, str]:
    """A token in each spelling."""
    return {
        "digits": spelling.written(token),
        "base32": base64.b32encode(token).decode().rstrip("="),
        "base45 escaped": _base45(token).replace("%", "%25").replace(" ", "%20"),
        "base41": _in_pairs(token, LEGAL[:41]),
        "base43": _as_number(token, LEGAL),
    }


def _base45(data: bytes) -> str:
    return _in_pairs(data, QR45)


def _in_pairs(data: bytes, alphabet: str) -> str:
    """Two bytes as three characters, the lowest first; the last alone as two (RFC 9285 §4)."""
    base, text = len(alphabet), ""
    for start in range(0, len(data), 2):
        pair = data[start : start + 2]
        number = int.from_bytes(pair, "big")
        for _ in range(len(pair) + 1):
            number, digit = divmod(number, base)
            text += alphabet[digit]
    return text


def _as_number(data: bytes, alphabet: str) -> str:
    number, text = int.from_bytes(data, "big"), ""
    while number:
        number, digit = divmod(number, len(alphabet))
        text += alphabet[digit]
    return text


def _checked(text: str, key: ec.EllipticCurvePublicKey) -> None:
    proof = decode(text)
    if not verify_with(key, proof.signature, proof.signed):
        raise RuntimeError("the code is not signed")


if __name__ == "__main__":
    sys.exit(main())
