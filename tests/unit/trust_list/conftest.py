"""A list signer's key and a small list, made once."""

import shutil
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from support import NOON, PASSPHRASE

from license_lib.trust_list import (
    ListedBody,
    ListedLog,
    ListedSeal,
    Scope,
    SealState,
    Snapshot,
    StateChange,
    TrustList,
    sign_list,
)
from signing import devkit
from signing.keys import SealCredential, load_credential
from signing.log_keys import load_log_vkey
from signing.trust import TrustStore

DESCRIPTION = Path(__file__).resolve().parents[3] / "keys" / "development.toml"
WITNESS = "witness.example/w1+7e136b5c+BAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"
BUSINESS = "11100000MB0143028R001"


@dataclass(frozen=True)
class Desk:
    """Somebody who publishes lists."""

    folder: Path
    signer: SealCredential
    first: TrustList

    def sign(self, **changes: object) -> Snapshot:
        return sign_list(self.first.model_copy(update=changes), self.signer)


def make_desk(folder: Path) -> Desk:
    devkit.create_development_pki(
        folder, devkit.load_description(DESCRIPTION), passphrase=PASSPHRASE, at=NOON - timedelta(days=1)
    )
    trust = TrustStore.load(folder)
    status = load_credential(folder, "status", passphrase=PASSPHRASE, at=NOON)
    market = load_credential(folder, "market", passphrase=PASSPHRASE, at=NOON)
    body = ListedBody(
        name="白银市市场监督管理局（样例）",
        code="11620400000000102W",
        level=3,
        status_url="https://license.example",
        seals=(
            ListedSeal(
                certificate=market.certificate_der,
                history=(StateChange(state=SealState.IN_FORCE, since=NOON - timedelta(days=1)),),
            ),
        ),
        scopes=(Scope(types=(BUSINESS,), regions=("6204",)),),
    )
    first = TrustList(
        list_id="11620400000000101R",
        authority="白银市政务服务中心（样例）",
        sequence=5,
        issued_at=NOON,
        next_update=NOON + timedelta(days=7),
        anchors=tuple(one.public_bytes(Encoding.DER) for one in trust.anchors),
        intermediates=tuple(one.public_bytes(Encoding.DER) for one in trust.intermediates),
        status_signers=(status.certificate_der,),
        log=ListedLog(vkey=str(load_log_vkey(folder)), witnesses=(WITNESS,), quorum=1),
        bodies=(body,),
    )
    return Desk(folder, load_credential(folder, "trust-list", passphrase=PASSPHRASE, at=NOON), first)


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return make_desk(tmp_path_factory.mktemp("desk") / "keys")


@pytest.fixture(scope="session")
def other_desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Somebody else who calls himself by the same names."""
    return make_desk(tmp_path_factory.mktemp("other") / "keys")


@pytest.fixture
def copied_keys(desk: Desk, tmp_path: Path) -> Path:
    return Path(shutil.copytree(desk.folder, tmp_path / "keys"))
