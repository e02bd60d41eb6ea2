"""Every finding that verification may report: a stable code, what it answers, and words that somebody can act on.

Two questions decide about a licence: *is it genuine*, and *is it in force*. A finding answers one of them with no or
with unknown, or it is a note. Nothing else decides: `license_lib.verification.verdict` derives the outcome from here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType


class Effect(StrEnum):
    """What a finding does to the outcome."""

    NOT_GENUINE = "not-genuine"
    GENUINE_UNKNOWN = "genuine-unknown"
    NOT_IN_FORCE = "not-in-force"
    IN_FORCE_UNKNOWN = "in-force-unknown"
    NOTE = "note"


class Severity(StrEnum):
    """How grave a finding is, for those who sort and colour."""

    ERROR = "error"
    """It says no."""
    WARNING = "warning"
    """It leaves the question open."""
    NOTE = "note"


_SEVERITY: Mapping[Effect, Severity] = MappingProxyType(
    {
        Effect.NOT_GENUINE: Severity.ERROR,
        Effect.GENUINE_UNKNOWN: Severity.WARNING,
        Effect.NOT_IN_FORCE: Severity.ERROR,
        Effect.IN_FORCE_UNKNOWN: Severity.WARNING,
        Effect.NOTE: Severity.NOTE,
    }
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding: its code and the values its text speaks of (field keys, dates; never an ID number)."""

    code: str
    params: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a code that the table does not know."""
        if self.code not in CODES:
            raise ValueError(f"finding code {self.code!r} is not in license_lib.findings.CODES")

    @property
    def effect(self) -> Effect:
        """What it does to the outcome."""
        return CODES[self.code].effect

    @property
    def severity(self) -> Severity:
        """How grave it is: what its effect says, in one of three words."""
        return _SEVERITY[self.effect]

    def text(self, language: str = "zh") -> str:
        """What was found, in Chinese (`zh`) or English (`en`)."""
        entry = CODES[self.code]
        return (entry.zh if language == "zh" else entry.en).format_map(_Known(self.params))

    def remedy(self, language: str = "zh") -> str:
        """What to do about it; empty for a note that asks for nothing."""
        entry = CODES[self.code]
        return entry.remedy_zh if language == "zh" else entry.remedy_en


@dataclass(frozen=True, slots=True)
class FindingText:
    """The table's row behind a code."""

    effect: Effect
    zh: str
    en: str
    remedy_zh: str = ""
    remedy_en: str = ""


class _Known(dict[str, str]):
    """A text never fails for want of a value."""

    def __missing__(self, key: str) -> str:
        return "—"


_NO, _UNSURE = Effect.NOT_GENUINE, Effect.GENUINE_UNKNOWN
_OVER, _STATE_UNSURE, _NOTE = Effect.NOT_IN_FORCE, Effect.IN_FORCE_UNKNOWN, Effect.NOTE
_REFUSE = (
    "不予采信；请持证人提供原始文件，或向颁发机构核实",
    "Do not rely on it; ask for the original file or the issuing body",
)
_ASK = ("暂不能判定；请向颁发机构核实", "Not decided; ask the issuing body")
_LATER = ("请更新信任资料后重新核验", "Update the trust material and verify again")
_RESCAN = ("请重新拍摄或扫描清晰完整的二维码", "Scan or photograph the code again, sharp and whole")
_RENEW = ("请持证人办理延续或提供有效证照", "Ask the holder for a licence in force")

CODES: Mapping[str, FindingText] = MappingProxyType(
    {
        # What was handed in
        "input.unsupported": FindingText(
            _UNSURE,
            "既不是PDF文件，也不是图片",
            "Neither a PDF file nor a picture",
            "请提供PDF文件或图片",
            "Give a PDF or a picture",
        ),
        "input.too-large": FindingText(
            _UNSURE, "文件过大，未予核验", "The file is too large and was not examined", *_ASK
        ),
        "picture.malformed": FindingText(_UNSURE, "图片无法读取", "The picture cannot be read", *_RESCAN),
        "picture.too-large": FindingText(_UNSURE, "图片过大，未予核验", "The picture is too large", *_RESCAN),
        "pdf.malformed": FindingText(_NO, "PDF文件损坏或结构异常", "The PDF is damaged or malformed", *_REFUSE),
        "pdf.too-large": FindingText(
            _UNSURE, "PDF文件过大，未予核验", "The PDF is too large and was not examined", *_ASK
        ),
        "pdf.unreadable": FindingText(_NOTE, "PDF文件损坏，且没有签名", "The PDF is damaged, and nobody signed it"),
        "pdf.unusual": FindingText(_NOTE, "PDF文件结构少见：{reason}", "The PDF's structure is unusual: {reason}"),
        "pdf.encrypted": FindingText(
            _UNSURE, "PDF文件已加密，无法核验", "The PDF is encrypted and was not examined", *_ASK
        ),
        "pdf.structure": FindingText(
            _NO,
            "PDF文件含有不属于任何版本的内容：{reason}",
            "The PDF holds what belongs to no revision of it: {reason}",
            *_REFUSE,
        ),
        "pdf.ambiguous": FindingText(
            _NO,
            "不同的阅读软件会读出不同的内容：{reason}",
            "Different readers read different content: {reason}",
            *_REFUSE,
        ),
        "pdf.active-content": FindingText(
            _NO, "PDF文件含有会自动执行的内容：{reason}", "The PDF holds content that acts: {reason}", *_REFUSE
        ),
        "pdf.external-reference": FindingText(
            _NO, "PDF文件引用了外部内容：{reason}", "The PDF refers to content that is elsewhere: {reason}", *_REFUSE
        ),
        "pdf.hidden-content": FindingText(
            _NO, "PDF文件含有隐藏内容：{reason}", "The PDF holds hidden content: {reason}", *_REFUSE
        ),
        # The seal
        "seal.missing": FindingText(_NO, "文件没有电子印章", "The file bears no electronic seal", *_REFUSE),
        "seal.format": FindingText(_NO, "印章签名数据格式有误", "The seal's signature data is malformed", *_REFUSE),
        "seal.several": FindingText(_NO, "文件有多个签名，证照只应有一个", "The file has several signatures", *_REFUSE),
        "seal.altered": FindingText(_NO, "盖章后内容被改动", "The content was altered after sealing", *_REFUSE),
        "seal.coverage": FindingText(_NO, "印章未覆盖文件全部内容", "The seal does not cover the whole file", *_REFUSE),
        "seal.changed-after": FindingText(
            _NO, "盖章后又追加了不允许的修改", "A change that is not allowed was added after sealing", *_REFUSE
        ),
        "seal.filled-otherwise": FindingText(
            _UNSURE,
            "盖章后填写的表单显示的内容与其值不一致：{where}",
            "A form value filled in after sealing shows something else than its value: {where}",
            *_ASK,
        ),
        "seal.content-covered": FindingText(
            _UNSURE,
            "盖章后添加的签名遮盖了已盖章的内容：{where}",
            "A signature added after sealing lies over content that was sealed: {where}",
            *_ASK,
        ),
        "seal.annotated": FindingText(
            _UNSURE,
            "盖章后添加了批注，其内容未经盖章者确认：{where}",
            "An annotation was added after sealing, which the sealer did not see: {where}",
            *_ASK,
        ),
        "seal.not-certified": FindingText(
            _NO, "印章不是禁止修改的认证签名", "The seal is not a certification that forbids changes", *_REFUSE
        ),
        "seal.algorithm": FindingText(
            _NO, "印章使用了不被接受的算法", "The seal uses an algorithm that is not accepted", *_REFUSE
        ),
        "seal.key-usage": FindingText(
            _NO, "印章证书不可用于盖章", "The seal's certificate may not be used for sealing", *_REFUSE
        ),
        "seal.unknown-issuer": FindingText(
            _UNSURE, "印章证书不是由受信任的机构签发", "No trusted authority vouches for the seal's certificate", *_ASK
        ),
        "seal.stray-certificate": FindingText(
            _UNSURE, "印章附带了无关的证书", "The seal carries a certificate that leads nowhere", *_ASK
        ),
        "seal.certificate-expired": FindingText(
            _UNSURE,
            "印章证书已过期，且无可信时间证明",
            "The seal's certificate has expired, with no proof of time",
            *_ASK,
        ),
        "seal.certificate-not-yet-valid": FindingText(
            _UNSURE, "印章证书尚未生效", "The seal's certificate is not yet valid", *_ASK
        ),
        "seal.sealed-after-expiry": FindingText(
            _NO,
            "盖章时印章证书已过期（时间戳证明）",
            "The seal's certificate had expired when it was used, as the time-stamp proves",
            *_REFUSE,
        ),
        "seal.sealed-before-validity": FindingText(
            _NO,
            "盖章时印章证书尚未生效（时间戳证明）",
            "The seal's certificate was not yet valid when it was used, as the time-stamp proves",
            *_REFUSE,
        ),
        "seal.certificate-revoked": FindingText(
            _NO, "盖章时印章证书已被吊销", "The seal's certificate had been revoked", *_REFUSE
        ),
        "seal.revoked-no-proof": FindingText(
            _UNSURE,
            "印章证书或其签发证书已被吊销，且无法证明盖章在先",
            "The seal's certificate or its issuer's was revoked, and nothing proves that the seal is older",
            *_ASK,
        ),
        "seal.revocation-unknown": FindingText(
            _UNSURE, "缺少印章证书的吊销信息", "There is no revocation information for the seal's certificate", *_LATER
        ),
        "seal.revocation-stale": FindingText(
            _UNSURE, "印章证书的吊销信息已过时", "The revocation information is out of date", *_LATER
        ),
        "seal.timestamp-missing": FindingText(_NOTE, "印章没有时间戳", "The seal has no time-stamp"),
        "seal.timestamp-invalid": FindingText(_UNSURE, "印章的时间戳无效", "The seal's time-stamp is not valid", *_ASK),
        "seal.timestamp-untrusted": FindingText(
            _UNSURE, "时间戳不是由受信任的机构签发", "No trusted authority vouches for the time-stamp", *_ASK
        ),
        "seal.development": FindingText(
            _NOTE, "使用开发测试印章，不具法律效力", "Sealed with a development key: without legal effect"
        ),
        # The record in the file
        "record.missing": FindingText(_NO, "文件内没有证照数据", "The file holds no licence record", *_REFUSE),
        "record.invalid": FindingText(
            _NO, "文件内的证照数据有误：{path}", "The licence record is not valid: {path}", *_REFUSE
        ),
        "type.unknown": FindingText(_UNSURE, "证照类型不在目录中", "The licence type is not in the catalogue", *_ASK),
        "template.unknown": FindingText(
            _UNSURE,
            "没有该证照的模板版本，照面无法比对",
            "The template version is not known; the face was not compared",
            *_ASK,
        ),
        "issuer.unknown": FindingText(_UNSURE, "颁发机构不在信任名单中", "The issuing body is not known", *_ASK),
        "issuer.mismatch": FindingText(
            _NO, "印章不属于证照所载颁发机构", "The seal is not that of the issuing body in the record", *_REFUSE
        ),
        "issuer.out-of-scope": FindingText(
            _NO, "该机构无权颁发此类证照", "This body may not issue this type of licence", *_REFUSE
        ),
        # By a trust list
        "trust.stale": FindingText(
            _UNSURE,
            "信任名单不在有效期内（有效至{date}）",
            "The trust list is not current: it was good until {date}",
            *_LATER,
        ),
        "issuer.out-of-region": FindingText(
            _NO, "该机构不得在本地区（{region}）颁发此类证照", "This body may not issue this type in {region}", *_REFUSE
        ),
        "issuer.out-of-period": FindingText(
            _NO, "该机构在{date}无权颁发此类证照", "This body might not issue this type on {date}", *_REFUSE
        ),
        "issuer.seal-not-listed": FindingText(
            _UNSURE, "印章证书不在信任名单中", "The trust list does not name the seal's certificate", *_LATER
        ),
        "issuer.seal-not-in-force": FindingText(
            _NO,
            "盖章时印章不在使用状态（{date}）",
            "The seal was not in force when it was used, as the trust list says ({date})",
            *_REFUSE,
        ),
        "issuer.seal-withdrawn-no-proof": FindingText(
            _UNSURE,
            "印章已于{date}收回，且无法证明盖章在先",
            "The seal was withdrawn on {date}, and nothing proves that it was used before",
            *_ASK,
        ),
        "issuer.key-compromised": FindingText(
            _NO,
            "印章密钥自{date}起已泄露，盖章在此之后",
            "Others have had the seal's key since {date}, and it was used after that",
            *_REFUSE,
        ),
        "issuer.key-compromised-no-proof": FindingText(
            _UNSURE,
            "印章密钥自{date}起已泄露，且无法证明盖章在先",
            "Others have had the seal's key since {date}, and nothing proves that it was used before",
            *_ASK,
        ),
        # Cross-binding: face, record, code and repository say the same
        "face.mismatch": FindingText(
            _NO, "照面与证照数据不一致：{labels}", "The face differs from the record: {fields}", *_REFUSE
        ),
        "face.unreadable": FindingText(_NO, "照面文字无法读取", "The face's text cannot be read", *_REFUSE),
        "photo.mismatch": FindingText(_NO, "照片与证照数据不一致", "The photo differs from the record", *_REFUSE),
        "qr.missing": FindingText(_NO, "照面上没有可读的二维码", "No readable code on the face", *_REFUSE),
        "qr.none": FindingText(
            _UNSURE, "图片中没有找到证照二维码", "No licence code was found in the picture", *_RESCAN
        ),
        "qr.several": FindingText(
            _NO, "照面上有多个证照二维码", "There are several licence codes on the face", *_REFUSE
        ),
        "qr.foreign": FindingText(_UNSURE, "二维码不是证照码", "The code is not a licence code", *_ASK),
        "qr.malformed": FindingText(
            _NO, "证照二维码内容损坏或被改动", "The licence code is damaged or altered", *_REFUSE
        ),
        "qr.version": FindingText(
            _UNSURE,
            "证照二维码版本较新，本系统不能识别",
            "The licence code is of a newer version",
            "请更新核验程序",
            "Update the verifier",
        ),
        "qr.signature": FindingText(
            _NO, "证照二维码的签名无效", "The signature in the licence code is not valid", *_REFUSE
        ),
        "qr.unknown-key": FindingText(
            _UNSURE, "证照二维码的签发密钥不在信任名单中", "No trusted authority vouches for the code's key", *_ASK
        ),
        "qr.mismatch": FindingText(
            _NO,
            "二维码属于另一份证照，或与证照数据不一致：{labels}",
            "The code belongs to another licence: {fields}",
            *_REFUSE,
        ),
        "paper.compare": FindingText(
            _NOTE,
            "仅证明了二维码；请逐项比对纸面与下列内容",
            "Only the code was proved; compare the paper with these fields by eye",
        ),
        "repository.mismatch": FindingText(
            _NO, "与证照库中同一标识的证照不一致", "Differs from the licence recorded under this identifier", *_REFUSE
        ),
        # State
        "status.unknown": FindingText(
            _STATE_UNSURE, "未能查询证照状态", "The licence's state could not be looked up", *_ASK
        ),
        "status.not-recorded": FindingText(
            _STATE_UNSURE, "证照库中没有此证照", "The repository does not know this licence", *_ASK
        ),
        "status.future": FindingText(
            _STATE_UNSURE,
            "所问日期在将来，届时的状态现在无法得知",
            "The question is about the future; the state then is not known now",
            "请在该日再次核验",
            "Verify again on that day",
        ),
        "status.revoked": FindingText(
            _OVER, "证照已于{date}撤销", "Revoked on {date}", "证照已失效，不予采信", "Do not accept it"
        ),
        "validity.expired": FindingText(_OVER, "证照已于{date}到期", "Expired after {date}", *_RENEW),
        "validity.not-yet": FindingText(
            _OVER,
            "证照自{date}起生效，尚未生效",
            "In force only from {date}",
            "请于生效后再次核验",
            "Verify again from that day on",
        ),
        "verification.incomplete": FindingText(
            _UNSURE, "核验步骤未能全部完成：{step}", "Not every step could be carried out: {step}", *_ASK
        ),
        "verification.overrun": FindingText(
            _UNSURE,
            "核验该文件超出时间或内存限制",
            "Examining the file took more time or memory than is allowed",
            "请持证人提供原始文件，或向颁发机构核实",
            "Ask for the original file or the issuing body",
        ),
    }
)
"""Code → row. Codes are stable: tests, vectors, API and docs use them."""
