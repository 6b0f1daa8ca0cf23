"""The errors that callers distinguish. All derive from `KilatError`; `raise … from` keeps the cause."""

# Seconds: the upper bound of a desk's `retry_after`.
LONGEST_WAIT = 600.0


class KilatError(Exception):
    """Base of all errors that Kilat raises on purpose."""


class ConfigurationError(KilatError):
    """A setting or a file of `data/` is wrong. The message says which one, where, and how to fix it."""


class StoreUnavailable(KilatError):
    """The database did not answer (down, locked, not migrated). `retryable`: a later try may succeed."""

    def __init__(self, message: str, *, retryable: bool = True) -> None:
        super().__init__(message)
        self.retryable = retryable


class NoConversation(KilatError, KeyError):
    """The conversation is not in the store: it was deleted, or an older backup was restored."""


class IdentityRejected(KilatError):
    """An identity token was rejected; `reason` is `expired`, `signature`, `claims` or `malformed`.

    Of a token that expired recently, `subject` is the customer and `ended_at` the expiry (Unix time, seconds).
    """

    def __init__(self, reason: str, detail: str, subject: str | None = None, ended_at: float = 0.0) -> None:
        super().__init__(detail)
        self.reason = reason
        self.subject = subject
        self.ended_at = ended_at


class TooManyTickets(KilatError):
    """The conversation has reached its limit of tickets (`bot.ports.tickets.MOST_A_DAY`)."""


class BotUnavailable(KilatError):
    """Rasa or the action server did not answer. The request may be repeated."""


class BotTooSlow(BotUnavailable):
    """The answer timed out. A repeated request may time out again."""


class DeskUnavailable(KilatError):
    """An outside desk did not answer, or refused for now. `retry_after`: the desk's own figure in seconds, at most
    `LONGEST_WAIT`; `None`: the desk gave none."""

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        # `max` in this order turns NaN into 0.
        self.retry_after = None if retry_after is None else min(max(0.0, retry_after), LONGEST_WAIT)


class WebhookRefused(KilatError):
    """A webhook's signature or age is wrong. `status` is the HTTP status to answer with: some desks mark a message as
    failed when its webhook is not answered with 200."""

    def __init__(self, message: str, status: int = 401) -> None:
        super().__init__(message)
        self.status = status
