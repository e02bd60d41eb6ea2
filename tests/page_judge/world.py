"""A city's trust list, status lists and codes, changed at will; the page and the library judge the same bytes."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from support import NOON, PASSPHRASE

from license_lib.calendar import day_of
from license_lib.catalogue import Catalogue
from license_lib.configured import load_issuers
from license_lib.identifiers import LicenseIdentifier
from license_lib.qr import encode
from license_lib.settings import Settings
from license_lib.status import Status, StatusBits, StatusRef
from license_lib.status.tokens import sign_cwt
from license_lib.trust_list import Snapshot, open_list, sign_list
from license_lib.trust_list.model import TrustList
from license_lib.trust_list.plan import Plan
from license_lib.trust_list.publishing import build_list
from license_lib.trusting import list_ground
from license_lib.verification import Verdict, Verifier
from signing.errors import NetworkError
from signing.keys import SealCredential, load_credential
from signing.network import Fetched

URL = "https://license.example"
TYPE = "11100000MB0143028R001"
"""营业执照, which the market authority may issue."""
PUBLIC = {"ZZBH": "91620100719023721L", "CZZT": "白银市样例商贸有限公司", "KZ_LX": "有限责任公司"}
GOOD, ENDED, PAUSED = StatusRef(1, 5), StatusRef(1, 17), StatusRef(1, 1_000_000)
STATES = {ENDED.index: Status.INVALID, PAUSED.index: Status.SUSPENDED}
DAY = timedelta(days=1)
STALENESS = DAY


@dataclass(frozen=True)
class City:
    """A development PKI, and what is signed with it."""

    settings: Settings
    catalogue: Catalogue

    def credential(self, name: str) -> SealCredential:
        return load_credential(self.settings.keys_folder, name, passphrase=PASSPHRASE, at=NOON)

    def code(self, by: str = "market", **changed: Any) -> str:
        """The code of an ordinary licence, or of one that differs in some arguments of `encode`."""
        signer = self.credential(by)
        body = signer.organization_id.removeprefix("NTRCN-")
        arguments: dict[str, Any] = {
            "identifier": LicenseIdentifier.build(TYPE, body, "2026112200000001"),
            "issued_on": day_of(NOON),
            "valid_from": day_of(NOON),
            "valid_until": date(2031, 11, 21),
            "digest": bytes(range(32)),
            "public": PUBLIC,
            "key_id": signer.key_id,
            "sign": signer.sign,
            "base_url": URL,
            "status": GOOD,
        }
        return encode(**{**arguments, **changed})

    def trust_list(self, *, at: datetime = NOON, sequence: int = 1, **plan: Any) -> TrustList:
        """What the city publishes, by its plan."""
        return build_list(
            Plan.model_validate(plan),
            home=self.settings.home,
            keys_folder=self.settings.keys_folder,
            public_url=URL,
            issuers=load_issuers(self.settings),
            catalogue=self.catalogue,
            signer=self.credential("trust-list"),
            sequence=sequence,
            at=at,
        )

    def signed(self, trust_list: TrustList) -> Snapshot:
        return sign_list(trust_list, self.credential("trust-list"))

    def status_list(
        self,
        *,
        number: int = 1,
        at: datetime = NOON,
        life: timedelta = 2 * DAY,
        by: str = "status",
        url: str = URL,
        states: Mapping[int, int] = STATES,
    ) -> bytes:
        """A list in which one licence has ended and another is suspended, or one that says other things."""
        return sign_cwt(
            StatusBits.of(states),
            uri=f"{url}/status/{number}",
            issued_at=at,
            expires_at=at + life,
            ttl_seconds=3600,
            signer=self.credential(by),
        )

    def question(self, text: str = "", **changed: Any) -> "Question":
        """About an ordinary code on an ordinary day, or with other evidence."""
        usual: dict[str, Any] = {
            "trust_list": self.signed(self.trust_list()).document,
            "status_lists": {1: self.status_list()},
        }
        return Question(text or self.code(), self.credential("trust-list").certificate_der, **{**usual, **changed})


@dataclass(frozen=True)
class Shelf:
    """What the network gives: bytes by address, and no answer for any other."""

    files: Mapping[str, bytes]

    def get_newer(self, url: str, *, limit: int, accept: str, etag: str = "") -> Fetched:
        del limit, accept, etag
        if url not in self.files:
            raise NetworkError("network.unreachable", "nobody answers")
        return Fetched(self.files[url])


@dataclass(frozen=True)
class Question:
    """A code, the evidence, and the moment at which both judges are asked."""

    text: str
    signer: bytes
    trust_list: bytes
    status_lists: Mapping[int, bytes] = field(default_factory=dict)
    now: datetime = NOON + timedelta(minutes=5)

    def to_page(self) -> dict[str, Any]:
        return {
            "text": self.text,
            "trust_list": base64.b64encode(self.trust_list).decode(),
            "status_lists": {str(n): base64.b64encode(data).decode() for n, data in self.status_lists.items()},
            "pins": [hashlib.sha256(self.signer).hexdigest()],
            "now": round(self.now.timestamp() * 1000),
            "max_staleness": STALENESS // timedelta(milliseconds=1),
        }

    def to_us(self, catalogue: Catalogue) -> Verdict:
        files = {f"{URL}/status/{number}": data for number, data in self.status_lists.items()}
        ground = list_ground(open_list(self.trust_list), catalogue, Shelf(files), STALENESS)
        return Verifier(ground).verify_code(self.text, at=self.now)
