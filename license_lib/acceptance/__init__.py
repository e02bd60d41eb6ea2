"""Business rules, apart from validity: does a licence that is in force serve for what somebody applies for?

A verdict says whether to believe a licence. Whether it is the right one for a service item 政务服务事项, is the
applicant's own, and lasts long enough, is another question with another answer; neither ever changes the other.
"""

from license_lib.acceptance.findings import AcceptanceFinding
from license_lib.acceptance.items import ServiceItem, ServiceItems, Whose
from license_lib.acceptance.judging import DECISION_TEXTS, Acceptance, Applicants, Decision, accept, acceptance_report

__all__ = [
    "DECISION_TEXTS",
    "Acceptance",
    "AcceptanceFinding",
    "Applicants",
    "Decision",
    "ServiceItem",
    "ServiceItems",
    "Whose",
    "accept",
    "acceptance_report",
]
