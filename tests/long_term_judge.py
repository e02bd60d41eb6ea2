"""pyHanko's AdES validation (EN 319 102-1 §5.6.3) as an outside judge of archived files; it is given anchors only."""

import asyncio
from collections.abc import Iterable
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from asn1crypto import crl as asn1_crl
from asn1crypto import pem
from asn1crypto import x509 as asn1_x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.ades import ades_lta_validation
from pyhanko.sign.validation.policy_decl import (
    LocalKnowledge,
    PdfSignatureValidationSpec,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko_certvalidator.authority import CertTrustAnchor
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.ltv.types import ValidationTimingInfo
from pyhanko_certvalidator.policy_decl import (
    REQUIRE_REVINFO,
    CertRevTrustPolicy,
)
from pyhanko_certvalidator.registry import SimpleTrustManager
from pyhanko_certvalidator.revinfo.archival import CRLContainer


def judge_long_term(pdf: bytes, keys: Path, moment: datetime, lists: Iterable[bytes] = ()) -> Any:
    """Judge the first signature.

    Args:
        keys: PKI folder: of it the anchors are trusted, and nothing else is taken.
        lists: what a judge of that moment would fetch for the newest archive time-stamp; it is in no file yet.
    """
    anchors = [asn1_x509.Certificate.load(_der(path)) for path in (keys / "public" / "anchors").glob("*.pem")]
    policy = CertValidationPolicySpec(
        trust_manager=SimpleTrustManager.build(trust_roots=[CertTrustAnchor(one) for one in anchors]),
        revinfo_policy=CertRevTrustPolicy(REQUIRE_REVINFO),
    )
    known = [CRLContainer(asn1_crl.CertificateList.load(one)) for one in lists]
    spec = SignatureValidationSpec(
        cert_validation_policy=policy,
        revinfo_gathering_policy=RevocationInfoGatheringSpec(RevinfoOnlineFetchingRule.LOCAL_ONLY),
        local_knowledge=LocalKnowledge(known_crls=known),
    )
    timing = ValidationTimingInfo(moment, moment, point_in_time_validation=True)
    signature = PdfFileReader(BytesIO(pdf)).embedded_regular_signatures[0]
    return asyncio.run(ades_lta_validation(signature, PdfSignatureValidationSpec(spec), timing))


def _der(path: Path) -> bytes:
    return bytes(pem.unarmor(path.read_bytes())[2])
