"""What is wrong with a status list that somebody published."""

from license_lib.errors import InputError


class StatusListError(InputError):
    """A status list that says nothing.

    The codes: `status.list-malformed` (not a list, or not in its one form), `status.list-signature` (not signed by one
    of the signers, or outside the time of its certificate), `status.list-other` (another list than the one asked for),
    `status.list-future` (from the future), `status.list-stale` (expired, or older than the verifier accepts).
    """
