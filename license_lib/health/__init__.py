"""Health 运行状况: what an administrator has to look at, before it fails.

`facts` are gathered from a configuration (`gathering`), and judged by rules that know nothing else (`judging`). Page,
command, API and metrics show the same lines.
"""

from license_lib.health.judging import Report, judge
from license_lib.health.values import Line, State

__all__ = ["Line", "Report", "State", "judge"]
