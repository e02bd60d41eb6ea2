"""What the API tells administrators."""

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from license_lib.health import State
from license_lib.health.values import Area
from verify_api.schemas import Words


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TypeCount(_Document):
    """A licence type, and how many licences of it are in force by their face."""

    key: str
    name: str
    english: str
    version: int
    in_force: int


class HealthLine(_Document):
    """One thing: how it is, and the command that mends it."""

    area: Area
    subject: str
    state: State
    text: Words
    mend: str | None = Field(description="null where there is nothing to mend")
    days_left: float | None = Field(description="Until it ends, negative since then; null where nothing ends")


class HealthDocument(_Document):
    """How an installation is. `state` is the worst of its lines: `ok`, `look` at it, `act` now."""

    state: State
    at: AwareDatetime
    types: tuple[TypeCount, ...]
    lines: tuple[HealthLine, ...]
