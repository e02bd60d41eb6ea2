"""Write the demo's input: fictitious organisations and persons with valid numbers, long and rare names, all marked 样例.

Deterministic: the same files each time. Credit codes have serials that no register is known to have given out, ID
numbers the sequence 000, which is not known to be given out.
"""

import csv
import json
import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from stdnum.iso7064 import mod_11_2

from license_lib.identifiers.credit import check_character

HERE = Path(__file__).resolve().parent / "examples"
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
ETHNIC = ("汉族", "回族", "藏族", "东乡族", "维吾尔族", "蒙古族", "裕固族")


def main() -> None:
    """Write all example files."""
    chance = random.Random(620400)  # noqa: S311 -- the same examples each time; nothing secret
    HERE.mkdir(parents=True, exist_ok=True)
    _write_csv(HERE / "business-licenses.csv", list(_business(chance)))
    _write_csv(HERE / "with-faults.csv", list(_faults()))
    others = [*_food(chance), *_transport(chance), *_residence(chance), *_births(chance), *_estates(chance)]
    lines = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in others)
    (HERE / "permits.jsonl").write_text(lines, encoding="utf-8")


def _faults() -> Iterator[dict[str, str]]:
    """Rows of which only one can be issued: each of the others is wrong in its own way."""
    row = next(_business(random.Random(1)))  # noqa: S311 -- as above
    code = _credit_code("620402", 9001)
    good = {**row, "持证主体代码": code}
    yield {**good, "持证主体代码": code[:-1] + ("0" if code[-1] != "0" else "1")}
    yield {**good, "持证主体": "样例" + "超长名称" * 40}
    yield {**good, "住所": ""}
    yield {**good, "法定代表人": "样例·\ue863"}
    yield {**good, "有效期截止": ""}
    yield {**good, "颁发机构": "transport"}
    yield good


def _credit_code(region: str, serial: int) -> str:
    body = f"91{region}MA{serial:07d}"
    return body + check_character(body)


def _citizen_id(region: str, birth: date) -> str:
    body = f"{region}{birth:%Y%m%d}000"
    return body + mod_11_2.calc_check_digit(body)


def _region(chance: random.Random) -> tuple[str, str]:
    return chance.choice(list(DISTRICTS.items()))


def _company(chance: random.Random, index: int, trade: str | None = None) -> str:
    word = chance.choice(RARE) + chance.choice(RARE + GIVEN)
    if index % 20 == 7:  # noqa: PLR2004 -- every twentieth name is long
        return f"甘肃白银{word}{word}新能源装备制造（集团）{trade or '工程技术服务'}股份有限公司样例分公司"
    return f"白银样例{word}{trade or chance.choice(TRADES)}{chance.choice(FORMS)}"


def _person(chance: random.Random, index: int) -> str:
    if index % 15 == 4:  # noqa: PLR2004 -- every fifteenth name is long
        return LONG_PERSONS[index // 15 % len(LONG_PERSONS)]
    return "样例·" + chance.choice(SURNAMES) + chance.choice(GIVEN + RARE) + chance.choice(("", chance.choice(RARE)))


def _address(chance: random.Random, district: str, index: int) -> str:
    town = f"甘肃省白银市{district}样例街道样例路{chance.randint(1, 400)}号"
    long = "样例工业园区创新创业孵化基地三期综合服务中心东配楼二层西侧第十二号至第十八号商业用房（与样例大道交叉口向北约二百米）"
    return town + (long if index % 12 == 5 else f"{chance.randint(1, 30)}幢{chance.randint(101, 2904)}室")  # noqa: PLR2004 -- every twelfth address is long


def _day(chance: random.Random, first: date, days: int) -> date:
    return first + timedelta(days=chance.randrange(days))


def _business(chance: random.Random) -> Iterator[dict[str, str]]:
    for index in range(1, 81):
        region, district = _region(chance)
        code = _credit_code(region, index)
        day = _day(chance, date(2024, 1, 2), 900)
        yield {
            "证照类型": "营业执照",
            "颁发机构": "market",
            "持证主体": _company(chance, index),
            "持证主体代码": code,
            "颁发日期": day.isoformat(),
            "有效期起始": day.isoformat(),
            "有效期截止": "长期" if index % 3 else day.replace(year=day.year + 20, day=1).isoformat(),
            "类型": chance.choice(
                ("有限责任公司(自然人独资)", "有限责任公司(自然人投资或控股)", "股份有限公司(非上市)")
            ),
            "法定代表人": _person(chance, index),
            "注册资本": f"{chance.choice((10, 50, 100, 500, 1000, 12000))}万元人民币",
            "成立日期": day.isoformat(),
            "住所": _address(chance, district, index),
            "经营范围": "一般项目：" + "；".join(chance.sample(_SCOPES, 4 if index % 10 else len(_SCOPES))) + "。",
            "正副本": "副本" if index % 4 == 0 else "正本",
        }


_SCOPES = (
    "办公用品销售", "日用百货销售", "技术服务、技术开发、技术咨询", "建筑材料销售", "机械设备租赁", "农副产品销售",
    "信息系统集成服务", "会议及展览服务", "环境保护专用设备销售", "普通货物仓储服务（不含危险化学品等需许可审批的项目）",
    "食用农产品初加工", "园林绿化工程施工", "互联网销售（除销售需要许可的商品）",
)  # fmt: skip


def _food(chance: random.Random) -> Iterator[dict[str, Any]]:
    for index in range(1, 36):
        region, district = _region(chance)
        address = _address(chance, district, index)
        yield {
            "type": "food-business-permit",
            "issuer": "market",
            "number": f"JY{1 + index % 3}{region}{index:06d}{index % 10}",
            "holders": [{"name": _company(chance, index, "餐饮管理"), "number": _credit_code(region, 1000 + index)}],
            "issued_on": _day(chance, date(2023, 1, 3), 1200).isoformat(),
            "fields": {
                "legal_representative": _person(chance, index),
                "domicile": address,
                "premises": address,
                "business_form": chance.choice(
                    ("餐饮服务经营者（中型餐馆）", "食品销售经营者（小超市）", "单位食堂（学校食堂）")
                ),
                "items": "；".join(
                    chance.sample(("热食类食品制售", "冷食类食品制售", "糕点类食品制售", "预包装食品销售"), 3)
                ),
                "regulator": f"白银市市场监督管理局{district}样例监管所",
                "hotline": "12315",
                "signatory": _person(chance, 1),
            },
        }


def _transport(chance: random.Random) -> Iterator[dict[str, Any]]:
    for index in range(1, 31):
        region, district = _region(chance)
        yield {
            "type": "road-transport-permit",
            "issuer": "transport",
            "number": f"甘交运管许可白字{region}{index:06d}号",
            "holders": [{"name": _company(chance, index, "物流运输"), "number": _credit_code(region, 2000 + index)}],
            "issued_on": _day(chance, date(2023, 1, 3), 1200).isoformat(),
            "fields": {
                "address": _address(chance, district, index),
                "business_scope": chance.choice(
                    ("道路普通货物运输", "道路普通货物运输；货物专用运输（冷藏保鲜设备）", "县内班车客运")
                ),
            },
        }


def _residence(chance: random.Random) -> Iterator[dict[str, Any]]:
    for index in range(1, 31):
        region, district = _region(chance)
        birth = date(1960, 1, 1) + timedelta(days=index * 397)
        yield {
            "type": "residence-permit",
            "issuer": "police",
            "holders": [{"name": _person(chance, index), "number": _citizen_id(region, birth)}],
            "issued_on": _day(chance, date(2026, 1, 5), 300).isoformat(),
            "photo": "photo.jpg",
            "fields": {
                "sex": chance.choice("男女"),
                "ethnicity": chance.choice(ETHNIC),
                "born_on": birth.isoformat(),
                "address": _address(chance, district, index),
                "registered_residence": f"甘肃省兰州市城关区样例路{chance.randint(1, 99)}号",
            },
        }


def _births(chance: random.Random) -> Iterator[dict[str, Any]]:
    for index in range(1, 26):
        region, district = _region(chance)
        birth = _day(chance, date(2025, 1, 1), 600)
        address = _address(chance, district, index)
        yield {
            "type": "birth-certificate",
            "issuer": "health",
            "number": f"V{620000100 + index}",
            "holders": [{"name": _person(chance, index), "number": f"V{620000100 + index}", "number_kind": "999"}],
            "issued_on": (birth + timedelta(days=3)).isoformat(),
            "fields": {
                "sex": chance.choice("男女"),
                "born_at": f"{birth.year}年{birth.month}月{birth.day}日{chance.randint(0, 23)}时{chance.randint(0, 59)}分",
                "gestation": f"{chance.randint(36, 41)}周",
                "weight": f"{chance.randint(2400, 4200)}克",
                "length": f"{chance.randint(46, 54)}厘米",
                "birthplace": f"甘肃省白银市{district}",
                "mother_name": _person(chance, 1),
                "mother_age": f"{chance.randint(22, 41)}岁",
                "mother_nationality": "中国",
                "mother_ethnicity": chance.choice(ETHNIC),
                "mother_address": address,
                "mother_id": _citizen_id(region, date(1990, 1, 1) + timedelta(days=index * 31)),
                "father_name": _person(chance, index),
                "father_age": f"{chance.randint(23, 45)}岁",
                "father_nationality": "中国",
                "father_ethnicity": chance.choice(ETHNIC),
                "father_address": address,
                "father_id": _citizen_id(region, date(1988, 1, 1) + timedelta(days=index * 37)),
                "institution": f"白银市{district}样例妇幼保健院",
            },
        }


def _estates(chance: random.Random) -> Iterator[dict[str, Any]]:
    for index in range(1, 26):
        region, district = _region(chance)
        owners = [
            {
                "name": _person(chance, index + n),
                "number": _citizen_id(region, date(1970 + n, 1, 1) + timedelta(days=index * 41)),
            }
            for n in range(1 + index % 4)
        ]
        if index % 8 == 0:
            owners = [{"name": _company(chance, index), "number": _credit_code(region, 3000 + index)}]
        yield {
            "type": "real-estate-certificate",
            "issuer": "land",
            "number": f"甘（2026）{district}不动产权第{index:07d}号",
            "holders": owners,
            "issued_on": _day(chance, date(2026, 1, 5), 300).isoformat(),
            "fields": {
                "co_ownership": "单独所有" if len(owners) == 1 else "按份共有",
                "location": _address(chance, district, index),
                "unit_number": f"{region}001001GB{index:05d}F{index:04d}0001",
                "right_type": "国有建设用地使用权/房屋所有权",
                "right_nature": "出让/市场化商品房",
                "use": "城镇住宅用地/住宅",
                "area": f"共有宗地面积{chance.randint(8000, 40000)}.00㎡/房屋建筑面积{chance.randint(60, 180)}.{chance.randint(10, 99)}㎡",
                "term_of_use": "国有建设用地使用权 2016年06月01日起2086年05月31日止",
                "other_facts": "房屋结构：钢筋混凝土结构；房屋总层数：18层，所在层：3层；房屋竣工时间：2018年10月20日",
                "notes": "样例，不具法律效力。",
            },
        }


def _write_csv(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
