"""The words of the paper check's report, Chinese and English."""

from collections.abc import Mapping
from typing import Final

from license_lib.paper.comparing import Result, Why
from license_lib.paper.result import Paper
from license_lib.verification import Proof
from license_lib.verification_reports.words import Words

TITLE: Final = Words("纸质核对单", "Paper check")
ASKED: Final = Words(
    "请逐项核对：左边是纸面的图片，右边是二维码签名证明的内容。有一项不同，这张纸就不可信。",
    "Compare each field: on the left the picture of the paper, on the right what the code's signature proves. "
    "If one differs, do not trust the paper.",
)
CODE: Final = Words("二维码", "The code")
PAPER: Final = Words("纸面", "The paper")
FIELD: Final = Words("项目", "Field")
PICTURE: Final = Words("纸面图片", "Picture of the paper")
SIGNED: Final = Words("签名证明的内容", "What was signed")
MACHINE: Final = Words("机器比对", "By machine")
FOUND: Final = Words("页面文字为：", "The page says: ")
NO_PICTURE: Final = Words("图中没有拍到，请看纸面", "not in the picture: look at the paper")
NO_PLACE: Final = Words("请在纸面上查找", "look for it on the paper")
MASKED: Final = Words("部分隐去，只比对所示的字", "masked: compare what is shown")
FROM_REGISTER: Final = Words("按机构代码查得", "by the body's code")
PROVED: Final = Words("已证明", "Proved")
OPEN: Final = Words("未能证明", "Not proved this time")
NEVER: Final = Words("纸质核对不能证明", "What no check of paper proves")
FINDINGS: Final = Words("核对发现", "Findings")
AGE: Final = Words("状态查询于", "State as of")
NO_AGE: Final = Words("状态未查得", "State not known")
ASKED_ABOUT: Final = Words("所问时刻", "Asked about")
CHECKED_AT: Final = Words("核对时刻", "Checked at")
FILE: Final = Words("文件", "File")
PAGE: Final = Words("页", "page")
CHECKER: Final = Words("核验人", "Checked by")
PURPOSE: Final = Words("用途", "Purpose")
CASE: Final = Words("案卷号", "Case")
IDENTIFIER: Final = Words("证照标识", "Identifier")
WHOLE: Final = Words("全图（编号为各项位置）", "The whole picture, with the place of each field")
SIGNED_BY: Final = Words("核对结论（签名）", "Conclusion, signature")
SAME_BOX: Final = Words("逐项相同", "all the same")
DIFFERENT_BOX: Final = Words("有不同，编号：", "different, numbers:")
NOTHING: Final = Words("没有可以核对的证照", "There is no licence to compare")
NORMALISED: Final = Words(
    "机器比对不计空格、换行、全角半角与兼容字形的差别；只比对看得见的文字。机器说“相同”，只是文件中的文字相同，字体可以作假，仍须看图。",
    "The machine disregards white space, line ends, full width and compatibility forms, and compares texts that one "
    "can see. Its “same” is about the file's texts; fonts can lie, so look at the picture all the same.",
)

PROVED_TEXTS: Final[Mapping[Proof, Words]] = {
    Proof.CODE: Words(
        "二维码由所载机构的印章密钥签发，内容未被改动",
        "A seal key of the body that it names signed the code, unaltered since",
    ),
    Proof.ISSUER: Words("该机构有权颁发此类证照", "The body may issue such licences"),
    Proof.REPOSITORY: Words("二维码与证照库所存的一致", "The code agrees with the repository"),
    Proof.STATUS: Words("未被吊销、注销或暂扣", "It is neither ended nor suspended"),
    Proof.VALIDITY: Words("在有效期内", "It is within its validity"),
}
NOT_PROVED: Final = (
    Words("这张纸是原件，或只有这一张", "That this paper is the original, or the only one"),
    Words("出示人就是持证主体", "That whoever shows it is its holder"),
    Words("纸上其他内容：照片、印章、未列出的各项", "Anything else on it: photo, seal, what is not listed here"),
)
"""What no comparison of paper with a code proves."""

ANSWERS: Final = {
    Paper.DIFFERS: Words("与签名内容不同，不可信", "It is not what was signed: do not trust it"),
    Paper.DOUBTFUL: Words("有疑点，暂不采信", "There is a doubt about it: do not rely on it yet"),
    Paper.COMPARE: Words("尚未核对，请逐项看图", "Not compared yet: look at each field"),
    Paper.SEEN: Words("核验人已核对，声明相同", "The checker compared it and states that it is the same"),
    Paper.NONE: Words("无从核对：二维码未获证明", "Nothing to compare with: the code is not proved"),
}
RESULTS: Final = {
    Result.SAME: Words("文字相同", "same text"),
    Result.DIFFERENT: Words("文字不同", "different text"),
    Result.MISSING: Words("页面文字中没有", "not among the texts"),
    Result.UNREADABLE: Words("机器无法读取", "not readable"),
    Result.NOT_COMPARED: Words("机器未比对", "not compared"),
}
WHYS: Final = {
    Why.NONE: Words("", ""),
    Why.PICTURE: Words("没有可比的文字", "no texts to compare"),
    Why.NO_PLACE: Words("位置未知", "its place is not known"),
    Why.OTHER_PAGE: Words("在另一页", "on another page"),
    Why.ELSEWHERE: Words("同样的文字在别处", "the same text stands elsewhere"),
    Why.NOTHING: Words("此处没有文字", "no text stands here"),
    Why.HIDDEN: Words("此处有看不见的文字", "there is a text here that nobody sees"),
    Why.GLYPHS: Words("字形不明或重叠", "unnamed or overprinted glyphs"),
    Why.TINY: Words("字太小", "too small to be read"),
    Why.DRAWN: Words("另有图形或图片", "something else is drawn there"),
    Why.LARGE: Words("有大字覆盖", "larger characters lie over it"),
    Why.CONTINUED: Words("下转续页", "goes on on another page"),
    Why.MASKED: Words("限于所示的字", "as far as it is shown"),
}
