"""The description of the API says all that a caller must know, for every route that it has."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import jsonschema
import pytest
from fastapi import FastAPI

from verify_api.access import PERMISSIONS, Permission, permissions_of
from verify_api.app import build_app
from verify_api.pages.anchor import Anchor
from verify_api.problem_kinds import ACCESS, COUNTER
from verify_api.problems import KINDS
from verify_api.schemas import ProblemDocument

PROBLEM = "application/problem+json"
Operation = tuple[str, str, dict[str, Any]]
# Whoever follows the description meets none of these; they are told at /problems.
OF_NO_ROUTE = {"http.method", "http.refused"}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    def never() -> None:
        raise NotImplementedError

    folder = tmp_path_factory.mktemp("nothing")
    anchor = Anchor(trust_list=folder / "list", signer=folder / "signer")
    return build_app(never, folder, anchor, clock=lambda: datetime.now(UTC), randomness=bytes)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def document(app: FastAPI) -> dict[str, Any]:
    return app.openapi()


def permissions(app: FastAPI) -> dict[tuple[str, str], Permission]:
    """Of every method and path, as the description writes it."""
    return {(method, path.replace(":path}", "}")): one for (method, path), one in permissions_of(app).items()}


def operations(document: dict[str, Any]) -> Iterator[Operation]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def examples(answer: dict[str, Any]) -> Iterator[tuple[str, Any, dict[str, Any]]]:
    """Media type, example and schema of an answer."""
    for media_type, content in answer.get("content", {}).items():
        named = [one["value"] for one in content.get("examples", {}).values()]
        for example in [*named, *([content["example"]] if "example" in content else [])]:
            yield media_type, example, content.get("schema", {})


def test_every_example_is_of_the_form_that_is_promised(document: dict[str, Any]) -> None:
    seen = 0
    for _, path, operation in operations(document):
        for status, answer in operation["responses"].items():
            for media_type, example, schema in examples(answer):
                seen += 1
                jsonschema.validate(example, {**schema, "components": document["components"]})
                if media_type == PROBLEM:
                    assert ProblemDocument.model_validate(example).status == int(status), path
    assert seen > 100


def test_every_answer_has_an_example_or_is_a_file(document: dict[str, Any]) -> None:
    without = [
        (path, media_type)
        for _, path, operation in operations(document)
        for answer in operation["responses"].values()
        for media_type, content in answer.get("content", {}).items()
        if "json" in media_type and not {"example", "examples"} & set(content)
    ]
    assert without == [("/healthz", "application/json"), ("/readyz", "application/json")], "one word: ok"


def test_every_operation_is_told_in_both_languages_with_a_name_of_its_own(document: dict[str, Any]) -> None:
    told = list(operations(document))
    names = [operation["operationId"] for _, _, operation in told]
    assert len(names) == len(set(names))
    for _, path, operation in told:
        assert operation["summary"], path
        assert operation["description"], path
        assert operation["tags"], path
        if path.startswith("/api/v1/"):
            assert re.search("[\u4e00-\u9fff]", operation["summary"]), path
        for parameter in operation.get("parameters", ()):
            assert parameter.get("description") or parameter["schema"].get("description"), (path, parameter["name"])


def test_every_problem_is_told_where_it_may_come(document: dict[str, Any], app: FastAPI) -> None:
    needed = permissions(app)
    seen: set[str] = set()
    for method, path, operation in operations(document):
        codes = {
            code
            for answer in operation["responses"].values()
            for code in answer.get("content", {}).get(PROBLEM, {}).get("examples", {})
        }
        seen |= codes
        assert {"service.fault", "service.unavailable"} <= codes, path
        permission = needed[method, path]
        if permission is not PERMISSIONS["Public"]:
            assert {"rate.address", "rate.caller", "access.token", "access.form"} <= codes, path
        if not permission.anonymous:
            assert {"access.unknown", "access.role", "access.program", "access.scope"} <= codes, path
            assert operation["security"], path
        if operation.get("parameters") or operation.get("requestBody"):
            assert "422" in operation["responses"] or path.startswith(
                ("/log/", "/bundle/", "/status/", "/crl/", "/oauth/")
            ), path
    assert "HTTPValidationError" not in str(document["paths"])
    assert set(KINDS) - set(ACCESS) - set(COUNTER) - seen - OF_NO_ROUTE == set(), "nobody can meet it"


def test_every_operation_says_who_may(document: dict[str, Any], app: FastAPI) -> None:
    needed = permissions(app)
    names = {id(permission): name for name, permission in PERMISSIONS.items()}
    for method, path, operation in operations(document):
        assert operation["x-permission"] == names[id(needed[method, path])]
    for schemes in (one for _, _, operation in operations(document) for one in operation.get("security", ())):
        assert set(schemes) <= set(document["components"]["securitySchemes"])


def test_everything_under_the_version_has_limits(document: dict[str, Any]) -> None:
    for _, path, operation in operations(document):
        limited = "429" in operation["responses"]
        assert limited == (path.startswith("/api/v1/")), path
