"""Invented organisations, persons and addresses for the examples: valid numbers, long and rare names, all marked 样例.

Credit codes have serials that no register is known to have given out, ID numbers the sequence 000, which is not known
to be given out.
"""

import random
from datetime import date, timedelta

from stdnum.iso7064 import mod_11_2

from license_lib.identifiers.credit import check_character

DISTRICTS = {
    "620402": "白银区",
    "620403": "平川区",
    "620421": "靖远县",
    "620422": "会宁县",
    "620423": "景泰县",
}
# Characters outside GB 2312, some outside the BMP's first blocks: what real names are made of.
RARE = "喆堃龑昇淼犇骉䶮㛃垚燚玥珺瑀璟祎苳羱妧棽椛旻晢曈炘焜珵晳翀赟彧奭爨"
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英华玉兰红建国志强"
LONG_PERSONS = ("样例·买买提艾力·吐尔逊江·阿卜杜热合曼", "样例·次仁多吉·旺堆扎西平措", "样例·欧阳龑")
TRADES = (
    "商贸",
    "建筑工程",
    "农业科技",
    "物流运输",
    "餐饮管理",
    "文化传媒",
    "电子科技",
    "医药",
    "环保工程",
    "矿山机械",
)
FORMS = ("有限公司", "有限责任公司", "股份有限公司", "专业合作社")


def credit_code(region: str, serial: int) -> str:
    """A credit code of a region."""
    body = f"91{region}MA{serial:07d}"
    return body + check_character(body)


def citizen_id(region: str, birth: date) -> str:
    """An ID number of a person who does not exist."""
    body = f"{region}{birth:%Y%m%d}000"
    return body + mod_11_2.calc_check_digit(body)


def region(chance: random.Random) -> tuple[str, str]:
    """A district of Baiyin: its code and its name."""
    return chance.choice(list(DISTRICTS.items()))


def company(chance: random.Random, index: int, trade: str | None = None) -> str:
    """A company; some have long names, most have rare characters."""
    word = chance.choice(RARE) + chance.choice(RARE + GIVEN)
    if index % 20 == 7:  # noqa: PLR2004 -- every twentieth name is long
        return f"甘肃白银{word}{word}新能源装备制造（集团）{trade or '工程技术服务'}股份有限公司样例分公司"
    return f"白银样例{word}{trade or chance.choice(TRADES)}{chance.choice(FORMS)}"


def person(chance: random.Random, index: int) -> str:
    """A person; some have long names."""
    if index % 15 == 4:  # noqa: PLR2004 -- every fifteenth name is long
        return LONG_PERSONS[index // 15 % len(LONG_PERSONS)]
    return "样例·" + chance.choice(SURNAMES) + chance.choice(GIVEN + RARE) + chance.choice(("", chance.choice(RARE)))


def address(chance: random.Random, district: str, index: int) -> str:
    """An address; some are long."""
    town = f"甘肃省白银市{district}样例街道样例路{chance.randint(1, 400)}号"
    long = "样例工业园区创新创业孵化基地三期综合服务中心东配楼二层西侧第十二号至第十八号商业用房（与样例大道交叉口向北约二百米）"
    return town + (long if index % 12 == 5 else f"{chance.randint(1, 30)}幢{chance.randint(101, 2904)}室")  # noqa: PLR2004 -- every twelfth address is long


def day(chance: random.Random, first: date, days: int) -> date:
    """One of `days` days from `first`."""
    return first + timedelta(days=chance.randrange(days))
