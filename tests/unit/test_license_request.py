"""From a request to a draft: every rule, all faults at once, and no number of a person in any message."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from license_lib.catalogue import Catalogue, LicenseType
from license_lib.errors import InputError
from license_lib.identifiers import CheckOverride, LicenseIdentifier, NumberError
from license_lib.licenses import Issuer, Photo
from license_lib.licenses.request import MAX_HOLDERS, Draft, HolderRequest, LicenseRequest, RequestError, draft
from license_lib.licenses.rules import checked_text
from license_lib.resources import resource_folder

CATALOGUE = Catalogue.load(resource_folder("templates"))
TODAY = date(2026, 11, 22)
ISSUER = Issuer("白银市样例行政审批局", "11620400000000101R", 3)
CREDIT_CODE, OTHER_CREDIT_CODE = "91620402MA0000000Q", "91620402MA0000001U"
FAILING_CODE = "91350100M0001TGQXM"  # issued like this, standards.md §8
CITIZEN, OTHER_CITIZEN, MISTYPED = "11010519491231002X", "440524188001010014", "110105194912310021"
JPEG = (resource_folder("templates") / "residence-permit" / "example-photo.jpg").read_bytes()


def type_of(key: str, **changes: Any) -> LicenseType:
    """A built-in type with other rules: `validity={"rule": "years", "years": 1}`."""
    kind = CATALOGUE.get(key)
    document = kind.model_dump(exclude_unset=True) | {"layout": kind.layout.model_dump()}
    return LicenseType.model_validate(document | changes)


BUSINESS, HOUSE = type_of("business-license"), type_of("real-estate-certificate")
RESIDENCE, FOOD = type_of("residence-permit"), type_of("food-business-permit")

COMPANY = HolderRequest("白银样例有限公司", CREDIT_CODE)
OWNER, CO_OWNER = HolderRequest("样例·张三", CITIZEN), HolderRequest("样例·李四", OTHER_CITIZEN)
BUSINESS_REQUEST = LicenseRequest(
    license_type="business-license",
    issuer="market",
    holders=(COMPANY,),
    number=CREDIT_CODE,
    valid_until="long-term",
    fields={
        "类型": "有限责任公司",
        "legal_representative": "样例·张三",
        "KZ_ZCZB": "100万元人民币",
        "established_on": "2026-03-02",
        "住所": "  样例路1号 ",
        "business_scope": "办公用品销售",
        "copy": "正本",
    },
)
HOUSE_REQUEST = LicenseRequest(
    license_type="real-estate-certificate",
    issuer="land",
    holders=(OWNER, CO_OWNER),
    number="甘（2026）白银市不动产权第0000001号",
    fields={
        "co_ownership": "共同共有",
        "location": "样例路7号",
        "unit_number": "620402001001GB00001F00010001",
        "right_type": "房屋所有权",
        "right_nature": "出让",
        "use": "住宅",
        "area": "118.60㎡",
        "term_of_use": "2085年05月31日止",
    },
)
RESIDENCE_REQUEST = LicenseRequest(
    license_type="residence-permit",
    issuer="police",
    holders=(OWNER,),
    photo=JPEG,
    fields={
        "sex": "女",
        "ethnicity": "汉族",
        "born_on": "1949-12-31",
        "address": "样例街道1号",
        "registered_residence": "样例路5号",
    },
)


def drafted(request: LicenseRequest, kind: LicenseType = BUSINESS, issuer: Issuer = ISSUER) -> Draft:
    return draft(request, kind, issuer, today=TODAY)


def faults(request: LicenseRequest, kind: LicenseType = BUSINESS, issuer: Issuer = ISSUER) -> dict[str, str]:
    """Message by code of every fault; the request must have one."""
    with pytest.raises(RequestError) as caught:
        drafted(request, kind, issuer)
    return {problem.code: problem.message for problem in caught.value.problems}


def held_by(*holders: HolderRequest, **changes: Any) -> LicenseRequest:
    return replace(BUSINESS_REQUEST, holders=holders, **changes)


def with_fields(fields: dict[str, str], request: LicenseRequest = BUSINESS_REQUEST) -> LicenseRequest:
    return replace(request, fields={**request.fields, **fields})


def changed(field: str, value: Any) -> LicenseRequest:
    changes: dict[str, Any] = {field: value}
    return replace(BUSINESS_REQUEST, **changes)


def told(request: LicenseRequest, kind: LicenseType) -> Draft | InputError:
    try:
        return drafted(request, kind)
    except InputError as error:
        return error


# -- what a good request becomes ---------------------------------------------------------------------------------------


def test_a_request_becomes_a_draft_in_canonical_form() -> None:
    made = drafted(BUSINESS_REQUEST)
    assert made.fields == {
        "KZ_LX": "有限责任公司",
        "KZ_FDDBR": "样例·张三",
        "KZ_ZCZB": "100万元人民币",
        "KZ_CLRQ": "2026-03-02",
        "KZ_ZS": "样例路1号",
        "KZ_JYFW": "办公用品销售",
        "KZ_ZFB": "正本",
    }
    order = [field.code for field in BUSINESS.fields]
    assert list(made.fields) == sorted(made.fields, key=order.index), "in face order"
    assert [(one.name, one.number, one.number_kind) for one in made.holders] == [
        ("白银样例有限公司", CREDIT_CODE, "001")
    ]
    assert (made.issued_on, made.valid_from, made.valid_until) == (TODAY, TODAY, None)
    assert (made.number, made.overrides, made.photo) == (CREDIT_CODE, (), None)


def test_numbers_are_mended_as_hands_type_them() -> None:
    made = drafted(held_by(HolderRequest(" 白银样例有限公司 ", "　９１620402ma0000000q ")))
    assert (made.holders[0].name, made.holders[0].number) == ("白银样例有限公司", CREDIT_CODE)
    old = replace(RESIDENCE_REQUEST, holders=(HolderRequest("样例", "610104620927690"),))
    assert drafted(old, RESIDENCE).holders[0].number == "610104196209276908"


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (CITIZEN, "111"),
        ("810000199408230021", "111"),
        ("911398199012310021", "111"),
        ("KAZ110090123105", "999"),
        (CREDIT_CODE, "001"),
    ],
)
def test_where_either_may_hold_it_the_number_tells_the_kind(number: str, kind: str) -> None:
    made = drafted(replace(HOUSE_REQUEST, holders=(HolderRequest("样例", number), CO_OWNER)), HOUSE)
    assert made.holders[0].number_kind == kind


def test_a_kind_that_is_given_stays() -> None:
    passport = HolderRequest("样例", "E12345678", number_kind="414")
    made = drafted(replace(HOUSE_REQUEST, holders=(passport, OWNER)), HOUSE)
    assert (made.holders[0].number, made.holders[0].number_kind) == ("E12345678", "414")


def test_an_override_is_recorded() -> None:
    override = CheckOverride("登记机关核实，原证如此", "样例·王五")
    made = drafted(held_by(HolderRequest("样例公司", FAILING_CODE, override=override), number=FAILING_CODE))
    assert (made.holders[0].number, made.overrides) == (FAILING_CODE, (override,))


def test_a_number_of_the_holder_may_be_left_out_or_repeated_in_any_form() -> None:
    assert drafted(RESIDENCE_REQUEST, RESIDENCE).number == CITIZEN
    assert drafted(replace(RESIDENCE_REQUEST, number="11010519491231002x"), RESIDENCE).number == CITIZEN


def test_a_photo_goes_in_as_its_digest() -> None:
    made = drafted(RESIDENCE_REQUEST, RESIDENCE)
    assert made.photo is not None
    named = made.license(
        LicenseIdentifier.build(RESIDENCE.code.value, ISSUER.code, "20261122AAAAAAAA"), bytes(16)
    ).photo
    assert named == Photo("image/jpeg", hashlib.sha256(made.photo).hexdigest())


# -- validity ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "years", "end"),
    [
        (date(2026, 3, 2), 5, date(2031, 3, 1)),
        (date(2024, 2, 29), 1, date(2025, 2, 28)),
        (date(2024, 2, 29), 4, date(2028, 2, 28)),
        (date(2023, 3, 1), 1, date(2024, 2, 29)),
        (date(2026, 1, 1), 1, date(2026, 12, 31)),
        (date(1896, 2, 29), 4, date(1900, 2, 28)),
    ],
)
def test_years_end_the_day_before_the_anniversary(start: date, years: int, end: date) -> None:
    kind = type_of("business-license", validity={"rule": "years", "years": years})
    request = replace(BUSINESS_REQUEST, valid_from=start, valid_until=None)
    assert drafted(request, kind).valid_until == end
    assert drafted(replace(request, valid_until=end), kind).valid_until == end
    assert faults(replace(request, valid_until=start), kind)["validity.rule"].startswith(f"valid_until: is {end}")


def test_a_long_term_type_takes_no_end() -> None:
    assert drafted(HOUSE_REQUEST, HOUSE).valid_until is None
    assert drafted(replace(HOUSE_REQUEST, valid_until="long-term"), HOUSE).valid_until is None
    assert "validity.rule" in faults(replace(HOUSE_REQUEST, valid_until=TODAY), HOUSE)


def test_a_given_end_is_never_assumed() -> None:
    assert "validity.missing" in faults(replace(BUSINESS_REQUEST, valid_until=None))
    assert "validity.rule" in faults(replace(BUSINESS_REQUEST, valid_until="forever"))  # type: ignore[arg-type]  # what the test is about
    assert "validity.order" in faults(replace(BUSINESS_REQUEST, valid_until=date(2026, 11, 21)))
    assert drafted(replace(BUSINESS_REQUEST, valid_until=TODAY)).valid_until == TODAY, "valid for one day"


def test_dates_stay_within_what_can_be_signed_and_stored() -> None:
    assert "date.future" in faults(replace(BUSINESS_REQUEST, issued_on=date(2026, 11, 23)))
    assert drafted(replace(BUSINESS_REQUEST, valid_from=date(2027, 1, 1))).valid_from == date(2027, 1, 1)
    for field in ("issued_on", "valid_from", "valid_until"):
        assert faults(changed(field, date(1799, 12, 31)))["date.range"].startswith(field)
    for field in ("valid_from", "valid_until"):
        with pytest.raises(RequestError, match='for 长期 say "long-term"'):
            drafted(changed(field, date(9999, 12, 31)))
    late = replace(RESIDENCE_REQUEST, valid_from=date(2999, 12, 31))
    assert "date.range" in faults(late, RESIDENCE), "the end that the rule gives counts, too"


def test_a_time_is_no_day() -> None:
    moment = datetime(2026, 11, 22, 12, 0)  # noqa: DTZ001 -- naive or not, it is refused
    for field in ("issued_on", "valid_from", "valid_until"):
        assert faults(changed(field, moment)) == {"date.form": f"{field}: is a time, not a day"}


# -- holders -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("request_", "kind", "code", "place"),
    [
        (held_by(), BUSINESS, "holder.missing", "holders"),
        (held_by(COMPANY, HolderRequest("样例二", OTHER_CREDIT_CODE)), BUSINESS, "holder.several", "holders"),
        (held_by(replace(COMPANY, number_kind="111")), BUSINESS, "number.alphabet", "holders[0].number"),
        (held_by(HolderRequest("样例", CITIZEN, number_kind="111")), BUSINESS, "holder.kind", "holders[0]"),
        (held_by(replace(COMPANY, number_kind="007")), BUSINESS, "holder.number-kind", "holders[0].number_kind"),
        (held_by(replace(COMPANY, number="")), BUSINESS, "number.length", "holders[0].number"),
        (held_by(replace(COMPANY, name="  ")), BUSINESS, "text.empty", "holders[0].name"),
        (held_by(replace(COMPANY, name="某" * 10_000)), BUSINESS, "text.too-long", "holders[0].name"),
        (held_by(replace(COMPANY, number="9" * 10_000)), BUSINESS, "number.length", "holders[0].number"),
        (replace(RESIDENCE_REQUEST, holders=(COMPANY,)), RESIDENCE, "holder.kind", "holders[0]"),
        (replace(HOUSE_REQUEST, holders=(OWNER, OWNER)), HOUSE, "holder.duplicate", "holders[1].number"),
        (
            replace(HOUSE_REQUEST, holders=(OWNER, replace(OWNER, number="11010519491231002x"))),
            HOUSE,
            "holder.duplicate",
            "holders[1].number",
        ),
        (replace(HOUSE_REQUEST, holders=(OWNER,) * (MAX_HOLDERS + 1)), HOUSE, "holder.several", "holders"),
        (
            replace(HOUSE_REQUEST, holders=(replace(OWNER, number=MISTYPED),)),
            HOUSE,
            "number.check",
            "holders[0].number",
        ),
        (
            replace(HOUSE_REQUEST, holders=(HolderRequest("样例", "张" * 41, number_kind="999"),)),
            HOUSE,
            "text.too-long",
            "holders[0].number",
        ),
        (
            replace(HOUSE_REQUEST, holders=(HolderRequest("样例", "620402202611230013"),)),
            HOUSE,
            "number.date",
            "holders[0].number",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_holders(request_: LicenseRequest, kind: LicenseType, code: str, place: str) -> None:
    assert faults(request_, kind)[code].startswith(f"{place}: ")


def test_an_override_excuses_a_failing_credit_code_and_nothing_else() -> None:
    override = CheckOverride("核实", "王五")
    assert "number.check" in faults(held_by(replace(COMPANY, number=FAILING_CODE)))
    assert "number.override" in faults(held_by(replace(COMPANY, override=override))), "the code checks"
    unneeded = replace(HOUSE_REQUEST, holders=(replace(OWNER, number_kind="111", override=override),))
    assert "number.override" in faults(unneeded, HOUSE)
    with pytest.raises(NumberError):
        CheckOverride(" ", "王五")
    spoiled = replace(COMPANY, number=FAILING_CODE, override=CheckOverride("核实\ud800", "王五"))
    assert faults(held_by(spoiled))["text.character"].startswith("holders[0].override.reason: character 3")


# -- number, issuer, photo, key ----------------------------------------------------------------------------------------


def test_the_number_has_the_form_that_the_type_asks_for() -> None:
    assert "number.missing" in faults(replace(HOUSE_REQUEST, number=None), HOUSE)
    assert "text.empty" in faults(replace(HOUSE_REQUEST, number=" "), HOUSE)
    food = replace(BUSINESS_REQUEST, number="JY1620402000001", fields={})
    with pytest.raises(RequestError) as caught:
        drafted(food, FOOD)
    pattern = next(problem for problem in caught.value.problems if problem.code == "number.pattern")
    assert pattern.hint.startswith("JY＋14位数字")
    trailing = faults(replace(HOUSE_REQUEST, number=f"{HOUSE_REQUEST.number}\nx"), HOUSE)
    assert set(trailing) == {"text.character"}


def test_a_number_of_another_than_the_holder_is_refused() -> None:
    for number in (OTHER_CITIZEN, "", "x", CREDIT_CODE):
        assert "number.not-holders" in faults(replace(RESIDENCE_REQUEST, number=number), RESIDENCE)
    for number in (OTHER_CREDIT_CODE, f"{CREDIT_CODE[:-1]}X", "", "x"):
        assert "number.not-holders" in faults(replace(BUSINESS_REQUEST, number=number))


def test_a_business_license_carries_the_checked_code_of_its_holder() -> None:
    for number in (None, CREDIT_CODE, CREDIT_CODE.lower()):
        assert drafted(replace(BUSINESS_REQUEST, number=number)).number == CREDIT_CODE


def test_what_a_face_calls_a_credit_code_is_one() -> None:
    """An organisation's other number is checked by nobody: it must not stand behind 统一社会信用代码."""
    other = replace(COMPANY, number="91620402MA0000000X", number_kind="099")
    wrong = faults(replace(held_by(other), number=None))
    assert wrong == {"holder.number-kind": "holders[0].number_kind: 营业执照 takes no such number"}


def test_the_level_of_the_issuer_counts() -> None:
    assert "issuer.level" in faults(BUSINESS_REQUEST, issuer=replace(ISSUER, level=1))


def test_photos() -> None:
    assert "photo.missing" in faults(replace(RESIDENCE_REQUEST, photo=None), RESIDENCE)
    assert "photo.invalid" in faults(replace(RESIDENCE_REQUEST, photo=b"GIF89a"), RESIDENCE)
    assert "photo.invalid" in faults(replace(RESIDENCE_REQUEST, photo=b""), RESIDENCE)
    assert "photo.unexpected" in faults(replace(BUSINESS_REQUEST, photo=JPEG))


@pytest.mark.parametrize("key", ["", " ", "k" * 201, "a\nb", "\ud800"])
def test_an_idempotency_key_is_a_short_text(key: str) -> None:
    assert all(
        message.startswith("request_key: ") for message in faults(replace(BUSINESS_REQUEST, request_key=key)).values()
    )
    assert drafted(replace(BUSINESS_REQUEST, request_key="窗口1-0001"))


# -- fields ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "text", "code"),
    [
        ("established_on", "2026-02-30", "field.date"),
        ("established_on", "20260302", "field.date"),
        ("established_on", "2026-W10-1", "field.date"),
        ("established_on", "2026/3/2", "field.date"),
        ("established_on", "２０２６-03-02", "field.date"),
        ("established_on", "1066-10-14", "date.range"),
        ("copy", "复印件", "field.choice"),
        ("legal_representative", "张" * 51, "text.too-long"),
        ("address", "样例路\n1号", "text.character"),
        ("住所", "再来一次", "field.duplicate"),
        ("adress", "样例路", "field.unknown"),
        ("holder_name", "样例", "field.unknown"),
        ("", "样例", "field.unknown"),
    ],
)
def test_fields(field: str, text: str, code: str) -> None:
    given = {key: value for key, value in BUSINESS_REQUEST.fields.items() if key != "住所"}
    first = {} if field == "address" else {"address": "样例路1号"}
    assert code in faults(replace(BUSINESS_REQUEST, fields={**given, **first, field: text}))


def test_an_unknown_field_gets_a_suggestion() -> None:
    with pytest.raises(RequestError, match=r"fields\.adress: 营业执照 has no such field \(did you mean 'address'\?\)"):
        drafted(with_fields({"adress": "样例路"}))


def test_a_required_field_must_say_something() -> None:
    assert faults(with_fields({"copy": " "}))["field.missing"] == "fields.copy: 正副本 is required"
    assert "KZ_QLQTZK" not in drafted(with_fields({"other_facts": " "}, HOUSE_REQUEST), HOUSE).fields, (
        "optional ones need not"
    )


@pytest.mark.parametrize(
    ("spec", "good", "bad", "code"),
    [
        (
            {"type": "decimal"},
            "86.50",
            ["086", "1e3", "1.", "-1", "１", "1,000", "1.0000001", "9" * 16],
            "field.decimal",
        ),
        ({"type": "citizen-id"}, CITIZEN, [MISTYPED], "number.check"),
        ({"type": "credit-code"}, CREDIT_CODE, [FAILING_CODE], "number.check"),
        ({"pattern": "[0-9]{3}"}, "123", ["12", "1234", "12a"], "field.pattern"),
    ],
)
def test_field_types(spec: dict[str, Any], good: str, bad: list[str], code: str) -> None:
    one = {"key": "one", "code": "KZ_ONE", "label": "一", "english": "One", **spec}
    kind = type_of("business-license", fields=[one])
    request = replace(BUSINESS_REQUEST, fields={"one": good})
    assert drafted(request, kind).fields == {"KZ_ONE": good}
    for text in bad:
        assert set(faults(replace(request, fields={"one": text}), kind)) == {code}


# -- characters --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "样例·张三",
        "𠮷野家",  # extension B
        "𬎆𫖯",  # E, C
        "\U0002ceb0\U00030000\U00031350\U0002ebf0\U000323b0",  # F, G, H, I, and J that Python 3.11 does not know
        "〇㐀龥龻",
        "A&B <x> \"y\" 'z' =1+1",
    ],
)
def test_names_of_all_planes_pass(text: str) -> None:
    assert checked_text(text, "name", 40) == text


@pytest.mark.parametrize(
    "character",
    [
        "\x00", "\x07", "\n", "\t", "\x7f", "\x85", "\u200b", "\u202e", "\u2028", "\u2029", "\ufeff", "\xad", "\ue000",
        "\U000f0000", "\ud800", "\ufffe", "\U0002fffe", "\U0003ffff", "\U000e0001", "\ufe00", "\U000e0101", "⿰",
    ],
)  # fmt: skip
def test_characters_that_cannot_be_printed_are_named_by_place_and_code(character: str) -> None:
    with pytest.raises(InputError) as caught:
        checked_text(f"张{character}三", "name", 40)
    assert caught.value.code == "text.character"
    assert caught.value.message == f"name: character 2 (U+{ord(character):04X}) cannot be printed"


# -- all at once, and nothing of a person in it ------------------------------------------------------------------------


def test_all_faults_are_told_at_once() -> None:
    request = LicenseRequest(
        license_type="residence-permit",
        issuer="police",
        holders=(HolderRequest("\ue000", MISTYPED), HolderRequest("", MISTYPED, number_kind="1")),
        number=OTHER_CITIZEN,
        fields={"sexe": "女", "sex": "不明", "born_on": "昨天", CITIZEN: "x", MISTYPED: "y"},
        issued_on=date(2027, 1, 1),
        valid_until="long-term",
        photo=b"",
        request_key="",
    )
    with pytest.raises(RequestError) as caught:
        drafted(request, RESIDENCE, replace(ISSUER, level=5))
    error = caught.value
    assert [problem.code for problem in error.problems] == [
        "holder.several",
        "text.character",
        "number.check",
        "text.empty",
        "holder.number-kind",
        "issuer.level",
        "field.unknown",
        "field.unknown",
        "field.unknown",
        "field.choice",
        "field.missing",
        "field.date",
        "field.missing",
        "field.missing",
        "date.future",
        "validity.rule",
        "photo.invalid",
        "text.empty",
    ]
    assert error.code == "request.invalid"
    assert not any(number in f"{error}{error!r}{request!r}" for number in (CITIZEN, OTHER_CITIZEN, MISTYPED))


def test_one_kind_of_fault_gives_its_code_and_many_are_summed_up() -> None:
    with pytest.raises(RequestError) as caught:
        drafted(replace(BUSINESS_REQUEST, fields={**BUSINESS_REQUEST.fields, **{f"x{n}": "y" for n in range(50)}}))
    assert (caught.value.code, len(caught.value.problems)) == ("field.unknown", 50)
    assert str(caught.value).endswith("; and 30 more")


ANY_TEXT = st.text(st.characters(exclude_categories=())) | st.sampled_from([CITIZEN, CREDIT_CODE, "long-term", "正本"])
ANY_DAY = st.none() | st.dates()
REQUESTS = st.builds(
    LicenseRequest,
    license_type=ANY_TEXT,
    issuer=ANY_TEXT,
    holders=st.lists(
        st.builds(HolderRequest, ANY_TEXT, ANY_TEXT, st.none() | st.sampled_from(["001", "111", "414", "999", "x"])),
        max_size=3,
    ).map(tuple),
    fields=st.dictionaries(st.sampled_from(sorted(BUSINESS.by_key)) | ANY_TEXT, ANY_TEXT, max_size=9),
    number=st.none() | ANY_TEXT,
    issued_on=ANY_DAY,
    valid_from=ANY_DAY,
    valid_until=ANY_DAY | ANY_TEXT,
    photo=st.none() | st.binary(max_size=9),
    request_key=st.none() | ANY_TEXT,
)


@given(request=REQUESTS, kind=st.sampled_from(list(CATALOGUE)))
def test_whatever_stands_anywhere_only_an_input_error_comes_of_it(request: LicenseRequest, kind: LicenseType) -> None:
    result = told(request, kind)
    assert isinstance(result, InputError)
    assert str(result).isprintable()
    assert CITIZEN not in str(result)


@given(place=st.sampled_from(["name", "number", "field", "licence number", "key"]), text=ANY_TEXT)
def test_any_text_in_any_place_of_a_good_request(place: str, text: str) -> None:
    put: dict[str, Callable[[], LicenseRequest]] = {
        "name": lambda: held_by(replace(COMPANY, name=text)),
        "number": lambda: held_by(replace(COMPANY, number=text)),
        "field": lambda: with_fields({"business_scope": text}),
        "licence number": lambda: replace(BUSINESS_REQUEST, number=text),
        "key": lambda: replace(BUSINESS_REQUEST, request_key=text),
    }
    result = told(put[place](), BUSINESS)
    if isinstance(result, InputError):
        assert str(result).isprintable()
    else:
        assert all(value.encode() and value == value.strip() for value in result.fields.values())
