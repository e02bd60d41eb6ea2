"""What the usual way costs, and what ours does: the table that `make bench` prints, and all of docs/performance.md.

    python bench/reach.py [--rounds 21] [--write] [--quick]

CPU time, medians, all sides taking turns in one run; the usual way is `bench/naive.py`. `--write` keeps the table in
`bench/results.json` and writes the page anew. `--quick` runs everything once, for a look at whether it still runs.

A row's `value` is ours, its `baseline` the other side's, both in its `unit`; `ratio` is how much less ours is, or,
where less is aimed at than is asked for at least, the share that ours is of the other.
"""

import argparse
import cProfile
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from itertools import cycle
from pathlib import Path
from typing import Any

import qrcode
from batches import reach_figures
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from growth import measured_growth
from interleaved import Side, medians
from performance_page import dominating, table, write_page
from sides import PASSPHRASE, City, Ways, forget_chains

from license_lib.authority import now
from license_lib.judges import make_verifier
from license_lib.qr import decode
from license_lib.rendering.qr_drawing import qr_matrix
from license_lib.resources import resource_folder
from signing.keys import verify_with
from signing.validation import validate

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "bench" / "results.json"
_SHORT = 200
"""How often in a row what takes a tenth of a millisecond."""
_MANY = 5
"""How often in a row what a batch or a service does one after the other: once, it is the processor's memory that one
measures, which the other sides had to themselves before. Both sides of a row alike."""
_PROFILED = 200


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    name: str
    value: float
    unit: str
    baseline: float
    ratio: float
    at_least: float | None
    aim: float | None


def main() -> int:
    """Measure, print and, if asked to, write."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=21)
    options.add_argument("--licenses", type=int, default=100_000, help="of the longest batch")
    options.add_argument("--write", action="store_true")
    options.add_argument("--quick", action="store_true")
    chosen = options.parse_args()
    rounds, most = (1, 10) if chosen.quick else (chosen.rounds, chosen.licenses)
    with tempfile.TemporaryDirectory() as folder, City.opened(Path(folder) / "city") as city:
        p256 = city.ways(ec.generate_private_key(ec.SECP256R1()))
        rows = [asdict(row) for row in measured(city, p256, rounds)]
        rows += [asdict(row) for row in of_batches(quick=chosen.quick)]
        print(table(rows))
        profile = profiled(p256.ours, 1 if chosen.quick else _PROFILED)
        print(f"\nWhat is left, of one licence:\n\n{profile}")
        growth = measured_growth(p256, most=most, quick=chosen.quick)
    for line in growth:
        print(line)
    if chosen.write:
        RESULTS.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        write_page(rows, profile, growth)
    return 0


def measured(city: City, p256: Ways, rounds: int) -> Iterator[Row]:
    """Every row that this script measures itself."""
    rsa_ways = city.ways(rsa.generate_private_key(65537, 2048))
    took = medians(
        {
            **_issuing("P-256", p256),
            **_issuing("RSA-2048", rsa_ways),
            **_judging(city),
            **_codes(city),
            **_processes(city),
        },
        rounds,
    )

    def row(name: str, ours: str, theirs: str, at_least: float | None, aim: float | None) -> Row:
        value, baseline = took[ours] * 1000, took[theirs] * 1000
        fewer = at_least is not None and aim is not None and aim < at_least
        ratio = value / baseline if fewer else baseline / value
        return Row(name, round(value, 3), "ms", round(baseline, 3), round(ratio, 2), at_least, aim)

    yield row("issue, P-256", "P-256 ours", "P-256 usual", 25, 50)
    yield row("issue, RSA-2048", "RSA-2048 ours", "RSA-2048 usual", 35, 60)
    yield row("seal an existing PDF, P-256", "P-256 seal", "P-256 pyHanko", 8, 12)
    yield row("seal an existing PDF, RSA-2048", "RSA-2048 seal", "RSA-2048 pyHanko", 20, 30)
    yield row("verify a licence, chain unknown", "verify anew", "pyHanko validates", 10, 20)
    yield row("verify a licence, chain known", "verify again", "pyHanko validates", 25, 60)
    yield row("of it the seal alone, chain unknown", "validate anew", "pyHanko validates", None, None)
    yield row("of it the seal alone, chain known", "validate again", "pyHanko validates", None, None)
    yield row("cold `license issue`", "cold issue", "cold issue, pyHanko", 5, 8)
    yield row("cold `license verify`", "cold verify", "cold verify, pyHanko", 5, 8)
    yield row("code: decode and verify", "code", "raw verification", 1.8, 1.2)
    yield row("code: encode", "encode", "qrcode", 15, 24)
    ours, usual = (len(make()) / 1000 for make in (p256.ours, p256.usual))
    yield Row("file size", round(ours, 1), "kB", round(usual, 1), round(ours / usual, 2), 0.6, 0.35)


def of_batches(*, quick: bool) -> Iterator[Row]:
    """The rows of `bench/batches.py`."""
    names: tuple[tuple[str, str, float | None, float | None], ...] = (
        ("issue a batch, two processes and one", "s", 1.7, 1.9),
        ("of it what the machine gives: processes that share nothing", "s", None, None),
        ("memory of a process that seals in a batch of 3,000, at its end and after 1,000", "MB", 1.1, 1.02),
    )
    figures = reach_figures(quick=quick)
    for (name, unit, at_least, aim), (value, baseline) in zip(names, figures, strict=True):
        fewer = at_least is not None and aim is not None and aim < at_least
        ratio = value / baseline if fewer else baseline / value
        yield Row(name, round(value, 3), unit, round(baseline, 3), round(ratio, 2), at_least, aim)


def _issuing(name: str, ways: Ways) -> dict[str, Side]:
    city = ways.city
    ours, usual = cycle(city.documents), cycle(city.documents)
    drawn = [ways.naive.complete(ways.naive.draw(city.kind, one, city.code(one)), one) for one in city.documents]
    to_seal, to_sign = cycle(drawn), cycle(drawn)
    return {
        f"{name} ours": Side(lambda: ways.ours(next(ours)), times=_MANY),
        f"{name} usual": Side(lambda: ways.usual(next(usual)), times=_MANY, rarely=True),
        f"{name} seal": Side(lambda: ways.seal(next(to_seal)), times=_MANY),
        f"{name} pyHanko": Side(lambda: ways.naive.sign(next(to_sign)), times=_MANY, rarely=True),
    }


def _judging(city: City) -> dict[str, Side]:
    authority = city.authority
    ours, seals, pyhanko = cycle(city.files), cycle(city.files), cycle(map(city.pyhanko_validates, city.files))
    verifier = make_verifier(authority.settings, authority.catalogue, authority.issuers, authority.repository)
    trust, moment = verifier.ground.trust, now()

    def verify() -> None:
        if verifier.verify(next(ours), at=moment).outcome.value != "IN_FORCE":
            raise RuntimeError("the licence is not found in force")

    def judge_seal() -> None:
        if validate(next(seals), trust=trust, at=moment).indication.value != "TOTAL-PASSED":
            raise RuntimeError("the seal is not found sound")

    for _ in city.files:  # the first face of a template is drawn, the second on its ground, too
        verify()
    return {
        "verify anew": Side(verify, before=lambda: forget_chains(trust)),
        "validate anew": Side(judge_seal, before=lambda: forget_chains(trust)),
        "verify again": Side(verify, before=verify, times=_MANY),
        "validate again": Side(judge_seal, before=judge_seal, times=_MANY),
        "pyHanko validates": Side(lambda: next(pyhanko)(), times=_MANY),  # noqa: PLW0108 -- another one each time
    }


def _codes(city: City) -> dict[str, Side]:
    texts = [city.code(document) for document in city.documents]
    proofs, read_ones, encoded, usual_ones = cycle(map(decode, texts)), cycle(texts), cycle(texts), cycle(texts)
    key: Any = city.code_key.certificate.public_key()

    def read() -> None:
        found = decode(next(read_ones))
        if not verify_with(key, found.signature, found.signed):
            raise RuntimeError("the code is not signed")

    def verify() -> None:
        proof = next(proofs)
        key.verify(proof.signature, proof.signed, algorithm)

    def usual() -> object:
        symbol = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M)
        symbol.add_data(next(usual_ones))
        symbol.make(fit=True)
        return symbol.get_matrix()

    algorithm = ec.ECDSA(hashes.SHA256())
    return {
        "code": Side(read, times=_SHORT),
        "raw verification": Side(verify, times=_SHORT),
        "encode": Side(lambda: qr_matrix(next(encoded)), times=_SHORT),
        "qrcode": Side(usual),
    }


def _processes(city: City) -> dict[str, Side]:
    """Whole processes of the command line, as it is set up by default, and the same ones that load pyHanko first."""
    home = city.home
    (home / "passphrase").write_bytes(PASSPHRASE)
    (home / "one.pdf").write_bytes(city.files[0])
    example = (resource_folder("templates") / "food-business-permit" / "example.toml").read_text(encoding="utf-8")
    numbers = iter(range(10**6))

    def request() -> None:
        number = f'number = "JY2620402{next(numbers):07d}"'
        text = re.sub(r'^number = "[^"]+"', number, example, count=1, flags=re.MULTILINE)
        (home / "request.toml").write_text(text, encoding="utf-8")

    issue = ["issue", "request.toml", "--type", "food-business-permit", "--issuer", "market", "-o", "issued.pdf"]
    issue += ["--passphrase-file", "passphrase"]
    verify = ["verify", "one.pdf"]
    signing = "import pyhanko.pdf_utils.incremental_writer, pyhanko.sign.signers, pyhanko.sign.timestamps; "
    validation = "import pyhanko.pdf_utils.reader, pyhanko.sign.validation; "
    return {
        "cold issue": Side(_process(home, "", issue), before=request, rarely=True),
        "cold issue, pyHanko": Side(_process(home, signing, issue), before=request, rarely=True),
        "cold verify": Side(_process(home, "", verify), rarely=True),
        "cold verify, pyHanko": Side(_process(home, validation, verify), rarely=True),
    }


def _process(home: Path, first: str, arguments: list[str]) -> Callable[[], object]:
    script = f"import sys; sys.path.insert(0, sys.argv.pop(1)); {first}import cli; cli.main()"
    command = [sys.executable, "-c", script, str(ROOT), *arguments, "--home", str(home)]
    compiled = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}  # as installed
    return lambda: subprocess.run(command, cwd=home, check=True, capture_output=True, env=compiled)


def profiled(work: Callable[[], object], times: int) -> str:
    """What takes the time of a piece of work, as text."""
    work()
    profile = cProfile.Profile()
    for _ in range(times):
        profile.runcall(work)
    return dominating(profile, times)


if __name__ == "__main__":
    sys.exit(main())
