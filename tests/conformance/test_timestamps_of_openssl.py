"""OpenSSL as the time-stamp authority behind HTTP: tokens of another maker, and its judgement of our requests.

It asks the wall clock, so here the PKI is made now.
"""

import hashlib
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from loopback import Asked, Reply, fetcher, serving

from signing import devkit
from signing.errors import TimestampError
from signing.timestamps_http import HttpTimestamper
from signing.trust import TrustStore
from signing.validation.time_stamps import judge_time_stamp

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="there is no openssl")

PASSPHRASE = b"only for tests"
DESCRIPTION = Path(__file__).resolve().parents[2] / "keys" / "development.toml"
STAMPED = b"a signature value"
DIGEST = hashlib.sha256(STAMPED).digest()
CONFIGURATION = """
[tsa]
serial = {folder}/serial
crypto_device = builtin
default_policy = 1.2.3.4
other_policies = 1.2.3.5
digests = {digests}
signer_digest = sha256
ess_cert_id_alg = sha256
accuracy = secs:1, millisecs:500
clock_precision_digits = 3
ordering = yes
tsa_name = yes
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("openssl")
    description = devkit.load_description(DESCRIPTION)
    at = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=5)
    devkit.create_development_pki(folder, description, passphrase=PASSPHRASE, at=at)
    (folder / "serial").write_text("01\n", encoding="ascii")
    return folder


def authority(folder: Path, *, digests: str = "sha256, sha384") -> Callable[[Asked], Reply]:
    """`openssl ts -reply`, started for each request."""
    configuration = folder / f"{digests[:6]}.cnf"
    configuration.write_text(CONFIGURATION.format(folder=folder, digests=digests), encoding="utf-8")
    public = folder / "public"
    command = ["openssl", "ts", "-reply", "-config", str(configuration), "-section", "tsa"]
    command += ["-signer", str(public / "tsa.pem"), "-chain", str(public / "intermediates" / "city-ca.pem")]
    command += ["-inkey", str(folder / "private" / "tsa.pem"), "-passin", f"pass:{PASSPHRASE.decode()}"]

    def answer(asked: Asked) -> Reply:
        query, reply = folder / "query.tsq", folder / "reply.tsr"
        query.write_bytes(asked.body)
        subprocess.run([*command, "-queryfile", str(query), "-out", str(reply)], check=True, capture_output=True)
        return Reply(reply.read_bytes())

    return answer


def timestamper(folder: Path, url: str, *, policy: str = "") -> HttpTimestamper:
    return HttpTimestamper(
        url, fetcher=fetcher(), trust=TrustStore.load(folder), clock=lambda: datetime.now(UTC), policy=policy
    )


@pytest.mark.parametrize("policy", ["", "1.2.3.4", "1.2.3.5"])
def test_its_tokens_are_taken_and_judged_sound(folder: Path, policy: str) -> None:
    with serving(authority(folder)) as url:
        token = timestamper(folder, url, policy=policy).timestamp(DIGEST, 2**63 + 1)
    judged = judge_time_stamp(token, STAMPED, trust=TrustStore.load(folder), at=datetime.now(UTC))
    assert judged.proven_at is not None


def test_its_refusals_are_told(folder: Path) -> None:
    with serving(authority(folder)) as url, pytest.raises(TimestampError) as caught:
        timestamper(folder, url, policy="1.2.3.6").timestamp(DIGEST, 1)
    assert (caught.value.code, "does not support the policy" in caught.value.message) == ("timestamp.refused", True)
    with serving(authority(folder, digests="sha512")) as url, pytest.raises(TimestampError) as caught:
        timestamper(folder, url).timestamp(DIGEST, 1)
    assert (caught.value.code, "does not know the algorithm" in caught.value.message) == ("timestamp.refused", True)
