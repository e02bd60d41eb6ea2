"""Judging codes from paper with nothing but bundles 离线包: no network, no home, no database.

bundle = open_bundle(Path("baiyin.bundle").read_bytes(), pinned(read_signer(Path("baiyin-signer.pem"))))
verifier = OfflineVerifier([bundle], max_staleness=timedelta(hours=8))
verdict = verifier.verify_code(text, at=now)
told = code_value(verdict, verifier.bundle_of(verdict), now)
"""

from license_lib.offline.judging import OfflineVerifier
from license_lib.offline.opening import OfflineVerifierOpener
from license_lib.offline.telling import Knowledge, code_lines, code_value, knowledge_of

__all__ = ["Knowledge", "OfflineVerifier", "OfflineVerifierOpener", "code_lines", "code_value", "knowledge_of"]
