"""What a verdict does not know: which file was handed in, who checked it, when, and for what."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from license_lib.errors import InputError

_LONGEST = {"checker": 40, "department": 60, "purpose": 120, "case": 60}


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One act of checking.

    Attributes:
        name: file name, without its folder.
        sha256: of the file, hex.
        size: of the file, in bytes.
        checked_at: when it was checked, aware.
        checker: who checked it 核验人; may be empty, as the next three.
        department: for which department 核验部门.
        purpose: what for 用途.
        case: number of the case 案卷号.
    """

    name: str
    sha256: str
    size: int
    checked_at: datetime
    checker: str = ""
    department: str = ""
    purpose: str = ""
    case: str = ""

    def __post_init__(self) -> None:
        """Refuse what the page has no room for.

        Raises:
            InputError: `text.too-long`, naming what.
        """
        for what, most in _LONGEST.items():
            if len(getattr(self, what)) > most:
                raise InputError("text.too-long", f"{what}: more than {most} characters", hint="say it in fewer words")

    @classmethod
    def of(
        cls,
        name: str,
        data: bytes,
        *,
        checked_at: datetime,
        checker: str = "",
        department: str = "",
        purpose: str = "",
        case: str = "",
    ) -> Self:
        """Describe the check of a file.

        Raises:
            InputError: `text.too-long`.
        """
        return cls(
            name=_whole(name),
            sha256=hashlib.sha256(data).hexdigest(),
            size=len(data),
            checked_at=checked_at,
            checker=_in_one_line(checker),
            department=_in_one_line(department),
            purpose=_in_one_line(purpose),
            case=_in_one_line(case),
        )

    @property
    def value(self) -> dict[str, Any]:
        """The check as plain JSON values; the file's name is the report's `input`."""
        return {
            "sha256": self.sha256,
            "size": self.size,
            "checked_at": self.checked_at.isoformat(),
            "checker": self.checker,
            **({"department": self.department} if self.department else {}),
            "purpose": self.purpose,
            "case": self.case,
        }


def _in_one_line(text: str) -> str:
    return " ".join(_whole(text).split())


def _whole(text: str) -> str:
    """Text without lone surrogates: a file's name may hold bytes that are none, and no file could say them."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
