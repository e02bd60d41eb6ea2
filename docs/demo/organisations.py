"""Example requests for the licences that organisations hold."""

import random
from collections.abc import Iterator
from datetime import date
from typing import Any

import invented


def business(chance: random.Random) -> Iterator[dict[str, str]]:
    """营业执照."""
    for index in range(1, 81):
        region, district = invented.region(chance)
        code = invented.credit_code(region, index)
        day = invented.day(chance, date(2024, 1, 2), 900)
        yield {
            "证照类型": "营业执照",
            "颁发机构": "market",
            "持证主体": invented.company(chance, index),
            "持证主体代码": code,
            "颁发日期": day.isoformat(),
            "有效期起始": day.isoformat(),
            "有效期截止": "长期" if index % 3 else day.replace(year=day.year + 20, day=1).isoformat(),
            "类型": chance.choice(
                ("有限责任公司(自然人独资)", "有限责任公司(自然人投资或控股)", "股份有限公司(非上市)")
            ),
            "法定代表人": invented.person(chance, index),
            "注册资本": f"{chance.choice((10, 50, 100, 500, 1000, 12000))}万元人民币",
            "成立日期": day.isoformat(),
            "住所": invented.address(chance, district, index),
            "经营范围": _scope(chance, index),
            "正副本": "副本" if index % 4 == 0 else "正本",
            "副本编号": "1-1" if index % 4 == 0 else "",
        }


def _scope(chance: random.Random, index: int) -> str:
    """Every tenth scope is long, every fortieth goes on on a continuation page."""
    scopes = chance.sample(_SCOPES, 4 if index % 10 else len(_SCOPES))
    if index % 40 == 0:
        scopes = [f"第{number}类{scope}" for number in range(1, 8) for scope in scopes]
    return "一般项目：" + "；".join(scopes) + "。"


_SCOPES = (
    "办公用品销售", "日用百货销售", "技术服务、技术开发、技术咨询", "建筑材料销售", "机械设备租赁", "农副产品销售",
    "信息系统集成服务", "会议及展览服务", "环境保护专用设备销售", "普通货物仓储服务（不含危险化学品等需许可审批的项目）",
    "食用农产品初加工", "园林绿化工程施工", "互联网销售（除销售需要许可的商品）",
)  # fmt: skip


def food(chance: random.Random) -> Iterator[dict[str, Any]]:
    """食品经营许可证."""
    for index in range(1, 36):
        region, district = invented.region(chance)
        address = invented.address(chance, district, index)
        yield {
            "type": "food-business-permit",
            "issuer": "market",
            "number": f"JY{1 + index % 3}{region}{index:06d}{index % 10}",
            "holders": [
                {
                    "name": invented.company(chance, index, "餐饮管理"),
                    "number": invented.credit_code(region, 1000 + index),
                }
            ],
            "issued_on": invented.day(chance, date(2023, 1, 3), 1200).isoformat(),
            "fields": {
                "legal_representative": invented.person(chance, index),
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
                "signatory": invented.person(chance, 1),
            },
        }


def transport(chance: random.Random) -> Iterator[dict[str, Any]]:
    """道路运输经营许可证, every sixth with many vehicles."""
    for index in range(1, 31):
        region, district = invented.region(chance)
        yield {
            "type": "road-transport-permit",
            "issuer": "transport",
            "number": f"甘交运管许可白字{region}{index:06d}号",
            "holders": [
                {
                    "name": invented.company(chance, index, "物流运输"),
                    "number": invented.credit_code(region, 2000 + index),
                }
            ],
            "issued_on": invented.day(chance, date(2023, 1, 3), 1200).isoformat(),
            "fields": {
                "address": invented.address(chance, district, index),
                "business_scope": chance.choice(
                    ("道路普通货物运输", "道路普通货物运输；货物专用运输（冷藏保鲜设备）", "县内班车客运")
                ),
                "vehicles": [_vehicle(chance, region, index * 100 + n) for n in range(index % 5 if index % 6 else 24)],
            },
        }


def _vehicle(chance: random.Random, region: str, serial: int) -> dict[str, str]:
    return {
        "plate": f"甘D{serial:05d}（黄）",
        "vehicle_type": chance.choice(("重型厢式货车", "重型半挂牵引车", "中型冷藏车", "大型普通客车")),
        "certificate_number": f"{region}{serial:06d}",
        "load": f"{chance.randint(2, 34)}.{chance.randint(10, 99)}",
    }


def vehicles(chance: random.Random) -> Iterator[dict[str, Any]]:
    """道路运输证."""
    for index in range(1, 16):
        region, district = invented.region(chance)
        vehicle = _vehicle(chance, region, index)
        day = invented.day(chance, date(2024, 1, 3), 700)
        yield {
            "type": "vehicle-transport-certificate",
            "issuer": "transport",
            "number": f"甘交运管白字{vehicle['certificate_number']}号",
            "holders": [
                {
                    "name": invented.company(chance, index, "物流运输"),
                    "number": invented.credit_code(region, 2000 + index),
                }
            ],
            "issued_on": day.isoformat(),
            "valid_until": day.replace(year=day.year + 4, day=1).isoformat(),
            "fields": {
                "address": invented.address(chance, district, index),
                "permit_number": f"{region}{index:06d}",
                "plate": f"甘D{index:05d}（黄色）",
                "vehicle_type": vehicle["vehicle_type"],
                "capacity": f"{vehicle['load']}吨",
                "dimensions": "长9000 宽2550 高3990",
                "business_scope": "道路普通货物运输",
                "inspections": [
                    {"inspected_on": day.isoformat(), "grade": "一级", "result": "合格"},
                ],
            },
        }


def works(chance: random.Random) -> Iterator[dict[str, Any]]:
    """建筑工程施工许可证."""
    for index in range(1, 13):
        region, district = invented.region(chance)
        day = invented.day(chance, date(2026, 1, 5), 300)
        yield {
            "type": "construction-permit",
            "issuer": "housing",
            "number": f"{region}{day:%Y%m%d}{index:02d}01",
            "holders": [
                {
                    "name": invented.company(chance, index, "房地产开发"),
                    "number": invented.credit_code(region, 4000 + index),
                }
            ],
            "issued_on": day.isoformat(),
            "valid_until": day.replace(year=day.year + 2, day=1).isoformat(),
            "fields": {
                "project_name": f"样例小区{index}号楼及地下车库",
                "site": invented.address(chance, district, index),
                "scale": f"总建筑面积{chance.randint(4000, 90000)}.{chance.randint(10, 99)}平方米",
                "contract_period": f"{chance.choice((365, 540, 730))}日历天",
                "contract_price": f"{chance.randint(8_000_000, 400_000_000)}.{chance.randint(0, 99):02d}",
                "surveyor": invented.company(chance, 1, "勘察"),
                "surveyor_lead": invented.person(chance, 1),
                "designer": invented.company(chance, 1, "建筑设计"),
                "designer_lead": invented.person(chance, 1),
                "contractor": invented.company(chance, index, "建筑工程"),
                "contractor_lead": invented.person(chance, 1),
                "supervisor": invented.company(chance, 1, "工程监理"),
                "supervisor_lead": invented.person(chance, index),
            },
        }


def clinics(chance: random.Random) -> Iterator[dict[str, Any]]:
    """医疗机构执业许可证."""
    for index in range(1, 13):
        region, district = invented.region(chance)
        day = invented.day(chance, date(2024, 1, 3), 700)
        copy = "副本" if index % 3 == 0 else "正本"
        reviews = [{"reviewed_on": day.isoformat(), "result": "合格"}] if copy == "副本" else []
        yield {
            "type": "medical-institution-license",
            "issuer": "health",
            "number": f"PDY{index:05d}X{region}17D1102",
            "holders": [
                {
                    "name": invented.company(chance, index, "综合门诊部"),
                    "number": invented.credit_code(region, 5000 + index),
                }
            ],
            "issued_on": day.isoformat(),
            "valid_until": day.replace(year=day.year + 15, day=1).isoformat(),
            "fields": {
                "address": invented.address(chance, district, index),
                "legal_representative": invented.person(chance, index),
                "principal": invented.person(chance, 1),
                "ownership": "私人",
                "nature": "营利性",
                "served": "社会",
                "beds": f"牙椅{chance.randint(2, 12)}台",
                "departments": "、".join(chance.sample(_DEPARTMENTS, 6 if index % 4 else len(_DEPARTMENTS))),
                "copy": copy,
                "reviews": reviews,
            },
        }


_DEPARTMENTS = (
    "预防保健科", "内科", "外科", "妇产科", "儿科", "眼科", "耳鼻咽喉科", "口腔科", "皮肤科", "急诊医学科", "麻醉科",
    "医学检验科", "医学影像科（X线诊断专业，超声诊断专业，心电诊断专业）", "中医科",
)  # fmt: skip
