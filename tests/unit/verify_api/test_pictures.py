"""Several codes on one picture are several verdicts."""

import pytest
from fastapi.testclient import TestClient
from unit.verify_api.told_judge import NOON, ToldJudge

from license_lib.errors import InputError
from license_lib.qr import is_proof
from license_lib.verification.scans import FileScan
from verify_api.schemas import PictureDocument

URL = "/api/v1/verify/picture"
JPEG = {"Content-Type": "image/jpeg"}
FIRST, SECOND = "HTTPS://A.EXAMPLE/V#1", "HTTPS://A.EXAMPLE/V#2"


def test_every_code_has_its_verdict(client: TestClient, judge: ToldJudge) -> None:
    assert is_proof(FIRST)
    judge.scanned = FileScan(texts=(FIRST, "hello", SECOND))
    told = PictureDocument.model_validate_json(client.post(URL, content=b"\xff\xd8", headers=JPEG).content)
    assert (told.complete, told.findings, len(told.verdicts)) == (True, (), 2)
    assert judge.asked == [("scan", b"\xff\xd8", NOON), ("code", FIRST, NOON), ("code", SECOND, NOON)]
    assert len(judge.noted) == 2


@pytest.mark.parametrize(
    ("scan", "codes", "complete"),
    [
        (FileScan(), ["qr.none"], True),
        (FileScan(texts=("hello",)), ["qr.foreign"], True),
        (FileScan(error=InputError("picture.malformed", "x")), ["input.unsupported"], False),
        (FileScan(error=InputError("picture.too-large", "x")), ["picture.too-large"], False),
        (FileScan(error=InputError("picture.overrun", "x")), ["verification.overrun"], False),
        (FileScan(texts=(FIRST,), error=InputError("picture.more-pages", "x")), ["picture.too-large"], False),
        (FileScan(texts=(FIRST,), error=InputError("qr.malformed", "x")), [], True),
    ],
)
def test_what_is_wrong_with_a_picture_is_an_answer(
    client: TestClient, judge: ToldJudge, scan: FileScan, codes: list[str], *, complete: bool
) -> None:
    judge.scanned = scan
    answer = client.post(URL, content=b"\xff\xd8", headers=JPEG)
    assert answer.status_code == 200
    told = PictureDocument.model_validate_json(answer.content)
    assert ([finding.code for finding in told.findings], told.complete) == (codes, complete)


def test_no_more_codes_than_can_be_judged_in_time(client: TestClient, judge: ToldJudge) -> None:
    judge.scanned = FileScan(texts=tuple(f"HTTPS://A.EXAMPLE/V#{number}" for number in range(1, 151)))
    told = PictureDocument.model_validate_json(client.post(URL, content=b"\xff\xd8", headers=JPEG).content)
    assert (told.complete, len(told.verdicts)) == (False, 100)


def test_a_code_as_text_is_no_picture(client: TestClient, judge: ToldJudge) -> None:
    answer = client.post(URL, json={"code": "x"})
    assert (answer.status_code, answer.json()["code"]) == (415, "http.media-type")
    assert not judge.asked
