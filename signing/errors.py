"""What may go wrong while sealing or setting up keys, as types. A bad *document* is never an error: it is a report."""


class SigningError(Exception):
    """Base of all errors of this room.

    None of the three texts ever holds a secret, a passphrase or key material.

    Args:
        code: stable dotted code, e.g. `key.passphrase`; callers and tests match on it, not on prose.
        message: what is wrong, in one line.
        hint: what to do about it, in one line; empty if the message says it all.
    """

    def __init__(self, code: str, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        """Message and hint, as a person should read them."""
        return f"{self.message} ({self.hint})" if self.hint else self.message


class PkiError(SigningError):
    """A PKI description or its folder is not usable: missing, present already, damaged."""


class KeyLoadError(SigningError):
    """A key or its certificate cannot be used: missing, wrong passphrase, not a pair, outside its period."""


class SealingError(SigningError):
    """The request to seal is wrong: not a PDF, sealed already, an impossible place for the appearance."""


class TimestampError(SigningError):
    """The time-stamp authority gave no usable answer. The same request may succeed later."""


class TrustError(SigningError):
    """The trust material is not usable: empty, unreadable. Refused at construction, so that nothing fails open."""


class NetworkError(SigningError):
    """A server could not be asked, or did not answer as it must. Names the host, never what was sent.

    Args:
        may_pass: the same request may be sent again at once: it did nothing, or does no harm twice.
        status: of an HTTP answer that is none, e.g. 404; None if there was no answer.
    """

    def __init__(
        self, code: str, message: str, *, hint: str = "", may_pass: bool = False, status: int | None = None
    ) -> None:
        super().__init__(code, message, hint=hint)
        self.may_pass = may_pass
        self.status = status
