"""Write tests/vectors/bundles anew from `bundles.cases`: `python tests/bundles/make_vectors.py`."""

import hashlib
import json
import shutil
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from bundles import town  # noqa: E402 - the path comes first
from bundles.cases import ALL, Case  # noqa: E402

from license_lib.bundle import OpenedBundle, open_bundle, pinned, update  # noqa: E402
from license_lib.errors import InputError  # noqa: E402
from license_lib.offline import OfflineVerifier  # noqa: E402

VECTORS = ROOT / "tests" / "vectors" / "bundles"
SIGNER = "signer.der"


def opened(case: Case) -> OpenedBundle:
    """As a reader opens it who has pinned the town's list signer."""
    pin = pinned(town.LISTER.certificate_der)
    if case.base is None:
        return open_bundle(case.bundle, pin)
    return update(open_bundle(case.base, pin), case.bundle)


def described(case: Case) -> dict[str, Any]:
    """What a bundle is expected to give: what it says, and the codes judged by it; or how it is refused and why."""
    try:
        bundle = opened(case)
    except InputError as error:
        return {"expect": error.code, "why": error.message}
    said, signed = bundle.manifest, bundle.bundle.signed
    verifier = OfflineVerifier([bundle], max_staleness=case.max_staleness)
    verdicts = [(name, text, verifier.verify_code(text, at=case.now, now=case.now)) for name, text in case.codes]
    return {
        "expect": "good",
        "digest": signed.sha256.hex(),
        "sha256": hashlib.sha256(bundle.bundle.encoded()).hexdigest(),
        "says": {
            "list_id": said.list_id,
            "sequence": said.sequence,
            "made": said.made.isoformat(),
            "good_until": said.good_until.isoformat(),
            "parts": [[part.kind.value, part.name, part.sha256.hex(), part.size] for part in said.parts],
            "log_size": bundle.checkpoint.size if bundle.checkpoint else None,
        },
        "now": case.now.isoformat(),
        "max_staleness_seconds": int(case.max_staleness.total_seconds()),
        "codes": [
            {
                "name": name,
                "text": text,
                "outcome": verdict.outcome.value,
                "findings": sorted(finding.code for finding in verdict.findings),
            }
            for name, text, verdict in verdicts
        ],
    }


def main() -> None:
    """Write every case; what a case is expected to give, people have looked at before it is committed."""
    for folder in VECTORS.glob("*/"):
        shutil.rmtree(folder)
    (VECTORS / SIGNER).write_bytes(town.LISTER.certificate_der)
    for name, case in ALL.items():
        folder = VECTORS / name
        folder.mkdir(parents=True)
        (folder / "case.json").write_text(
            json.dumps(described(case), ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
        )
        (folder / "file.bundle").write_bytes(case.bundle)
        if case.base is not None:
            (folder / "base.bundle").write_bytes(case.base)


if __name__ == "__main__":
    main()
