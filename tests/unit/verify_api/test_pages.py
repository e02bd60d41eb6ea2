import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from unit.verify_api.told_judge import ToldJudge, verdict

from license_lib.errors import MachineError
from license_lib.findings import CODES, Effect
from license_lib.verification import OUTCOME_TEXTS, Outcome
from verify_api import pages

FOLDER = Path(pages.__file__).parent
SCRIPT = (FOLDER / "assets" / "page.js").read_text(encoding="utf-8")
STYLE = (FOLDER / "assets" / "page.css").read_text(encoding="utf-8")

FORM_TYPE = "multipart/form-data; boundary=b"
EMPTY_FORM = (  # what a browser sends if no file was chosen
    b'--b\r\nContent-Disposition: form-data; name="file"; filename=""\r\n'
    b"Content-Type: application/octet-stream\r\n\r\n\r\n--b--\r\n"
)


class Page(HTMLParser):
    """Elements of a page: their names and attributes, and the text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.text += data

    def ids(self) -> list[str]:
        return [attributes["id"] for _, attributes in self.elements if "id" in attributes]


@pytest.mark.parametrize("path", ["/", "/V", "/v", "/verify", "/?lang=en"])
def test_the_page_is_the_same_wherever_it_is_opened(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert client.head(path).status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.text == client.get("/?lang=en" if "en" in path else "/").text


def test_the_page_is_light_and_all_its_own(client: TestClient) -> None:
    page = Page(client.get("/V").text)
    references = {
        attributes[name]
        for tag, attributes in page.elements
        if tag in {"script", "link", "img"}
        for name in ("src", "href")
        if name in attributes
    }
    assert references == {"assets/page.js", "assets/page.css", "assets/icon.svg"}
    weight = len(client.get("/V").content) + sum(len(client.get(f"/{path}").content) for path in references)
    assert weight < 100_000
    assert not re.search(r"https?://", SCRIPT + STYLE)
    assert "@import" not in STYLE
    assert "url(" not in STYLE


def test_nothing_stands_in_line_that_the_policy_forbids(client: TestClient, judge: ToldJudge) -> None:
    judge.answer = verdict("qr.signature", "paper.compare")
    for text in (client.get("/").text, client.post("/verify", files={"code": (None, "x")}).text):
        for tag, attributes in Page(text).elements:
            assert "style" not in attributes
            assert not [name for name in attributes if name.startswith("on")]
            assert tag not in {"style", "base", "iframe"}
            assert tag != "script" or attributes["src"] == "assets/page.js"


def test_everything_that_the_script_looks_for_is_there(client: TestClient) -> None:
    home = Page(client.get("/").text).ids()
    answer = Page(client.post("/verify?part=result", files={"code": (None, "x")}).text).ids()
    wanted = set(re.findall(r'(?:getElementById|fromTemplate)\("([^"]+)"\)', SCRIPT))
    assert wanted
    assert wanted <= {*home, *answer}
    assert {"outcome", "words"} <= set(answer)
    assert not {"outcome", "words"} & set(Page(re.sub(r"(?s)<template.*?</template>", "", client.get("/").text)).ids())
    assert not re.search(r"\beval\b|document\.write|new Function|\?\.|\?\?|replaceChildren|localStorage", SCRIPT)


def test_forms_work_without_a_script_and_tell_what_they_want(client: TestClient) -> None:
    page = Page(client.get("/?lang=en").text)
    labels = {attributes["for"] for tag, attributes in page.elements if tag == "label"}
    fields = [attributes for tag, attributes in page.elements if tag in {"input", "textarea"}]
    assert labels == {field["id"] for field in fields} == {"file", "code"}
    assert all(field["aria-describedby"] in page.ids() for field in fields)
    forms = [attributes for tag, attributes in page.elements if tag == "form"]
    assert {(form["action"], form["method"], form["enctype"]) for form in forms} == {
        ("verify?lang=en", "post", "multipart/form-data")
    }
    assert ("p", {"id": "status", "role": "status"}) in page.elements


@pytest.mark.parametrize(
    ("codes", "outcome"),
    [
        ((), Outcome.IN_FORCE),
        (("status.revoked",), Outcome.NOT_IN_FORCE),
        (("qr.signature",), Outcome.NOT_GENUINE),
        (("qr.unknown-key",), Outcome.UNDETERMINED),
    ],
)
@pytest.mark.parametrize("part", ["page", "result"])
def test_each_outcome_in_the_words_of_the_report(
    client: TestClient, judge: ToldJudge, codes: tuple[str, ...], outcome: Outcome, part: str
) -> None:
    judge.answer = verdict(*codes, date="2026-10-01")
    answer = client.post(f"/verify?part={part}", files={"code": (None, "x")})
    page = Page(answer.text)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert [a["data-outcome"] for _, a in page.elements if "data-outcome" in a] == [outcome]
    assert [a["data-code"] for _, a in page.elements if "data-code" in a] == list(codes)
    assert all(text in page.text for text in OUTCOME_TEXTS[outcome])
    for code in codes:
        assert CODES[code].zh.format(date="2026-10-01") in page.text
        assert CODES[code].remedy_en in page.text
    assert ("12345" in page.text) == (part == "page" or outcome is Outcome.NOT_GENUINE)
    assert ("不得采信" in page.text) == (outcome in {Outcome.NOT_GENUINE, Outcome.UNDETERMINED})
    assert ("<!doctype html>" in answer.text) == (part == "page")


def test_outcomes_differ_by_shape_and_word_and_not_by_colour_alone(client: TestClient, judge: ToldJudge) -> None:
    shapes = []
    for codes in ((), ("status.revoked",), ("qr.signature",), ("qr.unknown-key",)):
        judge.answer = verdict(*codes)
        text = client.post("/verify?part=result", files={"code": (None, "x")}).text
        shapes.append(re.findall(r'(?s)<svg class="icon".*?</svg>', text)[0])
    assert len(set(shapes)) == len(OUTCOME_TEXTS)


def test_every_finding_can_be_shown(client: TestClient, judge: ToldJudge) -> None:
    for code, row in CODES.items():
        judge.answer = verdict(code)
        text = Page(client.post("/verify?part=result", files={"code": (None, "x")}).text).text
        assert row.zh.split("{", maxsplit=1)[0] in text
        assert row.effect is not Effect.NOTE or "Note" in text


def test_a_code_is_shown_field_by_field_with_names(client: TestClient, judge: ToldJudge) -> None:
    judge.answer = verdict("paper.compare")
    text = re.sub(r"\s+", "", Page(client.post("/verify", files={"code": (None, "x")}).text).text)
    for row in (
        "证照名称Licence营业执照",
        "持证主体Holder白银市样例商贸有限公司",
        "类型Typeofentity有限责任公司",
        "颁发机构Issuedby白银市市场监督管理局（样例）",
        "有效期限Validity2026-03-02起，长期",
    ):
        assert row in text
    assert "逐项比对纸面" in text


def test_what_a_code_says_is_never_markup(client: TestClient, judge: ToldJudge) -> None:
    evil = "<script>alert(1)</script><img src=x onerror=a>&amp;"
    judge.answer = verdict("qr.mismatch", public={"CZZT": evil, evil: "x"}, fields=evil, labels=evil)
    text = client.post("/verify?part=result", files={"code": (None, "x")}).text
    assert "<script" not in text
    assert "<img" not in text
    assert text.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 5  # the value, its name twice, the finding twice
    assert text.count("&amp;amp;") == 5


@pytest.mark.parametrize(
    ("error", "sent", "status", "code"),
    [
        (None, {"content": EMPTY_FORM, "headers": {"Content-Type": FORM_TYPE}}, 400, "http.empty"),
        (None, {"data": {"code": "x"}}, 415, "http.media-type"),
        (MachineError("storage.locked", "x"), {"files": {"code": (None, "x")}}, 503, "storage.locked"),
        (RuntimeError("secret"), {"files": {"code": (None, "x")}}, 500, "service.fault"),
    ],
)
def test_a_person_reads_problems_as_a_page(
    client: TestClient, judge: ToldJudge, error: Exception | None, sent: dict[str, Any], status: int, code: str
) -> None:
    judge.answer = error or judge.answer
    for part in ("page", "result"):
        answer = client.post(f"/verify?part={part}", **sent)
        page = Page(answer.text)
        assert answer.status_code == status
        assert [a["data-code"] for _, a in page.elements if "data-code" in a] == [code]
        assert "未能核验" in page.text
        assert "secret" not in answer.text
        assert answer.headers["x-request-id"] in page.text
    assert answer.headers.get("retry-after") == ("1" if status == 503 else None)


def test_the_english_page_is_english_for_reader_and_screen_reader(client: TestClient) -> None:
    assert '<html lang="en" class="en">' in client.get("/?lang=en").text
    assert '<html lang="zh-CN" class="zh">' in client.get("/").text
    assert client.get("/?lang=fr").status_code == 422


def test_problem_types_have_an_address(client: TestClient) -> None:
    kind = client.get("/api/v1/nothing").json()["type"]
    path, _, anchor = kind.partition("#")
    assert anchor in Page(client.get(path).text).ids()
