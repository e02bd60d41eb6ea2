"""What the offline bundle costs: its size, that of a day's delta, and the time to make, open and use it.

    python bench/bundle.py [--rounds 30] [--lists 1]

A city of eight bodies, status lists of 2**20 licences each with 1 % not in force, revocation lists that are newer than
those in the trust list. A day later, 30 licences more have ended in each list. Times are of the CPU, the best of all.
"""

import argparse
import gzip
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

from license_lib.bundle import Bundle, Kind, open_bundle, pinned, read_bundle, update
from license_lib.bundle.making import Contents, make_bundle
from license_lib.catalogue import Catalogue
from license_lib.configured import load_catalogue, load_issuers
from license_lib.identifiers import LicenseIdentifier
from license_lib.offline import OfflineVerifier
from license_lib.publishing import PublicFolder
from license_lib.publishing.bundles import Bundles
from license_lib.qr import encode
from license_lib.resources import resource_folder
from license_lib.setting_up import create_development_keys, initialise, publish_development_crls
from license_lib.settings import Settings
from license_lib.status import LIST_SIZE, Status, StatusBits, StatusRef
from license_lib.status.tokens import sign_cwt
from license_lib.trusting import publish_list, read_signer
from signing.keys import SealCredential, load_credential

NOW = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)
DAY = timedelta(days=1)
PASSPHRASE = b"only for this bench"
URL = "https://license.example.gov.cn"
BODY, TYPE = "11620400000000102W", "11100000MB0143028R001"
MORE_A_DAY = 30


def main() -> int:
    """Make a city in a temporary folder, and print sizes and times."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=30)
    options.add_argument("--lists", type=int, default=1)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), chosen.rounds, chosen.lists)
    return 0


def measure(home: Path, rounds: int, lists: int) -> None:
    """Print both tables."""
    settings = initialise(home).model_copy(update={"public_url": URL})
    keys = settings.keys_folder
    create_development_keys(settings, PASSPHRASE, at=NOW - DAY)
    publish_list(settings, load_catalogue(settings), load_issuers(settings), PASSPHRASE, output=None, at=NOW - DAY / 2)
    publish_development_crls(settings, PASSPHRASE, at=NOW - DAY / 4)
    status = load_credential(keys, "status", passphrase=PASSPHRASE, at=NOW)
    market = load_credential(keys, "market", passphrase=PASSPHRASE, at=NOW)
    random = Random(20261126)  # noqa: S311 - which licences have ended, not a secret
    ended = [set(random.sample(range(LIST_SIZE), LIST_SIZE // 100)) for _ in range(lists)]
    first_contents = contents(settings, ended, status, NOW)
    first = make_bundle(first_contents, signer=status, before=None, at=NOW)
    for places in ended:
        places.update(random.sample(range(LIST_SIZE), MORE_A_DAY))
    second_contents = contents(settings, ended, status, NOW + DAY)
    second = make_bundle(second_contents, signer=status, before=first.signed, at=NOW + DAY)
    print_sizes(first, second)
    in_force = next(place for place in range(LIST_SIZE) if place not in ended[0])
    print_times(home, first, second, second_contents, status, market, in_force, rounds)


def contents(settings: Settings, ended: list[set[int]], signer: SealCredential, at: datetime) -> Contents:
    """What a bundle of that hour holds."""
    listed = (settings.home / "trust-list.jws").read_bytes()
    made = {(Kind.TRUST_LIST, "11620400000000101R"): listed}
    for number, places in enumerate(ended, 1):
        uri = f"{URL}/status/{number}"
        bits = StatusBits.of(dict.fromkeys(places, Status.INVALID), size=LIST_SIZE)
        token = sign_cwt(bits, uri=uri, issued_at=at, expires_at=at + DAY, ttl_seconds=300, signer=signer)
        made[Kind.STATUS_LIST, uri] = token
    for path in sorted((settings.keys_folder / "public" / "crl").glob("*.crl")):
        made[Kind.CRL, path.stem] = path.read_bytes()
    return made


def print_sizes(first: Bundle, second: Bundle) -> None:
    """Bytes of everything, and as a web server sends them."""
    print(f"{'bytes':40} {'file':>9} {'in gzip':>9}")
    rows = {"bundle": first.encoded(), "a day's delta": second.since(first.signed).encoded()}
    rows |= {"signed manifest": first.signed.message}
    rows |= {
        f"  {part.kind.value} {part.name}": first.contents[part.sha256] for part in first.signed.manifest.parts[:6]
    }
    for name, data in rows.items():
        print(f"{name[:40]:40} {len(data):9,} {len(gzip.compress(data, mtime=0)):9,}")


def print_times(
    home: Path,
    first: Bundle,
    second: Bundle,
    made_of: Contents,
    status: SealCredential,
    market: SealCredential,
    place: int,
    rounds: int,
) -> None:
    """Milliseconds of each thing that is done with a bundle."""
    pin = pinned(read_signer(home / "keys" / "public" / "trust-list.pem"))
    whole, delta = second.encoded(), second.since(first.signed).encoded()
    base, opened = open_bundle(first.encoded(), pin), open_bundle(whole, pin)
    catalogue = Catalogue.load(resource_folder("templates"))
    verifier, now = OfflineVerifier([opened], catalogue), NOW + DAY
    text = code(market, place)
    if verifier.verify_code(text, at=now).outcome != "IN_FORCE":
        raise RuntimeError("the bench judges a code that is not in force")
    folder = PublicFolder(home / "public")
    for (kind, name), data in made_of.items():
        if kind is Kind.STATUS_LIST:
            folder.write(f"status/{name.rpartition('/')[2]}", data)
    numbers = range(1, 1 + sum(kind is Kind.STATUS_LIST for kind, _ in made_of))
    bundles = Bundles(
        folder=folder,
        lists=lambda: numbers,
        trust_list=home / "trust-list.jws",
        crls=home / "keys" / "public" / "crl",
        signer=lambda: status,
    )
    bundles.publish(now)
    tasks: dict[str, Callable[[], object]] = {
        "publish: nothing new": lambda: bundles.publish(now),
        "publish: make, sign and write it": lambda: bundles.publish(now, again=True),
        "read, without signatures": lambda: read_bundle(whole),
        "open, with signatures": lambda: open_bundle(whole, pin),
        "update by the delta": lambda: update(base, delta),
        "a verifier on it": lambda: OfflineVerifier([opened], catalogue),
        "the first code": lambda: OfflineVerifier([opened], catalogue).verify_code(text, at=now),
        "each further code": lambda: verifier.verify_code(text, at=now),
        "licence types, once": lambda: Catalogue.load(resource_folder("templates")),
    }
    print(f"\n{'milliseconds':40} {'CPU':>9}")
    for name, task in tasks.items():
        print(f"{name:40} {1000 * best(task, rounds):9.2f}")


def code(market: SealCredential, place: int) -> str:
    """A licence's code, in force for as long as nobody says otherwise."""
    return encode(
        identifier=LicenseIdentifier.build(TYPE, BODY, "2026112200000001"),
        issued_on=date(2026, 11, 26),
        valid_from=date(2026, 11, 26),
        valid_until=None,
        digest=bytes(32),
        public={"CZZT": "白银市样例商贸有限公司", "ZZBH": "91620100719023721L"},
        key_id=market.key_id,
        sign=market.sign,
        base_url=URL,
        status=StatusRef(1, place),
    )


def best(task: Callable[[], object], rounds: int) -> float:
    """Seconds of CPU of the quickest round."""
    spent = []
    for _ in range(rounds):
        begun = time.process_time()
        task()
        spent.append(time.process_time() - begun)
    return min(spent)


if __name__ == "__main__":
    raise SystemExit(main())
