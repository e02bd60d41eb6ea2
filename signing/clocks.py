"""How far clocks may differ: other people's machines are not set by ours."""

from datetime import timedelta
from typing import Final

CLOCK_TOLERANCE: Final = timedelta(minutes=5)
"""What is dated further ahead of our clock is from the future, and proves nothing yet."""
