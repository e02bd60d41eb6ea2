"""A printed licence beside the signed texts of its code: what the paper says. A code's own verdict stands apart."""

from collections.abc import Mapping

from license_lib.findings.texts import ASK, NO, NOTE, REFUSE, UNSURE, FindingText

_LOOK = ("请对照图片逐项核对；有不符的不予采信", "Compare field by field with the picture; reject it if one differs")
ROWS: Mapping[str, FindingText] = {
    "paper.differs": FindingText(
        NO,
        "纸面文字与签名内容不同：{labels}",
        "The print says something else than was signed: {fields}",
        "有人改动了打印件，例如改了一位数字，或把一份证照的真二维码贴到了另一份上",
        "The print was changed, such as a digit of it, or the true code of one licence was put on another",
        *REFUSE,
    ),
    "paper.missing": FindingText(
        UNSURE,
        "页面文字中没有找到签名内容：{labels}",
        "What was signed is not among the texts of the page: {fields}",
        "真二维码被贴到了别的文件上，或这些内容在页面上是图片",
        "The true code was put on another document, or the page shows these as pictures",
        *ASK,
    ),
    "paper.code-place": FindingText(
        UNSURE,
        "二维码在纸上的位置、大小或方向与版式不符：{labels}",
        "The code does not stand on the paper as the layout puts it: {how}",
        "二维码可能是从另一份证照剪贴来的；也可能是缩放打印、拼版复印，或扫描时没有放平",
        "It may have been cut from another licence; or the print was scaled, copied beside another, or scanned askew",
        *ASK,
    ),
    "paper.by-eye": FindingText(
        UNSURE,
        "纸面尚未经人核对",
        "Nobody has compared the paper yet",
        "机器只证明了二维码；纸面是否原件、文字是否相同，要由人看",
        "The machine proved the code alone; whether the paper says the same is for eyes to see",
        *_LOOK,
    ),
    "paper.seen-same": FindingText(
        NOTE,
        "核验人声明：已逐项核对，纸面与签名内容相同",
        "The checker states: compared field by field, and the paper says what was signed",
        "核验人看过图片与纸面后作出的声明；机器不能证明",
        "Somebody looked, and says so; no machine can prove it",
    ),
    "paper.seen-different": FindingText(
        NO,
        "核验人声明：纸面与签名内容不同：{labels}",
        "The checker states: the paper says something else than was signed: {fields}",
        "核验人看到纸面上的文字与签名内容不同",
        "Somebody looked, and saw another text on the paper",
        *REFUSE,
    ),
    "paper.hidden-text": FindingText(
        NOTE,
        "文件中有看不见的文字，未作为纸面内容：{labels}",
        "The file has texts that nobody sees; they were not taken for what the paper says: {fields}",
        "有人在图片下藏入了另外的文字；也可能是扫描软件的文字识别层",
        "Somebody put other words below a picture; or a scanner's program recognised characters",
        *_LOOK,
        loud=True,
    ),
    "paper.no-face": FindingText(
        NOTE,
        "不知道此类证照的版式，无法指出各项在纸上的位置",
        "The layout of such licences is not known here, so nobody can say where on the paper each text is",
        "证照类型不在本机目录中，或二维码在图中的位置无法确定",
        "The type is not in this catalogue, or the code's place in the picture cannot be told",
        *_LOOK,
        loud=True,
    ),
    "paper.sealed-file": FindingText(
        NOTE,
        "此文件带有完好的电子印章：应当用“核验文件”判定，而不是当作打印件核对",
        "This file bears an intact seal: judge it as a file (`license verify`), not as a print",
        "交来的是证照原文件，印章能证明照面的全部内容",
        "The licence's own file was handed in; its seal proves all that the face says",
        "请核验文件本身",
        "Verify the file itself",
        loud=True,
    ),
    "paper.more": FindingText(
        NOTE,
        "同一文件中有更多证照二维码，只核对了前{count}份",
        "There are more licence codes in the file; only the first {count} were looked at",
        "一个文件里有许多份证照",
        "One file holds many licences",
        "请分成几个文件再核对",
        "Split the file",
        loud=True,
    ),
}
