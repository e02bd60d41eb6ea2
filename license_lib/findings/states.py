"""Its state and its days, and what is said of a verification that did not come to its end."""

from collections.abc import Mapping

from license_lib.findings.texts import ASK, OVER, RENEW, STATE_UNSURE, UNSURE, FindingText

ROWS: Mapping[str, FindingText] = {
    "status.unknown": FindingText(
        STATE_UNSURE,
        "未能查询证照状态",
        "The licence's state could not be looked up",
        "证照库或状态服务连接不上，例如网络中断",
        "The repository or the status service could not be reached, such as while the network is down",
        *ASK,
    ),
    "status.not-recorded": FindingText(
        STATE_UNSURE,
        "证照库中没有此证照",
        "The repository does not know this licence",
        "证照由其他系统颁发，或印章被人私自使用",
        "Another system issued it, or somebody used the seal without leave",
        *ASK,
    ),
    "status.future": FindingText(
        STATE_UNSURE,
        "所问日期在将来，届时的状态现在无法得知",
        "The question is about the future; the state then is not known now",
        "所问日期晚于今天，其间证照可能被撤销",
        "The day asked for is to come, and the licence may be revoked until then",
        "请在该日再次核验",
        "Verify again on that day",
    ),
    "status.revoked": FindingText(
        OVER,
        "证照已于{date}撤销",
        "Revoked on {date}",
        "颁发机构撤销了证照，例如以欺骗手段取得",
        "The issuing body revoked it, such as where it was got by deceit",
        "证照已失效，不予采信",
        "Do not accept it",
    ),
    "validity.expired": FindingText(
        OVER,
        "证照已于{date}到期",
        "Expired after {date}",
        "有效期届满，没有办理延续或换发了新证",
        "Its time ran out; it was not renewed, or there is a new one",
        *RENEW,
    ),
    "validity.not-yet": FindingText(
        OVER,
        "证照自{date}起生效，尚未生效",
        "In force only from {date}",
        "证照提前颁发，有效期尚未开始；或所问日期在有效期之前",
        "It was issued ahead of time, or the day asked for is before its first",
        "请于生效后再次核验",
        "Verify again from that day on",
    ),
    "verification.incomplete": FindingText(
        UNSURE,
        "核验步骤未能全部完成：{step}",
        "Not every step could be carried out: {step}",
        "缺少核验所需的资料，或核验程序版本较旧",
        "Something that the verification needs is not there, or this program is too old",
        *ASK,
    ),
    "verification.overrun": FindingText(
        UNSURE,
        "核验该文件超出时间或内存限制",
        "Examining the file took more time or memory than is allowed",
        "文件异常复杂，或有意构造来拖垮核验系统",
        "The file is unusually complex, or was made to wear the verifier out",
        "请持证人提供原始文件，或向颁发机构核实",
        "Ask for the original file or the issuing body",
    ),
}
