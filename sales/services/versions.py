"""Versions of a confirmed order: what each holds, what differs between two, and how one is drawn again."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django.db.models import DecimalField
from django.utils import timezone
from django.utils.translation import gettext as _

from backoffice.core import journal
from backoffice.core.db import rows
from backoffice.core.formats import (
    format_amount,
    format_date,
    format_money,
    format_percent,
    format_quantity,
)
from backoffice.relations.models import Branch, Employee, VatMode
from sales import addresses
from sales.models import DeliveryMethod, OrderLine, OrderType, OrderVat, OrderVersion, SalesOrder

# what of the order must be read along with it before snapshot() looks at it
READ_ALONG = ("branch", "order_type", "customer", "delivery_method", "employee")
HEADER = (
    "number", "channel", "order_date", "expected_delivery_date", "time_window", "subject", "reference", "note",
    "extra_data", "vat_mode", "discount_percent", "discount_amount", "discount_mode", "net", "vat", "gross",
    "paid_total", "quotation", "lifecycle", "delivery_state", "cancel_state", "payment_state", "status",
    "entered_at", "confirmed_at",
)  # fmt: skip
PERSONAL = (
    "customer_name", "customer_attention", "customer_email", "customer_vat_id", "invoice_address", "delivery_address",
)  # fmt: skip
LINE = tuple(
    field for field in OrderLine._meta.concrete_fields if field.name not in (*OrderLine.ROW, *OrderLine.ALLOWED)
)
# the letterhead as it was; what steers the till is no part of it
BRANCH = tuple(
    field.name
    for field in Branch._meta.concrete_fields
    if field.name not in ("id", "below_stock", "cash_rounding", "active")
)
EVENTS = {
    OrderVersion.Action.CONFIRMED: "sales.order.confirmed",
    OrderVersion.Action.AMENDED: "sales.order.amended",
    OrderVersion.Action.CANCELLED: "sales.order.cancelled",
    OrderVersion.Action.RESTORED: "sales.order.cancel_undone",
}


def add(
    order: SalesOrder,
    lines: Sequence[OrderLine],
    *,
    employee,
    action: str,
    changes: list[dict],
    reason: str = "",
    kept: dict | None = None,
) -> OrderVersion:
    """Write the order's version (order.version, already raised and stored) and its journal row: the last lock.

    changes: from diff(). Values of personal fields are left out of them, because they stand in `personal` alone,
    which can be blanked in time. kept: the snapshot() that the caller took just now. The order must have been read with
    READ_ALONG.
    """
    version = OrderVersion(
        order=order,
        version=order.version,
        action=action,
        reason=reason,
        at=timezone.now(),
        employee=employee,
        changes=[change | {"old": "", "new": ""} if change.get("personal") else change for change in changes],
        **(kept or snapshot(order, lines)),
    )
    rows.insert([version])
    data: dict[str, Any] = {"number": order.number, "gross": str(order.gross.amount), "lines": len(lines)}
    if changes:
        data["changes"] = len(changes)
    if reason:
        data["reason"] = reason
    journal.write(
        branch_id=order.branch_id,
        employee=employee,
        action=EVENTS[OrderVersion.Action(action)],
        about=order,
        version=order.version,
        data=data,
    )
    return version


def snapshot(order: SalesOrder, lines: Sequence[OrderLine]) -> dict:
    """What a version keeps: {"snapshot": {header, names, lines, vat}, "personal": …}, as plain JSON.

    Amounts are EUR in the order's VAT mode, as text. VAT rows are those that were just computed (order.totals), else
    those that are stored.
    """
    by_rate = order.totals.vat_rows if hasattr(order, "totals") else order.vat_rows.all()
    header = {name: _plain(getattr(order, name)) for name in HEADER}
    header |= {name: getattr(order, f"{name}_id") for name in READ_ALONG}
    method = order.delivery_method
    names = {
        "order_type": order.order_type.name,
        "delivery_method": {"name": method.name, "kind": method.kind},
        "branch": {name: _plain(getattr(order.branch, name)) for name in BRANCH},
    }
    return {
        "snapshot": {
            "header": header,
            "names": names,
            "lines": [
                {field.name: _plain(line.__dict__[field.attname]) for field in LINE} | {"title": line.title}
                for line in lines
            ],
            "vat": [
                {name: _plain(getattr(row, name)) for name in ("code", "percent", "net", "vat", "gross")}
                for row in by_rate
            ],
        },
        "personal": {name: getattr(order, name) for name in PERSONAL} | {"employee_name": order.employee.name},
    }


def _plain(value):
    """A value as JSON knows it."""
    value = getattr(value, "amount", value)
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, bool | int | dict | list):
        return value
    return str(value)


def rebuild(version: OrderVersion) -> tuple[SalesOrder, list[OrderLine], list[OrderVat]]:
    """The order as the version holds it: unsaved instances that read nothing, ready for its confirmation."""
    header, names = version.snapshot["header"], version.snapshot.get("names", {})
    personal = version.personal
    order = SalesOrder(
        pk=version.order_id,
        version=version.version,
        **{name: _read(SalesOrder, name, header[name]) for name in HEADER if name in header},
        **{name: personal[name] for name in PERSONAL if name in personal},
    )
    method = names.get("delivery_method", {})
    order.order_type = OrderType(pk=header["order_type"], name=names.get("order_type", ""))
    order.delivery_method = DeliveryMethod(pk=header["delivery_method"], **method)
    order.employee = Employee(pk=header["employee"], name=personal.get("employee_name", ""))
    branch = {name: _read(Branch, name, value) for name, value in names.get("branch", {}).items()}
    order.branch = Branch(pk=header["branch"], **branch)
    order.customer_id = header["customer"]
    lines = [_line(order, row) for row in version.snapshot["lines"]]
    by_rate = [
        OrderVat(
            order=order,
            code=row.get("code", ""),  # versions from before VAT was kept per code have none
            **{name: Decimal(row[name]) for name in ("percent", "net", "vat", "gross")},
        )
        for row in version.snapshot.get("vat", [])
    ]
    order.all_lines = lines
    order._prefetched_objects_cache = {"lines": lines, "vat_rows": by_rate}  # type: ignore[attr-defined]
    return order, lines, by_rate


def _line(order: SalesOrder, row: dict) -> OrderLine:
    values = {field.attname: _read(OrderLine, field.name, row[field.name]) for field in LINE if field.name in row}
    return OrderLine(order=order, **values)


def _read(model, name: str, value):
    """A value of the snapshot as the field holds it."""
    field = model._meta.get_field(name)
    if value is None or field.is_relation:
        return value
    return Decimal(value) if isinstance(field, DecimalField) else field.to_python(value)


def same(before: dict, after: dict) -> bool:
    """Whether two of snapshot() hold the same order.

    Nothing changes by who allowed a price that is not asked any more, by the mode of a discount in euros that there is
    not, or by other numbers for lines in the same order.
    """
    return _agreed(before) == _agreed(after)


def _agreed(kept: dict) -> dict:
    snapshot = kept["snapshot"]
    lines = [_discounted(row, "override_by", "override_reason", "position") for row in snapshot["lines"]]
    return kept | {"snapshot": snapshot | {"header": _discounted(snapshot["header"]), "lines": lines}}


def _discounted(row: dict, *without: str) -> dict:
    """The row without these, nor the mode of a discount in euros that there is not."""
    if not Decimal(row["discount_amount"]):
        without = (*without, "discount_mode")
    return {name: value for name, value in row.items() if name not in without}


def between(before: OrderVersion | None, after: OrderVersion) -> list[dict]:
    """What a version changed, with personal values where they are still kept."""
    if before is None or "header" not in before.snapshot or "header" not in after.snapshot:
        return []
    return diff(
        {"snapshot": before.snapshot, "personal": before.personal},
        {"snapshot": after.snapshot, "personal": after.personal},
    )


def diff(before: dict, after: dict) -> list[dict]:
    """What differs between two of snapshot(), for people to read.

    [{field, label, old, new}] for the header, with personal=True for what is about the customer, then
    [{line, title, field, label, old, new}] for lines: field "" is a line that was added or that went.
    """
    return [*_header_changes(before, after), *_line_changes(before["snapshot"], after["snapshot"])]


def _header_changes(before: dict, after: dict) -> list[dict]:
    old, new = (_header_shown(part) for part in (before, after))
    labels = _labels()
    changes: list[dict[str, Any]] = []
    for name, label in labels.items():
        if old[name] != new[name]:
            changes.append({"field": name, "label": str(label), "old": old[name], "new": new[name]})
            if name in PERSONAL:
                changes[-1]["personal"] = True
    return changes


def _labels() -> dict[str, str]:
    return {
        "order_type": _("Soort"),
        "customer_name": _("Debiteur"),
        "order_date": _("Datum"),
        "employee": _("Medewerker"),
        "branch": _("Filiaal"),
        "subject": _("Betreft"),
        "expected_delivery_date": _("Verwachte leverdatum"),
        "delivery_method": _("Leverwijze"),
        "reference": _("Referentie klant"),
        "time_window": _("Tijdvak"),
        "note": _("Interne notitie"),
        "extra_data": _("Extra gegevens"),
        "customer_attention": _("Ter attentie van"),
        "customer_email": _("E-mailadres"),
        "customer_vat_id": _("BTW-id"),
        "invoice_address": _("Factuuradres"),
        "delivery_address": _("Bezorgadres"),
        "vat_mode": _("BTW"),
        "discount": _("Korting op de order"),
        "order": _("Volgorde van de regels"),
        "gross": _("Totaal"),
    }


def _header_shown(part: dict) -> dict[str, str]:
    """Each header field as the screen shows it."""
    header, personal = part["snapshot"]["header"], part["personal"]
    names = part["snapshot"].get("names", {})
    shown = {name: str(header.get(name) or "") for name in ("subject", "reference", "time_window", "note")}
    shown |= {name: str(personal.get(name) or "") for name in PERSONAL[:4]}
    shown |= {name: _address(personal.get(name)) for name in PERSONAL[4:]}
    shown |= {name: _date(header.get(name)) for name in ("order_date", "expected_delivery_date")}
    extra = header.get("extra_data") or {}
    return shown | {
        "order_type": names.get("order_type", ""),
        "employee": personal.get("employee_name") or str(header["employee"]),
        "branch": names.get("branch", {}).get("name", ""),
        "delivery_method": names.get("delivery_method", {}).get("name", ""),
        "extra_data": ", ".join(f"{name}: {value}" for name, value in sorted(extra.items()) if value),
        "vat_mode": str(dict(VatMode.choices)[header["vat_mode"]]),
        "discount": _discount(SimpleNamespace(**header)),
        "order": "",
        "gross": format_money(header["gross"]),
    }


def _address(address) -> str:
    return ", ".join(addresses.lines(address)) if address else ""


def _date(text) -> str:
    return format_date(datetime.fromisoformat(text).date()) if text else ""


def _discount(row) -> str:
    if Decimal(row.discount_amount):
        return format_amount(row.discount_amount)
    return format_percent(row.discount_percent) if Decimal(row.discount_percent) else ""


def _line_changes(before: dict, after: dict) -> list[dict]:
    old = {row["key"]: row for row in before["lines"]}
    new = {row["key"]: row for row in after["lines"]}
    changes = []
    for key, row in new.items():
        if key not in old:
            changes.append(_line_change(row, "", _("Regel toegevoegd"), "", _in_words(row)))
            continue
        theirs, ours = _line_shown(old[key]), _line_shown(row)
        for name, (label, value) in ours.items():
            if value != theirs[name][1]:
                changes.append(_line_change(row, name, label, theirs[name][1], value))
    for key, row in old.items():
        if key not in new:
            changes.append(_line_change(row, "", _("Regel vervallen"), _in_words(row), ""))
    both = [key for key in new if key in old]
    if both != [key for key in old if key in new]:
        changes.append({"field": "order", "label": _("Volgorde van de regels"), "old": "", "new": _("gewijzigd")})
    return changes


def _line_change(row, field, label, old, new) -> dict:
    return {"line": row["key"], "title": row["title"], "field": field, "label": label, "old": old, "new": new}


def _line_shown(row) -> dict[str, tuple[str, str]]:
    """Each field of a line as (label, what the screen shows)."""
    return {
        "quantity": (_("Aantal"), format_quantity(row["quantity"])),
        "cancelled_quantity": (_("Geannuleerd"), format_quantity(row["cancelled_quantity"])),
        "unit_price": (_("Verkoopprijs"), format_amount(row["unit_price"])),
        "discount": (_("Korting"), _discount(SimpleNamespace(**row))),
        "text": (_("Tekst"), row["text"]),
        "vat_percent": (_("BTW"), format_percent(row["vat_percent"])),
    }


def _in_words(row) -> str:
    if row["variant"] is None:
        return row["text"]
    return f"{format_quantity(row['quantity'])} × {format_amount(row['unit_price'])}"
