"""Values as ISO 32000-2 §7.3 writes them; the examples are those of the standard."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signing.pdf_reading.values import HexString, Name, PdfError, Reader, Ref


def read(text: bytes) -> Any:
    reader = Reader(text)
    value = reader.value()
    reader.skip_space()
    assert reader.position == len(text), "something is left"
    return value


EXAMPLES = {
    # §7.3.3
    b"123": 123,
    b"43445": 43445,
    b"+17": 17,
    b"-98": -98,
    b"0": 0,
    b"34.5": 34.5,
    b"-3.62": -3.62,
    b"+123.6": 123.6,
    b"4.": 4.0,
    b"-.002": -0.002,
    b"0.0": 0.0,
    # §7.3.4.2
    b"(This is a string)": b"This is a string",
    b"(Strings may contain newlines\nand such.)": b"Strings may contain newlines\nand such.",
    b"(Strings may contain balanced parentheses ( ) and\nspecial characters (*!&}^% and so on).)": (
        b"Strings may contain balanced parentheses ( ) and\nspecial characters (*!&}^% and so on)."
    ),
    b"()": b"",
    b"(These \\\ntwo strings \\\r\nare the same.)": b"These two strings are the same.",
    b"(an end of line\r\nand\ranother)": b"an end of line\nand\nanother",
    b"(\\n\\r\\t\\b\\f\\(\\)\\\\)": b"\n\r\t\b\f()\\",
    b"(\\245\\307)": b"\xa5\xc7",
    b"(\\0053)": b"\x053",
    b"(\\053)": b"+",
    b"(\\53)": b"+",
    b"(\\q)": b"q",
    # §7.3.4.3
    b"<4E6F762073686D6F7A206B6120706F702E>": b"Nov shmoz ka pop.",
    b"<901FA3>": b"\x90\x1f\xa3",
    b"<901FA>": b"\x90\x1f\xa0",
    b"< 90 1f\nA3 >": b"\x90\x1f\xa3",
    # §7.3.5, table 4
    b"/Name1": Name("Name1"),
    b"/A;Name_With-Various***Characters?": Name("A;Name_With-Various***Characters?"),
    b"/1.2": Name("1.2"),
    b"/$$": Name("$$"),
    b"/@pattern": Name("@pattern"),
    b"/.notdef": Name(".notdef"),
    b"/lime#20Green": Name("lime Green"),
    b"/paired#28#29parentheses": Name("paired()parentheses"),
    b"/The_Key_of_F#23_Minor": Name("The_Key_of_F#_Minor"),
    b"/A#42": Name("AB"),
    b"/": Name(""),
    # §7.3.6, §7.3.7, §7.3.9, §7.3.10
    b"[549 3.14 false (Ralph) /SomeName]": [549, 3.14, False, b"Ralph", Name("SomeName")],
    b"<</Type/Example/Version .01/String(a)/Sub<<>>>>": {
        "Type": Name("Example"),
        "Version": 0.01,
        "String": b"a",
        "Sub": {},
    },
    b"null": None,
    b"true": True,
    b"12 0 R": Ref(12, 0),
    b"[1 2 12 0 R 3]": [1, 2, Ref(12, 0), 3],
    # §7.2.4
    b"[ 1 %) comment (/%) blah blah\n 2]": [1, 2],
}


@pytest.mark.parametrize(("text", "value"), EXAMPLES.items(), ids=lambda value: repr(value)[:40])
def test_the_examples_of_the_standard(text: bytes, value: Any) -> None:
    found = read(text)
    assert found == value
    assert type(found) in {type(value), HexString}


def test_a_hexadecimal_string_knows_its_place() -> None:
    reader = Reader(b"   <00FF> ")
    assert reader.value().span == (3, 9)
    assert Reader(b"   <00FF> ", is_packed=True).value().span == (0, 0)


WRONG = {
    b"": "no value",
    b"R": "no value",
    b"True": "no value",
    b"nul": "no value",
    b"1.2.3": "a number that is none",
    b"--5": "a number that is none",
    b"4-5": "a number that is none",
    b"1e5": "a number that is none",
    b"-": "a number that is none",
    b"9" * 33: "too long",
    b"(a": "not closed",
    b"(a\\)": "not closed",
    b"(a(b)": "not closed",
    b"<4E6G>": "not closed",
    b"<4E": "not closed",
    b"[1 2": "no value",
    b"[1 2>": "no value",
    b"<< /A 1": "expected a name",
    b"<< 1 /A >>": "expected a name",
    b"<< /A >>": "no value",
    b"<< /A 1 /A 1 >>": "twice",
    b"<< /AB 1 /A#42 2 >>": "twice",
    b"[" * 65 + b"]" * 65: "nested",
    b"<< /A " * 65 + b"1" + b" >>" * 65: "nested",
}


@pytest.mark.parametrize(("text", "reason"), WRONG.items(), ids=lambda value: repr(value)[:30])
def test_what_has_no_meaning_is_refused(text: bytes, reason: str) -> None:
    with pytest.raises(PdfError, match=reason):
        Reader(text).value()


@given(st.binary(max_size=60))
def test_any_bytes_are_a_value_or_none(text: bytes) -> None:
    try:
        Reader(text).value()
    except PdfError:
        return


@given(st.binary(max_size=200))
def test_any_string_comes_back(content: bytes) -> None:
    escaped = content.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)").replace(b"\r", b"\\r")
    assert read(b"(" + escaped + b")") == content
    assert read(b"<" + content.hex().encode() + b">") == content


@given(st.binary(min_size=1, max_size=40))
def test_any_name_comes_back(content: bytes) -> None:
    assert read(b"/" + b"".join(b"#%02x" % one for one in content)) == Name(content.decode("latin-1"))


WORDS = [
    "/",
    "A",
    "B1",
    "#41",
    "#",
    "12",
    "0",
    "-7",
    "+1",
    "4.",
    "R",
    "obj",
    "true",
    "(s)",
    "<41>",
    "[",
    "]",
    "<<",
    ">>",
]
SPACES = ["", " ", "  ", "\n", "\0", "%c\n", "\t "]


@given(st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(SPACES)), max_size=14))
def test_what_is_read_in_one_go_is_read_piece_by_piece_alike(parts: list[tuple[str, str]]) -> None:
    text = "<<" + "".join(word + space for word, space in parts) + ">>"
    assert outcome(text) == outcome(text, usual=False), text


@pytest.mark.parametrize(
    "entry",
    [
        "/A 1 0 R",
        "/A 1  0 R",
        "/A 1 0 R/B 2",
        "/A 1 0 Rest",
        "/A 1 0 R#20",
        "/A/B#20C",
        "/A#42 1",
        "/A 1 2",
        "/A 1%c\n",
    ],
)
def test_what_looks_usual_and_may_not_be(entry: str) -> None:
    assert outcome(f"<<{entry}>>") == outcome(f"<<{entry}>>", usual=False)


def outcome(text: str, *, usual: bool = True) -> tuple[str, int]:
    """What is read, and up to where; with `usual` or without the way that reads most entries in one go."""
    reader = Reader(text.encode("latin-1"))
    with pytest.MonkeyPatch.context() as patch:
        if not usual:
            patch.setattr("signing.pdf_reading.values._USUAL_ENTRY", re.compile(rb"(?!)"))
        try:
            return repr(reader.value()), reader.position
        except PdfError:
            return "refused", 0
