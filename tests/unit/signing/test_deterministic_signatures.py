"""A soft key signs as RFC 6979 says: the same data gives the same signature, to the bit."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from signing.keys import SoftSigner

KEY = 0xC9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721
"""RFC 6979 A.2.5, P-256."""
PUBLIC = (
    0x60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6,
    0x7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299,
)
WITH_SHA256 = {
    b"sample": (
        0xEFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716,
        0xF7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8,
    ),
    b"test": (
        0xF1ABB023518351CD71D881567B1EA663ED3EFCF6C5132B354F28D3B0B7D38367,
        0x019F4113742A2B14BD25926B49C649155F267E60D3814B4C0CC84250E46F0083,
    ),
}


@pytest.mark.parametrize(("data", "signature"), WITH_SHA256.items())
def test_signatures_are_those_of_the_standard(data: bytes, signature: tuple[int, int]) -> None:
    key = ec.derive_private_key(KEY, ec.SECP256R1())
    signer = SoftSigner(key)
    numbers = key.public_key().public_numbers()
    assert (numbers.x, numbers.y) == PUBLIC
    assert decode_dss_signature(signer.sign(data)) == signature
    assert signer.sign(data) == signer.sign(data)
