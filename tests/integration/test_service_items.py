"""Service items by the API: what they ask for, and what of it the repository has for whoever may see that."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from counter_home import ITEM, City, prepare
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from support import StillClock, counted_randomness

from license_lib.authority import Authority
from verify_api.access import ClientSystem, Department, Grant, recognised
from verify_api.app import build_app
from verify_api.bench import SettingsBench
from verify_api.item_schemas import ChecklistDocument
from verify_api.pages.anchor import Anchor
from verify_api.turnstile import ServiceLimits

TAX = Department("tax", "白银市税务局（样例）")
PATH = f"/api/v1/service-items/{ITEM}/materials"
STRANGER = "620402199506120001"


def system(*grants: str) -> ClientSystem:
    return ClientSystem(client="tax-desk", department=TAX, grants=frozenset(map(Grant.parse, grants)))


@pytest.fixture
def city(authority: Authority) -> City:
    return prepare(authority)


@pytest.fixture
def app(city: City, clock: StillClock) -> FastAPI:
    settings = city.authority.settings
    return build_app(
        lambda: SettingsBench(settings, clock),
        settings.public_folder,
        Anchor.of(settings),
        clock=clock,
        randomness=counted_randomness("items"),
        limits=ServiceLimits(even_seconds=0),
    )


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    app.dependency_overrides[recognised] = lambda: system("look:*")
    with TestClient(app) as opened:
        yield opened


def check(client: TestClient, *numbers: str, headers: dict[str, str] | None = None, **more: Any) -> Response:
    body = {"applicants": list(numbers), "purpose": "办理食品经营许可", "case": "2026-1", **more}
    return client.post(PATH, json=body, headers=headers or {})


def answers(answer: Response) -> list[str]:
    return [one.answer.value for one in ChecklistDocument.model_validate_json(answer.content).materials]


def test_items_and_their_materials_are_public(client: TestClient, app: FastAPI) -> None:
    app.dependency_overrides.clear()
    (item,) = client.get("/api/v1/service-items").json()["items"]
    assert item == client.get(PATH).json()
    assert [one["name"] for one in item["materials"]] == ["主体资格证明", "现有许可证", "申请表"]
    assert item["materials"][2]["accepts"] == []
    unknown = client.get(PATH.replace(ITEM, "nosuch"))
    assert (unknown.status_code, unknown.json()["code"]) == (404, "service-item.unknown")
    assert check(client, STRANGER).json()["code"] == "access.unknown"


def test_what_is_there_is_told_and_on_the_trail(client: TestClient, city: City) -> None:
    told = check(client, city.holder)
    assert answers(told)[0] == "present"
    assert told.json()["complete"] is False
    assert told.headers["cache-control"] == "private, no-store"
    assert city.holder not in told.text
    looks = [(one.kind.value, one.identifier, one.use.item, one.use.actor) for one in city.trail()]
    assert ("look", city.good.identifier, ITEM, "tax-desk") in looks


def test_a_revoked_one_is_told_with_its_remedy(client: TestClient, city: City) -> None:
    holder = city.revoked.license.holders[0].number
    told = check(client, holder)
    assert answers(told)[1] == "not-in-force"
    (license_,) = told.json()["materials"][1]["licenses"]
    assert [one["code"] for one in license_["reasons"]] == ["status.revoked"]
    assert license_["reasons"][0]["remedy"]["zh"]


def test_none_and_not_allowed_are_the_same_answer(client: TestClient, app: FastAPI, city: City) -> None:
    none = check(client, STRANGER)
    app.dependency_overrides[recognised] = lambda: system("look:residence-permit")
    hidden = check(client, city.holder)
    assert none.content == hidden.content
    assert answers(hidden) == ["absent"] * 3
    assert [(one.kind.value, one.identifier) for one in city.trail()] == [("look", None)] * 2


def test_sent_again_it_is_one_use(client: TestClient, city: City) -> None:
    headers = {"Idempotency-Key": "one"}
    first, again = (check(client, city.holder, headers=headers) for _ in range(2))
    assert first.content == again.content
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len(city.trail()) == len(json.loads(first.content)["materials"][0]["licenses"]) + sum(
        len(one["licenses"]) for one in first.json()["materials"][1:]
    )
    assert check(client, STRANGER, headers=headers).json()["code"] == "idempotency.reused"


@pytest.mark.parametrize(
    ("numbers", "more", "code"),
    [
        ([], {}, "http.invalid"),
        (["1"] * 101, {}, "http.invalid"),
        ([" "], {}, "number.length"),
        ([STRANGER], {"purpose": ""}, "http.invalid"),
        ([STRANGER], {"purpose": " "}, "usage.purpose-missing"),
        ([STRANGER], {"purpose": "a\nb"}, "entry.text"),
        ([STRANGER], {"until": "tomorrow"}, "http.invalid"),
        ([STRANGER], {"item": ITEM}, "http.invalid"),
    ],
)
def test_a_wrong_question_looks_nothing_up(
    client: TestClient, city: City, numbers: list[str], more: dict[str, Any], code: str
) -> None:
    wrong = check(client, *numbers, **more)
    assert (wrong.status_code, wrong.json()["code"]) == (422, code)
    assert STRANGER not in wrong.text
    assert city.trail() == ()
