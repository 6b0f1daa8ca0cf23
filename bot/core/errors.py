"""Errors that callers decide with. One base; the cause is kept with `raise … from`."""

# Seconds. A desk that wants to be left alone for longer is asked again all the same.
LONGEST_WAIT = 600.0


class KilatError(Exception):
    """Base of all errors raised on purpose by Kilat."""


class ConfigurationError(KilatError):
    """A setting or a file of `data/` is wrong; the message says which, where and what to do."""


class StoreUnavailable(KilatError):
    """The database did not answer (down, locked, not migrated). `retryable` is true when waiting may help."""

    def __init__(self, message: str, *, retryable: bool = True) -> None:
        super().__init__(message)
        self.retryable = retryable


class NoConversation(KilatError, KeyError):
    """The conversation is not in the store: it was deleted, or an older backup was restored."""


class IdentityRejected(KilatError):
    """An identity token was not accepted; `reason` is one of `expired`, `signature`, `claims`, `malformed`.

    `subject` is whose it was, for one that has merely expired, not long ago; `ended_at` when, in seconds since 1970.
    """

    def __init__(self, reason: str, detail: str, subject: str | None = None, ended_at: float = 0.0) -> None:
        super().__init__(detail)
        self.reason = reason
        self.subject = subject
        self.ended_at = ended_at


class TooManyTickets(KilatError):
    """The conversation has had its share of tickets for now."""


class BotUnavailable(KilatError):
    """Rasa or the action server did not answer; what was asked can be asked again."""


class BotTooSlow(BotUnavailable):
    """There was no answer in time: perhaps what was asked takes too long, and would again."""


class DeskUnavailable(KilatError):
    """An outside desk did not answer, or refused for now; `retry_after` in seconds where it says, `LONGEST_WAIT` at
    most."""

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        # In this order, what is no number is none to wait for.
        self.retry_after = None if retry_after is None else min(max(0.0, retry_after), LONGEST_WAIT)


class WebhookRefused(KilatError):
    """A webhook that is not the desk's: its signature or its age is wrong. `status` is the HTTP status of the answer:
    some desks mark a message as failed whose webhook was not answered with 200."""

    def __init__(self, message: str, status: int = 401) -> None:
        super().__init__(message)
        self.status = status
