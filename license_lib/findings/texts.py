"""What a row of the table says, and the remedies that many rows share."""

from dataclasses import dataclass
from enum import StrEnum


class Effect(StrEnum):
    """What a finding does to the outcome."""

    NOT_GENUINE = "not-genuine"
    GENUINE_UNKNOWN = "genuine-unknown"
    NOT_IN_FORCE = "not-in-force"
    IN_FORCE_UNKNOWN = "in-force-unknown"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class FindingText:
    """The table's row behind a code.

    Args:
        zh: what was found; may name values in braces.
        cause_zh: how this comes about, in one sentence, with an example where that helps.
        remedy_zh: what a clerk does about it; empty for a note.
        en: `en`, `cause_en` and `remedy_en` say the same in English.
        loud: a note that is told as a warning, with its remedy, though it decides nothing.
    """

    effect: Effect
    zh: str
    en: str
    cause_zh: str
    cause_en: str
    remedy_zh: str = ""
    remedy_en: str = ""
    loud: bool = False


NO, UNSURE = Effect.NOT_GENUINE, Effect.GENUINE_UNKNOWN
OVER, STATE_UNSURE, NOTE = Effect.NOT_IN_FORCE, Effect.IN_FORCE_UNKNOWN, Effect.NOTE
REFUSE = (
    "不予采信；请持证人提供原始文件，或向颁发机构核实",
    "Do not rely on it; ask for the original file or the issuing body",
)
ASK = ("暂不能判定；请向颁发机构核实", "Not decided; ask the issuing body")
LATER = ("请更新信任资料后重新核验", "Update the trust material and verify again")
RESCAN = ("请重新拍摄或扫描清晰完整的二维码", "Scan or photograph the code again, sharp and whole")
ENDED = ("证照已失效，不予采信", "Do not accept it")
RENEW = ("请持证人办理延续或提供有效证照", "Ask the holder for a licence in force")
