"""Plain files are judged by a shorter way: same report as by the longer one, whatever is changed in them."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final

import pytest
from attacks.replay import trust_of_vectors
from attacks.vectors import HONEST, load_cases, vector_moment
from attacks.vectors import Case as Vector
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from plain_files import Part, put_together, sealed, taken_apart, with_line
from support import ISSUERS, NOON, PASSPHRASE, sealed_revision

from license_lib.authority import Authority
from license_lib.issuing import Issued
from signing import der
from signing.collecting import collect
from signing.evidence import Evidence
from signing.keys import SealCredential, load_credential
from signing.pdf_reading import Name, Stream, Value
from signing.pdf_reading.pages import leaves
from signing.reports import Indication
from signing.sealing import archive, archive_update
from signing.sealing.prepared import Prepared
from signing.sealing.update import Update
from signing.timestamps import LocalTimestamper
from signing.trust import TrustStore
from signing.validation import validate
from signing.validation.file import plain_case

ROOM: Final = 4000
ANY = settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck), derandomize=True)
TOKENS: Final = [
    b"/", b"//", b"<<", b">>", b"[", b"]", b"(", b")", b"<", b">", b"%", b"\\", b"#41", b"\r", b"\n", b"\0", b" ",
    b"  ", b"null", b"true", b"0", b"7", b"-", b".", b"+", b"1 1 R", b"4 0 R", b"99 0 R", b"5 0R", b"/JS(x)",
    b"/S/JavaScript",
    b"/S/GoTo3DView", b"/Type/ObjStm", b"/Type/XRef", b"/AA 4 0 R", b"/Rect[0 0 1 1]", b"/Subtype/3D", b"/F 2",
    b"/F(x)", b"/Kids[4 0 R]", b"/Count 2", b"/Fields[]", b"/OpenAction 5 0 R", b"/XFA(x)", b"/P 2", b"/K 1",
    b"/FT/Tx", b"<4>",
    b"123456789012345678901234567890123", b"/Encrypt 5 0 R", b"/Length 5>>", b"/FS/URL", b"/Alternates[]", b"\xff",
]  # fmt: skip


@pytest.fixture(scope="module")
def credential(shared_authority: Authority) -> SealCredential:
    return load_credential(shared_authority.settings.keys_folder, "market", passphrase=PASSPHRASE, at=NOON)


@pytest.fixture(scope="module")
def trust(shared_authority: Authority) -> TrustStore:
    return TrustStore.load(shared_authority.settings.keys_folder)


@pytest.fixture(scope="module")
def honest(issued_licenses: dict[str, Issued]) -> bytes:
    return sealed_revision(issued_licenses["food-business-permit"].pdf)


def trailer_of(pdf: bytes) -> bytes:
    found = re.search(rb"/W\[1 4 2\](/Root .*?\])/Filter", pdf)
    assert found is not None
    return found[1]


def remade(parts: list[Part], honest: bytes) -> Prepared:
    return put_together(parts, trailer_of(honest), ROOM)


def same_both_ways(pdf: bytes, trust: TrustStore) -> bool:
    """Whether the shorter way was taken; both must say the same."""
    short, long = (validate(pdf, trust=trust, at=NOON, thorough=thorough) for thorough in (False, True))
    assert short == long
    return plain_case(pdf) is not None


@pytest.mark.parametrize("key", ISSUERS)
def test_every_licence_is_a_plain_file(key: str, issued_licenses: dict[str, Issued], trust: TrustStore) -> None:
    assert same_both_ways(sealed_revision(issued_licenses[key].pdf), trust)


@pytest.mark.parametrize("key", ISSUERS)
def test_every_archived_licence_is_one(key: str, issued_licenses: dict[str, Issued], trust: TrustStore) -> None:
    assert issued_licenses[key].pdf != sealed_revision(issued_licenses[key].pdf)
    assert same_both_ways(issued_licenses[key].pdf, trust)


@ANY
@given(data=st.data())
def test_bytes_behind_the_seal_changed(
    issued_licenses: dict[str, Issued], trust: TrustStore, data: st.DataObject
) -> None:
    pdf = issued_licenses["food-business-permit"].pdf
    at = data.draw(st.integers(len(sealed_revision(pdf)), len(pdf)))
    lost, added = data.draw(st.integers(0, 2)), data.draw(st.sampled_from([b"", *TOKENS]))
    changed = pdf[:at] + added + pdf[at + lost :]
    assert same_both_ways(changed, trust) == (changed == pdf)


def with_entry(*path: str, value: Value) -> Callable[[Update], None]:
    return lambda update: update.set(update.root, path, value)


def with_page(key: str, value: Value) -> Callable[[Update], None]:
    def change(update: Update) -> None:
        page = next(leaves(update.revision))
        update.set(page, (key,), value)

    return change


def with_field(key: str, value: Value) -> Callable[[Update], None]:
    def change(update: Update) -> None:
        update.set(update.value(update.root, "AcroForm", "Fields")[-1], (key,), value)

    return change


def with_store(key: str, value: Callable[[Update], Value]) -> Callable[[Update], None]:
    return lambda update: update.set(update.root, ("DSS", key), value(update))


def archived_with(evidence: Evidence, pdf: bytes, authority: Authority) -> bytes:
    tsa = load_credential(authority.settings.keys_folder, "tsa", passphrase=PASSPHRASE, at=NOON)
    return archive(
        pdf,
        evidence=lambda _: evidence,
        timestamper=LocalTimestamper(tsa, lambda: NOON, lambda: 4711),
        at=NOON,
        nonce=lambda: 7,
    ).pdf


@pytest.mark.parametrize(("size", "is_evidence"), [(4 << 20, True), (9 << 20, False)])
def test_no_more_evidence_is_unpacked_than_a_document_may_bring(
    size: int,
    is_evidence: bool,  # noqa: FBT001 -- a parameter
    honest: bytes,
    shared_authority: Authority,
    trust: TrustStore,
) -> None:
    """Anybody can write an update of some megabytes which is gigabytes, unpacked."""
    items = tuple(der.tlv(der.SEQUENCE, bytes((one,)) * size) for one in (0, 1))
    pdf = archived_with(Evidence(certificates=items), honest, shared_authority)
    assert same_both_ways(pdf, trust) == is_evidence
    codes = [one.code for one in validate(pdf, trust=trust, at=NOON, thorough=True).findings]
    assert ("seal.changed-after" in codes) != is_evidence


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(with_entry("OpenAction", value={"S": Name("JavaScript"), "JS": b"x"}), id="an-action"),
        pytest.param(with_entry("Lang", value=b"en"), id="another-language"),
        pytest.param(with_entry("AcroForm", "NeedAppearances", value=True), id="another-form"),
        pytest.param(with_entry("AcroForm", "SigFlags", value=1), id="other-flags"),
        pytest.param(with_entry("Extensions", value={"ESIC": {"BaseVersion": Name("1.7")}}), id="an-extension"),
        pytest.param(with_page("Rotate", 90), id="a-turned-page"),
        pytest.param(with_page("Contents", []), id="an-empty-page"),
        pytest.param(with_field("Rect", [0, 0, 300, 300]), id="a-field-on-the-page"),
        pytest.param(with_field("T", b"Archive2"), id="another-name"),
        pytest.param(with_field("AP", {}), id="a-look"),
        pytest.param(with_field("F", 4), id="not-locked"),
        pytest.param(with_store("VRI", lambda _: {}), id="a-store-that-relates"),
        pytest.param(with_store("Certs", lambda update: [update.add(Stream({}, b"no certificate"))]), id="no-evidence"),
        pytest.param(with_store("More", lambda _: 1), id="a-store-of-more"),
        pytest.param(lambda update: update.add({"Type": Name("More")}), id="an-object-more"),
        pytest.param(lambda update: update.add(Stream({}, b"0\0")), id="a-stream-more"),
    ],
)
def test_another_update_under_a_true_time_stamp_goes_the_longer_way(
    change: Callable[[Update], None],
    honest: bytes,
    shared_authority: Authority,
    trust: TrustStore,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    add = archive_update._add_time_stamp  # noqa: SLF001 -- the update is finished right after it

    def added(update: Update, reserved: int) -> None:
        add(update, reserved)
        change(update)

    monkeypatch.setattr(archive_update, "_add_time_stamp", added)
    tsa = load_credential(shared_authority.settings.keys_folder, "tsa", passphrase=PASSPHRASE, at=NOON)
    archived = archive(
        honest,
        evidence=lambda certificates: collect(certificates, trust, fetcher=None, at=NOON, nonce=lambda: 1),
        timestamper=LocalTimestamper(tsa, lambda: NOON, lambda: 4711),
        at=NOON,
        nonce=lambda: 7,
    )
    assert not same_both_ways(archived.pdf, trust)


@pytest.mark.parametrize("case", [*load_cases(), *load_cases(HONEST)], ids=lambda case: case.name)
def test_a_vector_is_judged_the_same_both_ways(case: Vector) -> None:
    short = plain_case(case.file)
    assert short is None or not case.confined
    if short is not None:
        reports = [
            validate(case.file, trust=trust_of_vectors(), at=vector_moment(), thorough=thorough)
            for thorough in (False, True)
        ]
        assert reports[0] == reports[1]


def test_vectors_are_of_the_form_that_we_write() -> None:
    """Or the test before this one would show nothing."""
    plain = {case.name for case in [*load_cases(), *load_cases(HONEST)] if plain_case(case.file) is not None}
    assert {"untouched-business", "untouched-residence", "never-recorded", "time-stamp-from-the-future"} <= plain


def test_a_file_put_together_again_is_plain(honest: bytes, credential: SealCredential, trust: TrustStore) -> None:
    pdf = sealed(remade(taken_apart(honest), honest), credential)
    assert validate(pdf, trust=trust, at=NOON).indication is Indication.TOTAL_PASSED
    assert same_both_ways(pdf, trust)


@ANY
@given(data=st.data())
def test_objects_changed_before_sealing(
    honest: bytes, credential: SealCredential, trust: TrustStore, data: st.DataObject
) -> None:
    parts = taken_apart(honest)
    lines = [(number, line) for part in parts for number, line in part.lines]
    for _ in range(data.draw(st.integers(1, 2))):
        number, line = data.draw(st.sampled_from(lines))
        parts = with_line(parts, number, changed(line, data))
    same_both_ways(sealed(remade(parts, honest), credential), trust)


@ANY
@given(data=st.data())
def test_dictionaries_of_streams_and_of_the_signature_changed_before_sealing(
    honest: bytes, credential: SealCredential, trust: TrustStore, data: st.DataObject
) -> None:
    parts = taken_apart(honest)
    index = data.draw(st.integers(0, len(parts) - 1))
    one = parts[index]
    parts[index] = Part(one.number, changed(one.entries, data), one.data, one.lines)
    same_both_ways(sealed(remade(parts, honest), credential), trust)


@ANY
@given(data=st.data())
def test_bytes_of_the_structure_changed_before_sealing(
    honest: bytes, credential: SealCredential, trust: TrustStore, data: st.DataObject
) -> None:
    document = remade(taken_apart(honest), honest)
    file = document.data
    marks = [
        found.start() for found in re.finditer(rb"\d+ 0 obj|endstream|endobj|stream\n|startxref|%%EOF|%PDF|/XRef", file)
    ]
    at = data.draw(st.sampled_from(marks)) + data.draw(st.integers(-4, 12))
    if 0 <= at < len(file) and not document.start <= at < document.end:
        file[at] = data.draw(st.sampled_from(b"0123456789 \n\r/<>%xR\0"))
    same_both_ways(sealed(document, credential), trust)


@ANY
@given(data=st.data())
def test_bytes_changed_added_or_lost_after_sealing(honest: bytes, trust: TrustStore, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(honest)))
    lost, added = data.draw(st.integers(0, 2)), data.draw(st.sampled_from([b"", *TOKENS]))
    pdf = honest[:at] + added + honest[at + lost :]
    assert same_both_ways(pdf, trust) == (pdf == honest)


@pytest.mark.parametrize(
    ("number", "old", "new"),
    [
        (4, b"/Type/Catalog", b"/Type/Catalog/OpenAction<</S/JavaScript/JS(x)>>"),
        (4, b"/Type/Catalog", b"/Type/Catalogue"),
        (5, b"/Count 1", b"/Count 2"),
        (5, b"/Count 1", b"/Count 1."),
        (6, b"/Tabs/S", b"/Tabs/S/Other[5 0 0 R]"),
        (5, b"/Kids[6 0 R]", b"/Kids[6 0 R 6 0 R]"),
        (6, b"/Type/Page", b"/Type/Page/AA<<>>"),
        (6, b"/Parent 5 0 R", b"/Parent 5 1 R"),
        (6, b"/Tabs/S", b"/Tabs/S/Tabs/S"),
        (6, b"/Tabs/S", b"/Tabs/S/Tab#73/R"),
        (6, b"/Tabs/S", b"/Tabs/S%"),
        (7, b"/FT/Sig", b"/FT/Sig/Kids[]"),
        (7, b"/V 8 0 R", b"/V null"),
    ],
)
def test_what_is_sealed_and_not_plain_goes_the_longer_way(
    number: int, old: bytes, new: bytes, honest: bytes, credential: SealCredential, trust: TrustStore
) -> None:
    parts = taken_apart(honest)
    (line,) = [line for part in parts for held, line in part.lines if held == number]
    assert line.count(old) == 1
    pdf = sealed(remade(with_line(parts, number, line.replace(old, new)), honest), credential)
    assert not same_both_ways(pdf, trust)


@pytest.mark.parametrize("like", [rb"/Type/Catalog", rb"/Type/Pages", rb"/Fields\["])
def test_a_stream_where_a_dictionary_belongs_is_no_exception(
    like: bytes, honest: bytes, credential: SealCredential, trust: TrustStore
) -> None:
    """A stream has entries, too, and nobody needs a key to send one."""
    parts = taken_apart(honest)
    ((number, line),) = [held for part in parts for held in part.lines if re.search(like, held[1])]
    left = [replace(part, lines=tuple(held for held in part.lines if held[0] != number)) for part in parts]
    stream = Part(number, line.removesuffix(b">>"), b"x")
    assert not same_both_ways(sealed(remade([stream, *left], honest), credential), trust)


@pytest.mark.parametrize(("like", "key"), [(rb"/Type/Pages", b"/Pages"), (rb"/Fields\[", b"/AcroForm")])
def test_a_dictionary_where_a_reference_belongs_goes_the_longer_way(
    like: bytes, key: bytes, honest: bytes, credential: SealCredential, trust: TrustStore
) -> None:
    parts = taken_apart(honest)
    held = dict(held for part in parts for held in part.lines)
    (meant,) = [(b"%d 0 R" % number, line) for number, line in held.items() if re.search(like, line)]
    for number, line in held.items():
        parts = with_line(parts, number, re.sub(b"(%b|/Parent) %b" % (key, meant[0]), rb"\g<1>" + meant[1], line))
    assert not same_both_ways(sealed(remade(parts, honest), credential), trust)


def changed(text: bytes, data: st.DataObject) -> bytes:
    """A text with something put in, or taken out, somewhere."""
    at = data.draw(st.integers(0, len(text)))
    return text[:at] + data.draw(st.sampled_from(TOKENS)) + text[at + data.draw(st.integers(0, 3)) :]
