"""A city as the world sees it: a service that publishes its trust list and status lists, and codes on paper."""

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from integration.served_process import free_port, served_home
from support import PASSPHRASE, example_request

from license_lib.authority import Authority
from license_lib.identifiers import LicenseIdentifier
from license_lib.lifecycle import EventKind
from license_lib.network import make_fetcher
from license_lib.qr import encode, scan_file
from license_lib.repository.entries import Cause
from license_lib.setting_up import create_development_keys, initialise
from license_lib.settings import Settings
from license_lib.status import Status, StatusBits, StatusRef
from license_lib.status.tokens import sign_cwt
from license_lib.trust_list import open_list, sign_list
from license_lib.trusting import publish_list, read_list
from signing.keys import SealCredential, load_credential

NOW = datetime.now(UTC).replace(microsecond=0)
KEYS_MADE = NOW - timedelta(days=20)
CAUSE = Cause(actor="样例·窗口人员", reason="测试")
TYPE = "11100000MB0143028R001"


@dataclass(frozen=True)
class ServedCity:
    """Where it is served, what it published, and codes: one in force, one revoked, one suspended."""

    url: str
    settings: Settings
    log: Path
    pdf: bytes
    other_pdf: bytes
    codes: dict[str, str]

    def credential(self, name: str) -> SealCredential:
        return load_credential(self.settings.keys_folder, name, passphrase=PASSPHRASE, at=datetime.now(UTC))

    @property
    def trust_list(self) -> Path:
        return self.settings.home / "trust-list.jws"

    @property
    def status_list(self) -> Path:
        return self.settings.public_folder / "status" / "1"

    def code(self, **changed: Any) -> str:
        """A code of the market authority that was never put on record."""
        signer = self.credential("market")
        body = signer.organization_id.removeprefix("NTRCN-")
        arguments: dict[str, Any] = {
            "identifier": LicenseIdentifier.build(TYPE, body, "2026112200000001"),
            "issued_on": date(2026, 3, 2),
            "valid_from": date(2026, 3, 2),
            "valid_until": None,
            "digest": bytes(32),
            "public": {"CZZT": "白银市样例商贸有限公司"},
            "key_id": signer.key_id,
            "sign": signer.sign,
            "base_url": self.url,
            "status": StatusRef(1, 77),
        }
        return encode(**{**arguments, **changed})

    def signed_status_list(self, at: datetime, *, ended: Iterable[int] = ()) -> bytes:
        """The status list of another moment, in which everything is valid but what has `ended`."""
        return sign_cwt(
            StatusBits.of({77: Status.VALID, **dict.fromkeys(ended, Status.INVALID)}),
            uri=f"{self.settings.public_url}/status/1",
            issued_at=at,
            expires_at=at + timedelta(days=7),
            ttl_seconds=3600,
            signer=self.credential("status"),
        )

    def signed_trust_list(self, signer: str = "trust-list", **members: Any) -> bytes:
        """The trust list with other members, or by another signer."""
        listed = open_list(read_list(str(self.trust_list), make_fetcher())).list
        return sign_list(listed.model_copy(update=members), self.credential(signer)).document


@contextlib.contextmanager
def served_city(home: Path) -> Iterator[ServedCity]:
    """Issue, publish, and serve until the end."""
    port = free_port()
    settings = initialise(home)
    create_development_keys(settings, PASSPHRASE, at=KEYS_MADE)
    types = {"good": "business-license", "revoked": "food-business-permit", "suspended": "road-transport-permit"}
    with Authority(settings, passphrase=PASSPHRASE) as authority:
        issued = {name: authority.issue(example_request(key)) for name, key in types.items()}
        authority.record(str(issued["revoked"].license.identifier), EventKind.REVOKE, CAUSE)
        authority.record(str(issued["suspended"].license.identifier), EventKind.SUSPEND, CAUSE)
        authority.publisher.publish()
        publish_list(settings, authority.catalogue, authority.issuers, PASSPHRASE, output=None, at=datetime.now(UTC))
    codes = {name: scan_file(one.pdf)[0] for name, one in issued.items()}
    with served_home(home, port) as (_, client, log):
        yield ServedCity(
            str(client.base_url).rstrip("/"), settings, log, issued["good"].pdf, issued["revoked"].pdf, codes
        )
