"""Keys of caches: large values that are made once, such as a licence type, are told apart by identity."""

from typing import Generic, TypeVar

Value = TypeVar("Value")


class Same(Generic[Value]):
    """A key that is equal to another one of the very same object, however large that is; it keeps the object alive."""

    __slots__ = ("it",)

    def __init__(self, it: Value) -> None:
        self.it = it

    def __hash__(self) -> int:
        """By identity."""
        return id(self.it)

    def __eq__(self, other: object) -> bool:
        """The very same object."""
        return isinstance(other, Same) and other.it is self.it
