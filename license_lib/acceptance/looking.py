"""The materials check over the records: only types that the item accepts and whoever asks may see are looked at."""

from collections.abc import Callable, Sequence

from license_lib.acceptance.materials import Checklist, Held, Judge, MaterialsCheck
from license_lib.records import Records
from license_lib.repository.entries import Use
from license_lib.repository.values import StoredLicense


def check_materials(
    records: Records, use: Use, check: MaterialsCheck, judge: Judge, *, allowed: Callable[[str], bool]
) -> Checklist:
    """Look the applicants' licences up, and say which materials they are; on the usage trail before the answer.

    Args:
        judge: identifier → the verdict on the licence's present state.
        allowed: whether whoever asks may see licences of a type, by its key.

    Raises:
        InputError: of the use, as `Records.find`.
        MachineError: the repository cannot be asked.
    """

    def weigh(found: Sequence[tuple[StoredLicense, frozenset[int]]]) -> Checklist:
        return check.answered([Held(stored, by) for stored, by in found], judge)

    types = check.item.types
    return records.weighed(use, check.applicants.numbers, weigh, allowed=lambda key: key in types and allowed(key))
