"""Why a bundle is not accepted."""

from license_lib.errors import InputError


class BundleError(InputError):
    """A bundle that is not accepted.

    `bundle.format`, `bundle.version`, `bundle.delta`, `bundle.base`, `bundle.signer`, `bundle.signature`,
    `bundle.rollback`, `bundle.future`, `bundle.stale`.
    """


def malformed(problem: str) -> BundleError:
    """Bytes that are not the one spelling of a bundle."""
    return BundleError("bundle.format", f"this is not a well-formed bundle: {problem}")
