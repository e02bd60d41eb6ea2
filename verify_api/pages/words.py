"""The words of the page's judge: those of the library, so that both say the same, and a few that it alone needs.

Names of types and fields come with the page and are not signed; what the fields say is.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from license_lib.catalogue import PUBLIC_LABELS, Catalogue
from license_lib.error_texts import TITLES_ZH
from license_lib.findings import CODES
from license_lib.findings.texts import LATER, UNSURE, FindingText
from license_lib.verification import OUTCOME_TEXTS
from license_lib.verification.verdict import PROOF_TEXTS, Proof

OWN: Final[Mapping[str, FindingText]] = MappingProxyType(
    {
        "trust.unknown": FindingText(
            UNSURE,
            "没有信任名单，本机无法自行判定",
            "There is no trust list: this device cannot judge by itself",
            "网络不通而本机没有保存过名单，或服务没有公布名单",
            "There is no network and nothing was kept on this device, or the service publishes no list",
            "联网后重试，或提交给服务器核验",
            "Try again with a network, or hand the code in",
        ),
        "trust.unusable": FindingText(
            UNSURE,
            "信任名单无法采用（{why}）",
            "The trust list cannot be relied on ({why})",
            "名单不是由本页所载签发者签发，或内容损坏",
            "It is not signed by whom this page names, or it is damaged",
            *LATER,
        ),
    }
)
"""Findings of the page alone: elsewhere nobody judges without a trust list."""
JUDGED: Final = (
    "qr.foreign", "qr.malformed", "qr.version", "qr.presentation", "qr.signature", "qr.unknown-key", "qr.none",
    "qr.several",
    "paper.compare",
    "trust.stale",
    "seal.unknown-issuer", "seal.certificate-expired", "seal.certificate-not-yet-valid", "seal.revocation-unknown",
    "seal.revocation-stale", "seal.revoked-no-proof", "seal.development",
    "issuer.unknown", "issuer.mismatch", "issuer.out-of-scope", "issuer.out-of-region", "issuer.out-of-period",
    "issuer.seal-not-listed", "issuer.seal-not-in-force", "issuer.seal-withdrawn-no-proof",
    "issuer.key-compromised-no-proof",
    "status.unknown", "status.list-stale", "status.list-unusable", "bundle.stale", "bundle.future",
    "status.suspended", "status.invalid",
    "validity.expired", "validity.not-yet",
)  # fmt: skip
"""Findings of the library that the page's judge may have; the tests compare them with its script."""
REFUSALS: Final = MappingProxyType(
    {
        "bundle.format": "This is no offline bundle",
        "bundle.version": "The bundle is of a newer version: update this page",
        "bundle.delta": "This leads on from an earlier bundle, which is not here",
        "bundle.base": "This leads on from another bundle than the one that is here",
        "bundle.signer": "The bundle is signed by somebody who may not",
        "bundle.signature": "The signature of the bundle is not valid",
        "bundle.rollback": "It is older than the bundle that is here, or of its number",
        "trust.format": "The trust list in the bundle is none",
        "trust.signature": "The signature of the trust list in the bundle is not valid",
        "trust.signer": "The bundle is of another city, or its trust list is signed by somebody who may not",
    }
)
"""Why a bundle is not taken, in English; the Chinese is the title of the error."""
_STEPS: Final = (Proof.CODE, Proof.ISSUER, Proof.STATUS, Proof.VALIDITY)


def words(catalogue: Catalogue) -> dict[str, Any]:
    """What the script shows, Chinese and English in pairs."""
    findings = {**{code: CODES[code] for code in JUDGED}, **OWN}
    return {
        "findings": {code: [row.zh, row.en, row.remedy_zh, row.remedy_en] for code, row in findings.items()},
        "refusals": {code: [TITLES_ZH[code], text] for code, text in REFUSALS.items()},
        "outcomes": {outcome.value: texts for outcome, texts in OUTCOME_TEXTS.items()},
        "steps": {step.value: PROOF_TEXTS[step] for step in _STEPS},
        "labels": PUBLIC_LABELS,
        "types": {
            kind.code.value: {
                "name": kind.name,
                "labels": {code: [spec.label, spec.english] for code, spec in kind.by_code.items() if spec.in_qr},
            }
            for kind in catalogue
        },
    }
