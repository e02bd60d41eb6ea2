"""One by one or as a batch: the same rows, but for what is time or chance."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from databases import by_hand
from recorded import log_is_whole
from sqlalchemy import select
from support import PASSPHRASE, example_request

from license_lib.authority import Authority
from license_lib.errors import InputError, LicenseError
from license_lib.identifiers import CheckOverride
from license_lib.issuing import Issued
from license_lib.licenses.request import HolderRequest, LicenseRequest
from license_lib.repository.models import METADATA
from license_lib.settings import Settings

FOOD, HOUSE = "food-business-permit", "real-estate-certificate"
OF_ISSUING = (
    "reservation",
    "license",
    "holder",
    "subject_number",
    "archive",
    "leaf",
    "event",
    "status_list",
    "log_head",
)
OF_CHANCE = {
    "identifier", "status_index", "record", "record_digest", "file_digest", "salt", "digest", "data",
    "hash", "frontier", "key", "details", "until",
}  # fmt: skip
OF_TIME = {"reserved_at", "committed_at", "recorded_at", "archived_at"}


def requests() -> list[LicenseRequest | InputError]:
    """Two types, shared and several holders, numbers that meet, a request that comes twice, faults of each kind."""
    food, house = example_request(FOOD), example_request(HOUSE)
    made: list[LicenseRequest | InputError] = [
        replace(food, number=f"JY1620402{number:07}", request_key=f"key {number}") for number in range(45)
    ]
    others = [HolderRequest(f"共有人{number}", f"6204021980010{number:05}") for number in range(2)]
    made[5:5] = [house, replace(house, number="甘（2026）白银市不动产权第0009999号", holders=(*house.holders, *others))]
    made[9:9] = [InputError("batch.csv", "no row"), replace(food, issuer="nobody")]
    made[12:12] = [made[3], replace(food, number="JY16204020000002", request_key="the number is taken")]
    made[40:40] = [replace(food, number="JY16204020000901", request_key="key 1")]
    made += [made[0], replace(food, number="JY16204020000044", request_key="so is this one")]
    wrong_check = HolderRequest(
        food.holders[0].name, food.holders[0].number[:-1] + "A", override=CheckOverride("证载代码如此", "科长")
    )
    made += [replace(food, number="JY16204020000902", holders=(wrong_check,))]
    return made


def told(results: Iterable[Issued | LicenseError]) -> list[tuple[str, bool]]:
    return [
        (one.license.number, one.already) if isinstance(one, Issued) else (one.code, False) for one in results
    ]  # fmt: skip


def rows(settings: Settings) -> dict[str, list[dict[Any, Any]]]:
    """Every table that issuing writes, in the order of its key, without what is time or chance."""
    found = {}
    with by_hand(settings.database_url) as connection:
        for name in OF_ISSUING:
            table = METADATA.tables[name]
            columns = [one for one in table.columns if one.name not in OF_CHANCE | OF_TIME]
            order = ["request_key"] if name == "reservation" else list(table.primary_key.columns.keys())
            query = select(*columns).order_by(*(table.columns[one] for one in order))
            found[name] = [dict(row._mapping) for row in connection.execute(query)]  # noqa: SLF001 -- its public name
    return found


def test_one_by_one_or_as_a_batch_the_same_is_on_record(
    typed_home: Path, tmp_path: Path, place_home: Callable[[Path, Path], Path]
) -> None:
    answers, found = [], []
    for number, processes in enumerate((0, 2)):
        home = place_home(typed_home, tmp_path / f"home-{number}")
        with Authority(Settings.load(home), passphrase=PASSPHRASE) as authority:
            answers.append(told(authority.issue_all(requests(), processes=processes)))
            assert log_is_whole(authority.repository)
            found.append(rows(authority.settings))
    assert answers[0] == answers[1]
    codes = {said for said, _ in answers[0]}
    assert {"batch.csv", "issuer.unknown", "license.number-taken", "request.key-reused"} <= codes
    assert sum(already for _, already in answers[0]) == 2
    for name in OF_ISSUING:
        assert found[0][name] == found[1][name], name
        assert found[0][name], name
