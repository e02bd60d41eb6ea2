"""正本 and 副本 of one type: each is drawn, sealed and judged by its own layout."""

from io import BytesIO

import pikepdf
import pytest
from support import ISSUERS

from license_lib.authority import Authority
from license_lib.batch import read_request
from license_lib.rendering.blocks import MM
from license_lib.resources import resource_folder
from license_lib.verification import Outcome

TYPES = ("business-license", "medical-institution-license")


@pytest.mark.parametrize("key", TYPES)
def test_a_duplicate_is_sealed_where_its_own_layout_says(authority: Authority, key: str) -> None:
    example = resource_folder("templates") / key / "example-duplicate.toml"
    issued = authority.issue(read_request(example, {"type": key, "issuer": ISSUERS[key]}))
    assert authority.verify(issued.pdf).outcome is Outcome.IN_FORCE
    kind = authority.catalogue.get(key)
    layout = kind.layout_for(issued.license.fields)
    assert layout is not kind.layout
    with pikepdf.open(BytesIO(issued.pdf)) as pdf:
        widget = next(one for one in pdf.pages[0].Annots if one.Subtype == "/Widget" and one.T == "Seal")
        left, bottom, right, top = (float(edge) / MM for edge in widget.Rect)
    height, seal = layout.page.height, layout.seal
    assert (left, height - top) == pytest.approx((seal.x, seal.y), abs=0.01)
    assert (right - left, top - bottom) == pytest.approx((seal.size, seal.size), abs=0.01)
