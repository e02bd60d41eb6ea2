"""Kinds of holder numbers 持证主体代码类型 (GB/T 36903 annex A), and which of them are numbers of organisations."""

from collections.abc import Mapping

HOLDER_NUMBER_KINDS: Mapping[str, str] = {
    "001": "统一社会信用代码",
    "099": "其他法人或其他组织有效证照代码",
    "111": "公民身份号码",
    "114": "军官证",
    "115": "武警警官证",
    "118": "解放军士兵证",
    "119": "武警士兵证",
    "120": "解放军文职人员证",
    "122": "武警文职人员证",
    "411": "外交护照",
    "412": "公务护照",
    "413": "公务普通护照",
    "414": "普通护照",
    "511": "台湾居民来往大陆通行证",
    "516": "港澳居民来往内地通行证",
    "999": "其他自然人有效证件代码",
}
"""持证主体代码类型 by code."""

ORGANISATION_KINDS = frozenset({"001", "099"})
