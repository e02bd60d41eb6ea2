"""The service around a judge that says what the test tells it to say."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from unit.verify_api.told_judge import BODY, NOON, ToldJudge

from license_lib.catalogue import Catalogue
from license_lib.issuers import Issuers
from license_lib.resources import resource_folder
from verify_api.app import build_app
from verify_api.pages.anchor import Anchor


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return Catalogue.load(resource_folder("templates"))


@pytest.fixture
def judge(catalogue: Catalogue) -> ToldJudge:
    return ToldJudge(catalogue, Issuers([BODY]))


@pytest.fixture
def anchor(tmp_path: Path) -> Anchor:
    """Where nothing is published yet."""
    return Anchor(trust_list=tmp_path / "trust-list.jws", signer=tmp_path / "trust-list.pem")


@pytest.fixture
def app(judge: ToldJudge, tmp_path: Path, anchor: Anchor) -> FastAPI:
    return build_app(lambda: judge, tmp_path / "public", anchor, clock=lambda: NOON, randomness=bytes)


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app) as opened:
        yield opened
