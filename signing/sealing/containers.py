"""The signature containers of seals: what does not change from one to the next is encoded once a credential."""

from functools import lru_cache
from typing import Final

from signing import algorithms
from signing.cms import SignedDataTemplate
from signing.keys import SealCredential

_CREDENTIALS_REMEMBERED: Final = 64


@lru_cache(maxsize=_CREDENTIALS_REMEMBERED)
def template_of(credential: SealCredential) -> SignedDataTemplate:
    """The template of a credential's signatures over PDF files."""
    return SignedDataTemplate(credential, algorithms.DATA)
