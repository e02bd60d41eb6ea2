"""Why a licence is not accepted for a service item: a stable code, and words that somebody can act on.

A table of its own: these rules are a department's, and none of them says anything about the licence itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class AcceptanceText:
    """The table's row behind a code; `decided` is whether the answer is no, or not known."""

    decided: bool
    zh: str
    en: str
    remedy_zh: str
    remedy_en: str


@dataclass(frozen=True, slots=True)
class AcceptanceFinding:
    """One finding: its code and the values its text speaks of (types, dates, regions; never a holder's number)."""

    code: str
    params: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a code that the table does not know."""
        if self.code not in ACCEPTANCE_CODES:
            raise ValueError(f"finding code {self.code!r} is not in ACCEPTANCE_CODES")

    @property
    def decided(self) -> bool:
        """Whether the answer is no; else it is not known."""
        return ACCEPTANCE_CODES[self.code].decided

    def text(self, language: str = "zh") -> str:
        """What was found, in Chinese (`zh`) or English (`en`)."""
        row = ACCEPTANCE_CODES[self.code]
        return (row.zh if language == "zh" else row.en).format_map(self.params)

    def remedy(self, language: str = "zh") -> str:
        """What to do about it."""
        row = ACCEPTANCE_CODES[self.code]
        return row.remedy_zh if language == "zh" else row.remedy_en


ACCEPTANCE_CODES: Mapping[str, AcceptanceText] = MappingProxyType(
    {
        "acceptance.not-in-force": AcceptanceText(
            decided=True,
            zh="证照不真实或不在有效状态，不能用于办理任何事项",
            en="The licence is not genuine or not in force: it serves for nothing",
            remedy_zh="按核验结果中的提示处理",
            remedy_en="Do what the verdict says",
        ),
        "acceptance.in-force-unknown": AcceptanceText(
            decided=False,
            zh="尚不能判定证照是否真实有效",
            en="It is not known whether the licence is genuine and in force",
            remedy_zh="按核验结果中的提示处理后重新核验",
            remedy_en="Do what the verdict says, and verify again",
        ),
        "acceptance.type": AcceptanceText(
            decided=True,
            zh="办理“{item}”不收{type}；可用：{wanted}",
            en="{type} does not serve for {item}; these do: {wanted}",
            remedy_zh="请申请人提供所列证照之一",
            remedy_en="Ask the applicant for one of these",
        ),
        "acceptance.holder": AcceptanceText(
            decided=True,
            zh="申请人不是证照的持证主体",
            en="The applicant is not a holder of the licence",
            remedy_zh="核对申请人的证件号码有无抄错；无误则请提供申请人本人（本单位）的证照",
            remedy_en="Check that the applicant's number was copied right; if so, ask for the applicant's own licence",
        ),
        "acceptance.holders-missing": AcceptanceText(
            decided=True,
            zh="证照为多人共有，还有{count}名持证主体没有一同申请",
            en="Further holders of the licence did not apply with them: {count}",
            remedy_zh="请全体持证主体共同申请",
            remedy_en="Ask all holders to apply together",
        ),
        "acceptance.holder-unknown": AcceptanceText(
            decided=False,
            zh="仅核验了二维码，其中没有持证主体的号码，无法与申请人比对",
            en="Only the code was verified; it does not hold the holder's number, so nobody can compare",
            remedy_zh="请提供证照的电子文件（PDF）",
            remedy_en="Ask for the licence's PDF file",
        ),
        "acceptance.ends-too-early": AcceptanceText(
            decided=True,
            zh="证照有效期至{valid_until}，早于所需的{until}",
            en="The licence is valid until {valid_until}, and is needed until {until}",
            remedy_zh="请持证人先办理延续",
            remedy_en="Ask the holder to renew it first",
        ),
        "acceptance.region": AcceptanceText(
            decided=True,
            zh="颁发机构所在地区（{region}）的证照不能用于办理此事项；限：{wanted}",
            en="Licences of the issuing body's region {region} do not serve for this item; those of {wanted} do",
            remedy_zh="请提供所列地区颁发的证照",
            remedy_en="Ask for a licence of one of these regions",
        ),
    }
)
"""Code → row. Codes are stable."""
