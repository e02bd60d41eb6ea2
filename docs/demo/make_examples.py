"""Write the demo's input: fictitious organisations and persons with valid numbers, long and rare names, all marked 样例.

Deterministic: the same files each time.
"""

import csv
import json
import random
from collections.abc import Iterator
from pathlib import Path

import invented
import organisations
import persons

HERE = Path(__file__).resolve().parent / "examples"
OTHERS = (
    organisations.food,
    organisations.transport,
    organisations.vehicles,
    organisations.works,
    organisations.clinics,
    persons.residence,
    persons.births,
    persons.estates,
    persons.teachers,
    persons.insured,
    persons.records,
)


def main() -> None:
    """Write all example files."""
    chance = random.Random(620400)  # noqa: S311 -- the same examples each time; nothing secret
    HERE.mkdir(parents=True, exist_ok=True)
    _write_csv(HERE / "business-licenses.csv", list(organisations.business(chance)))
    _write_csv(HERE / "with-faults.csv", list(_faults()))
    others = [one for examples in OTHERS for one in examples(chance)]
    lines = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in others)
    (HERE / "permits.jsonl").write_text(lines, encoding="utf-8")


def _faults() -> Iterator[dict[str, str]]:
    """Rows of which only one can be issued: each of the others is wrong in its own way."""
    row = next(organisations.business(random.Random(1)))  # noqa: S311 -- as above
    code = invented.credit_code("620402", 9001)
    good = {**row, "持证主体代码": code}
    yield {**good, "持证主体代码": code[:-1] + ("0" if code[-1] != "0" else "1")}
    yield {**good, "持证主体": "样例" + "超长名称" * 40}
    yield {**good, "住所": ""}
    yield {**good, "法定代表人": "样例·\ue000"}
    yield {**good, "有效期截止": ""}
    yield {**good, "颁发机构": "transport"}
    yield good


def _write_csv(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
