"""What the chain costs, step by step: issue, verify, scan. CPU time, as multiples of one ECDSA P-256 signature.

    python bench/chain.py [--rounds 30] [--json]

Ratios travel between machines, milliseconds do not: every figure is divided by the signature's time in the same run.
Peers are measured in the same run too: pyHanko validating the same seal, and `pdfsig` as a process.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from license_lib.authority import Authority, now
from license_lib.batch import read_request
from license_lib.configured import fonts_folder
from license_lib.licenses import face_content
from license_lib.licenses.record import canonical_bytes, parse_record, record_digest
from license_lib.licenses.request import LicenseRequest
from license_lib.qr import decode, scan, scan_file
from license_lib.rendering import Attachment, Fonts, check_fit, page_png, render
from license_lib.resources import resource_folder
from license_lib.setting_up import create_development_keys, initialise
from license_lib.verification.reading import attached_record, read_face
from signing.collecting import collect
from signing.evidence import Evidence
from signing.keys import load_credential
from signing.sealing import archive, seal
from signing.sealing.signatures import read_signatures
from signing.timestamps import LocalTimestamper
from signing.trust import TrustStore
from signing.validation import validate

TESTS = Path(__file__).resolve().parents[1] / "tests"
sys.path.append(str(TESTS))  # `long_term_judge`, which the tests ask, too
PASSPHRASE = b"only for this benchmark"
TYPE, ISSUER = "food-business-permit", "market"


def main() -> int:
    """Run all measurements and print them."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=30)
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(Path(folder), chosen.rounds)
        peaks = memory(Path(folder))
    unit = figures["sign: one ECDSA P-256 signature"]
    if chosen.json:
        ratios = {name: round(seconds / unit, 2) for name, seconds in figures.items()}
        print(json.dumps(ratios | {f"{name} (MiB)": round(peak) for name, peak in peaks.items()}, ensure_ascii=False))
        return 0
    print(f"{'step':52} {'signatures':>10} {'ms':>9}   (medians of {chosen.rounds}, CPU time)")
    for name, seconds in figures.items():
        print(f"{name:52} {seconds / unit:10.1f} {seconds * 1000:9.3f}")
    for name, peak in peaks.items():
        print(f"{name:52} {peak:10.0f} MiB, the whole process")
    return 0


def measure(home: Path, rounds: int) -> dict[str, float]:
    """Seconds of CPU time by step, in the order of the chain."""
    settings = initialise(home)
    create_development_keys(settings, PASSPHRASE, at=now())
    credential = load_credential(settings.keys_folder, ISSUER, passphrase=PASSPHRASE, at=now())
    serials = iter(range(1, 10**9))
    timestamper = LocalTimestamper(
        load_credential(settings.keys_folder, "tsa", passphrase=PASSPHRASE, at=now()), now, lambda: next(serials)
    )
    fonts = Fonts.load(fonts_folder(settings))
    key = ec.generate_private_key(ec.SECP256R1())
    figures: dict[str, float] = {}

    def step(name: str, work: Callable[[], object], *, times: int = rounds) -> None:
        work()
        figures[name] = statistics.median(_cpu_seconds(work) for _ in range(times))

    with Authority(settings, passphrase=PASSPHRASE) as authority:
        requests = _requests()
        issued = authority.issue(next(requests))
        kind, document = authority.catalogue.get(TYPE), issued.license
        record, code = canonical_bytes(document), scan_file(issued.pdf)[0]
        face = render(kind, document, qr_text=code, fonts=fonts, attachment=Attachment(record))
        picture = page_png(issued.pdf)
        trust = TrustStore.load(settings.keys_folder)
        sealed = seal(face, credential=credential, timestamper=timestamper, appearance=None, at=now(), nonce=lambda: 1)

        step("sign: one ECDSA P-256 signature", lambda: key.sign(b"x" * 32, ec.ECDSA(hashes.SHA256())), times=400)
        step("issue: whole, committed", lambda: authority.issue(next(requests)))
        step("  record and digest", lambda: record_digest(canonical_bytes(document)))
        step("  plan the face", lambda: check_fit(kind, face_content(kind, document), fonts))
        step("  render", lambda: render(kind, document, qr_text=code, fonts=fonts, attachment=Attachment(record)))
        step(
            "  seal with time-stamp, invisible",
            lambda: seal(
                face, credential=credential, timestamper=timestamper, appearance=None, at=now(), nonce=lambda: 1
            ),
        )

        def at_hand() -> Evidence:
            return collect(read_signatures(sealed).to_be_proved, trust, fetcher=None, at=now(), nonce=lambda: 1)

        evidence = at_hand()
        step("  archive: whole", lambda: authority.archiving.archive_file(sealed))
        step("    evidence at hand", at_hand)
        step(
            "    update and time-stamp",
            lambda: archive(sealed, evidence=lambda _: evidence, timestamper=timestamper, at=now(), nonce=lambda: 1),
        )
        step("verify: whole PDF", lambda: authority.verify(issued.pdf))
        step("  seal", lambda: validate(issued.pdf, trust=trust, at=now()))
        step("  record", lambda: parse_record(attached_record(issued.pdf) or b""))
        step("  face and code, as seen", lambda: read_face(issued.pdf, kind.layout))
        step("verify: text of a code", lambda: authority.verify_code(code))
        step("  decode", lambda: decode(code))
        step("scan: page picture of 150 dpi", lambda: scan(picture))
        step("look up: state by identifier", lambda: authority.status(issued.identifier))
        step("peer: pyHanko validates the seal alone", _pyhanko(issued.pdf, settings.keys_folder))
        step("peer: pyHanko for the long term (AdES-LTA)", pyhanko_long_term(issued.pdf, settings.keys_folder))
        file = home / "one.pdf"
        file.write_bytes(issued.pdf)
        figures["peer: pdfsig process, wall time"] = statistics.median(
            _wall_seconds(["pdfsig", "-nocert", str(file)]) for _ in range(max(3, rounds // 5))
        )
    return figures


def memory(home: Path) -> dict[str, float]:
    """Peak memory in MiB of a fresh process that judges one licence: ours whole, pyHanko's validation, `pdfsig`."""
    ours = (
        "import sys; from pathlib import Path; from license_lib.authority import now;"
        "from license_lib.judges import open_verifier;"
        "from license_lib.settings import Settings; home = Path(sys.argv[1]);"
        "from contextlib import ExitStack; stack = ExitStack();"
        "verifier = stack.enter_context(open_verifier(Settings.load(home)));"
        "verdict = verifier.verify((home / 'one.pdf').read_bytes(), at=now()); assert verdict.outcome == 'IN_FORCE'"
    )
    theirs = (
        "import sys; from pathlib import Path; sys.path[:0] = [sys.argv[2], sys.argv[3]]; import chain;"
        "home = Path(sys.argv[1]); chain.pyhanko_long_term((home / 'one.pdf').read_bytes(), home / 'keys')()"
    )
    paths = [str(Path(__file__).parent), str(TESTS)]
    commands = {
        "memory: license verification": [sys.executable, "-c", ours, str(home)],
        "memory: pyHanko for the long term": [sys.executable, "-c", theirs, str(home), *paths],
        "memory: pdfsig": ["pdfsig", "-nocert", str(home / "one.pdf")],
    }
    return {name: _peak_mebibytes(command) for name, command in commands.items()}


def _peak_mebibytes(command: list[str]) -> float:
    # A process counts what stood in its place before it: it is started by one that is small.
    starter = (
        "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    done = subprocess.run([sys.executable, "-IS", "-c", starter, *command], check=True, capture_output=True, text=True)
    return int(done.stdout) / 1024


def _requests() -> Iterator[LicenseRequest]:
    example = read_request(resource_folder("templates") / TYPE / "example.toml", {"type": TYPE, "issuer": ISSUER})
    for number in range(10**6):
        yield replace(example, number=f"JY2620402{number:07d}")


def _pyhanko(pdf: bytes, keys: Path) -> Callable[[], object]:
    import io

    from asn1crypto import pem, x509
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    roots = [
        x509.Certificate.load(pem.unarmor(path.read_bytes())[2]) for path in (keys / "public" / "anchors").glob("*.pem")
    ]

    def work() -> object:
        context = ValidationContext(trust_roots=roots, allow_fetching=False)
        status = validate_pdf_signature(PdfFileReader(io.BytesIO(pdf)).embedded_signatures[0], context)
        if not status.intact:
            raise RuntimeError("pyHanko does not find the seal intact")
        return status

    return work


def pyhanko_long_term(pdf: bytes, keys: Path) -> Callable[[], object]:
    """PyHanko's own validation of an archived file: seal, time-stamps, evidence, up to the archive time-stamp."""
    from long_term_judge import judge_long_term

    lists = [path.read_bytes() for path in (keys / "public" / "crl").glob("*.crl")]

    def work() -> object:
        judged = judge_long_term(pdf, keys, now(), lists)
        if judged.ades_subindic is not AdESPassed.OK:
            raise RuntimeError("pyHanko does not find the seal sound")
        return judged

    from pyhanko.sign.ades.report import AdESPassed

    return work


def _cpu_seconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def _wall_seconds(command: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - started


if __name__ == "__main__":
    sys.exit(main())
