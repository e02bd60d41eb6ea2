"""Where everything is: the description of the API, and what outsiders need to judge without asking us.

The files themselves are public and signed (`verify_api.published`); here are the certificates and revocation lists that
their signatures lead to, and the one document that names them all.
"""

import re
from pathlib import Path as FilePath
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Request, Response

from license_lib.public_material import (
    PublicCertificate,
    log_key,
    public_certificates,
    revocation_list,
    revocation_list_names,
)
from license_lib.publishing.folder import PublicFolder
from license_lib.resources import PROGRAM, program_version
from license_lib.status.tokens import CWT_MEDIA_TYPE, JWT_MEDIA_TYPE
from verify_api.access import Public
from verify_api.evidence_schemas import CertificateAddress, Discovery, Evidence, FileAddress, LogAddresses
from verify_api.problems import Problem, responses
from verify_api.schemas import ProgramDocument
from verify_api.served_files import ANYBODY, ServedFile

router = APIRouter(tags=["published"])

_FOR_EVER: Final = "public, max-age=31536000, immutable"
_INDEX_SECONDS: Final = "public, max-age=30"
_LIST_SECONDS: Final = "public, max-age=300"
_CERTIFICATE: Final = "application/pkix-cert"
_REVOCATIONS: Final = "application/pkix-crl"
_TRUST_LIST: Final = "application/license-trust-list+jws"
_UNCHANGED: Final[dict[int | str, dict[str, Any]]] = {304: {"description": "As `If-None-Match` has it already"}}


Fingerprint = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the certificate, hex")]
ListName = Annotated[str, Path(description="As the directory names it", examples=["city"])]


_LOG: Final = {
    "key": "license.example/log+0a1b2c3d+AQID",
    "checkpoint": "/log/checkpoint",
    "witnessed": "/log/checkpoint.witnessed",
    "timestamp": "/log/checkpoint.tst",
    "tiles": "/log/tile/{level}/{index}",
    "entries": "/log/tile/entries/{index}",
}
_EXAMPLE: Final = {
    "version": "v1",
    "program": {"name": PROGRAM, "version": "0.1.0"},
    "openapi": "/api/v1/openapi.json",
    "problems": "/problems",
    "evidence": {
        "trust_list": {"href": "/trust-list.jws", "media_types": [_TRUST_LIST]},
        "status_lists": [{"href": "/status/1", "media_types": [CWT_MEDIA_TYPE, JWT_MEDIA_TYPE]}],
        "log": _LOG,
        "certificates": [
            {
                "sha256": "5e" * 32,
                "role": "anchor",
                "subject": "CN=Root CA",
                "not_before": "2026-01-01T00:00:00Z",
                "not_after": "2046-01-01T00:00:00Z",
                "href": f"/certificates/{'5e' * 32}.cer",
            }
        ],
        "revocation_lists": [{"href": "/crl/city.crl", "media_types": [_REVOCATIONS]}],
    },
}


@router.head("/api/v1", include_in_schema=False)
@router.get(
    "/api/v1",
    summary="目录 Where everything is",
    response_model=Discovery,
    responses={200: {"content": {"application/json": {"example": _EXAMPLE}}}, **_UNCHANGED, **responses()},
)
def discovery(_: Public, request: Request) -> Response:
    """The addresses of all that is published, relative to this service."""
    folder = _material(request)
    told = Discovery(
        version="v1",
        program=ProgramDocument(name=PROGRAM, version=program_version()),
        openapi="/api/v1/openapi.json",
        problems="/problems",
        evidence=Evidence(
            trust_list=FileAddress(href="/trust-list.jws", media_types=(_TRUST_LIST,)),
            status_lists=tuple(
                FileAddress(href=f"/status/{number}", media_types=(CWT_MEDIA_TYPE, JWT_MEDIA_TYPE))
                for number in _published(request).status_numbers()
            ),
            log=LogAddresses.model_validate(_LOG | {"key": log_key(folder)}),
            certificates=tuple(map(_address, public_certificates(folder))),
            revocation_lists=tuple(
                FileAddress(href=f"/crl/{name}.crl", media_types=(_REVOCATIONS,))
                for name in revocation_list_names(folder)
            ),
        ),
    )
    return ServedFile(told.model_dump_json().encode(), "application/json", _INDEX_SECONDS, "", ANYBODY).answer(request)


@router.head("/certificates/{sha256}.cer", include_in_schema=False)
@router.get(
    "/certificates/{sha256}.cer",
    summary="证书 A certificate by its SHA-256",
    response_class=Response,
    responses={200: {"content": {_CERTIFICATE: {}}}, **_UNCHANGED, **responses("http.not-found", "http.invalid")},
)
def certificate(_: Public, request: Request, sha256: Fingerprint) -> Response:
    """DER, RFC 5280. Its content never changes."""
    found = next((one for one in public_certificates(_material(request)) if one.sha256 == sha256), None)
    if found is None:
        raise Problem("http.not-found")
    return ServedFile(found.der, _CERTIFICATE, _FOR_EVER, "", ANYBODY).answer(request)


@router.head("/crl/{name}.crl", include_in_schema=False)
@router.get(
    "/crl/{name}.crl",
    summary="证书吊销列表 Certificates that were revoked",
    response_class=Response,
    responses={
        200: {"content": {_REVOCATIONS: {}}},
        **_UNCHANGED,
        "default": {"description": "Any other problem"},  # else the framework promises a form of its own
        **responses("http.not-found"),
    },
)
def crl(_: Public, request: Request, name: ListName) -> Response:
    """DER, RFC 5280; one for each authority that issues certificates. The newest that this service relies on itself."""
    data = revocation_list(_material(request), name) if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}", name) else None
    if data is None:
        raise Problem("http.not-found")
    return ServedFile(data, _REVOCATIONS, _LIST_SECONDS, "", ANYBODY).answer(request)


def _material(request: Request) -> FilePath:
    folder: FilePath = request.app.state.public_material
    return folder


def _published(request: Request) -> PublicFolder:
    folder: PublicFolder = request.app.state.published
    return folder


def _address(one: PublicCertificate) -> CertificateAddress:
    return CertificateAddress(
        sha256=one.sha256,
        role=one.role,
        subject=one.subject,
        not_before=one.not_before,
        not_after=one.not_after,
        href=f"/certificates/{one.sha256}.cer",
    )
