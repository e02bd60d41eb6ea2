"""The transparency log: what the published head, or a proof beside the file, says of it.

A proof is nobody's duty, and who wants to be rid of one leaves it away. So one that is wrong decides nothing, and is
told as a warning. What the log itself says against a file leaves the question open, until the issuing body has
explained it.
"""

from collections.abc import Mapping

from license_lib.findings.texts import NOTE, UNSURE, FindingText

_ANOTHER = (
    "不采信该证明；请持证人提供此证照自己的日志证明",
    "Do not rely on this proof; ask for the licence's own",
)
_EXPLAIN = (
    "暂不能判定；保留该文件与证明，请颁发机构说明",
    "Not decided; keep the file and the proof, and have the issuing body explain it",
)
ROWS: Mapping[str, FindingText] = {
    "log.proof-unusable": FindingText(
        NOTE,
        "随附的日志证明无效（{why}），未予采用",
        "The log proof that came with it does not hold ({why}); it was not used",
        "证明文件损坏、由别的日志签名、见证方签名不足，或是伪造的",
        "The proof's file is damaged, another log signed it, too few witnesses did, or somebody made it up",
        *_ANOTHER,
        loud=True,
    ),
    "log.proof-other": FindingText(
        NOTE,
        "随附的日志证明属于另一份证照，未予采用",
        "The log proof that came with it is of another licence; it was not used",
        "拿错了证明文件，或有人以另一份证照的证明冒充",
        "The files were mixed up, or somebody passes off another licence's proof",
        *_ANOTHER,
        loud=True,
    ),
    "log.proof-other-file": FindingText(
        UNSURE,
        "日志载明此证照颁发的是另一份文件",
        "The log says that this licence was issued with another file",
        "有人用印章就同一数据另做了一份文件",
        "Somebody with the seal made a second file of the same record",
        *_EXPLAIN,
    ),
    "log.rewritten": FindingText(
        UNSURE,
        "证照库中的颁发记录与已公布的日志不符",
        "The repository's entry of its issue is not what was published in the log",
        "公布之后证照库被改动或替换",
        "The repository was changed or exchanged after it had been published",
        "暂不能判定；请勿改动证照库，并通知管理员",
        "Not decided; leave the repository as it is, and tell its administrator",
    ),
    "log.head-unreadable": FindingText(
        NOTE,
        "本机构公布的日志检查点无法读取，未能与之核对",
        "The checkpoint that this body published cannot be read; nothing was compared with it",
        "公布目录中的检查点文件损坏、被替换或不可访问",
        "The file in the folder of what was published is damaged, was exchanged, or is out of reach",
        "结论不受影响；请通知管理员运行 license fsck",
        "The outcome stands; have the administrator run license fsck",
        loud=True,
    ),
}
