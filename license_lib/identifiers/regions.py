"""Province prefixes of GB/T 2260 行政区划代码. All below the province is advisory: people keep historic regions."""

MAINLAND_PROVINCES = frozenset(
    str(prefix)
    # North, north-east, east, centre and south, south-west, north-west.
    for prefixes in (range(11, 16), range(21, 24), range(31, 38), range(41, 47), range(50, 55), range(61, 66))
    for prefix in prefixes
)
# Taiwan has 71 in GB/T 2260; nobody is known to hold a number that starts with it, but the prefix is a known one.
CITIZEN_PROVINCES = MAINLAND_PROVINCES | {"71"}
# Residence permits 居住证 for people of Hong Kong 81, Macao 82 and Taiwan 83 (since September 2018).
PERMIT_PREFIXES = frozenset({"81", "82", "83"})


def is_listed(region: str) -> bool:
    """Whether six digits were ever a division of GB/T 2260, as far as python-stdnum's table knows.

    Only good for explaining a number that is wrong already: the table has gaps, so it must never refuse one.
    """
    from stdnum import numdb

    # The last part is the division below the province, empty if there was none.
    return bool(numdb.get("cn/loc").info(region)[-1][1])
