"""The judge of PDF/A and PDF/UA: `page`, whose authors hold it against veraPDF's own corpus."""

import re

import page as judge


def faults(pdf: bytes, profile: str) -> set[str]:
    """The rules of a profile that a file breaks.

    The judge takes CR LF before `endstream` for one end of line. Where CR is the last byte of deflated data, one byte
    seems to be missing then, about once in 256 streams: whether `/Length` is right is looked up.
    """
    report = judge.validate_pdf_bytes(pdf, profile=profile)
    found = {failure.rule_id for failure in report.failures}
    assert bool(found) is not report.is_compliant
    return {rule for rule in found if "STREAM-LENGTH" not in rule or not lengths_are_right(pdf)}


def lengths_are_right(pdf: bytes) -> bool:
    """Whether every stream ends where its `/Length` says, with LF and `endstream` behind it; a CR ends one at least."""
    streams = list(re.finditer(rb"/Length (\d+)\b[^\r]{0,400}?>>\s?stream\n", pdf))
    ends = [match.end() + int(match[1]) for match in streams]
    return (
        len(ends) == pdf.count(b"\nendstream")
        and all(pdf.startswith(b"\nendstream", end) for end in ends)
        and any(pdf[end - 1 : end] == b"\r" for end in ends)
    )
