"""`trust.toml`: what an authority says in its trust list beyond `license.toml` and its public seal certificates."""

from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from license_lib.errors import InputError
from license_lib.toml_files import TomlError, TomlFault, located, read_toml
from license_lib.trust_list.model import StateChange
from license_lib.trust_list.values import Address, Day, Region, WitnessKeyText

FILE_NAME: Final = "trust.toml"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PlannedScope(_Frozen):
    """What a body may issue, by the catalogue's keys; its types of `license.toml`, and its own city, if left out."""

    types: tuple[str, ...] = ()
    regions: tuple[Region, ...] = ()
    valid_from: Day | None = None
    valid_until: Day | None = None


class PlannedBody(_Frozen):
    """A body of `license.toml` that is listed otherwise than usual."""

    id: str
    status_url: Address | None = None
    scopes: tuple[PlannedScope, ...] = ()


class PlannedSeal(_Frozen):
    """A certificate of `public/seals` that is no longer in force: the states after in-force."""

    file: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,80}\.pem$")]
    history: Annotated[tuple[StateChange, ...], Field(min_length=1)]


class PlannedLog(_Frozen):
    """Who watches the transparency log, and how many of them must have signed."""

    witnesses: Annotated[tuple[WitnessKeyText, ...], Field(min_length=1)]
    quorum: Annotated[int, Field(ge=1)]


class Plan(_Frozen):
    """The whole file; all of it has defaults.

    Args:
        list_id: else the credit code in the list signer's certificate. authority: else the organisation in it.
        days: from issue to next update.
        status_url: where states are published; else `public_url` of `license.toml`.
        next_signers: PEM files, relative to the home, of certificates that may sign later lists.
        status_signers: PEM files of certificates that may sign status lists, besides `public/status.pem`.
        log: witnesses; without them, the log of `public/log.vkey` is listed alone.
    """

    list_id: str | None = None
    authority: str | None = None
    days: Annotated[int, Field(ge=1, le=366)] = 7
    status_url: Address | None = None
    next_signers: tuple[Path, ...] = ()
    status_signers: tuple[Path, ...] = ()
    log: PlannedLog | None = None
    bodies: tuple[PlannedBody, ...] = ()
    seals: tuple[PlannedSeal, ...] = ()

    @classmethod
    def load(cls, home: Path) -> "Plan":
        """Read `trust.toml` in a folder; the defaults where there is none.

        Raises:
            InputError: `trust.plan`: the file, the place in it, and how to mend it.
        """
        path = home / FILE_NAME
        try:
            return cls.model_validate(read_toml(path))
        except FileNotFoundError:
            return cls()
        except TomlError as error:
            raise wrong_plan(error.fault) from None
        except ValidationError as error:
            raise wrong_plan(*(fault for _, fault in located(error, cls))) from None


def wrong_plan(*faults: TomlFault) -> InputError:
    """What is wrong with `trust.toml`, one fault a line."""
    lines = [
        f"{FILE_NAME}: {fault.path + ': ' if fault.path else ''}{fault.problem} → {fault.mend}" for fault in faults
    ]
    return InputError("trust.plan", "\n".join(lines))
