"""The words of the report, Chinese and English."""

from typing import NamedTuple

from license_lib.findings import Severity
from license_lib.verification.verdict import Outcome, StepResult


class Words(NamedTuple):
    """One text in both languages."""

    zh: str
    en: str


TITLE = Words("证照核验报告", "Licence Verification Report")
SUBJECT = Words("一、核验对象", "What was verified")
EVIDENCE = Words("二、时刻与依据", "Moments and evidence")
STEPS = Words("三、核验步骤", "Steps")
FINDINGS = Words("四、核验发现", "Findings")
CHECKED = Words("五、核验信息", "Who checked, and why")
CONTINUED = Words("（续）", "(continued)")
NO_FINDINGS = Words("没有发现问题。", "Nothing was found.")
MORE_FINDINGS = Words("另有{count}项发现，见附件。", "{count} further findings are in the attachment.")
NOT_PROVED = Words(
    "证照内容读自文件，未获证实，不得采信。", "What the licence says was read from the file and is not proved."
)
UNREAD = Words("未能从文件中读出证照内容。", "No licence could be read from the file.")
BEIJING = Words("时刻均为北京时间。", "All times are Beijing time.")
REMEDY = Words("处理", "What to do")
NO_SEAL = Words("未加盖电子印章", "bears no electronic seal")
STEP_HEADS = (Words("序号", "No."), Words("步骤", "Step"), Words("结果", "Result"))

MEANINGS = {
    Outcome.IN_FORCE: Words(
        "由所载机构颁发，未被改动，在所问时刻有效。",
        "Issued by the body that it names, unaltered, and in force at the moment asked about.",
    ),
    Outcome.NOT_IN_FORCE: Words(
        "由所载机构颁发，但在所问时刻不在有效状态，原因见核验发现。",
        "Issued by the body that it names, but not in force at the moment asked about; see the findings.",
    ),
    Outcome.NOT_GENUINE: Words(
        "已证明不是所颁发的证照，不予采信，原因见核验发现。",
        "Proved not to be what was issued: do not rely on it; see the findings.",
    ),
    Outcome.UNDETERMINED: Words(
        "依据不足，不能判定真伪或效力；这不等于不真实，请按核验发现处理。",
        "There is not enough to tell; this does not mean that it is false. See the findings for what to do.",
    ),
}
MEANINGS_OF_CODES = {
    Outcome.IN_FORCE: Words(
        "二维码由所载机构签发，所载证照在所问时刻有效；纸面内容未经证实，须逐项比对。",
        "The code was signed by the body that it names, and its licence is in force; the paper itself is not proved.",
    ),
    Outcome.NOT_IN_FORCE: Words(
        "二维码由所载机构签发，但所载证照在所问时刻不在有效状态，原因见核验发现。",
        "The code was signed by the body that it names, but its licence is not in force; see the findings.",
    ),
}
"""What else is said where a code alone was judged."""
SHAPES = {
    Outcome.IN_FORCE: Words("圆形中的对勾", "a tick in a circle"),
    Outcome.NOT_IN_FORCE: Words("三角形中的感叹号", "an exclamation mark in a triangle"),
    Outcome.NOT_GENUINE: Words("八角形中的叉号", "a cross in an octagon"),
    Outcome.UNDETERMINED: Words("菱形中的问号", "a question mark in a diamond"),
}
RESULTS = {
    StepResult.PROVED: Words("已证实", "Proved"),
    StepResult.AGAINST: Words("不符", "Against"),
    StepResult.UNKNOWN: Words("无法判定", "Could not tell"),
    StepResult.NOT_CARRIED_OUT: Words("未进行", "Not carried out"),
}
SEVERITIES = {
    Severity.ERROR: Words("否定", "Error"),
    Severity.WARNING: Words("存疑", "Warning"),
    Severity.NOTE: Words("提示", "Note"),
}

FILE_NAME = Words("文件名", "File name")
SHA256 = Words("文件摘要", "SHA-256")
IDENTIFIER = Words("证照标识", "Identifier")
TYPE = Words("证照名称", "Type")
NUMBER = Words("证照编号", "Number")
ISSUER = Words("颁发机构", "Issuing body")
HOLDER = Words("持证主体", "Holder")
ISSUED_ON = Words("颁发日期", "Issued on")
VALIDITY = Words("有效期", "Validity")
PUBLIC = Words("公开信息", "Public facts")
ASKED_ABOUT = Words("所问时刻", "Asked about")
CHECKED_AT = Words("核验时刻", "Checked at")
SEALED_AT = Words("盖章时间", "Sealed at")
LEVEL = Words("印章级别", "Seal level")
REVOCATION = Words("吊销信息", "Revocation as of")
STATUS = Words("状态查询", "Status as of")
OFFICE = Words("核验单位", "Office")
LOG = Words("透明日志", "Log")
DEPARTMENT = Words("核验部门", "Department")
CHECKER = Words("核验人", "Checked by")
PURPOSE = Words("用途", "Purpose")
CASE = Words("案卷号", "Case")
