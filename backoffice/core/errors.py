"""What a service raises when it says no: a stable code for machines, a Dutch sentence for people."""

from django.utils.translation import gettext as _


class Refusal(Exception):
    """A rule forbids the change; nothing happened.

    code: stable, English, dotted ("order.no_lines"); message: Dutch, says what to do;
    field: name of the form field to mark, or empty.
    """

    status = 422

    def __init__(self, code: str, message: str, field: str = ""):
        super().__init__(message)
        self.code, self.message, self.field = code, str(message), field


class Refusals(Refusal):
    """Several refusals at once, so that a form can mark every field in one answer."""

    def __init__(self, refusals: list[Refusal]):
        super().__init__(refusals[0].code, " ".join(r.message for r in refusals), refusals[0].field)
        self.all = refusals


class NotFound(Refusal):
    """It is not there, or not for this employee: the two are not told apart."""

    status = 404


class Stale(Refusal):
    """Somebody else wrote first: says who and when, and carries both values per field.

    fields: [(label, theirs, yours)], formatted for the screen.
    """

    status = 409

    def __init__(self, message: str, *, who: str = "", at=None, fields: list[tuple[str, str, str]] | None = None):
        super().__init__("stale", message)
        self.who, self.at, self.fields = who, at, fields or []


class KeyReused(Refusal):
    """The request key came before with other data (docs/house.md, Request key)."""

    status = 409


class Busy(Refusal):
    """Somebody holds the row for longer than the lock timeout; the same key may be asked again."""

    status = 409

    def __init__(self, message: str):
        super().__init__("busy", message)


class TooLong(Refusal):
    """The request was ended because it took too long (core/limit.py); the same key may be asked again."""

    status = 503

    def __init__(self):
        told = _("Dit duurde te lang en is afgebroken. Kijk wat er is opgeslagen voor u het opnieuw probeert.")
        super().__init__("request.long", told)


class DiskFull(Refusal):
    """Nothing can be written; what was begun is undone, and the same key may be asked again."""

    status = 503

    def __init__(self):
        super().__init__("disk.full", _("De schijf van de server is vol: er is niets opgeslagen. Vraag de beheerder."))
