"""What a counter 窗口 needs of the records: whatever was typed or scanned is put on record, and then answered."""

from license_lib.counter.days import Shift, shift_of
from license_lib.counter.desk import CounterDesk, Found, Shown
from license_lib.counter.typed import Typed, TypedKind, read_typed

__all__ = ["CounterDesk", "Found", "Shift", "Shown", "Typed", "TypedKind", "read_typed", "shift_of"]
