"""Example requests for the licences that persons hold."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import invented

ETHNIC = ("汉族", "回族", "藏族", "东乡族", "维吾尔族", "蒙古族", "裕固族")


def residence(chance: random.Random) -> Iterator[dict[str, Any]]:
    """居住证."""
    for index in range(1, 31):
        region, district = invented.region(chance)
        birth = date(1960, 1, 1) + timedelta(days=index * 397)
        yield {
            "type": "residence-permit",
            "issuer": "police",
            "holders": [{"name": invented.person(chance, index), "number": invented.citizen_id(region, birth)}],
            "issued_on": invented.day(chance, date(2026, 1, 5), 300).isoformat(),
            "photo": "photo.jpg",
            "fields": {
                "sex": chance.choice("男女"),
                "ethnicity": chance.choice(ETHNIC),
                "born_on": birth.isoformat(),
                "address": invented.address(chance, district, index),
                "registered_residence": f"甘肃省兰州市城关区样例路{chance.randint(1, 99)}号",
            },
        }


def births(chance: random.Random) -> Iterator[dict[str, Any]]:
    """出生医学证明."""
    for index in range(1, 26):
        region, district = invented.region(chance)
        birth = invented.day(chance, date(2025, 1, 1), 600)
        address = invented.address(chance, district, index)
        yield {
            "type": "birth-certificate",
            "issuer": "health",
            "number": f"V{620000100 + index}",
            "holders": [
                {"name": invented.person(chance, index), "number": f"V{620000100 + index}", "number_kind": "999"}
            ],
            "issued_on": (birth + timedelta(days=3)).isoformat(),
            "fields": {
                "sex": chance.choice("男女"),
                "born_at": f"{birth.year}年{birth.month}月{birth.day}日{chance.randint(0, 23)}时{chance.randint(0, 59)}分",
                "gestation": f"{chance.randint(36, 41)}周",
                "weight": f"{chance.randint(2400, 4200)}克",
                "length": f"{chance.randint(46, 54)}厘米",
                "birthplace": f"甘肃省白银市{district}",
                "mother_name": invented.person(chance, 1),
                "mother_age": f"{chance.randint(22, 41)}岁",
                "mother_nationality": "中国",
                "mother_ethnicity": chance.choice(ETHNIC),
                "mother_address": address,
                "mother_id": invented.citizen_id(region, date(1990, 1, 1) + timedelta(days=index * 31)),
                "father_name": invented.person(chance, index),
                "father_age": f"{chance.randint(23, 45)}岁",
                "father_nationality": "中国",
                "father_ethnicity": chance.choice(ETHNIC),
                "father_address": address,
                "father_id": invented.citizen_id(region, date(1988, 1, 1) + timedelta(days=index * 37)),
                "institution": f"白银市{district}样例妇幼保健院",
            },
        }


def estates(chance: random.Random) -> Iterator[dict[str, Any]]:
    """不动产权证书, most with several owners."""
    for index in range(1, 26):
        region, district = invented.region(chance)
        owners = [
            {
                "name": invented.person(chance, index + n),
                "number": invented.citizen_id(region, date(1970 + n, 1, 1) + timedelta(days=index * 41)),
            }
            for n in range(1 + index % 4)
        ]
        if index % 8 == 0:
            owners = [{"name": invented.company(chance, index), "number": invented.credit_code(region, 3000 + index)}]
        yield {
            "type": "real-estate-certificate",
            "issuer": "land",
            "number": f"甘（2026）{district}不动产权第{index:07d}号",
            "holders": owners,
            "issued_on": invented.day(chance, date(2026, 1, 5), 300).isoformat(),
            "fields": {
                "co_ownership": "单独所有" if len(owners) == 1 else "按份共有",
                "location": invented.address(chance, district, index),
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


def teachers(chance: random.Random) -> Iterator[dict[str, Any]]:
    """教师资格证书."""
    for index in range(1, 16):
        region, _ = invented.region(chance)
        birth = date(1985, 1, 1) + timedelta(days=index * 211)
        yield {
            "type": "teacher-qualification",
            "issuer": "education",
            "number": f"202662040{chance.randint(1, 7)}{index:07d}",
            "holders": [{"name": invented.person(chance, index), "number": invented.citizen_id(region, birth)}],
            "issued_on": invented.day(chance, date(2026, 1, 5), 300).isoformat(),
            "photo": "photo.jpg",
            "fields": {
                "sex": chance.choice("男女"),
                "ethnicity": chance.choice(ETHNIC),
                "born_on": birth.isoformat(),
                "qualification": chance.choice(("小学教师资格", "初级中学教师资格", "高级中学教师资格")),
                "subject": chance.choice(("语文", "数学", "英语", "物理", "信息技术", "音乐")),
            },
        }


def insured(chance: random.Random) -> Iterator[dict[str, Any]]:
    """社会保险参保证明."""
    for index in range(1, 16):
        region, district = invented.region(chance)
        day, months = invented.day(chance, date(2026, 3, 2), 200), chance.randint(3, 168)
        since = f"{2026 - months // 12 - 1}年{chance.randint(1, 12):02d}月"
        yield {
            "type": "social-insurance-certificate",
            "issuer": "social",
            "number": f"CBZM{day:%Y%m%d}{index:08d}",
            "holders": [
                {
                    "name": invented.person(chance, index),
                    "number": invented.citizen_id(region, date(1975 + index, 4, 1)),
                },
            ],
            "issued_on": day.isoformat(),
            "valid_until": (day + timedelta(days=90)).isoformat(),
            "fields": {
                "employer": invented.company(chance, index),
                "place": f"甘肃省白银市{district}",
                "queried_until": "2026年02月",
                "insurances": [
                    {
                        "insurance": name,
                        "paid_period": f"{since}至2026年02月",
                        "months": str(months),
                        "state": "参保缴费",
                    }
                    for name in ("企业职工基本养老保险", "失业保险", "工伤保险", "职工基本医疗保险")
                ],
            },
        }


def records(chance: random.Random) -> Iterator[dict[str, Any]]:
    """无犯罪记录证明."""
    for index in range(1, 16):
        region, _ = invented.region(chance)
        birth, day = date(1988, 1, 1) + timedelta(days=index * 173), invented.day(chance, date(2026, 3, 2), 200)
        yield {
            "type": "no-criminal-record-certificate",
            "issuer": "police",
            "number": f"白公查字〔2026〕{index:05d}号",
            "holders": [{"name": invented.person(chance, index), "number": invented.citizen_id(region, birth)}],
            "issued_on": day.isoformat(),
            "fields": {
                "sex": chance.choice("男女"),
                "born_on": birth.isoformat(),
                "nationality": "中国",
                "from": birth.replace(year=birth.year + 16, day=1).isoformat(),
                "until": (day - timedelta(days=1)).isoformat(),
                "use": chance.choice(("出国留学", "入职", "从事教师职业")),
            },
        }
