"""Write tests/vectors/codes anew from `proofs.cases`: `python tests/proofs/make_vectors.py`."""

import json
import shutil
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from proofs.cases import ALL  # noqa: E402 - the path comes first

from license_lib.qr import QrError, decode  # noqa: E402

VECTORS = ROOT / "tests" / "vectors" / "codes"


def case(text: str) -> dict[str, Any]:
    """What a code is expected to give: all that it says, or how it is refused and why."""
    try:
        proof = decode(text)
    except QrError as error:
        return {"expect": error.code, "why": error.message, "text": text}
    return {
        "expect": "good",
        "says": {
            "identifier": str(proof.identifier),
            "issued_on": proof.issued_on.isoformat(),
            "valid_from": proof.valid_from.isoformat(),
            "valid_until": proof.valid_until.isoformat() if proof.valid_until else None,
            "digest": proof.digest.hex(),
            "public": dict(proof.public),
            "key_id": proof.key_id.hex(),
            "status": [proof.status.list_number, proof.status.index] if proof.status else None,
        },
        "text": text,
    }


def main() -> None:
    """Write every case; what a case is expected to give, people have looked at before it is committed."""
    for folder in VECTORS.glob("*/"):
        shutil.rmtree(folder)
    for cases in ALL.values():
        for name, text in cases.items():
            path = VECTORS / name / "case.json"
            path.parent.mkdir(parents=True)
            path.write_text(json.dumps(case(text), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
