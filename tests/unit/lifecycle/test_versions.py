"""New versions' identifiers, and one event over many licences: what a dry run tells is what the run does."""

from datetime import date

import pytest

from license_lib.identifiers import LicenseIdentifier, NumberError
from license_lib.lifecycle import (
    EventError,
    Subject,
    next_identifier,
)

FACE = Subject(valid_until=date(2030, 1, 1))
# Version 002 is a real one, printed beside version 001 in public material; see shared/standards.md §1.
KNOWN = LicenseIdentifier.parse("1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U")
KNOWN_NEXT = "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.002.S"


def version(number: int, serial: str = "20230000403") -> LicenseIdentifier:
    return LicenseIdentifier.build(KNOWN.type_code, KNOWN.issuer, serial, number)


def test_the_next_version_of_a_real_licence() -> None:
    assert str(next_identifier(KNOWN)) == KNOWN_NEXT


def test_a_version_that_was_used_is_not_used_again() -> None:
    others = (version(2), version(4), version(3), version(900, serial="20230000404"))
    assert next_identifier(KNOWN, others).version == 5
    assert next_identifier(version(7), others).version == 8


def test_there_is_no_version_after_999() -> None:
    assert next_identifier(version(998)).version == 999
    for current, others in ((version(999), ()), (KNOWN, (version(999),))):
        with pytest.raises(EventError) as error:
            next_identifier(current, others)
        assert error.value.code == "event.versions-used-up"
        assert KNOWN.serial not in str(error.value) + error.value.message_zh


def test_a_foreign_identifier_that_does_not_check_has_no_next() -> None:
    foreign = LicenseIdentifier.parse_foreign(KNOWN_NEXT[:-1] + "T")
    assert next_identifier(foreign).check_ok  # the bodies check; a version of ours is made strictly
    broken = LicenseIdentifier.parse_foreign(
        "1.2.156.3005.2.11100000000013338W011.11430000006122244X.20230000403.001.U"
    )
    with pytest.raises(NumberError):
        next_identifier(broken)
