"""The publisher's side: from `license.toml`, `trust.toml` and the public key folder to the next signed list."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from pydantic import ValidationError

from license_lib.catalogue import Catalogue
from license_lib.issuers import Issuers, IssuingBody
from license_lib.toml_files import TomlFault, located
from license_lib.trust_list.model import ListedBody, ListedLog, ListedSeal, Scope, SealState, StateChange, TrustList
from license_lib.trust_list.plan import Plan, PlannedBody, PlannedScope, wrong_plan
from signing.algorithms import ORGANIZATION_IDENTIFIER
from signing.key_files import load_certificates
from signing.keys import SealCredential, subject_value
from signing.log_keys import load_log_vkey
from signing.trust import TrustStore

FILE_NAME: Final = "trust-list.jws"
_PREFIX: Final = "NTRCN-"
_CITY: Final = 4
"""Digits of a division code that name a city."""


def build_list(
    plan: Plan,
    *,
    home: Path,
    keys_folder: Path,
    public_url: str,
    issuers: Issuers,
    catalogue: Catalogue,
    signer: SealCredential,
    sequence: int,
    at: datetime,
) -> TrustList:
    """Put the next list together.

    Args:
        home: where the plan's files are. public_url: where states are published, if the plan says nothing else.
        sequence: larger than that of every list before. at: when it is issued.

    Raises:
        InputError: `trust.plan`: the plan names what is not there, or what no list may say.
        signing.errors.SigningError: a certificate or revocation list cannot be read.
    """
    _refuse_unknown(plan, issuers, keys_folder)
    trust = TrustStore.load(keys_folder)
    seals = list(_seals(plan, keys_folder))
    planned = {body.id: body for body in plan.bodies}
    crls = [path.read_bytes() for path in sorted((keys_folder / "public" / "crl").glob("*.crl"))]
    subject = signer.certificate
    try:
        return TrustList(
            list_id=plan.list_id or subject_value(subject, ORGANIZATION_IDENTIFIER).removeprefix(_PREFIX),
            authority=plan.authority or subject_value(subject, NameOID.ORGANIZATION_NAME.dotted_string),
            sequence=sequence,
            issued_at=at,
            next_update=at + timedelta(days=plan.days),
            next_signers=tuple(_der(load_certificates(home / path)[0]) for path in plan.next_signers),
            anchors=tuple(map(_der, trust.anchors)),
            intermediates=tuple(map(_der, trust.intermediates)),
            crls=tuple(crls),
            status_signers=tuple(map(_der, _status_signers(plan, home, keys_folder))),
            log=_log(plan, keys_folder),
            bodies=tuple(
                ListedBody(
                    name=body.issuer.name,
                    code=body.issuer.code,
                    level=body.issuer.level,
                    status_url=_status_url(planned.get(body.id), plan, public_url),
                    seals=tuple(seal for owner, seal in seals if owner == body.organization_id),
                    scopes=tuple(_scopes(body, planned.get(body.id), catalogue)),
                )
                for body in issuers
            ),
        )
    except ValidationError as error:
        raise wrong_plan(*(fault for _, fault in located(error, TrustList))) from None


def _status_signers(plan: Plan, home: Path, keys_folder: Path) -> Iterator[x509.Certificate]:
    """Those that the plan names, and whoever signs here now."""
    own = keys_folder / "public" / "status.pem"
    for path in (*([own] if own.exists() else ()), *(home / one for one in plan.status_signers)):
        yield load_certificates(path)[0]


def _log(plan: Plan, keys_folder: Path) -> ListedLog | None:
    planned = plan.log
    if not (keys_folder / "public" / "log.vkey").exists():
        if planned is not None:
            raise wrong_plan(TomlFault("log", "there is no log to watch", "put its key into public/log.vkey"))
        return None
    vkey = str(load_log_vkey(keys_folder))
    return ListedLog(vkey=vkey, witnesses=planned.witnesses, quorum=planned.quorum) if planned else ListedLog(vkey=vkey)


def _seals(plan: Plan, keys_folder: Path) -> Iterator[tuple[str, ListedSeal]]:
    """Every seal certificate with the organisation that it names; in force from its first moment unless planned."""
    planned = {seal.file: (position, seal.history) for position, seal in enumerate(plan.seals)}
    for path in sorted((keys_folder / "public" / "seals").glob("*.pem")):
        certificate = load_certificates(path)[0]
        first = StateChange(state=SealState.IN_FORCE, since=certificate.not_valid_before_utc)
        position, later = planned.get(path.name, (0, ()))
        owner = subject_value(certificate, ORGANIZATION_IDENTIFIER)
        try:
            yield owner, ListedSeal(certificate=_der(certificate), history=(first, *later))
        except ValidationError as error:
            faults = (fault for _, fault in located(error, ListedSeal))
            raise wrong_plan(*(replace(fault, path=f"seals[{position}]") for fault in faults)) from None


def _scopes(body: IssuingBody, planned: PlannedBody | None, catalogue: Catalogue) -> Iterator[Scope]:
    for scope in (planned.scopes if planned else ()) or (PlannedScope(),):
        yield Scope(
            types=_codes(scope.types or sorted(body.types), catalogue),
            regions=scope.regions or (body.issuer.code[2 : 2 + _CITY],),
            valid_from=scope.valid_from,
            valid_until=scope.valid_until,
        )


def _codes(keys: Sequence[str], catalogue: Catalogue) -> tuple[str, ...]:
    """Type codes, which every city knows, for keys, which are the catalogue's own."""
    return tuple(catalogue.get(key).code.value for key in keys)


def _status_url(planned: PlannedBody | None, plan: Plan, public_url: str) -> str:
    return (planned.status_url if planned else None) or plan.status_url or public_url.rstrip("/")


def _refuse_unknown(plan: Plan, issuers: Issuers, keys_folder: Path) -> None:
    known = {body.id for body in issuers}
    files = {path.name for path in (keys_folder / "public" / "seals").glob("*.pem")}
    faults = [
        *_unknown("bodies", "id", (body.id for body in plan.bodies), known),
        *_unknown("seals", "file", (seal.file for seal in plan.seals), files),
    ]
    if faults:
        raise wrong_plan(*faults)


def _unknown(table: str, member: str, values: Iterable[str], known: set[str]) -> Iterator[TomlFault]:
    for position, value in enumerate(values):
        if value not in known:
            mend = f"use one of: {', '.join(sorted(known))}"
            yield TomlFault(f"{table}[{position}].{member}", f"{value!r} is not known", mend)


def _der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)
