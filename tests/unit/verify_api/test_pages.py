import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from fastapi.testclient import TestClient
from unit.verify_api.told_judge import ToldJudge, verdict

from license_lib.catalogue import Catalogue
from license_lib.errors import MachineError
from license_lib.findings import CODES, Effect
from license_lib.verification import OUTCOME_TEXTS, Outcome
from verify_api import pages
from verify_api.pages.anchor import Anchor
from verify_api.pages.assets import assets
from verify_api.pages.words import JUDGED, OWN

FOLDER = Path(pages.__file__).parent
OF_STAFF = FOLDER / "assets" / "staff"
"""Scripts of pages for people who sign in have tests of their own."""
MODULES = {
    path.name: path.read_text(encoding="utf-8")
    for path in sorted((FOLDER / "assets").rglob("*.mjs"))
    if path.parent != OF_STAFF
}
SCRIPT = "\n".join(MODULES.values())
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


def references(page: Page) -> set[str]:
    """Addresses of everything that a page loads by itself."""
    return {
        attributes[name]
        for tag, attributes in page.elements
        if tag in {"script", "link", "img"} and attributes.get("rel") != "apple-touch-icon"
        for name in ("src", "href")
        if name in attributes
    }


def test_the_page_is_light_and_all_its_own(client: TestClient) -> None:
    """As a telephone gets it; the browser tests count headers and lists, too, and find less than 100 KB."""
    found = references(Page(client.get("/V").text))
    version = assets().version
    assert found == {*assets().shell, "page.webmanifest"} - {f"assets/{version}/icon-{size}.png" for size in (192, 512)}
    answers = [client.get("/V"), *(client.get(f"/{path}") for path in found)]
    assert {answer.status_code for answer in answers} == {200}
    assert sum(int(answer.headers["content-length"]) for answer in answers) < 70_000
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", SCRIPT + STYLE)
    assert "@import" not in STYLE
    assert "url(" not in STYLE


def test_assets_last_for_ever_and_change_their_address(client: TestClient) -> None:
    address = assets().modules[0]
    answer = client.get(f"/{address}")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert client.get(f"/{address}", headers={"If-None-Match": answer.headers["etag"]}).status_code == 304
    plain = client.get(f"/{address}", headers={"Accept-Encoding": "identity"})
    assert ("content-encoding" in answer.headers, "content-encoding" in plain.headers) == (True, False)
    assert plain.content == answer.content
    for wrong in (address.replace(assets().version, "0" * 16), f"{address}x", "assets/page.css", "assets/"):
        assert client.get(f"/{wrong}").status_code == 404
    assert client.get(f"/assets/{assets().version}/..%2f__init__.py").status_code == 404


def test_the_decoder_of_others_is_what_its_note_says_and_may_only_compute(client: TestClient) -> None:
    note = (FOLDER / "assets" / "scanner" / "README.txt").read_text(encoding="utf-8")
    for name in ("zxing_reader.js", "zxing_reader.wasm"):
        answer = client.get(f"/assets/{assets().version}/scanner/{name}")
        assert hashlib.sha256(answer.content).hexdigest() in note
        policy = answer.headers["content-security-policy"]
        assert policy == "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"
    assert "unsafe" not in client.get("/").headers["content-security-policy"]


def facts(client: TestClient) -> dict[str, Any]:
    """What the page tells its script."""
    told: dict[str, Any] = json.loads(re.findall(r'(?s)id="facts">(.*?)</script>', client.get("/").text)[0])
    return told


def test_the_page_pins_who_signs_the_trust_list(client: TestClient, anchor: Anchor, master_home: Path) -> None:
    assert (facts(client)["pins"], facts(client)["maxStaleness"]) == ([], 24 * 3600 * 1000)
    pem = (master_home / "keys" / "public" / "trust-list.pem").read_bytes()
    anchor.signer.write_bytes(pem)
    der = x509.load_pem_x509_certificates(pem)[0].public_bytes(Encoding.DER)
    assert facts(client)["pins"] == [hashlib.sha256(der).hexdigest()]


def test_the_script_has_words_for_all_that_it_may_find(client: TestClient) -> None:
    verdict_module = MODULES["verdict.mjs"]
    effects = set(re.findall(r'"([a-z]+\.[a-z-]+)": (?:NO|UNSURE|OVER|STATE_UNSURE|NOTE)\b', verdict_module))
    assert effects == {*JUDGED, *OWN} == set(facts(client)["words"]["findings"])
    for code, (zh, en, remedy_zh, remedy_en) in facts(client)["words"]["findings"].items():
        row = CODES[code] if code in CODES else OWN[code]
        assert (zh, en, remedy_zh, remedy_en) == (row.zh, row.en, row.remedy_zh, row.remedy_en)
        assert row.effect is Effect.NOTE or (remedy_zh and remedy_en)


def test_the_script_has_words_for_every_refusal_of_a_bundle(client: TestClient) -> None:
    judging = ("bundle", "trust_list")
    scripts = "".join(assets().files[f"judging/{name}.mjs"].data.decode() for name in judging)
    codes = set(re.findall(r'new (?:BundleError|TrustListError)\("([a-z.-]+)"', scripts))
    assert len(codes) == 10
    assert set(facts(client)["words"]["refusals"]) == codes


def test_the_page_names_types_and_public_fields(client: TestClient, catalogue: Catalogue) -> None:
    types = facts(client)["words"]["types"]
    assert set(types) == {kind.code.value for kind in catalogue}
    assert types["11100000MB0143028R001"]["name"] == "营业执照"


def test_it_installs_as_an_application(client: TestClient) -> None:
    told = client.get("/page.webmanifest").json()
    assert (told["start_url"], told["scope"], told["display"]) == ("./", "./", "standalone")
    for icon in told["icons"]:
        answer = client.get(f"/{icon['src']}")
        assert answer.headers["content-type"] == "image/png"
        width = int.from_bytes(answer.content[16:20], "big")
        assert icon["sizes"] == f"{width}x{width}"
    worker = client.get("/offline.js")
    assert worker.headers["content-type"] == "text/javascript; charset=utf-8"
    assert f'page-{assets().version}"' in worker.text
    assert all(f'"{address}"' in worker.text for address in assets().shell + assets().scanner)


def test_nothing_stands_in_line_that_the_policy_forbids(client: TestClient, judge: ToldJudge) -> None:
    judge.answer = verdict("qr.signature", "paper.compare")
    for text in (client.get("/").text, client.post("/verify", files={"code": (None, "x")}).text):
        for tag, attributes in Page(text).elements:
            assert "style" not in attributes
            assert not [name for name in attributes if name.startswith("on")]
            assert tag not in {"style", "base", "iframe"}
            assert tag != "script" or attributes.get("type") in {"module", "application/json"}


def test_everything_that_the_script_looks_for_is_there(client: TestClient) -> None:
    home = Page(client.get("/").text).ids()
    answer = Page(client.post("/verify?part=result", files={"code": (None, "x")}).text).ids()
    wanted = set(re.findall(r'(?:getElementById|fromTemplate|byId|say)\("([^"]+)"\)', SCRIPT))
    wanted |= set(re.findall(r'"(keeping-[a-z]+)"', SCRIPT))
    assert wanted
    assert wanted <= {*home, *answer}
    assert {"outcome", "words"} <= set(answer)
    assert not {"outcome", "words"} & set(Page(re.sub(r"(?s)<template.*?</template>", "", client.get("/").text)).ids())
    assert not re.search(r"\beval\b|document\.write|document\.cookie|new Function|replaceChildren|localStorage", SCRIPT)
    assert SCRIPT.count("innerHTML") == 1


def test_forms_work_without_a_script_and_tell_what_they_want(client: TestClient) -> None:
    page = Page(client.get("/?lang=en").text)
    labels = {attributes["for"] for tag, attributes in page.elements if tag == "label"}
    fields = [attributes for tag, attributes in page.elements if tag in {"input", "textarea"}]
    assert labels == {field["id"] for field in fields} == {"file", "code", "photo", "bundle"}
    assert all(field["aria-describedby"] in page.ids() for field in fields if field["id"] in {"file", "code"})
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
