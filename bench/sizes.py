"""Where the bytes of a sealed licence are, for each template: the table of docs/file-format.md.

python bench/sizes.py
"""

import argparse
import io
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import pikepdf

from license_lib.authority import Authority, now
from license_lib.batch import read_request
from license_lib.catalogue import LicenseType
from license_lib.resources import resource_folder
from license_lib.setting_up import create_development_keys, initialise

PASSPHRASE = b"only for this benchmark"
PARTS = ("fonts", "pages", "drawings", "photo", "record", "metadata", "seal", "rest", "archive")


def main() -> int:
    """Issue every template's example and print the table."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    print(f"{'template, bytes':34} {'file':>9} " + " ".join(f"{part:>9}" for part in PARTS))
    with tempfile.TemporaryDirectory() as folder:
        settings = initialise(Path(folder))
        create_development_keys(settings, PASSPHRASE, at=now())
        with Authority(settings, passphrase=PASSPHRASE) as authority:
            for kind in authority.catalogue:
                pdf = _issued(authority, kind)
                bytes_of = _bytes_by_part(pdf)
                print(f"{kind.key:34} {len(pdf):9,} " + " ".join(f"{bytes_of[part]:9,}" for part in PARTS))
    return 0


def _issued(authority: Authority, kind: LicenseType) -> bytes:
    issuer = next(body for body in authority.issuers if kind.key in body.types)
    path = resource_folder("templates") / kind.key / "example.toml"
    return authority.issue(read_request(path, {"type": kind.key, "issuer": issuer.issuer.code})).pdf


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


if __name__ == "__main__":
    sys.exit(main())
