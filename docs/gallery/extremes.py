"""Values as long and as rare as templates allow: what faces have to stand."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import product

import invented

from license_lib.licenses.request import HolderRequest
from license_lib.licenses.rules import FieldValue

RARE = "𬎆䶮㛃𠮷"
MINORITY = "样例·买买提艾力·吐尔逊江·阿卜杜热合曼·艾克拜尔·木合塔尔·伊敏江·阿布都热依木·尼亚孜别克·努尔"
_GOODS = (
    "办公用品", "日用百货", "建筑材料", "五金产品", "电子产品", "机械设备", "农副产品", "针纺织品", "工艺美术品", "体育用品",
    "玩具", "家具", "家用电器", "通讯设备", "仪器仪表", "化工产品（不含许可类化工产品）", "金属制品", "橡胶制品", "塑料制品",
    "包装材料", "照明器具", "厨具卫具", "卫生用品", "汽车零配件", "摩托车及零配件", "电线、电缆", "消防器材", "环境保护专用设备",
    "园林绿化用品", "宠物食品及用品", "食用农产品", "未经加工的坚果、干果", "新鲜蔬菜", "花卉",
)  # fmt: skip
_TRADES = (
    "批发",
    "零售",
    "生产（限分支机构经营）",
    "互联网销售（除销售需要许可的商品）",
    "租赁",
    "进出口代理",
    "技术研发与咨询",
)


@dataclass(frozen=True)
class Extreme:
    """A type's example with other values; a field without a value is left out.

    Attributes:
        number: 证照编号, where the issuing body gives it.
        holders: empty for those of the example.
    """

    type: str
    name: str
    caption: str
    number: str | None = None
    holders: tuple[HolderRequest, ...] = ()
    fields: Mapping[str, FieldValue] = field(default_factory=dict)


def extremes() -> tuple[Extreme, ...]:
    """All of them."""
    return (
        Extreme(
            "business-license",
            "long-scope",
            f"生僻字{RARE}与2000字经营范围，续页 Rare characters, a scope of 2,000 characters, continued",
            holders=(HolderRequest(f"白银样例{RARE}商贸有限公司", invented.credit_code("620402", 9101)),),
            fields={"legal_representative": f"样例·{RARE}", "business_scope": scope(2000)},
        ),
        Extreme(
            "business-license",
            "duplicate-long",
            "副本，200字住所 A duplicate with an address of 200 characters",
            holders=(HolderRequest(long_company(), invented.credit_code("620402", 9102)),),
            fields={"copy": "副本", "duplicate_number": "1-2", "address": address(200), "business_scope": scope(600)},
        ),
        Extreme(
            "residence-permit",
            "long-name",
            "50字姓名与200字住址 A name of 50 characters, addresses of 200",
            holders=(HolderRequest(MINORITY[:50], invented.citizen_id("620403", date(1995, 6, 12))),),
            fields={"ethnicity": "维吾尔族", "address": address(200), "registered_residence": address(200)},
        ),
        Extreme(
            "teacher-qualification",
            "rare-name",
            "生僻字姓名 A name of rare characters",
            number="20266204042000099",
            holders=(HolderRequest(f"样例·{RARE}", invented.citizen_id("620421", date(1998, 8, 20))),),
            fields={"ethnicity": "裕固族"},
        ),
        Extreme(
            "birth-certificate",
            "one-parent",
            "长姓名，无父亲信息 A long name, no father stated",
            number="V620000099",
            holders=(HolderRequest(MINORITY[:30], "V620000099", "999"),),
            fields={f"father_{part}": "" for part in ("name", "age", "nationality", "ethnicity", "address", "id")},
        ),
        Extreme(
            "road-transport-permit",
            "fleet",
            "20辆车，续页 Twenty vehicles, continued",
            number="甘交运管许可白字620402000099号",
            holders=(HolderRequest(long_company(), invented.credit_code("620402", 9103)),),
            fields={"address": address(120), "vehicles": [vehicle(number) for number in range(1, 21)]},
        ),
        Extreme(
            "real-estate-certificate",
            "co-owners",
            "20名共有人，续页 Twenty co-owners, continued",
            number="甘（2026）白银市不动产权第0000099号",
            holders=tuple(owner(number) for number in range(20)),
            fields={"co_ownership": "按份共有（各占5%）", "notes": "共有人约定：" + address(300)},
        ),
        Extreme(
            "no-criminal-record-certificate",
            "foreigner",
            "外国人，护照 A foreigner with a passport",
            number="白公查字〔2026〕00099号",
            holders=(HolderRequest("SAMPLE Wilhelmina Alexandra (样例)", "X00000000", "414"),),
            fields={"nationality": "荷兰 Netherlands", "use": "申请在本国就业 Employment in the home country"},
        ),
    )


def scope(length: int) -> str:
    """A scope of business of just this many characters."""
    end = "。（依法须经批准的项目，经相关部门批准后方可开展经营活动）"
    parts = "；".join(f"{goods}{trade}" for trade, goods in product(_TRADES, _GOODS))
    return ("一般项目：" + parts)[: length - len(end)] + end


def address(length: int) -> str:
    """An address of just this many characters."""
    whole = (
        "甘肃省白银市白银区样例街道样例社区样例工业园区创新创业孵化基地三期综合服务中心东配楼二层西侧第十二号至第十八号"
    )
    more = "（与样例大道交叉口向北约二百米，原样例纺织厂职工家属院旧址，靠近样例公园南门）"
    return ((whole + more) * (length // len(whole) + 1))[:length]


def long_company() -> str:
    """A company's name of some seventy characters."""
    word = "新能源装备制造（集团）工程技术服务暨绿色矿山生态修复"
    return f"甘肃省白银市白银区样例{word}与资源综合利用产业化示范基地投资建设运营管理股份有限公司白银样例分公司"


def owner(number: int) -> HolderRequest:
    """One of many owners; every third has a long name."""
    name = MINORITY[: 21 + number] if number % 3 == 0 else f"样例·{'张王李赵'[number % 4]}{RARE[number % 4]}"
    return HolderRequest(name, invented.citizen_id("620422", date(1960 + number, 1, 1)))


def vehicle(number: int) -> dict[str, str]:
    """One of many vehicles."""
    return {
        "plate": f"甘D{number:05d}（黄）",
        "vehicle_type": ("重型厢式货车", "重型半挂牵引车", "中型冷藏车")[number % 3],
        "certificate_number": f"620402{number:06d}",
        "load": f"{4 + number}.50",
    }
