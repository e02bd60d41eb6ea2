"""Titles of the errors that a clerk meets at the counter, for `license_lib.error_texts`."""

from typing import Final

COUNTER_TITLES: Final = {
    "typed.empty": "没有输入内容",
    "typed.too-long": "输入过长",
    "typed.incomplete": "二维码扫描不完整，没有查询",
    "typed.input-method": "扫描内容被输入法改动，没有查询",
}
