"""From rows to a plan: every cell read by itself, then each row laid beside the customer that it is about."""

import re
from typing import Any

from django.utils.translation import gettext as _

from backoffice.core.errors import Refusal
from backoffice.core.imports.importer import Problems, Progress, Source
from backoffice.core.input import InputError, clean_text
from backoffice.core.search import fold
from backoffice.relations import validators
from backoffice.relations.imports.companies import as_account
from backoffice.relations.imports.fields import ADDRESS, KINDS, LABELS, MODES, VALUES, lands
from backoffice.relations.imports.matching import Known, Match, place
from backoffice.relations.imports.plan import CustomerPlan, Doubt, Plan, Row
from backoffice.relations.models import Customer, CustomerAddress
from backoffice.relations.postcodes import with_zeros
from backoffice.relations.services import untaxed
from backoffice.relations.services.customers import checked_address, incomplete, read

MAX_NUMBER = 99_999_999
READING, MATCHING = 0.6, 0.7  # how the checking is spread, for the progress bar
STREET = re.compile(r"(.*?[^\W\d_].*?)\s+([0-9]{1,5}\S{0,5})(?:\s+(\S.{0,19}))?")
NUMBER_FIRST = {"FR", "GB", "IE", "LU", "MT", "US"}  # where the number stands before the street
UPDATE, NEW, SKIP = "update", "new", "skip"  # what the file wants of a doubtful row


def check(source: Source, problems: Problems, options: dict, progress: Progress) -> Plan:
    """Every row as it is stored; problems takes what is wrong, by row and column."""
    return Reader(source, problems, options.get("doubtful", "")).plan(progress)


class Reader:
    def __init__(self, source: Source, problems: Problems, choice: str):
        self.source, self.problems, self.choice = source, problems, choice
        self.seen: dict[Any, tuple[int, bool]] = {}

    def plan(self, progress: Progress) -> Plan:
        total, rows = max(self.source.table.count, 1), []
        for done, (number, cells) in enumerate(self.source.rows()):
            row = self._row(number, {name: value for name, value in cells.items() if value})
            if row is not None:
                rows.append(row)
            if not done % 500:
                progress(READING * done / total)
        known, plan = Known(rows), Plan()
        progress(MATCHING)
        for done, row in enumerate(rows):
            self._settle(row, known, plan)
            if not done % 500:
                progress(MATCHING + (1 - MATCHING) * done / total)
        return plan

    def wrong(self, row: int, name: str, value: object, sentence: str) -> None:
        self.problems.add(row, self.source.header(name, LABELS.get(name, name)), value, sentence)

    def _row(self, row: int, cells: dict[str, str]) -> Row | None:
        """The row as it is stored, whoever it is about, or nothing where it is wrong."""
        before, number = self.problems.total, None
        if typed := cells.get("number", ""):
            if typed.isascii() and typed.isdigit() and 0 < int(typed[:12]) <= MAX_NUMBER:
                number = int(typed)
            else:
                self.wrong(row, "number", typed, _("Een debiteurnummer is een getal van hoogstens acht cijfers."))
        values: dict[str, Any] = {name: cells[name] for name in VALUES if name in cells and name != "phone"}
        for name, words in (("kind", KINDS), ("vat_mode", MODES)):
            if name in values:
                values[name] = words.get(fold(values[name]), "?")
        values, refusals = read(values, validators.HOME)
        for refusal in refusals:
            self.wrong(row, refusal.field, cells.get(refusal.field, ""), refusal.message)
        address = self._address(row, cells)
        reason = cells.get("vat_reason", "")
        try:
            reason = clean_text(reason, max_length=untaxed.REASON_LENGTH)
        except InputError as error:
            self.wrong(row, "vat_reason", reason, error.message)
        if self.problems.total > before:
            return None
        kept: dict[str, str] = {
            name: cells[name] for name in ("phone", "postcode", "kind", "vat_mode") if name in cells
        }
        country = address.get("country") or validators.HOME
        found = Row(row, number, values, address, _name(values), country, reason, kept)
        _by_country(found, country)  # what is wrong is told when it is known whose row it is, and so of which country
        return found

    def _address(self, row: int, cells: dict[str, str]) -> dict[str, Any]:
        """The address cells as they are stored, but for the postcode; a house number at the end of its street apart."""
        given = {name: cells[name] for name in ADDRESS if name in cells}
        if not set(given) - {"country"}:
            return {}
        if "country" in given:
            given["country"] = lands().get(fold(given["country"]), "?")
        split = "house_number" not in given and given.get("country") not in NUMBER_FIRST
        if split and (found := STREET.fullmatch(given.get("street", ""))):
            given |= {"street": found[1], "house_number": found[2]}
            given |= {"addition": found[3]} if found[3] and "addition" not in given else {}
        given.pop("postcode", None)
        try:
            whole = checked_address({"kind": CustomerAddress.Kind.INVOICE} | given)
        except Refusal as refusal:
            self.wrong(row, refusal.field or "street", cells.get(refusal.field or "street", ""), refusal.message)
            return {}
        return {name: whole[name] for name in (*given, "kind")}

    def _settle(self, row: Row, known: Known, plan: Plan) -> None:
        """Put the row into the plan, beside who it is about; or say what is wrong or doubtful with it."""
        if row.number in known.anonymised:
            self.wrong(row.row, "number", row.number, _("Deze debiteur is geanonimiseerd. Laat het nummer leeg."))
            return
        match, one = known.match(row), None
        if not match.others:
            one = self._planned(row, match.known)
            if one is not None and one.known is not None and _under_another_number(row, one.known) and one.changes:
                match = Match(others=[one.known])
        if match.others:
            plan.doubts.append(Doubt(row.row, row.name, match.others, match.number_taken))
            one = self._chosen(row, match, plan)
        if one is not None and self._first(one, row):
            plan.customers.append(one)

    def _chosen(self, row: Row, match: Match, plan: Plan) -> CustomerPlan | None:
        """The doubtful row as the file's choice wants it; as a new one where nothing was chosen yet."""
        if self.choice == SKIP:
            plan.skipped += 1
            return None
        if self.choice == UPDATE:
            if len(match.others) == 1:
                return self._planned(row, match.others[0])
            numbers = ", ".join(str(one.number) for one in match.others[:5])
            sentence = _("Deze debiteur lijkt op meer dan één: %(numbers)s. Zet het debiteurnummer erbij.")
            self.wrong(row.row, "last_name", row.name, sentence % {"numbers": numbers})
            return None
        if match.number_taken:
            row.number = None
        return self._planned(row, None)

    def _planned(self, row: Row, old: Customer | None) -> CustomerPlan | None:
        """What becomes of the customer; nothing where it is wrong."""
        before = self.problems.total
        there = invoice_address(old)
        country = row.address.get("country") or (there.country if there else validators.HOME)
        for name, sentence in _by_country(row, country):
            self.wrong(row.row, name, row.cells[name], sentence)
        values = as_account(row.values, old)
        if old is not None:
            if fold(values.get("email", "")) == fold(old.email):
                values.pop("email", None)  # in another case it is no other
            values = {name: getattr(old, name) for name in VALUES} | values
        for refusal in incomplete(values):
            name = refusal.field or "last_name"
            self.wrong(row.row, name, row.cells.get(name, ""), refusal.message)
        if values["kind"] != Customer.Kind.BUSINESS:
            values["company"] = ""
        mode = values.get("vat_mode", "")
        untaxed_new = mode in untaxed.MODES and (old is None or old.vat_mode != mode)
        if untaxed_new and not row.vat_reason:
            sentence = _("Geef in de kolom Reden zonder BTW op waarom deze debiteur zonder BTW koopt.")
            self.wrong(row.row, "vat_mode", row.cells.get("vat_mode", ""), sentence)
        if self.problems.total > before:
            return None
        reason = row.vat_reason if untaxed_new else ""
        number = row.number if old is None else old.number
        one = CustomerPlan(row.row, number, values, dict(row.address), old, vat_reason=reason)
        one.changes = old is not None and _differs(one)
        return one

    def _first(self, one: CustomerPlan, row: Row) -> bool:
        """Whether no earlier row is about the same customer."""
        email, phone = fold(one.values.get("email", "")), one.values.get("phone", "")
        house = place(*(row.address.get(name, "") for name in ("postcode", "house_number", "addition")))
        name = fold(row.name)
        sure: list = [("number", row.number)] if row.number is not None else []
        sure += [("known", one.known.pk)] if one.known else []
        sure += [("email", email, name)] if email and name else []
        # a row without an e-mail, or like one without, is the same by its telephone or its house
        weak: list = [("phone", phone, name)] if phone and name else []
        weak += [("house", house, name)] if house and name else []
        weak += [("name", name)] if name and not (email or phone or house) else []
        found = [self.seen[key][0] for key in sure if key in self.seen]
        if row.number is None:
            found += [self.seen[k][0] for k in weak if k in self.seen and not (email and self.seen[k][1])]
        for key in sure + weak:
            self.seen.setdefault(key, (row.row, bool(email)))
        if not found:
            return True
        field = "number" if row.number is not None else "email" if email else "last_name"
        value = row.number if row.number is not None else one.values.get("email") or row.name
        self.wrong(row.row, field, value, _("Deze debiteur staat al op rij %(row)s.") % {"row": min(found)})
        return False


def _by_country(row: Row, country: str) -> list[tuple[str, str]]:
    """Read telephone and postcode by this country into the row; gives the field and the sentence of what is wrong."""
    wrong = []
    again = country != row.country
    row.country = country
    if (phone := row.cells.get("phone")) and (again or "phone" not in row.values):
        try:
            row.values["phone"] = validators.clean_phone(phone, country)
        except InputError as error:
            row.values.pop("phone", None)
            wrong.append(("phone", error.message))
    if (postcode := row.cells.get("postcode")) and (again or "postcode" not in row.address):
        try:
            row.address["postcode"] = validators.clean_postcode(with_zeros(postcode, country), country)
        except InputError as error:
            row.address.pop("postcode", None)
            wrong.append(("postcode", error.message))
    return wrong


def _under_another_number(row: Row, known: Customer) -> bool:
    """Whether the file knows the customer by another number than we do, and nothing as sure as an e-mail says it."""
    same_email = fold(row.values.get("email", "")) == fold(known.email) != ""
    return row.number is not None and row.number != known.number and not same_email


def _name(values: dict[str, str]) -> str:
    return values.get("company") or " ".join(
        part for part in (values.get(name, "") for name in ("first_name", "infix", "last_name")) if part
    )


def invoice_address(customer: Customer | None) -> CustomerAddress | None:
    addresses = customer.addresses.all() if customer is not None else ()
    return next((one for one in addresses if one.kind == CustomerAddress.Kind.INVOICE), None)


def _differs(plan: CustomerPlan) -> bool:
    if any(getattr(plan.known, name) != value for name, value in plan.values.items()):
        return True
    there = invoice_address(plan.known)
    return bool(plan.address) and (there is None or any(getattr(there, n) != v for n, v in plan.address.items()))
