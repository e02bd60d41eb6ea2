"""What drawing a face costs for each template, what dominates it, and where the bytes of the sealed file are.

    python bench/drawing.py [--rounds 15]

CPU time, as multiples of one ECDSA P-256 signature of the same run, as in `bench/chain.py`.
"""

import argparse
import cProfile
import io
import pstats
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pikepdf
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from license_lib.authority import Authority, now
from license_lib.batch import read_request
from license_lib.catalogue import LicenseType
from license_lib.configured import fonts_folder
from license_lib.issuing import Issued
from license_lib.licenses import face_content
from license_lib.licenses.record import canonical_bytes
from license_lib.qr import scan_file
from license_lib.rendering import Attachment, Fonts, plan_face, render
from license_lib.resources import resource_folder
from license_lib.setting_up import create_development_keys, initialise

PASSPHRASE = b"only for this benchmark"
PARTS = ("fonts", "pages", "drawings", "photo", "record", "metadata", "seal", "rest", "archive")


def main() -> int:
    """Measure every template and print two tables."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=15)
    rounds = options.parse_args().rounds
    key = ec.generate_private_key(ec.SECP256R1())
    unit = _median(lambda: key.sign(b"x" * 32, ec.ECDSA(hashes.SHA256())), 400)
    profile = cProfile.Profile()
    times: list[str] = []
    sizes: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        settings = initialise(Path(folder))
        create_development_keys(settings, PASSPHRASE, at=now())
        fonts = Fonts.load(fonts_folder(settings))
        with Authority(settings, passphrase=PASSPHRASE) as authority:
            for kind in authority.catalogue:
                issued, photo = _issued(authority, kind)
                draw = _drawing(kind, issued, fonts, photo)
                draw()
                content = face_content(kind, issued.license)
                planning = _median(partial(plan_face, kind, content, fonts), rounds) / unit
                whole = _median(draw, rounds) / unit
                profile.runcall(draw)
                times.append(f"{kind.key:34} {planning:8.0f} {whole:8.0f}")
                bytes_of = _bytes_by_part(issued.pdf)
                shares = " ".join(f"{bytes_of[part]:9,}" for part in PARTS)
                sizes.append(f"{kind.key:34} {len(issued.pdf):9,} {shares}")
    print(f"{'template':34} {'plan':>8} {'render':>8}   (medians of {rounds}, in signatures of {unit * 1e3:.3f} ms)")
    print("\n".join(times))
    print(f"\n{'template, bytes':34} {'file':>9} " + " ".join(f"{part:>9}" for part in PARTS))
    print("\n".join(sizes))
    print("\nWhat dominates drawing, all templates together:")
    print(_dominating(profile))
    return 0


def _issued(authority: Authority, kind: LicenseType) -> tuple[Issued, bytes | None]:
    issuer = next(body for body in authority.issuers if kind.key in body.types)
    path = resource_folder("templates") / kind.key / "example.toml"
    request = read_request(path, {"type": kind.key, "issuer": issuer.issuer.code})
    return authority.issue(request), request.photo


def _drawing(kind: LicenseType, issued: Issued, fonts: Fonts, photo: bytes | None) -> Callable[[], bytes]:
    code = scan_file(issued.pdf)[0]
    attachment = Attachment(canonical_bytes(issued.license))
    return lambda: render(kind, issued.license, qr_text=code, fonts=fonts, photo=photo, attachment=attachment)


def _median(work: Callable[[], object], rounds: int) -> float:
    taken = []
    for _ in range(rounds):
        started = time.process_time()
        work()
        taken.append(time.process_time() - started)
    return statistics.median(taken)


def _bytes_by_part(file: bytes) -> Counter[str]:
    """Bytes of a file by what they are for, as they lie in it: deflated. What follows the seal is the archive."""
    with pikepdf.open(io.BytesIO(file)) as document:
        _, _, after, length = (int(number) for number in document.Root.AcroForm.Fields[0].V.ByteRange)
    pdf = file[: after + length]
    found: Counter[str] = Counter(archive=len(file) - len(pdf))
    with pikepdf.open(io.BytesIO(pdf)) as document:
        contents = {
            stream.objgen
            for page in document.pages
            for stream in (page.Contents if isinstance(page.Contents, pikepdf.Array) else [page.Contents])
        }
        programs = {
            one.FontFile2.objgen
            for one in document.objects
            if isinstance(one, pikepdf.Dictionary) and "/FontFile2" in one
        }
        for one in document.objects:
            if isinstance(one, pikepdf.Stream):
                found[_part(one, contents, programs)] += len(one.read_raw_bytes())
            elif isinstance(one, pikepdf.Dictionary) and "/ByteRange" in one:
                before, length, after, _ = (int(number) for number in one.ByteRange)
                found["seal"] += after - before - length
    found["rest"] = len(file) - sum(found.values())
    return found


def _part(stream: Any, contents: set[tuple[int, int]], programs: set[tuple[int, int]]) -> str:
    if stream.objgen in programs:
        return "fonts"
    if stream.objgen in contents:
        return "pages"
    kind, subtype = str(stream.get("/Type", "")), str(stream.get("/Subtype", ""))
    if kind == "/EmbeddedFile":
        return "record"
    if kind == "/Metadata" or (not kind and "/N" in stream):
        return "metadata"
    if subtype == "/Image":
        return "photo"
    return "drawings" if subtype == "/Form" else "rest"


def _dominating(profile: cProfile.Profile) -> str:
    out = io.StringIO()
    pstats.Stats(profile, stream=out).sort_stats("tottime").print_stats(12)
    lines = out.getvalue().splitlines()
    start = next(number for number, line in enumerate(lines) if "ncalls" in line)
    return "\n".join(_without_folder(line) for line in lines[start:] if line.strip())


def _without_folder(line: str) -> str:
    figures, _, place = line.rpartition(" ")
    return f"{figures} {'/'.join(Path(place).parts[-2:])}" if "/" in place else line


if __name__ == "__main__":
    sys.exit(main())
