"""Errors for people and for programs: a Chinese title by code, lines to print, a value to send.

An error's own message is English and exact (`holders[0].name: has 10000 characters …`). A clerk reads the title and
sees the place; whoever integrates a system reads all of it. What a clerk has to mend (a template) is Chinese, too.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from license_lib.errors import LicenseError

TITLES_ZH: Mapping[str, str] = MappingProxyType(
    {
        # The command and its files
        "usage": "命令用法有误",
        "interrupted": "已中断，已颁发的证照仍然有效",
        "output.unwritable": "结果无法写入",
        "output.kind": "文件名与内容不符",
        "preview.unreadable": "没有此页，或分辨率过高",
        "file.unreadable": "文件无法读取",
        "file.too-large": "文件过大",
        "file.encoding": "文件编码有误",
        "batch.format": "批量文件格式有误",
        "batch.empty": "批量文件为空",
        "batch.csv": "此行不是正确的CSV",
        # The transparency log
        "log.incomplete": "日志数据不完整",
        # The request
        "request.invalid": "申请有多处错误",
        "request.form": "申请格式有误",
        "request.json": "不是正确的JSON",
        "request.unknown": "有未知的项目",
        "request.missing": "缺少必要的项目",
        "request.date": "日期格式有误",
        "request.key-reused": "请求标识已用于另一申请",
        "request.revoked": "此申请所颁发的证照已撤销",
        "type.unknown": "目录中没有此证照类型",
        "issuer.unknown": "没有配置此颁发机构",
        "issuer.out-of-scope": "该机构不得颁发此类证照",
        "issuer.level": "颁发机构级别不符",
        "holder.missing": "缺少持证主体",
        "holder.several": "持证主体过多",
        "holder.duplicate": "持证主体重复",
        "holder.kind": "持证主体类别不符",
        "holder.number-kind": "持证主体代码类型有误",
        "number.missing": "缺少证照编号",
        "number.pattern": "证照编号格式不符",
        "number.not-holders": "证照编号应为持证主体自己的号码",
        "number.length": "号码长度有误",
        "number.alphabet": "号码含有不允许的字符",
        "number.form": "号码格式有误",
        "number.province": "号码的地区代码有误",
        "number.date": "号码中的日期有误",
        "number.check": "号码校验码不符",
        "number.version": "版本号有误",
        "number.override": "强制接受号码的说明有误",
        "field.unknown": "此类证照没有该照面项",
        "field.missing": "缺少必填的照面项",
        "field.duplicate": "照面项重复",
        "field.date": "照面项日期格式有误",
        "field.decimal": "照面项应为数字",
        "field.choice": "照面项不在可选范围内",
        "field.pattern": "照面项格式不符",
        "field.form": "照面项应为文字",
        "field.rows": "照面项应为若干行",
        "number.capitals": "金额或数字无法写成大写",
        "field.overflow": "照面项过长，版面放不下",
        "text.empty": "内容为空",
        "text.too-long": "内容过长",
        "text.character": "含有不能打印的字符",
        "glyph.missing": "含有字库没有的字符",
        "date.form": "应为日期",
        "date.range": "日期超出范围",
        "date.future": "颁发日期在将来",
        "validity.missing": "缺少有效期截止",
        "validity.rule": "有效期不符合此类证照的规定",
        "validity.order": "有效期截止早于起始",
        "photo.missing": "缺少照片",
        "photo.unexpected": "此类证照没有照片",
        "artwork.unsupported": "图案中有无法印制的内容",
        "photo.invalid": "照片不可用",
        "qr.unencodable": "公开内容过多，二维码放不下",
        "qr.id-number": "身份号码不得进入二维码",
        "license.number-taken": "证照编号已被占用",
        "identifier.taken": "证照标识已被占用",
        # Looking up and revoking
        "license.unknown": "证照库中没有此证照",
        "license.revoked": "证照已撤销，不再打印",
        "license.already-revoked": "证照此前已撤销",
        "event.reason-missing": "缺少原因",
        "event.actor-missing": "缺少经办人",
        "event.before-issue": "生效时间早于颁发",
        "event.not-allowed": "证照现在的状态下不能办理",
        "event.not-for-type": "此类证照不办理此事",
        "event.contradicts": "与已登记的事件矛盾",
        "event.details": "事件的内容有误",
        "event.time": "事件的时间有误",
        "event.extends-nothing": "有效期没有延长",
        "event.expired": "有效期已过",
        "event.nothing-to-correct": "没有可更正之处",
        "event.issue-stands": "新发不能更正",
        "event.successor-stands": "新版本有效，不能更正",
        "event.code-unknown": "未知的证照状态代码",
        "event.clock-behind": "本机时钟落后",
        "event.record-broken": "证照的事件记录自相矛盾",
        "lookup.one": "找到多份证照",
        "lookup.one-key": "须且只须给出一个查找条件",
        # Service items
        "service-items.missing": "没有事项配置文件",
        "service-items.invalid": "事项配置文件有误",
        "service-item.unknown": "没有此政务服务事项",
        "applicant.missing": "缺少申请人",
        "applicant.several": "申请人过多",
        # Pictures and codes
        "picture.malformed": "图片无法读取",
        "picture.too-large": "图片过大",
        "qr.foreign": "不是证照二维码",
        "qr.malformed": "证照二维码损坏",
        "qr.version": "证照二维码版本较新",
        # Set-up: configuration, templates, keys, storage
        "settings.missing": "没有配置文件",
        "settings.invalid": "配置文件有误",
        "template.invalid": "证照模板有误",
        "template.draft": "证照模板尚未发布",
        "template.not-in-effect": "当日没有生效的证照模板",
        "template.built-in": "不应改动自带的证照模板",
        "template.key": "证照类型的 key 不合规定",
        "template.name": "证照类型的名称不合规定",
        "template.exists": "已有此模板，不会覆盖",
        "template.variant": "此类证照没有该版面",
        "template.version": "此类证照没有该版本",
        "template.nothing-new": "没有可发布的改动",
        "example.missing": "模板缺少样例",
        "resource.missing": "安装不完整",
        "font.unreadable": "字体文件无法读取",
        "font.format": "字体文件格式不适用",
        "key.missing": "缺少印章密钥",
        "key.passphrase": "口令缺少或有误",
        "key.damaged": "密钥文件损坏",
        "key.mismatch": "密钥与证书不匹配",
        "key.certificate-expired": "印章证书已过期",
        "key.certificate-not-yet-valid": "印章证书尚未生效",
        "key.other-body": "印章证书属于另一机构",
        # The seal and what it is put on
        "seal-object.missing": "缺少印章文件",
        "seal-object.invalid": "印章文件有误",
        "seal-object.certificate": "印章不允许此证书使用",
        "seal-object.period": "印章不在使用期内",
        "seal-object.artwork": "印章图案不可用",
        "seal.design": "印章设计有误",
        "seal.glyph": "印章中有字库没有的字符",
        "seal.font": "印章字库无法读取",
        "seal.room": "版面放不下印章",
        "seal.not-a-pdf": "文件不是可盖章的PDF",
        "seal.already-signed": "文件已有签名或表单",
        "seal.unsafe-content": "文件日后可能显示不同内容，不予盖章",
        "seal.appearance": "印章位置有误",
        "seal.page-content": "页面内容未正常结束，不能加盖印章",
        "seal.place": "印章位置不明确",
        "seal.keyword": "关键字有误",
        "seal.keyword-missing": "文件中没有此关键字",
        "seal.too-large": "文件过大，无法查找关键字",
        "pki.exists": "密钥已存在，不会覆盖",
        "pki.passphrase": "口令太弱或有误",
        "pki.damaged": "密钥文件夹损坏",
        "pki.folder": "密钥文件夹不可用",
        "trust.empty": "没有可信的根证书",
        "archive.not-sealed": "文件没有可存档的印章",
        "archive.changed-after": "文件在盖章后有改动，不能存档",
        "archive.no-gain": "新的存档时间戳不会更久",
        "archive.renewed": "另一进程已完成存档",
        "evidence.incomplete": "长期验证的证据不全",
        "trust.format": "不是正确的信任名单",
        "trust.signature": "信任名单的签名无效",
        "trust.signer": "信任名单的签发者不符",
        "trust.unpinned": "尚未指定信任名单的签发证书",
        "trust.rollback": "信任名单比已接受的旧，或序号重复",
        "trust.future": "信任名单的签发时间在将来",
        "trust.stale": "信任名单已过期",
        "trust.store": "已接受的信任名单无法使用",
        "trust.unreachable": "信任名单无法下载",
        "trust.plan": "trust.toml 有误",
        "status.list-malformed": "不是正确的状态名单",
        "status.list-signature": "状态名单的签名无效",
        "status.list-other": "不是所请求的状态名单",
        "status.list-future": "状态名单的签发时间在将来",
        "status.list-stale": "状态名单已过期",
        "timestamp.failed": "未能取得时间戳",
        "timestamp.unreachable": "无法连接时间戳服务",
        "timestamp.refused": "时间戳服务拒绝了请求",
        "timestamp.malformed": "时间戳服务的应答无法读取",
        "timestamp.size": "时间戳超过预留的大小",
        "timestamp.algorithm": "时间戳使用了不接受的算法",
        "timestamp.imprint": "时间戳不属于所盖章的内容",
        "timestamp.nonce": "时间戳不是对本次请求的应答",
        "timestamp.policy": "时间戳的策略与要求不符",
        "timestamp.time": "时间戳的时间与本机时钟不符",
        "timestamp.period": "时间戳证书不在有效期内",
        "timestamp.untrusted": "时间戳服务的证书不可信",
        "network.url": "网络地址有误",
        "network.refused": "无法连接服务器",
        "network.timeout": "服务器未及时应答",
        "network.too-large": "服务器的应答过大",
        "network.status": "服务器未正常应答",
        "repository.not-initialised": "证照库尚未建立",
        "repository.outdated": "证照库版本较旧",
        "repository.newer": "证照库版本较新",
        "repository.url": "数据库地址有误",
        "repository.text": "文字含有不能保存的字符",
        "storage.full": "存储空间不足",
        "storage.locked": "数据库正被占用",
        "storage.read-only": "存储不可写入",
        "storage.corrupt": "存储的数据已损坏",
        "storage.failed": "存储失败",
        "storage.unreachable": "无法连接存储服务",
        "storage.file-missing": "证照文件缺失",
        "verification.worker": "无法启动核验进程",
        "verification.fault": "核验程序出错，此文件未核验",
        "service.address": "服务地址不可用",
    }
)
"""Code → what is wrong, in one short phrase. A code that is not here is shown without one."""


def error_lines(error: LicenseError, *, english: bool = False) -> list[str]:
    """An error as people read it: code and title, then what exactly is wrong, then what to do; every fault."""
    lines: list[str] = []
    for problem in _problems(error) or (error,):
        title = "" if english else TITLES_ZH.get(problem.code, "")
        lines.append(f"[{problem.code}] {title}".rstrip())
        message = problem.message if english else getattr(problem, "message_zh", problem.message)
        lines += [f"  {line}" for line in message.split("\n")]
        lines += [f"  → {problem.hint}"] if problem.hint else []
    return lines


def error_value(error: LicenseError) -> dict[str, Any]:
    """An error as plain JSON values; one that holds several faults lists them in `problems`."""
    value: dict[str, Any] = {
        "code": error.code,
        "title_zh": TITLES_ZH.get(error.code, ""),
        "message": error.message,
        "hint": error.hint,
    }
    problems = [error_value(problem) for problem in _problems(error)]
    return value | ({"problems": problems} if problems else {})


def _problems(error: LicenseError) -> tuple[LicenseError, ...]:
    """The faults of a request; those of a template are in its message already, each on its line."""
    return tuple(problem for problem in getattr(error, "problems", ()) if isinstance(problem, LicenseError))
