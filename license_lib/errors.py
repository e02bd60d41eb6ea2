"""What may go wrong, as types: a wrong request or a broken machine (a bad *document* is a verdict, never an error).

Every error has a stable `code`, a `message` that says what is wrong and a `hint` that says what to do. None of the
three ever holds an ID number, a secret or key material.
"""

from typing import Any


class LicenseError(Exception):
    """Base of all errors of this library.

    Args:
        code: stable dotted code, e.g. `number.check`; callers and tests match on it, not on prose.
        message: what is wrong, in one line.
        hint: what to do about it, in one line; empty if the message says it all.
    """

    def __init__(self, code: str, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        """Message and hint, as a person should read them."""
        return f"{self.message} ({self.hint})" if self.hint else self.message

    def __reduce__(self) -> tuple[Any, ...]:
        """Errors come back whole from another process, whatever their constructors take."""
        return _again, (type(self), self.args, self.__dict__)


def _again(kind: type["LicenseError"], args: tuple[Any, ...], facts: dict[str, Any]) -> "LicenseError":
    error = kind.__new__(kind)
    error.args = args
    error.__dict__.update(facts)
    return error


class InputError(LicenseError):
    """The request is wrong: mend the input and try again. Nothing was written."""


class MachineError(LicenseError):
    """The machine is in the way: storage, keys, configuration. The same request may succeed later."""
