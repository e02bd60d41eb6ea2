"""Batch and request files: encodings, line numbers, and a fault that keeps to its row."""

import json
import os
import tracemalloc
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from license_lib import batch, request_files
from license_lib.batch import BatchRow, read_batch, read_request
from license_lib.errors import InputError
from license_lib.identifiers import CheckOverride
from license_lib.licenses.photo import MAX_PHOTO_BYTES
from license_lib.licenses.request import LicenseRequest
from license_lib.text_files import LONGEST_LINE

HEADER = "type,issuer,number,holder_name,holder_number,issued_on,valid_until,address"
ROW = "business-license,market,A1,白银样例有限公司,91620402MA0000000Q,2026-03-02,long-term,样例路1号"
GOOD: dict[str, Any] = {"type": "t", "issuer": "i", "holders": [{"name": "样例", "number": "1"}], "fields": {"a": "甲"}}


def written(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def csv_rows(folder: Path, *lines: str) -> list[BatchRow]:
    return list(read_batch(written(folder, "batch.csv", "\n".join(lines))))


def json_rows(folder: Path, *values: object) -> list[BatchRow]:
    lines = [value if isinstance(value, str) else json.dumps(value, ensure_ascii=False) for value in values]
    return list(read_batch(written(folder, "batch.jsonl", "\n".join(lines))))


def summary(rows: list[BatchRow]) -> list[tuple[int, str]]:
    """Line and what came of it: the fault's code, or the holders' names."""
    return [
        (
            row.line,
            row.request.code if isinstance(row.request, InputError) else "|".join(h.name for h in row.request.holders),
        )
        for row in rows
    ]


def only(rows: list[BatchRow]) -> LicenseRequest:
    (row,) = rows
    assert isinstance(row.request, LicenseRequest), row.request
    return row.request


def refusal(path: Path) -> InputError:
    with pytest.raises(InputError) as caught:
        read_batch(path)  # at once, before the first row is asked for
    return caught.value


# -- CSV ---------------------------------------------------------------------------------------------------------------


def test_a_csv_row_is_a_request(tmp_path: Path) -> None:
    request = only(csv_rows(tmp_path, HEADER, ROW))
    assert (request.license_type, request.issuer, request.number) == ("business-license", "market", "A1")
    assert [(one.name, one.number, one.number_kind) for one in request.holders] == [
        ("白银样例有限公司", "91620402MA0000000Q", None)
    ]
    assert (request.issued_on, request.valid_from, request.valid_until) == (date(2026, 3, 2), None, "long-term")
    assert request.fields == {"address": "样例路1号"}


CHINESE = (
    "证照类型,颁发机构,证照编号,持证主体,持证主体代码,持证主体代码类型,颁发日期,有效期起始,有效期截止,请求标识,住所"
)
CHINESE_ROW = "营业执照,market,A1,䶮某|𠮷某,1|2,111|999,2026-03-02,2026-03-03,长期,k1,样例路"


@pytest.mark.parametrize(
    "content",
    [
        f"{CHINESE}\n{CHINESE_ROW}\n".encode(),
        f"\ufeff{CHINESE}\r\n{CHINESE_ROW}\r\n".encode(),
        f"{CHINESE}\r\n{CHINESE_ROW}".encode("gb18030"),
        f" {CHINESE.replace(',', ' , ')}\n\n,,,,,,,,,,\n{CHINESE_ROW.replace(',', ' , ')}\n".encode(),
        f"{CHINESE},,\n{CHINESE_ROW},,\n".encode(),
    ],
    ids=["utf-8", "utf-8 with mark, CRLF", "GB 18030", "spaces and empty rows", "columns without a name"],
)
def test_chinese_headings_and_encodings(tmp_path: Path, content: bytes) -> None:
    request = only(list(read_batch(written(tmp_path, "批量.CSV", content))))
    assert [(one.name, one.number, one.number_kind) for one in request.holders] == [
        ("䶮某", "1", "111"),
        ("𠮷某", "2", "999"),
    ]
    assert (request.license_type, request.request_key, request.fields) == ("营业执照", "k1", {"住所": "样例路"})
    assert (request.valid_from, request.valid_until) == (date(2026, 3, 3), "long-term")


def test_line_numbers_are_those_of_an_editor(tmp_path: Path) -> None:
    rows = csv_rows(
        tmp_path,
        HEADER,
        ROW.replace("白银样例有限公司", "一"),  # 2
        "",
        ROW.replace("样例路1号", '"样例路\n\n1号"').replace("白银样例有限公司", "二"),  # 4 to 6
        ROW.replace("样例路1号", "样例路\u2028\x85\x0b1号").replace("白银样例有限公司", "三"),  # 7: no line breaks
        "business-license,market",  # 8
        ROW.replace("白银样例有限公司", '"四"五'),  # 9
        ROW.replace("白银样例有限公司", "六"),  # 10
    )
    assert summary(rows) == [(2, "一"), (4, "二"), (7, "三"), (8, "batch.csv"), (9, "batch.csv"), (10, "六")]


def test_a_quote_without_its_pair_says_which_lines_it_took(tmp_path: Path) -> None:
    *_, last = csv_rows(tmp_path, HEADER, ROW, ROW.replace("样例路1号", '"样例路1号'), ROW, ROW)
    assert isinstance(last.request, InputError)
    assert (last.line, last.request.message) == (3, "lines 3 to 5 are no CSV row: unexpected end of data")


def test_quotes_commas_and_doubled_quotes(tmp_path: Path) -> None:
    request = only(csv_rows(tmp_path, HEADER, ROW.replace("样例路1号", '"a, ""b"" c"')))
    assert request.fields == {"address": 'a, "b" c'}


@pytest.mark.parametrize(
    ("header", "row", "problem"),
    [
        (HEADER, ROW + ",x", "the row has 9 cells, the header 8"),
        (HEADER, ROW.rpartition(",")[0], "the row has 7 cells, the header 8"),
        (HEADER + ",", ROW + ",x", "cell 9 has a value, but its column has no name"),
        (HEADER, ROW.replace("白银样例有限公司", "甲|乙"), "holder names: 2, numbers: 1, kinds of number: 1"),
        (HEADER, ROW.replace("2026-03-02", "2026/3/2"), "issued_on: is not a date"),
        (HEADER, ROW.replace("2026-03-02", "2026-3-2"), "issued_on: is not a date"),
        (HEADER, ROW.replace("long-term", "永久"), "valid_until: is not a date"),
        (HEADER, ROW.replace("business-license", ""), "type: is missing"),
    ],
)
def test_faults_of_a_row(tmp_path: Path, header: str, row: str, problem: str) -> None:
    faulty, good = csv_rows(tmp_path, header, row, ROW + "," * header.endswith(","))
    assert isinstance(faulty.request, InputError)
    assert (faulty.line, faulty.request.message) == (2, problem)
    assert isinstance(good.request, LicenseRequest), "the next row is read all the same"


@pytest.mark.parametrize(
    ("header", "problem"),
    [
        (ROW, "the first line has no column `type` (证照类型)"),
        (HEADER.replace(",", ";"), "the first line has no column `type` (证照类型)"),
        (HEADER + ",number", "columns 3 and 9 have the same name"),
        (HEADER + ",证照编号", "columns 3 and 9 have the same name"),
        ('type,"issuer', "batch.csv: the first line is no CSV header"),
    ],
)
def test_a_file_without_a_proper_header_is_refused_whole(tmp_path: Path, header: str, problem: str) -> None:
    error = refusal(written(tmp_path, "batch.csv", f"{header}\n{ROW}"))
    assert (error.code, error.message) == ("batch.format", problem)


def test_a_header_that_is_data_is_not_repeated(tmp_path: Path) -> None:
    error = refusal(written(tmp_path, "batch.csv", "type,620402199003070006,620402199003070006\n"))
    assert "620402199003070006" not in str(error)


# -- JSON lines --------------------------------------------------------------------------------------------------------


def test_a_json_line_is_a_request(tmp_path: Path) -> None:
    override = {"reason": "核实", "approved_by": "王五"}
    holders = [{"name": "甲", "number": "1", "number_kind": "001", "override": override}, {"name": "乙", "number": "2"}]
    request = only(json_rows(tmp_path, {**GOOD, "holders": holders, "number": "n", "valid_until": "2027-01-01"}))
    assert [one.override for one in request.holders] == [CheckOverride("核实", "王五"), None]
    assert (request.number, request.valid_until, request.photo) == ("n", date(2027, 1, 1), None)


@pytest.mark.parametrize(
    ("line", "code", "problem"),
    [
        ("{", "request.json", "is not JSON: Expecting property name enclosed in double quotes (column 2)"),
        ("[" * 100_000, "request.json", "is not JSON: nested too deeply, or a number too long"),
        ("9" * 5_000, "request.json", "is not JSON: nested too deeply, or a number too long"),
        ('{"a":1,"a":2}', "request.json", "a name stands twice in one object"),
        ("[]", "request.form", "must be an object"),
        ("null", "request.form", "must be an object"),
        ({}, "request.missing", "type: is missing"),
        ({"type": "t"}, "request.missing", "issuer: is missing"),
        ({**GOOD, "feilds": {}}, "request.unknown", "feilds is not known here"),
        ({**GOOD, "11010519491231002X": "x"}, "request.unknown", "(a number) is not known here"),
        ({**GOOD, "type": 5}, "request.form", "type: must be a text"),
        ({**GOOD, "holders": {}}, "request.form", "holders: must be a list"),
        ({**GOOD, "holders": None}, "request.form", "holders: must be a list"),
        ({**GOOD, "holders": ["甲"]}, "request.form", "holders[0]: must be an object"),
        ({**GOOD, "holders": [{"name": "甲"}]}, "request.missing", "holders[0].number: is missing"),
        ({**GOOD, "holders": [{"nmae": "甲"}]}, "request.unknown", "holders[0]: nmae is not known here"),
        ({**GOOD, "fields": []}, "request.form", "fields: must be an object"),
        ({**GOOD, "fields": {"area": 86.5}}, "request.form", "fields.area: must be a text"),
        ({**GOOD, "fields": {"area": None}}, "request.form", "fields.area: must be a text"),
        ({**GOOD, "valid_until": []}, "request.form", "valid_until: must be a text"),
        ({**GOOD, "valid_until": {}}, "request.form", "valid_until: must be a text"),
        ({**GOOD, "issued_on": "2026-13-01"}, "request.date", "issued_on: is not a date"),
        ({**GOOD, "photo": "none.jpg"}, "photo.missing", "photo: the file cannot be read"),
        ({**GOOD, "photo": "a\0b"}, "photo.missing", "photo: the file cannot be read"),
        ({**GOOD, "photo": "x" * 5_000}, "photo.missing", "photo: the file cannot be read"),
        ({**GOOD, "photo": "."}, "photo.missing", "photo: the file cannot be read"),
    ],
)
def test_faults_of_a_line(tmp_path: Path, line: object, code: str, problem: str) -> None:
    faulty, good = json_rows(tmp_path, line, GOOD)
    assert isinstance(faulty.request, InputError)
    assert (faulty.line, faulty.request.code, faulty.request.message) == (1, code, problem)
    assert isinstance(good.request, LicenseRequest), "the next line is read all the same"


@pytest.mark.parametrize(
    "override", [5, {}, {"reason": "核实"}, {"reason": " ", "approved_by": "王五"}, {"reson": "x"}]
)
def test_an_override_says_why_and_who(tmp_path: Path, override: object) -> None:
    (row,) = json_rows(tmp_path, {**GOOD, "holders": [{"name": "甲", "number": "1", "override": override}]})
    assert isinstance(row.request, InputError)
    assert row.request.message.startswith("holders[0].override")


def test_json_lines_end_with_line_feeds_only(tmp_path: Path) -> None:
    odd = {**GOOD, "fields": {"a": "样\u2028\x85例"}}
    path = written(tmp_path, "batch.jsonl", "\ufeff" + "\r\n".join(["", json.dumps(odd, ensure_ascii=False), "", "x"]))
    rows = list(read_batch(path))
    assert [row.line for row in rows] == [2, 4]
    assert isinstance(rows[0].request, LicenseRequest)
    assert rows[0].request.fields == {"a": "样\u2028\x85例"}


NAMES = ["type", "issuer", "holders", "fields", "name", "number", "override", "valid_until", "photo"]
KEYS = st.sampled_from(NAMES) | st.text(max_size=5)
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=6),
)


@given(line=ANY_JSON)
def test_any_json_is_a_request_or_an_input_error(line: object) -> None:
    try:
        made = request_files.request_from_mapping(line, Path("nowhere"))
    except InputError:
        return
    assert isinstance(made, LicenseRequest)


# -- photos ------------------------------------------------------------------------------------------------------------


def test_photos_lie_beside_the_batch(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    written(tmp_path / "photos", "1.jpg", b"\xff\xd8\xff")
    assert only(json_rows(tmp_path, {**GOOD, "photo": "photos/1.jpg"})).photo == b"\xff\xd8\xff"


def test_a_photo_that_is_too_large_is_refused_unread(tmp_path: Path) -> None:
    with (tmp_path / "large.jpg").open("wb") as file:
        file.truncate(MAX_PHOTO_BYTES + 1)
    (row,) = json_rows(tmp_path, {**GOOD, "photo": "large.jpg"})
    assert isinstance(row.request, InputError)
    assert (row.request.code, row.request.message) == ("photo.invalid", "photo: has more than 5,000,000 bytes")


def test_photos_are_read_row_by_row(tmp_path: Path) -> None:
    rows = read_batch(written(tmp_path, "batch.jsonl", "\n".join([json.dumps({**GOOD, "photo": "1.jpg"})] * 2)))
    next(rows)
    written(tmp_path, "1.jpg", b"\xff\xd8\xff")
    second = next(rows)
    assert isinstance(second.request, LicenseRequest), "read when its turn came"


# -- whole files -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["batch.csv", "batch.jsonl"])
@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b" \r\n\n"])
def test_an_empty_file_is_a_failed_export(tmp_path: Path, name: str, content: bytes) -> None:
    assert refusal(written(tmp_path, name, content)).code == "batch.empty"


def test_a_header_alone_is_an_empty_batch(tmp_path: Path) -> None:
    assert csv_rows(tmp_path, HEADER) == []


@pytest.mark.parametrize("name", ["batch.xlsx", "batch", "batch.json"])
def test_another_kind_of_file_is_refused(tmp_path: Path, name: str) -> None:
    assert refusal(written(tmp_path, name, "x")).code == "batch.format"


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    for name in ("none.csv", "folder.csv", "a\0.csv"):
        error = refusal(tmp_path / name)
        assert error.code == "file.unreadable"


def test_a_huge_file_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "huge.jsonl"
    with path.open("wb") as file:
        file.truncate(batch.MAX_BATCH_BYTES + 1)
    assert refusal(path).code == "file.too-large"


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    error = refusal(written(tmp_path, "batch.csv", b"\xff\xfet\x00y\x00p\x00e\x00\n\x00"))  # UTF-16
    assert (error.code, error.hint) == ("file.encoding", "save it as UTF-8")


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_line_in_another_encoding_never_becomes_other_names(tmp_path: Path, mark: bytes) -> None:
    content = f"{CHINESE}\n{CHINESE_ROW}\n".encode() + CHINESE_ROW.encode("gb18030") + b"\n"
    error = refusal(written(tmp_path, "batch.csv", mark + content))
    assert (error.code, error.message) == ("file.encoding", "batch.csv: line 3 is not UTF-8, others are")


def test_characters_that_moved_with_gb_18030_2022_are_mapped(tmp_path: Path) -> None:
    moved = bytes.fromhex("FE59 FE61 FE66 FE67 FE6D FE7E FE90 FEA0")
    path = written(
        tmp_path, "batch.csv", HEADER.encode() + b"\n" + ROW.encode("gb18030").replace("白银".encode("gb18030"), moved)
    )
    assert (
        only(list(read_batch(path))).holders[0].name == "\u9fb4\u9fb5\u9fb6\u9fb7\u9fb8\u9fb9\u9fba\u9fbb样例有限公司"
    )


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
@pytest.mark.parametrize("suffix", [".csv", ".jsonl"])
def test_a_long_batch_is_never_in_memory_as_a_whole(tmp_path: Path, suffix: str, encoding: str) -> None:
    line = ROW if suffix == ".csv" else json.dumps({**GOOD, "fields": {"a": "甲" * 200}}, ensure_ascii=False)
    content = f"{HEADER}\n" * (suffix == ".csv") + f"{line}\n" * 20_000
    path = written(tmp_path, f"long{suffix}", content.encode(encoding))
    tracemalloc.start()
    try:
        rows = read_batch(path)
        count = sum(isinstance(row.request, LicenseRequest) for row in rows)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (count, rows.lines) == (20_000, content.count("\n") + 1)
    assert most < path.stat().st_size / 4


def test_one_line_without_end_is_refused(tmp_path: Path) -> None:
    error = refusal(written(tmp_path, "batch.jsonl", b"{}\n" + b" " * (LONGEST_LINE + 1)))
    assert (error.code, error.message) == ("file.too-large", "batch.jsonl: line 2 has more than 4,194,304 bytes")


ENDLESS = {
    "cells that go on over lines": (("x" * 40 + ",") * 1000 + '"\n",') * 500,
    "a cell of many lines": '"' + "x" * 99 + ("\n" + "y" * 99) * (LONGEST_LINE // 20),
}


@pytest.mark.parametrize("endless", ENDLESS.values(), ids=ENDLESS)
def test_one_row_without_end_ends_the_batch_in_bounded_memory(tmp_path: Path, endless: str) -> None:
    path = written(tmp_path, "batch.csv", f"{HEADER}\n{ROW}\n{endless}\n{ROW}\n")
    tracemalloc.start()
    try:
        rows = read_batch(path)
        assert isinstance(next(rows).request, LicenseRequest)
        with pytest.raises(InputError) as caught:
            list(rows)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    problem = "batch.csv: the row that begins in line 3 has more than 4,194,304 characters"
    assert (caught.value.code, caught.value.message) == ("file.too-large", problem)
    assert most < path.stat().st_size
    assert next(rows, None) is None


def test_a_header_without_end_is_refused(tmp_path: Path) -> None:
    error = refusal(written(tmp_path, "batch.csv", '"type' + ("\n" + "type" * 100) * (LONGEST_LINE // 400)))
    problem = "batch.csv: the row that begins in line 1 has more than 4,194,304 characters"
    assert (error.code, error.message) == ("file.too-large", problem)


CSV_MODULE_LIMIT = 131_072
"""Characters of a cell, where nobody sets another: in the middle of a longer one its reader begins a row."""


def test_lines_inside_a_long_cell_never_become_rows(tmp_path: Path) -> None:
    long = ROW.replace("样例路1号", '"' + "x" * CSV_MODULE_LIMIT + f'\n{ROW}\n"')
    rows = csv_rows(tmp_path, HEADER, long, ROW.replace("白银样例有限公司", "下一行"))
    assert summary(rows) == [(2, "白银样例有限公司"), (5, "下一行")]


def test_a_pipe_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "batch.csv"
    os.mkfifo(path)
    assert (refusal(path).code, refusal(path).message) == ("file.unreadable", f"{path}: not a regular file")


@pytest.mark.parametrize("suffix", [".csv", ".jsonl"])
@pytest.mark.parametrize("change", ["cut off", "other rows", "no text", "more rows"])
def test_a_file_that_is_changed_while_it_is_read(tmp_path: Path, suffix: str, change: str) -> None:
    line = (ROW if suffix == ".csv" else json.dumps(GOOD, ensure_ascii=False)) + "\n"
    content = f"{HEADER}\n" * (suffix == ".csv") + line * 2000
    path = written(tmp_path, f"batch{suffix}", content)
    rows = read_batch(path)
    next(rows)
    other = {
        "cut off": content[: content.index(line) + len(line) * 1000],
        "other rows": content.replace("样例", "别家"),
        "more rows": content + line,
    }
    path.write_bytes(other[change].encode() if change in other else b"\xff" * path.stat().st_size)
    with pytest.raises(InputError) as caught:
        list(rows)
    assert (caught.value.code, caught.value.message) == ("file.unreadable", f"{path}: was changed while it was read")
    assert next(rows, None) is None


def test_a_line_that_lost_its_end_meanwhile_is_not_read_whole(tmp_path: Path) -> None:
    path = written(tmp_path, "batch.jsonl", "{}\n" * 10_000)
    rows = read_batch(path)
    path.write_bytes(b" " * 16 * LONGEST_LINE)
    tracemalloc.start()
    try:
        with pytest.raises(InputError, match="was changed while it was read"):
            list(rows)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 8 * LONGEST_LINE


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_of_a_table_end_in_any_way(tmp_path: Path, end: str) -> None:
    quoted = ROW.replace("样例路1号", f'"样例路{end}1号"')
    rows = list(read_batch(written(tmp_path, "batch.csv", end.join([HEADER, quoted, ROW]))))
    assert [row.line for row in rows] == [2, 4]
    assert isinstance(rows[0].request, LicenseRequest)
    assert rows[0].request.fields == {"address": f"样例路{end}1号"}


@given(content=st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
@pytest.mark.parametrize("suffix", [".csv", ".jsonl"])
def test_any_bytes_give_rows_or_an_input_error(
    tmp_path_factory: pytest.TempPathFactory, suffix: str, content: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / f"any{suffix}"
    path.write_bytes(b"type,a\n" * (suffix == ".csv") + content)
    try:
        rows = list(read_batch(path))
    except InputError:
        return
    assert all(row.line >= 1 for row in rows)


# -- one request -------------------------------------------------------------------------------------------------------

TOML = """type = "t"
issuer = "i"
issued_on = 2026-03-02
[[holders]]
name = "样例"
number = "1"
[fields]
day = 2026-03-02
"""


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("request.toml", TOML),
        ("request.TOML", "\ufeff" + TOML.replace("\n", "\r\n")),
        ("request.json", json.dumps({**GOOD, "issued_on": "2026-03-02", "fields": {"day": "2026-03-02"}})),
    ],
)
def test_one_request_is_toml_or_json(tmp_path: Path, name: str, content: str) -> None:
    request = read_request(written(tmp_path, name, content), {"type": "other", "issuer": None})
    assert (request.license_type, request.issued_on) == ("t", date(2026, 3, 2)), "the file goes before the defaults"
    assert request.fields == {"day": "2026-03-02"}


def test_defaults_fill_what_the_file_leaves_out(tmp_path: Path) -> None:
    request = read_request(written(tmp_path, "request.json", '{"holders": []}'), {"type": "t", "issuer": "i"})
    assert (request.license_type, request.issuer) == ("t", "i")


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("request.toml", "type := 1", "request.form"),
        ("request.toml", "a = " + "[" * 50_000, "request.form"),
        ("request.toml", TOML.replace("2026-03-02\n[[", "2026-03-02T10:00:00\n[["), "request.date"),
        ("request.toml", TOML.replace("2026-03-02\n[[", "10:00:00\n[["), "request.form"),
        ("request.json", "type = 1", "request.json"),
        ("request.json", "[]", "request.form"),
        ("request.json", b"\xff\xff", "file.encoding"),
    ],
)
def test_faults_of_one_request(tmp_path: Path, name: str, content: str | bytes, code: str) -> None:
    with pytest.raises(InputError) as caught:
        read_request(written(tmp_path, name, content), {})
    assert caught.value.code == code


def test_a_request_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.toml: No such file") as caught:
        read_request(tmp_path / "none.toml", {})
    assert caught.value.code == "file.unreadable"
