"""The faults of templates, as values and as the one error that carries them all."""

from collections.abc import Iterable
from dataclasses import dataclass
from unicodedata import category

from license_lib.errors import InputError
from license_lib.toml_files import TomlFault


@dataclass(frozen=True, slots=True)
class TemplateProblem:
    """One fault of a template: the file, the path in it (`fields[2].pattern`), what is wrong and how to mend it.

    Problem and mend are said in English and in Chinese: who keeps a template is a clerk of a department.
    """

    file: str
    path: str
    problem: str
    mend: str
    problem_zh: str
    mend_zh: str

    @classmethod
    def of(cls, file: str, fault: TomlFault) -> "TemplateProblem":
        """A fault of one file."""
        texts = (file, fault.path, fault.problem, fault.mend, fault.problem_zh, fault.mend_zh)
        return cls(*map(_printable, texts))

    def __str__(self) -> str:
        """One line, as a template's author reads it."""
        return f"{self._place}: {self.problem} → {self.mend}"

    @property
    def text_zh(self) -> str:
        """The same line in Chinese."""
        return f"{self._place}: {self.problem_zh} → {self.mend_zh}"

    @property
    def _place(self) -> str:
        return f"{self.file}: {self.path}" if self.path else self.file


def _printable(text: str) -> str:
    """A text on one line, in which nothing is hidden: names of files and keys may hold any character."""
    if text.isprintable():
        return text
    hidden = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    return "".join(one.encode("unicode_escape").decode() if category(one) in hidden else one for one in text)


class TemplateError(InputError):
    """A template folder that cannot be loaded; `problems` holds every fault that was found, not only the first."""

    def __init__(self, problems: Iterable[TemplateProblem]) -> None:
        self.problems = tuple(dict.fromkeys(problems))  # a shared file is read for every layout
        super().__init__("template.invalid", "\n".join(map(str, self.problems)))

    @property
    def message_zh(self) -> str:
        """The message in Chinese, one line a fault."""
        return "\n".join(problem.text_zh for problem in self.problems)
