"""Presentation codes 亮证码: why one is not redeemed. None of these says anything about the licence."""

from collections.abc import Mapping

from license_lib.findings.texts import UNSURE, FindingText

_AGAIN = ("请持证人当场重新出示亮证码", "Ask the holder to present the licence anew, here and now")

ROWS: Mapping[str, FindingText] = {
    "presentation.foreign": FindingText(
        UNSURE,
        "不是亮证码",
        "This is not a presentation code",
        "扫的是其他二维码，例如纸质证照上的",
        "Another code was scanned, such as the one on a paper licence",
        "纸质证照上的二维码请用 license verify --code 或核验页面核验",
        "The code of a paper licence is for license verify --code, or for the verification page",
    ),
    "presentation.unknown": FindingText(
        UNSURE,
        "没有此亮证码，或者已过期一天以上",
        "There is no such presentation code, or it ended more than a day ago",
        "亮证码是编造的，是别处的，或者是很久以前的截图",
        "The code is made up, of another city, or a screenshot from long ago",
        *_AGAIN,
    ),
    "presentation.used": FindingText(
        UNSURE,
        "此亮证码已于{time}用过",
        "This presentation code was used at {time}",
        "出示的是截图，或者有人先扫了此码；每个亮证码只能用一次",
        "A screenshot is shown, or somebody was faster: each code can be used once",
        *_AGAIN,
    ),
    "presentation.expired": FindingText(
        UNSURE,
        "此亮证码已于{time}过期",
        "This presentation code ended at {time}",
        "出示的是截图，或者扫码晚了；亮证码最长两分钟有效",
        "A screenshot is shown, or it was scanned late: a code lives for two minutes at most",
        *_AGAIN,
    ),
    "presentation.audience": FindingText(
        UNSURE,
        "此亮证码不是出示给本单位的",
        "This presentation code was made for another audience",
        "持证人指定了出示对象，而核验单位没有填写或者与之不同；此码仍未用过",
        "The holder named an audience, and who redeems it named none or another; the code is still unused",
        "请填写持证人指定的核验单位，或请持证人重新出示给本单位",
        "Name the audience that the holder chose, or ask the holder to present the licence to you",
    ),
}
