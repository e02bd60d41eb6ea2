"""Business rules, apart from validity: does a licence that is in force serve for what somebody applies for?

What an item asks for are its materials 申请材料; those that lie in the repository already need not be asked for.
A verdict says whether to believe a licence. Whether it is the right one for a service item 政务服务事项, is the
applicant's own, and lasts long enough, is another question with another answer; neither ever changes the other.
"""

from license_lib.acceptance.findings import AcceptanceFinding
from license_lib.acceptance.items import Material, ServiceItem, ServiceItems, Whose
from license_lib.acceptance.judging import DECISION_TEXTS, Acceptance, Applicants, Decision, accept, acceptance_report
from license_lib.acceptance.looking import check_materials
from license_lib.acceptance.materials import ANSWER_TEXTS, Answer, Checklist, MaterialsCheck, checklist_value

__all__ = [
    "ANSWER_TEXTS",
    "DECISION_TEXTS",
    "Acceptance",
    "AcceptanceFinding",
    "Answer",
    "Applicants",
    "Checklist",
    "Decision",
    "Material",
    "MaterialsCheck",
    "ServiceItem",
    "ServiceItems",
    "Whose",
    "accept",
    "acceptance_report",
    "check_materials",
    "checklist_value",
]
