"""One verification, step by step; `license_lib.verification.verifier` tells the order of the steps."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from license_lib.catalogue import LicenseType
from license_lib.errors import InputError
from license_lib.findings import Effect, Finding
from license_lib.licenses import FaceContent, License, face_content
from license_lib.licenses.record import RecordError, parse_record, record_digest
from license_lib.qr import QrError, QrProof, decode, proofs_among
from license_lib.verification.agreement import differences, list_used, recorded_license
from license_lib.verification.faces import differing_fields, field_labels
from license_lib.verification.ground import Asked, Ground, StatesUnreachableError
from license_lib.verification.listed import judge_scope, judge_seal
from license_lib.verification.plain_faces import PlainFaces
from license_lib.verification.plain_objects import plain_record
from license_lib.verification.reading import Face, UnreadableError, attached_record, read_face
from license_lib.verification.seal_facts import as_finding, seal_facts, speaks_against
from license_lib.verification.seals import SealCertificate
from license_lib.verification.standing import Known, OnList, OnRecord, judge_standing, judge_validity
from license_lib.verification.verdict import (
    CODE_PROOFS,
    DOCUMENT_PROOFS,
    RECORD_PROOFS,
    Evidence,
    Proof,
    Recorded,
    Verdict,
    by_severity,
)
from signing.keys import key_id, sha256
from signing.reports import Indication, SealReport

_AGAINST = {Effect.NOT_GENUINE, Effect.NOT_IN_FORCE}


class Examination:
    """One verification: collects findings and proofs, and remembers what was read.

    Args:
        at: the moment that the question is about.
        now: the present, at which seals and evidence are judged; `at` if None.
        faces: reads faces of plain files without drawing them; None: every face is drawn.
    """

    def __init__(self, ground: Ground, at: datetime, now: datetime | None, faces: PlainFaces | None = None) -> None:
        if at.tzinfo is None or (now is not None and now.tzinfo is None):
            raise ValueError("`at` and `now` must be aware datetimes")
        self.ground = ground
        self._faces = faces
        self.at = at
        self.now = now or at
        self.findings: list[Finding] = []
        self.proved: set[Proof] = set()
        self.against: set[Proof] = set()
        self.unsure: set[Proof] = set()
        self.required: tuple[Proof, ...] = DOCUMENT_PROOFS
        self.license: License | None = None
        self.record_digest = b""
        self.code: QrProof | None = None
        self.code_signer: SealCertificate | None = None
        self.report: SealReport | None = None
        self.revocation_as_of: datetime | None = None
        self.status_as_of: datetime | None = None
        self.known: Known | None = None
        self.recorded: Recorded | None = None

    # -- ways in ------------------------------------------------------------------------------------------------------

    def refuse(self, code: str) -> Verdict:
        """End at once with one finding."""
        self.findings.append(Finding(code))
        return self.verdict()

    def of_document(self, data: bytes) -> Verdict:
        """Judge a PDF: steps 1 to 8."""
        self.step(Proof.SEAL, self.seal(data))
        covered = self.report.covered if self.report else b""
        if not covered:
            return self.verdict()
        self.step(Proof.RECORD, self.record(covered))
        if self.license is None:
            return self.verdict()
        document = self.license
        self.step(Proof.ISSUER, self.issuer_of_file(document))
        if Proof.SEAL in self.proved:  # a stranger's page is never drawn: it may be made to take for ever
            self.face_and_code(document, covered)
        known = self.state(Asked(str(document.identifier), document.status), after=Proof.SEAL)
        if isinstance(known, OnRecord):
            same = known.record_digest == self.record_digest and known.file_digest == sha256(covered)
            self.step(Proof.REPOSITORY, iter(() if same else (Finding("repository.mismatch"),)))
        self.step(Proof.VALIDITY, self.validity(document))
        return self.verdict()

    def of_code(self, text: str) -> Verdict:
        """Judge the text of a code: steps 5, 3, 6, 7, 8."""
        self.required = CODE_PROOFS
        self.step(Proof.CODE, self.signed_code(text))
        proof, signer = self.code, self.code_signer
        if proof is None or signer is None:
            return self.verdict()
        self.findings.append(Finding("paper.compare"))
        self.step(Proof.ISSUER, self.issuer_of_code(proof, signer))
        known = self.state(Asked(str(proof.identifier), proof.status), after=Proof.CODE)
        if isinstance(known, OnRecord):
            document = recorded_license(known.record, str(proof.identifier))
            drawn_by = self.ground.catalogue.drawn_by(document.template)
            self.step(Proof.REPOSITORY, differences(document, known.record_digest, drawn_by, proof))
        self.step(Proof.VALIDITY, self.validity(proof))
        return self.verdict()

    def of_identifier(self, identifier: str) -> Verdict | None:
        """Judge a licence of our own repository: steps 7 and 8; None if it is not there."""
        self.required = RECORD_PROOFS
        own = self.ground.states if self.ground.snapshot is None else None
        known = own.state_of(Asked(identifier), self.at, self.now) if own else None
        if not isinstance(known, OnRecord):
            return None
        self.license = recorded_license(known.record, identifier)
        self.recorded = Recorded.of(known)
        self.hear(known)
        self.step(Proof.VALIDITY, self.validity(self.license))
        return self.verdict()

    def verdict(self) -> Verdict:
        """Conclude; a step that is missing without any other reason becomes a finding."""
        if not any(map(speaks_against, self.findings)):
            missing = [proof.value for proof in self.required if proof not in self.proved]
            self.findings += [Finding("verification.incomplete", {"step": step}) for step in missing]
        report = self.report
        return Verdict(
            at=self.at,
            findings=by_severity(self.findings),
            proved=frozenset(self.proved),
            required=self.required,
            license=self.license,
            code=self.code,
            evidence=Evidence(
                sealed_at=report.sealed_at if report else None,
                revocation_as_of=self.revocation_as_of,
                status_as_of=self.status_as_of,
                trust_list=list_used(self.ground.snapshot),
                status_list=self.known.used if isinstance(self.known, OnList) else None,
                log=self.known.log if isinstance(self.known, OnRecord) else None,
            ),
            intact=report.covered if report else b"",
            recorded=self.recorded,
            against=frozenset(self.against),
            unsure=frozenset(self.unsure),
            seal=seal_facts(report) if report and report.covered else None,
        )

    def step(self, proof: Proof, findings: Iterator[Finding]) -> None:
        """Carry out a step: it proves its part only if it ends without a finding against the licence."""
        found = list(findings)
        self.findings += found
        effects = {finding.effect for finding in found} - {Effect.NOTE}
        result = self.against if effects & _AGAINST else self.unsure if effects else self.proved
        result.add(proof)

    # -- the steps ----------------------------------------------------------------------------------------------------

    def seal(self, data: bytes) -> Iterator[Finding]:
        """Step 1: an intact certification seal over the whole file, by somebody whom a trust anchor vouches for."""
        from signing.validation import validate

        report = self.report = validate(data, trust=self.ground.trust, at=self.now)
        self.revocation_as_of = report.revocation_as_of
        findings = [as_finding(found) for found in report.findings]
        if report.indication is not Indication.TOTAL_PASSED and not any(map(speaks_against, findings)):
            findings.append(Finding("verification.incomplete", {"step": Proof.SEAL.value}))
        yield from findings

    def record(self, covered: bytes) -> Iterator[Finding]:
        """Step 2: the attached record, canonical and complete."""
        try:
            file = self.report.plain if self.report else None
            data = (plain_record(file) if file else None) or attached_record(covered)
            if data is None:
                yield Finding("record.missing")
                return
            self.license, self.record_digest = parse_record(data), record_digest(data)
        except RecordError as error:
            yield Finding("record.invalid", {"path": error.path})
        except UnreadableError:
            yield Finding("pdf.malformed")

    def organization_id(self) -> str:
        """The organizationIdentifier of whoever sealed the file."""
        signer = self.report.signer if self.report else None
        return signer.organization_id if signer else ""

    def issuer_of_file(self, document: License) -> Iterator[Finding]:
        """Step 3: the seal is the issuing body's own and in force, and the body may issue this type."""
        if self.organization_id() != f"NTRCN-{document.issuer.code}":
            yield Finding("issuer.mismatch")
        signer = self.report.signer if self.report else None
        if signer is not None:
            yield from self.listed_seal(document.issuer.code, signer.certificate_der)
        yield from self.scope(document, document.issuer.code, document.template.key, document.type_code)

    def issuer_of_code(self, proof: QrProof, signer: SealCertificate) -> Iterator[Finding]:
        """Step 3: the same for a code, whose key step 5 judged."""
        code, type_code = str(proof.identifier.issuer), str(proof.identifier.type_code)
        if signer.organization_id != f"NTRCN-{code}":
            yield Finding("issuer.mismatch")
        kind = self.ground.catalogue.find(type_code)
        yield from self.scope(proof, code, kind.key if kind else "", type_code)

    def listed_seal(self, issuer_code: str, certificate_der: bytes) -> Iterator[Finding]:
        """Part of steps 3 and 5: where a trust list is the ground, it names the seal, and as in force."""
        if self.ground.snapshot is not None:
            proven_at = self.report.sealed_at if self.report else None
            yield from judge_seal(self.ground.snapshot, issuer_code, certificate_der, proven_at=proven_at, now=self.now)

    def scope(self, document: License | QrProof, issuer_code: str, type_key: str, type_code: str) -> Iterator[Finding]:
        """Part of step 3: the body may issue this type; a trust list also knows where and when."""
        body = self.ground.issuers.find(issuer_code)
        if self.ground.snapshot is not None:
            yield from judge_scope(
                self.ground.snapshot,
                issuer_code,
                type_code,
                issued_on=document.issued_on,
                proven_at=self.report.sealed_at if self.report else None,
                now=self.now,
            )
        elif body is None:
            yield Finding("issuer.unknown")
        elif type_key not in body.types:
            yield Finding("issuer.out-of-scope" if self.ground.catalogue.find(type_key) else "type.unknown")

    def face_and_code(self, document: License, covered: bytes) -> None:
        """Steps 4 and 5: what a person sees, and what a phone scans, say the same as the record."""
        known = self.ground.catalogue.find(document.type_code)
        if known is None or known.key != document.template.key:
            self.findings.append(Finding("type.unknown"))
            return
        kind = self.ground.catalogue.drawn_by(document.template)
        if kind is None or (kind.name, kind.code.value) != (document.type_name, document.type_code):
            self.findings.append(Finding("template.unknown" if kind is None else "type.unknown"))
            return
        try:
            content = face_content(kind, document)
            plain = self._faces.sound(self.report, document, kind, content) if self._faces and self.report else None
            face = plain or read_face(covered, content.layout, self.report.plain if self.report else None)
        except (UnreadableError, InputError, ValueError, ArithmeticError):  # values that no request could have
            self.step(Proof.FACE, iter((Finding("face.unreadable"),)))
            return
        self.step(Proof.FACE, self.face(document, kind, content, face))
        self.step(Proof.CODE, self.code_on_face(document, kind, face.codes))

    def face(self, document: License, kind: LicenseType, content: FaceContent, face: Face) -> Iterator[Finding]:
        """Step 4: every place shows its label and the record's value, nothing else, and the photo is the record's."""
        differing = differing_fields(kind, content, face)
        if differing:
            labels = "、".join(field_labels(kind, differing))
            yield Finding("face.mismatch", {"fields": ", ".join(differing), "labels": labels})
        if face.pictures != ((document.photo.sha256,) if document.photo else ()):
            yield Finding("photo.mismatch")

    def code_on_face(self, document: License, kind: LicenseType, codes: Sequence[str]) -> Iterator[Finding]:
        """Step 5: exactly one licence code on the page, and it says the same as the record."""
        proofs = proofs_among(codes)
        if len(proofs) != 1:
            yield Finding("qr.several" if proofs else "qr.missing")
            return
        yield from self.signed_code(proofs[0])
        proof, signer = self.code, self.code_signer
        if proof is None or signer is None:
            return
        if signer.organization_id != self.organization_id():
            yield Finding("issuer.mismatch")
        yield from differences(document, self.record_digest, kind, proof)

    def signed_code(self, text: str) -> Iterator[Finding]:
        """Step 5: a well-formed code, signed with a seal key that a trust anchor vouches for.

        A code inside a sealed file existed when the file was sealed: the seal's proven time is its time too.
        """
        from signing.validation.chain import is_for_development, judge_chain

        try:
            proof = decode(text)
        except QrError as error:
            yield Finding(error.code)
            return
        candidates = [*self.ground.seals.find(proof.key_id), *self._signer_of_the_file(proof.key_id)]
        if not candidates:
            yield Finding("qr.unknown-key")
            return
        signer = next((one for one in candidates if one.verifies(proof.signature, proof.signed)), None)
        if signer is None:
            yield Finding("qr.signature")
            return
        self.code, self.code_signer = proof, signer
        sealer = self.report.signer if self.report else None
        if sealer is None or sealer.certificate_der != signer.certificate_der:  # else step 1 judged it
            existed_at = self.report.sealed_at if self.report else None
            chain = judge_chain(signer.certificate, (), self.ground.trust, at=self.now, existed_at=existed_at)
            self.revocation_as_of = self.revocation_as_of or chain.as_of
            yield from (as_finding(problem.finding) for problem in chain.problems)
        yield from self.listed_seal(str(proof.identifier.issuer), signer.certificate_der)
        if is_for_development(signer.certificate):
            yield Finding("seal.development")

    def _signer_of_the_file(self, key: bytes) -> Iterator[SealCertificate]:
        """Whoever sealed the file, if the code names that key: its certificate may no longer be published."""
        facts = self.report.signer if self.report else None
        if facts is not None and key_id(facts.certificate_der) == key:
            yield SealCertificate.of(facts.certificate_der)

    def state(self, asked: Asked, after: Proof) -> Known | None:
        """Step 7: it is known, and neither suspended nor ended. What the repository knows is for step 6 to compare.

        Another city's service is not asked for the sake of a stranger's file.
        """
        if self.ground.snapshot is not None and not self.proved >= {after, Proof.ISSUER}:
            return None
        try:
            if self.ground.states is None:
                raise StatesUnreachableError  # noqa: TRY301 -- nobody to ask is one more way of no answer
            known = self.ground.states.state_of(asked, self.at, self.now)
        except StatesUnreachableError as error:
            self.findings.append(error.finding)
            self._compare_with_nothing()
            return None
        self.hear(known)
        return known

    def hear(self, known: Known | None) -> None:
        """Step 7: what an answer means."""
        self.known = known
        self.status_as_of = known.used.as_of if isinstance(known, OnList) else self.now
        if isinstance(known, OnList):  # it knows a place, and nothing of what was issued
            self._compare_with_nothing()
        unknown = (Finding("status.not-recorded"),)
        self.step(Proof.STATUS, iter(unknown) if known is None else judge_standing(known, at=self.at, now=self.now))

    def _compare_with_nothing(self) -> None:
        """There is no step 6 without a repository."""
        self.required = tuple(proof for proof in self.required if proof is not Proof.REPOSITORY)

    def validity(self, document: License | QrProof) -> Iterator[Finding]:
        """Step 8: the day asked for lies within the period of validity."""
        yield from judge_validity(document.valid_from, document.valid_until, self.known, at=self.at)
