"""What the API says of service items 政务服务事项, their materials 申请材料, and which of them the repository has."""

from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from license_lib.acceptance import Answer, ServiceItem
from license_lib.acceptance.items import Whose
from verify_api.record_schemas import CODE_LENGTH, PurposeQuestion
from verify_api.schemas import Words


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AcceptedDocument(_Document):
    """A licence type that serves as a material."""

    type: str = Field(description="Key of the type", examples=["business-license"])
    whose: Whose


class MaterialDocument(_Document):
    """What an applicant hands in. Without `accepts` no licence serves: it is always asked for."""

    name: str
    english: str
    required: bool
    accepts: tuple[AcceptedDocument, ...] = Field(description="Any one of these serves")


class ItemDocument(_Document):
    """A service item."""

    code: str = Field(description="事项编码", max_length=CODE_LENGTH)
    name: str
    english: str
    regions: tuple[str, ...] = Field(description="Divisions whose bodies' licences serve; empty: all")
    materials: tuple[MaterialDocument, ...]

    @classmethod
    def of(cls, item: ServiceItem) -> "ItemDocument":
        """An item as a document."""
        return cls.model_validate(item.model_dump())


class ItemsDocument(_Document):
    """All service items of this authority."""

    items: tuple[ItemDocument, ...]


class MaterialsQuestion(PurposeQuestion):
    """Who applies, and what for; in a body, because numbers have no place in an address. The item is in the path."""

    item: str = Field(default="", max_length=0, description="Leave it out")
    applicants: tuple[str, ...] = Field(
        min_length=1,
        max_length=100,
        description="持证主体代码 of all who apply: ID numbers, credit codes",
        examples=[["91620402MA0000000Q"]],
    )
    until: date | None = Field(default=None, description="Last day on which the licences are needed")


class ReasonDocument(_Document):
    """Why a licence does not serve: a stable code, and what to do."""

    code: str
    text: Words
    remedy: Words


class HeldDocument(_Document):
    """A licence on record that serves as a material, or does not for these reasons."""

    identifier: str
    type: str
    issuer: str
    valid_until: date | None = Field(description="Last day; null for 长期")
    reasons: tuple[ReasonDocument, ...]


class CheckedDocument(_Document):
    """A material and what the repository says of it."""

    name: str
    english: str
    required: bool
    answer: Answer
    text: Words
    licenses: tuple[HeldDocument, ...]


class ItemNames(_Document):
    """Of which item."""

    code: str
    name: str
    english: str


class ChecklistDocument(_Document):
    """What need not be asked for. Types that you may not see count as not in the repository."""

    item: ItemNames
    complete: bool = Field(description="Whether all that is required is in the repository, and in force")
    materials: tuple[CheckedDocument, ...]
