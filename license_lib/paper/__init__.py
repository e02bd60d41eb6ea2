"""Paper check 纸质核对: what was signed, beside the picture of a printed licence, field by field."""

from license_lib.paper.checking import PaperChecker, confined_checker
from license_lib.paper.comparing import Answer, Result, Why
from license_lib.paper.result import ComparedField, Paper, PaperCheck, PaperChecks, check_value

__all__ = [
    "Answer",
    "ComparedField",
    "Paper",
    "PaperCheck",
    "PaperChecker",
    "PaperChecks",
    "Result",
    "Why",
    "check_value",
    "confined_checker",
]
