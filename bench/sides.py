"""What `bench/reach.py` compares: licences of a city, made and judged our way, and the usual way (`bench/naive.py`).

Both issue the same licences, each with texts of its own, so that nobody is quick by having seen the same one before:
sign its code, draw the face, attach the record, seal with a time-stamp of one authority in the process (PAdES B-T).
Everything that a service loads once is loaded before anything is measured.
"""

import io
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import count, islice
from pathlib import Path
from typing import Any

from asn1crypto import pem
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from naive import NaiveWay
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from license_lib.authority import Authority, now
from license_lib.batch import read_request
from license_lib.catalogue import LicenseType
from license_lib.configured import fonts_folder
from license_lib.identifiers.credit import check_character
from license_lib.key_folder import KeyFolder
from license_lib.license_code import license_code
from license_lib.licenses import License
from license_lib.licenses.record import RECORD_NAME, canonical_bytes
from license_lib.licenses.request import LicenseRequest
from license_lib.rendering import Attachment, Fonts, Press, Signature, printed
from license_lib.resources import resource_folder
from license_lib.seal_pictures import VisibleSeal
from license_lib.seal_room import prepared, printed_seal
from license_lib.setting_up import create_development_keys, initialise
from license_lib.settings import SealingSettings
from signing import known_certificates
from signing.certificates import Issuer, seal_certificate
from signing.devkit import load_description
from signing.key_files import load_certificates, load_private_key
from signing.keys import SealCredential, SoftSigner, load_credential
from signing.sealing import seal, seal_prepared
from signing.sealing.prepared import reserved_for
from signing.timestamps import LocalTimestamper
from signing.trust import TrustStore

PASSPHRASE = b"only for this benchmark"
TYPE, ISSUER = "business-license", "market"
WHY = "颁发营业执照"
LICENSES = 24
_SHORT = 4
"""Texts that say which of a few things it is, and are left alone."""
_CHARACTERS = (
    "白银市区县街道路号人民平川会宁靖远景泰商贸有限责任公司农业科技发展建筑工程服务咨询销售日用百货办公品"
    "张王李赵刘陈杨黄周吴徐孙马朱胡林郭何高罗"
)
_URL = "https://license.example.gov.cn"
_DESCRIPTION = Path(__file__).resolve().parents[1] / "keys" / "development.toml"


@dataclass(frozen=True)
class Ways:
    """Both ways with one seal key."""

    city: "City"
    credential: SealCredential
    naive: NaiveWay

    def ours(self, document: License | None = None) -> bytes:
        """Issue a licence in one pass; the city's own if None."""
        city, document = self.city, document or self.city.document
        layout = city.kind.layout_for(document.fields)
        signature = Signature(WHY, now(), reserved_for(self.credential, city.timestamper))
        face = printed(
            city.press,
            city.kind,
            document,
            qr_text=city.code(document),
            seal=printed_seal(city.seal, layout, signature),
            attachment=Attachment(canonical_bytes(document), RECORD_NAME),
        )
        return seal_prepared(
            prepared(face),
            credential=self.credential,
            timestamper=city.timestamper,
            at=signature.at,
            nonce=lambda: 1,
        )

    def usual(self, document: License | None = None) -> bytes:
        """Issue the same licence the usual way."""
        city, document = self.city, document or self.city.document
        return self.naive.issue(city.kind, document, city.code(document))

    def seal(self, pdf: bytes) -> bytes:
        """Seal an existing PDF, invisibly."""
        return seal(
            pdf,
            credential=self.credential,
            timestamper=self.city.timestamper,
            appearance=None,
            at=now(),
            nonce=lambda: 1,
        )


@dataclass(frozen=True)
class City:
    """An authority with development keys, and some licences of it.

    Attributes:
        documents: the licences.
        files: the same as the authority issued them, PAdES B-T.
    """

    home: Path
    authority: Authority
    kind: LicenseType
    documents: Sequence[License]
    files: Sequence[bytes]
    press: Press
    seal: VisibleSeal
    timestamper: LocalTimestamper
    code_key: SealCredential

    @classmethod
    @contextmanager
    def opened(cls, home: Path) -> Iterator["City"]:
        """Make the city in an empty folder."""
        settings = initialise(home).model_copy(update={"sealing": SealingSettings(level="B-T")})
        create_development_keys(settings, PASSPHRASE, at=now())
        serials = iter(range(1, 10**9))
        tsa = load_credential(settings.keys_folder, "tsa", passphrase=PASSPHRASE, at=now())
        keys = KeyFolder(
            settings.keys_folder,
            PASSPHRASE,
            fonts_folder(settings),
            timestamps=settings.timestamps,
            network=settings.network,
            clock=now,
            randomness=bytes,
        )
        with Authority(settings, passphrase=PASSPHRASE) as authority:
            example = resource_folder("templates") / TYPE / "example.toml"
            request = read_request(example, {"type": TYPE, "issuer": ISSUER})
            issued = [authority.issue(one) for one in islice(of_others(request), LICENSES)]
            body = authority.issuers.get(issued[0].license.issuer.code)
            yield cls(
                home=home,
                authority=authority,
                kind=authority.catalogue.get(TYPE),
                documents=[one.license for one in issued],
                files=[one.pdf for one in issued],
                press=Press(Fonts.load(fonts_folder(settings)), authority.catalogue.artwork),
                seal=keys.seal(body),
                timestamper=LocalTimestamper(tsa, now, lambda: next(serials)),
                code_key=keys.credential(body),
            )

    @property
    def document(self) -> License:
        """One of them."""
        return self.documents[0]

    def code(self, document: License) -> str:
        """The signed text of a licence's code, which both ways need."""
        key = self.code_key
        return license_code(self.kind, document, key_id=key.key_id, sign=key.sign_es256, base_url=_URL)

    def ways(self, key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> Ways:
        """Both ways with a new seal key.

        Args:
            key: on P-256, or RSA.
        """
        keys = self.home / "keys"
        issuer = Issuer(
            load_certificates(keys / "public" / "intermediates" / "city-ca.pem")[0],
            load_private_key(keys / "private" / "city-ca.pem", PASSPHRASE),
        )
        name = self.code_key.certificate.subject
        certificate = seal_certificate(load_description(_DESCRIPTION), issuer, key.public_key(), name, now())
        credential = SealCredential(certificate, self.code_key.chain, SoftSigner(key))
        naive = NaiveWay.opened(self.press.fonts, self.seal.picture, credential, key, self.timestamper)
        return Ways(self, credential, naive)

    def pyhanko_validates(self, pdf: bytes) -> Callable[[], object]:
        """PyHanko validating the first seal of a file and its time-stamp; it is given anchors and intermediates."""
        public = self.home / "keys" / "public"
        anchors, others = (
            [asn1_x509.Certificate.load(pem.unarmor(path.read_bytes())[2]) for path in (public / folder).glob("*.pem")]
            for folder in ("anchors", "intermediates")
        )

        def work() -> object:
            context: Any = ValidationContext(trust_roots=anchors, other_certs=others, allow_fetching=False)
            status = validate_pdf_signature(PdfFileReader(io.BytesIO(pdf)).embedded_signatures[0], context, context)
            if not (status.bottom_line and status.timestamp_validity is not None):
                raise RuntimeError("pyHanko does not find the seal sound")
            return status

        return work

    def numbered(self, count: int) -> Iterator[License]:
        """As many licences, each with a name of its own."""
        holder = self.document.holders[0]
        for number in range(count):
            yield replace(self.document, holders=(replace(holder, name=f"{holder.name}{number}"),))


def of_others(request: LicenseRequest) -> Iterator[LicenseRequest]:
    """A request, and more like it, for other bodies and with other Chinese characters in each text."""
    yield request
    (holder,) = request.holders
    chance = random.Random(1)  # noqa: S311 -- the same ones in each run

    def other(text: str) -> str:
        return "".join([chance.choice(_CHARACTERS) if "\u4e00" <= one <= "\u9fff" else one for one in text])

    for number in _credit_codes(holder.number[:10]):
        fields = {
            key: other(text) if isinstance(text, str) and len(text) > _SHORT else text
            for key, text in request.fields.items()
        }
        yield replace(request, holders=(replace(holder, name=other(holder.name), number=number),), fields=fields)


def _credit_codes(beginning: str) -> Iterator[str]:
    for number in count(1):
        first = f"{beginning}{number:07d}"
        yield first + check_character(first)


def forget_chains(trust: TrustStore) -> None:
    """Forget every certificate that was read and every path that was found; what templates look like stays known."""
    for one in vars(known_certificates).values():
        if callable(getattr(one, "cache_clear", None)):
            one.cache_clear()
    trust.forget()
