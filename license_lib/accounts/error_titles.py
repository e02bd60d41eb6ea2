"""Chinese titles of what goes wrong with accounts, by code: a part of `license_lib.error_texts`."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

ACCOUNT_TITLES_ZH: Final[Mapping[str, str]] = MappingProxyType(
    {
        "settings.secret": "身份认证的密钥文件读不到",
        "department.id": "部门简称格式有误",
        "department.name": "部门名称格式有误",
        "department.name-taken": "另一部门已用此名称",
        "department.unknown": "没有此部门",
        "staff.login": "账户名格式有误",
        "staff.name": "姓名格式有误",
        "staff.roles": "没有指定岗位角色",
        "staff.exists": "账户名已被使用",
        "staff.unknown": "没有此账户",
        "staff.provided": "此账户由统一身份认证登录",
        "second-factor.key-missing": "缺少加密动态口令的密钥",
        "second-factor.key-other": "动态口令是用另一密钥加密的",
        "second-factor.plain": "动态口令尚未加密",
        "staff.own-account": "不能变更自己的账户",
        "staff.last-administrator": "这是最后一个管理员",
        "password.missing": "没有提供口令",
        "password.weak": "口令过短或过于简单",
        "sign-in.failed": "账户名、口令或动态口令有误",
        "sign-in.wait": "失败次数过多，请稍后再试",
        "sign-in.code": "动态口令有误",
        "client.id": "客户端标识格式有误",
        "client.grant": "权限范围格式有误",
        "client.certificate": "证书指纹格式有误",
        "client.exists": "客户端标识或证书已被使用",
        "client.unknown": "没有此客户端",
    }
)
