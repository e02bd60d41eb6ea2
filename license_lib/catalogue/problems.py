"""The faults of templates, as values and as the one error that carries them all."""

from collections.abc import Iterable
from dataclasses import dataclass

from license_lib.errors import InputError


@dataclass(frozen=True, slots=True)
class TemplateProblem:
    """One fault of a template: the file, the path in it (`fields[2].pattern`), what is wrong and how to mend it."""

    file: str
    path: str
    problem: str
    mend: str

    def __str__(self) -> str:
        """One line, as a template's author reads it."""
        place = f"{self.file}: {self.path}" if self.path else self.file
        return f"{place}: {self.problem} → {self.mend}"


class TemplateError(InputError):
    """A template folder that cannot be loaded; `problems` holds every fault that was found, not only the first."""

    def __init__(self, problems: Iterable[TemplateProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("template.invalid", "\n".join(str(problem) for problem in self.problems))
