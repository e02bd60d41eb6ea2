"""What a verdict on our own licence says of the log, by the database and by what was published."""

import pytest
from databases import unguarded
from published import Desk
from support import example_request

from license_lib.verification import Verdict


def judged(desk: Desk, pdf: bytes) -> Verdict:
    return desk.authority.verify(pdf)


def test_the_head_that_was_published_is_asked_for_the_entry(desk: Desk) -> None:
    desk.issue("before")
    pdf = desk.authority.issue(example_request("business-license")).pdf
    early = judged(desk, pdf).evidence.log
    assert early is not None
    assert (early.index, early.size, early.published, early.by_proof) == (1, 0, False, False)
    desk.authority.publisher.publish()
    verdict = judged(desk, pdf)
    assert verdict.evidence.log is not None
    assert (verdict.evidence.log.size, verdict.evidence.log.published) == (2, True)
    assert verdict.outcome == "IN_FORCE"
    late = desk.authority.issue(example_request("food-business-permit")).pdf
    logged = judged(desk, late).evidence.log
    assert logged is not None
    assert (logged.index, logged.size, logged.published) == (2, 2, False)


@pytest.mark.parametrize("tampered", ["data", "hash"])
def test_an_entry_that_was_rewritten_after_it_was_published(desk: Desk, tampered: str) -> None:
    pdf = desk.authority.issue(example_request("business-license")).pdf
    desk.issue("other")
    desk.authority.publisher.publish()
    with unguarded(desk.authority.settings.database_url) as connection:
        sequence = "1" if tampered == "data" else "2"
        connection.exec_driver_sql(
            f"UPDATE leaf SET {tampered} = (SELECT {tampered} FROM leaf WHERE sequence = 3 - {sequence}) "  # noqa: S608 - ours
            f"WHERE sequence = {sequence}"
        )
    verdict = judged(desk, pdf)
    assert verdict.outcome == "UNDETERMINED"
    assert [one.code for one in verdict.decisive] == ["log.rewritten"]
    assert verdict.evidence.log is not None
    assert not verdict.evidence.log.published


def test_a_published_head_that_cannot_be_read_is_told_and_decides_nothing(desk: Desk) -> None:
    pdf = desk.authority.issue(example_request("business-license")).pdf
    desk.authority.publisher.publish()
    (desk.public / "log/checkpoint").write_bytes(b"x")
    verdict = judged(desk, pdf)
    assert verdict.outcome == "IN_FORCE"
    assert "log.head-unreadable" in [finding.code for finding in verdict.findings]
    assert verdict.evidence.log is not None
    assert not verdict.evidence.log.published
