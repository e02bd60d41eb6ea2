"""The counter over a real repository: what goes in, what is shown, and what stands on the usage trail before that."""

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from counter_home import CASE, ITEM, Answer, City, Clerk, counter_desk, prepare
from signing_in import Desk

import verify_api
from license_lib.accounts import Role
from license_lib.authority import Authority
from license_lib.qr import scan_file
from license_lib.rendering import page_png
from license_lib.repository.entries import Use

STRANGER = "620402199506120001"


@pytest.fixture
def city(authority: Authority) -> City:
    return prepare(authority)


@pytest.fixture
def desk(city: City) -> Iterator[Desk]:
    with counter_desk(city.authority.settings) as opened:
        opened.add("li.wei")
        yield opened


@pytest.fixture
def clerk(desk: Desk) -> Clerk:
    return signed_in(desk, "li.wei")


def signed_in(desk: Desk, login: str) -> Clerk:
    browser = desk.browser()
    assert browser.sign_in(login).status_code == 303
    found = re.search(r'"token":"([^"]+)"', browser.get("/counter").text)
    assert found is not None
    return Clerk(browser, found[1])


def kinds(city: City) -> list[tuple[str, str, str | None]]:
    return [(one.kind.value, one.outcome, one.identifier) for one in city.trail()]


def test_a_good_licence_by_file_code_identifier_and_picture(clerk: Clerk, city: City) -> None:
    good = city.good
    code = scan_file(good.pdf)[0]
    by_file = clerk.look(file=("执照.pdf", good.pdf))
    by_code, by_identifier = clerk.look(code), clerk.look(good.identifier)
    by_picture = clerk.look(file=("photo.png", page_png(good.pdf, dpi=150)))
    assert [one.status for one in (by_file, by_code, by_identifier, by_picture)] == [200] * 4
    assert [one.outcome for one in (by_file, by_code, by_identifier)] == ["IN_FORCE"] * 3
    assert by_picture.outcome == "UNDETERMINED", "nobody has compared the paper yet"
    assert "请比对纸面" in by_picture.text
    assert 'data-picture="' in by_file.text
    assert "可作为“主体资格证明”" in by_file.text
    verified = ("verify", "IN_FORCE", good.identifier)
    seen = ("look", "", good.identifier)
    assert kinds(city) == [verified, seen] * 3 + [("verify", "UNDETERMINED", good.identifier), seen]
    use = city.trail()[0].use
    assert (use.actor, use.purpose, use.item, use.case_number, use.place) == (
        "li.wei", CASE["purpose"], ITEM, "2026-1", "counter",
    )  # fmt: skip


def test_what_is_not_good_is_told_with_its_remedy_and_is_on_the_trail_all_the_same(clerk: Clerk, city: City) -> None:
    revoked = clerk.look(file=("a.pdf", city.revoked.pdf))
    assert revoked.outcome == "NOT_IN_FORCE"
    assert 'data-code="status.revoked"' in revoked.text
    forged = bytearray(city.good.pdf)
    forged[len(forged) // 3] ^= 1
    fake = clerk.look(file=("a.pdf", bytes(forged)))
    assert fake.outcome == "NOT_GENUINE"
    assert "data-picture" not in fake.text, "a page that nothing vouches for is not drawn"
    nothing = clerk.look(file=("a.txt", b"hello"))
    assert nothing.outcome == "UNDETERMINED"
    trail = kinds(city)
    assert ("verify", "NOT_GENUINE", None) in trail or ("verify", "NOT_GENUINE", city.good.identifier) in trail
    assert trail[-1] == ("verify", "UNDETERMINED", None)


def test_a_number_finds_licences_and_what_the_item_still_lacks(clerk: Clerk, city: City) -> None:
    found = clerk.look(city.holder)
    assert f'data-identifier="{city.good.identifier}"' in found.text
    assert re.findall(r'data-answer-of="([a-z-]+)"', found.text)[0] == "present"
    assert {kind for kind, _, _ in kinds(city)} == {"look"}
    number = clerk.look(city.good.license.number)
    assert city.good.identifier in number.text
    assert city.holder not in clerk.look(city.good.identifier).response.headers.get("location", "")


def test_none_and_not_there_are_one_answer(clerk: Clerk, city: City) -> None:
    answers = [clerk.look(text) for text in (STRANGER, "JY99999999999999", "91620402MA0000001N")]
    assert [one.status for one in answers] == [200] * 3, [one.text[:200] for one in answers]
    assert len({one.text for one in answers}) == 1
    assert kinds(city) == [("look", "", None)] * 3
    unknown = city.good.identifier[:-5].replace("2026", "2025")
    assert clerk.look(f"{unknown}").status in {200, 422}


def test_a_wrong_number_is_told_before_anything_is_looked_up(clerk: Clerk, city: City) -> None:
    wrong = clerk.look("620402199506120002")
    assert (wrong.status, wrong.code) == (422, "number.check")
    assert "620402199506120002" not in wrong.text
    assert city.trail() == ()


@pytest.mark.parametrize(
    ("missing", "code"),
    [
        ({"purpose": ""}, "usage.purpose-missing"),
        ({"purpose": "   "}, "usage.purpose-missing"),
        ({"purpose": "x" * 121}, "http.invalid"),
        ({"purpose": "a\u202eb"}, "entry.text"),
        ({"item": ""}, "counter.item"),
        ({"item": "nosuch"}, "counter.item"),
        ({"case": "x" * 61}, "http.invalid"),
        ({"applicants": "\n".join(["1"] * 101)}, "applicant.several"),
    ],
)
def test_no_look_without_what_it_is_for(clerk: Clerk, city: City, missing: dict[str, str], code: str) -> None:
    def look(text: str = "", file: tuple[str, bytes] | None = None) -> Answer:
        return clerk.look(text, file=file, key="", **missing)

    for answer in (look(city.good.identifier), look(file=("a.pdf", city.good.pdf))):
        assert (answer.status, answer.code) == (422, code), answer.text
    asked = clerk.ask("/counter/materials", **{**CASE, "applicants": city.holder, **missing})
    assert asked.status == 422
    assert city.trail() == ()


def test_the_list_offers_items_as_name_and_code(clerk: Clerk, city: City) -> None:
    page = clerk.browser.get("/counter").text
    offered = re.search(r'<option value="([^"]+)" data-name', page)
    assert offered is not None
    assert offered[1].endswith(ITEM)
    assert clerk.look(city.good.identifier, item=offered[1]).status == 200
    assert city.trail()[0].use.item == ITEM


def test_sent_again_it_is_one_check(clerk: Clerk, city: City) -> None:
    code = scan_file(city.good.pdf)[0]
    first, again = clerk.look(code, key="one"), clerk.look(code, key="one")
    assert first.text == again.text
    assert again.response.headers["Idempotent-Replayed"] == "true"
    assert len([one for one in city.trail() if one.outcome]) == 1
    other = clerk.look(city.holder, key="one")
    assert (other.status, other.code) == (422, "idempotency.reused")


def test_paper_is_good_when_somebody_says_that_it_is_the_same(clerk: Clerk, city: City) -> None:
    paper = clerk.look(file=("photo.png", page_png(city.good.pdf, dpi=150)))
    assert 'data-seen="same"' in paper.text
    assert paper.text.count("image/jpeg") > 3, "the scan beside the signed fields"
    same = clerk.ask("/counter/seen", held=paper.held, seen="same")
    assert same.outcome == "IN_FORCE"
    other = clerk.ask("/counter/seen", held=paper.held, seen="different")
    assert other.outcome == "NOT_GENUINE"
    assert [one.outcome for one in city.trail() if one.outcome] == ["UNDETERMINED", "IN_FORCE", "NOT_GENUINE"]
    assert clerk.ask("/counter/seen", held=same.held, seen="same").code == "counter.sealed", "said once"
    assert clerk.ask("/counter/seen", held=paper.held, seen="perhaps").code == "http.invalid"


def test_a_presentation_code_is_used_up_at_the_counter(clerk: Clerk, city: City) -> None:
    code = city.authority.present(city.good.identifier, Use(actor="持证人", purpose="办理"), seconds=120).text
    shown, again = clerk.look(code.lower()), clerk.look(code)
    assert (shown.outcome, again.outcome) == ("IN_FORCE", "UNDETERMINED")
    assert 'data-code="presentation.used"' in again.text
    redeemed = [one for one in city.trail() if one.kind.value == "redeem"]
    assert [(one.use.actor, one.use.place, one.use.purpose) for one in redeemed] == [
        ("li.wei", "counter", "办理")  # what the holder consented to
    ] * 2
    assert clerk.browser.get("/counter/queue").text.count("<li>") == 2


def test_nobody_says_so_of_paper_that_does_not_bear_it(clerk: Clerk, city: City, desk: Desk) -> None:
    by_file = clerk.look(file=("a.pdf", city.good.pdf))
    assert clerk.ask("/counter/seen", held=by_file.held, seen="same").code == "counter.sealed"
    paper = clerk.look(file=("photo.png", page_png(city.good.pdf, dpi=150)))
    for held in (paper.held[:-8] + "AAAAAAA=", "", "x", paper.held[:40]):
        assert clerk.ask("/counter/seen", held=held, seen="same").code == "counter.sealed"
    desk.add("wang")
    assert signed_in(desk, "wang").ask("/counter/seen", held=paper.held, seen="same").code == "counter.sealed"
    desk.clock.wait(minutes=20)
    assert clerk.browser.get("/counter").status_code == 200


def test_a_report_is_saved_once_and_read_by_the_department(clerk: Clerk, city: City, desk: Desk) -> None:
    checked = clerk.look(file=("../../执照<b>.pdf", city.good.pdf))
    saved = clerk.ask("/counter/reports", held=checked.held)
    assert saved.status == 200, saved.text
    assert clerk.ask("/counter/reports", held=checked.held).text.count("counter/reports/") == 1
    (path,) = re.findall(r'href="(counter/reports/\d+)"', saved.text)
    before = len(city.trail())
    pdf = clerk.browser.get(f"/{path}")
    assert pdf.headers["content-type"] == "application/pdf"
    assert pdf.headers["cache-control"] == "no-store"
    assert pdf.content == clerk.browser.get(f"/{path}").content, "drawn anew, the same"
    assert [one.kind.value for one in city.trail()[before:]] == ["look"] * 2
    assert kinds(city)[before][2] == city.good.identifier
    text = texts(pdf.content)
    for said in ("2026-1", "李伟", CASE["purpose"], "真实有效", "白银市市场监督管理局"):
        assert said in text.replace("\n", "").replace("\r", ""), said
    assert "../" not in text
    listed = clerk.ask("/counter/case", case="2026-1")
    assert path in listed.text
    assert path not in clerk.ask("/counter/case", case="2026-2").text
    assert clerk.browser.get("/counter/reports/999999").json()["code"] == "counter.report"
    from license_lib.accounts import Department

    desk.accounts.staff.add_department(Department("tax", "白银市税务局（样例）"))
    hashed = desk.accounts.passwords.hashed("purple-ladder-seven-clouds")
    desk.accounts.staff.add("zhao", "赵", "tax", [Role.STAFF], password=hashed)
    desk.seeds["zhao"] = b"zhao".ljust(20, b"-")
    desk.accounts.staff.enrol("zhao", desk.seeds["zhao"], 0)
    stranger = signed_in(desk, "zhao")
    assert stranger.browser.get(f"/{path}").json()["code"] == "counter.report", "another department's"
    assert path not in stranger.ask("/counter/case", case="2026-1").text


def test_a_report_without_a_case_is_not_saved(clerk: Clerk, city: City) -> None:
    checked = clerk.look(city.good.identifier, case="")
    assert clerk.ask("/counter/reports", held=checked.held).code == "counter.case"


def test_the_day_is_told_from_the_trail(clerk: Clerk, city: City, desk: Desk) -> None:
    assert "今天还没有核验" in clerk.browser.get("/counter/queue").text
    clerk.look(city.good.identifier)
    clerk.look(city.revoked.identifier, case="=2+5")
    clerk.look(city.holder)
    queue = clerk.browser.get("/counter/queue").text
    assert queue.count("<li>") == 2
    assert queue.index("未在有效状态") < queue.index("真实有效"), "the newest first"
    sheet = clerk.browser.get("/counter-shift").text
    assert "食品(含保健食品)经营许可核发" in sheet
    told = clerk.browser.get("/counter-shift.csv").text
    assert told.count("\r\n") == 3
    assert "'=2+5" in told, "no formula"
    desk.add("wang")
    assert "今天还没有核验" in signed_in(desk, "wang").browser.get("/counter/queue").text, "each sees their own"
    assert "这一天没有核验" in clerk.browser.get("/counter-shift?day=2026-11-01").text
    assert clerk.browser.get("/counter-shift?day=x").status_code == 422


def test_materials_by_numbers_or_by_a_licence(clerk: Clerk, city: City) -> None:
    by_number = clerk.ask("/counter/materials", **{**CASE, "applicants": city.holder})
    by_license = clerk.ask("/counter/materials", **CASE, identifier=city.good.identifier)
    for answer in (by_number, by_license):
        assert re.findall(r'data-answer-of="([a-z-]+)"', answer.text)[0] == "present"
        assert city.holder not in answer.text.replace(city.good.license.number, "")
    assert clerk.ask("/counter/materials", **CASE).code == "applicant.missing"
    assert clerk.ask("/counter/materials", **CASE, identifier="1.2.3").code == "applicant.missing"


def test_only_counter_staff_and_only_from_our_page(desk: Desk, city: City) -> None:
    anonymous = desk.browser()
    assert anonymous.get("/counter").headers["location"] == "/sign-in?next=/counter"
    desk.add("auditor", Role.AUDITOR)
    auditor = desk.browser()
    auditor.sign_in("auditor")
    for path in ("/counter", "/counter/queue", "/counter-shift", "/counter-shift.csv", "/counter/session"):
        assert auditor.get(path).json()["code"] == "access.role", path
    clerk = signed_in(desk, "li.wei")
    forged = Clerk(clerk.browser, "another-token")
    for answer in (
        forged.look(city.good.identifier),
        forged.ask("/counter/reports", held=""),
        forged.ask("/counter/case", case="2026-1"),
        forged.ask("/counter/seen", held="", seen="same"),
        forged.ask("/counter/materials", **CASE),
    ):
        assert (answer.status, answer.code) == (403, "access.form")
    foreign = clerk.browser.http.post(
        "/counter/look",
        files={"text": (None, "x")},
        headers={"X-Form-Token": clerk.token, "Origin": "https://evil.example"},
    )
    assert foreign.json()["code"] == "access.foreign-page"
    assert city.trail() == ()


@pytest.mark.parametrize(
    ("body", "kind", "code"),
    [
        (b"", "multipart/form-data; boundary=x", "http.malformed"),
        (b"{}", "application/json", "http.media-type"),
        (b"text=a", "application/x-www-form-urlencoded", "http.media-type"),
    ],
)
def test_bad_bodies(clerk: Clerk, body: bytes, kind: str, code: str) -> None:
    headers = {"X-Form-Token": clerk.token, "Sec-Fetch-Site": "same-origin", "Content-Type": kind}
    answer = clerk.browser.http.post("/counter/look", content=body, headers=headers)
    assert 400 <= answer.status_code < 500
    assert answer.json()["code"] in {code, "http.invalid", "counter.item"}


@pytest.mark.parametrize("body", [b"[]", b"nonsense", b'{"held": 1}', b'{"held": null}', b"[" * 100_000])
def test_bad_questions(clerk: Clerk, body: bytes) -> None:
    headers = {"X-Form-Token": clerk.token, "Sec-Fetch-Site": "same-origin", "Content-Type": "application/json"}
    for path in ("seen", "reports", "case", "materials"):
        answer = clerk.browser.http.post(f"/counter/{path}", content=body, headers=headers)
        assert answer.status_code in {400, 422}, (path, answer.text)


def test_what_strangers_wrote_stays_text(clerk: Clerk, city: City) -> None:
    script = "<script>alert(1)</script>"
    checked = clerk.look(city.good.identifier, case=script[:60])
    clerk.ask("/counter/reports", held=checked.held)
    answers = [
        checked.text,
        clerk.look(file=(f"{script}.pdf", city.good.pdf), case=script).text,
        clerk.look(script).text,
        clerk.browser.get("/counter/queue").text,
        clerk.browser.get("/counter-shift").text,
        clerk.ask("/counter/case", case=script).text,
    ]
    assert not any(script in answer for answer in answers)


def test_everything_that_the_script_looks_for_is_there(clerk: Clerk) -> None:
    staff = Path(verify_api.__file__).parent / "pages" / "assets" / "staff"
    script = "\n".join(path.read_text(encoding="utf-8") for path in sorted(staff.glob("*.mjs")))
    page = clerk.browser.get("/counter").text
    wanted = set(re.findall(r'(?:byId|fromTemplate|notice|clear|put)\("([^"]+)"', script))
    there = set(re.findall(r'\bid="([^"]+)"', page))
    assert len(wanted) > 20
    assert wanted <= there
    assert not re.search(r"\beval\b|document\.write|document\.cookie|new Function|localStorage|indexedDB", script)
    assert script.count("innerHTML") == 1
    assert not re.search(r'\bstyle=|\bon[a-z]+="', page)


def test_nothing_personal_in_addresses_titles_or_headers(clerk: Clerk, city: City) -> None:
    page = clerk.browser.get("/counter")
    assert re.findall("<title>(.*?)</title>", page.text) == ["窗口核验 Counter"]
    assert page.headers["cache-control"] == "no-store"
    assert "img-src 'self';" in page.headers["content-security-policy"]
    assert "data:" not in page.headers["content-security-policy"]
    assert page.headers["x-frame-options"] == "DENY"
    found = clerk.look(city.holder)
    assert city.holder not in json.dumps(dict(found.response.headers))


def texts(pdf: bytes) -> str:
    import pypdfium2

    with pypdfium2.PdfDocument(io.BytesIO(pdf)) as document:
        page = document[0]
        layer = page.get_textpage()
        said: str = layer.get_text_range()
        layer.close()
        page.close()
    return said
