"""One order as an UBL 2.1 Order (OASIS, ISO/IEC 19845), for the customer's own books. Prices and amounts are net, EUR.

A line keeps its price as it was agreed, and an order inclusive of VAT agreed gross prices: what is net on a line is its
share of the VAT row that it belongs to, so that everything adds up to the order's own totals to the cent. An order
discount is one allowance per VAT rate.
"""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from xml.etree import ElementTree as ET

from django.db.models import Prefetch, QuerySet

from backoffice.core.gtin import gtin
from backoffice.core.money import HUNDRED, ZERO, cents, four, spread
from backoffice.relations.models import Branch, VatMode
from sales import addresses
from sales.documents import tables
from sales.models import OrderLine, SalesOrder
from sales.pricing import NONE, REVERSE_CHARGE, UNTAXED_CODES
from sales.totals import vat_key

UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
ROOT = f"{UBL}Order-2"
CAC, CBC = f"{UBL}CommonAggregateComponents-2", f"{UBL}CommonBasicComponents-2"
KVK, DUTCH_VAT, EMAIL = "0106", "9944", "EM"  # schemes of an EndpointID (Peppol's code list of participant ids)
CATEGORIES = {UNTAXED_CODES[REVERSE_CHARGE]: "AE", UNTAXED_CODES[NONE]: "E"}
PIECE, ONE = "H87", "C62"  # UN/ECE recommendation 20
Key = tuple[str, Decimal]  # VAT code and percentage
ORDER_CODE, QUOTATION_CODE = "220", "310"  # UN/EDIFACT 1001


@dataclass
class Line:
    """A line on its way out: pieces that are not cancelled; net EUR before the order discount."""

    line: OrderLine
    net: Decimal = ZERO

    @property
    def quantity(self) -> Decimal:
        return self.line.quantity - self.line.cancelled_quantity


def orders() -> QuerySet[SalesOrder]:
    """Orders with all that goes into the file."""
    lines = OrderLine.objects.order_by("position")
    shown = SalesOrder.objects.select_related("branch", "employee", "delivery_method", "customer", "order_type")
    return shown.prefetch_related(Prefetch("lines", lines), "vat_rows")


def order_xml(order: SalesOrder) -> bytes:
    """The file of an order from orders(). Three parties' worth of data, its lines, VAT per rate and totals."""
    for prefix, space in (("", ROOT), ("cac", CAC), ("cbc", CBC)):
        ET.register_namespace(prefix, space)
    goods, allowances = net_of(order)
    root = ET.Element(f"{{{ROOT}}}Order")
    _head(root, order, len(goods))
    _customer(_group(root, "BuyerCustomerParty"), order)
    _supplier(_group(root, "SellerSupplierParty"), order)
    _delivery(root, order)
    for key, amount in allowances.items():
        _allowance(root, amount, "Orderkorting", key)
    _vat(root, order)
    _totals(root, order, goods, allowances)
    codes = tables.barcodes([row.line for row in goods])
    for row in goods:
        _line(root, order, row, codes.get(row.line.variant_id, ""))
    ET.indent(root)
    return ET.tostring(root, encoding="utf-8", xml_declaration=True)


def net_of(order: SalesOrder) -> tuple[list[Line], dict[Key, Decimal]]:
    """(the lines with their net amounts, {VAT code and percentage: what the order discount took off net}), EUR.

    Lines less allowances are the net of each VAT row, exactly. A text is no line, unless there is nothing else.
    """
    lines = list(order.lines.all())
    kept = [Line(line) for line in lines if line.variant_id and line.quantity != line.cancelled_quantity]
    kept = kept or [Line(line) for line in lines]
    by_rate: dict[Key, list[Line]] = defaultdict(list)
    for row in kept:
        by_rate[vat_key(row.line, order.vat_mode)].append(row)
    nets = {(row.code, row.percent): row.net.amount for row in order.vat_rows.all()}
    allowances = {}
    for (code, percent), rows in by_rate.items():
        amounts = [row.line.line_total.amount for row in rows]
        before = sum(amounts, ZERO)
        if order.vat_mode == VatMode.INCLUSIVE:
            before -= cents(before * percent / (HUNDRED + percent))
            amounts = spread(before, amounts) if sum(amounts) else amounts
        for row, amount in zip(rows, amounts, strict=True):
            row.net = amount
        off = before - nets.get((code, percent), ZERO)
        if off:
            allowances[code, percent] = off
    return kept, allowances


def _head(root: ET.Element, order: SalesOrder, count: int) -> None:
    _text(root, "UBLVersionID", "2.1")
    _text(root, "ID", order.number)
    _text(root, "SalesOrderID", order.number)
    _text(root, "IssueDate", order.order_date.isoformat())
    _text(root, "OrderTypeCode", QUOTATION_CODE if order.quotation else ORDER_CODE, listID="UNCL1001")
    _text(root, "Note", order.subject)
    for line in order.lines.all():
        if line.variant_id is None:
            _text(root, "Note", line.text)
    _text(root, "DocumentCurrencyCode", "EUR")
    _text(root, "CustomerReference", order.reference)
    _text(root, "LineCountNumeric", str(count))


def _customer(parent: ET.Element, order: SalesOrder) -> None:
    customer = order.customer
    if customer:
        _text(parent, "SupplierAssignedAccountID", str(customer.number))
    party = _group(parent, "Party")
    kvk, email = (customer.kvk if customer else ""), order.customer_email
    if kvk:
        _text(party, "EndpointID", kvk, schemeID=KVK)
    elif email:
        _text(party, "EndpointID", email, schemeID=EMAIL)
    if customer:
        _text(_group(party, "PartyIdentification"), "ID", str(customer.number))
    _text(_group(party, "PartyName"), "Name", order.customer_name or "-")
    _address(_group(party, "PostalAddress"), order.invoice_address)
    _vat_id(party, order.customer_vat_id)
    _legal(party, order.customer_name or "-", kvk)
    if order.customer_attention or email:
        contact = _group(party, "Contact")
        _text(contact, "Name", order.customer_attention)
        _text(contact, "ElectronicMail", email)


def _supplier(parent: ET.Element, order: SalesOrder) -> None:
    branch: Branch = order.branch
    party = _group(parent, "Party")
    if branch.kvk:
        _text(party, "EndpointID", branch.kvk, schemeID=KVK)
    elif branch.vat_id:
        _text(party, "EndpointID", branch.vat_id, schemeID=DUTCH_VAT)
    _text(_group(party, "PartyName"), "Name", branch.name)
    postal = {"street": branch.street_line, "city": branch.city_line, "country": branch.country}
    _address(_group(party, "PostalAddress"), postal)
    _vat_id(party, branch.vat_id)
    _legal(party, branch.company or branch.name, branch.kvk)
    contact = _group(party, "Contact")
    _text(contact, "Name", order.employee.name)
    _text(contact, "Telephone", branch.phone)
    _text(contact, "ElectronicMail", branch.email)


def _address(parent: ET.Element, address: dict) -> None:
    """Street, town and postcode apart; what stood above the street as lines of the address."""
    street, *more = str(address.get("street") or "").splitlines() or [""]
    postcode, town = addresses.postcode_and_town(address)
    _text(parent, "StreetName", street)
    _text(parent, "AdditionalStreetName", ", ".join(more))
    _text(parent, "CityName", town)
    _text(parent, "PostalZone", postcode)
    for row in str(address.get("above") or "").splitlines():
        _text(_group(parent, "AddressLine"), "Line", row)
    _text(_group(parent, "Country"), "IdentificationCode", address.get("country") or "NL")


def _vat_id(party: ET.Element, vat_id: str) -> None:
    if vat_id:
        scheme = _group(party, "PartyTaxScheme")
        _text(scheme, "CompanyID", vat_id)
        _text(_group(scheme, "TaxScheme"), "ID", "VAT")


def _legal(party: ET.Element, name: str, kvk: str) -> None:
    entity = _group(party, "PartyLegalEntity")
    _text(entity, "RegistrationName", name)
    if kvk:
        _text(entity, "CompanyID", kvk, schemeID=KVK)


def _delivery(root: ET.Element, order: SalesOrder) -> None:
    delivered = order.delivery_method.kind == "delivery" and order.delivery_address
    if not (delivered or order.expected_delivery_date):
        return
    delivery = _group(root, "Delivery")
    if delivered:
        _address(_group(_group(delivery, "DeliveryLocation"), "Address"), order.delivery_address)
    if order.expected_delivery_date:
        period = _group(delivery, "RequestedDeliveryPeriod")
        _text(period, "EndDate", order.expected_delivery_date.isoformat())
        _text(period, "Description", order.time_window)


def _allowance(parent: ET.Element, amount: Decimal, reason: str, key: Key | None = None) -> None:
    allowance = _group(parent, "AllowanceCharge")
    _text(allowance, "ChargeIndicator", "false" if amount >= 0 else "true")
    _text(allowance, "AllowanceChargeReason", reason)
    _amount(allowance, "Amount", abs(amount))
    if key is not None:
        _category(_group(allowance, "TaxCategory"), key)


def _category(category: ET.Element, key: Key) -> None:
    """S standard or reduced, Z zero, AE reverse charge, E without VAT (UN/CEFACT 5305)."""
    vat_code, percent = key
    code = CATEGORIES.get(vat_code) or ("S" if percent else "Z")
    _text(category, "ID", code)
    _text(category, "Percent", f"{percent.normalize():f}")
    _text(_group(category, "TaxScheme"), "ID", "VAT")


def _vat(root: ET.Element, order: SalesOrder) -> None:
    total = _group(root, "TaxTotal")
    _amount(total, "TaxAmount", order.vat.amount)
    for row in order.vat_rows.all():
        part = _group(total, "TaxSubtotal")
        _amount(part, "TaxableAmount", row.net.amount)
        _amount(part, "TaxAmount", row.vat.amount)
        _category(_group(part, "TaxCategory"), (row.code, row.percent))


def _totals(root: ET.Element, order: SalesOrder, goods: list[Line], allowances: dict[Key, Decimal]) -> None:
    total = _group(root, "AnticipatedMonetaryTotal")
    _amount(total, "LineExtensionAmount", sum((row.net for row in goods), ZERO))
    _amount(total, "TaxExclusiveAmount", order.net.amount)
    _amount(total, "TaxInclusiveAmount", order.gross.amount)
    off = sum(allowances.values(), ZERO)
    _amount(total, "AllowanceTotalAmount" if off >= 0 else "ChargeTotalAmount", abs(off))
    _amount(total, "PrepaidAmount", order.paid_total.amount)
    _amount(total, "PayableAmount", order.open_amount.amount)


def _line(root: ET.Element, order: SalesOrder, row: Line, code: str) -> None:
    line = row.line
    place = _group(root, "OrderLine")
    if line.variant_id:
        _text(place, "Note", line.text)
    item_line = _group(place, "LineItem")
    _text(item_line, "ID", str(line.position))
    _text(item_line, "Quantity", f"{row.quantity.normalize():f}", unitCode=ONE if line.fractions else PIECE)
    _amount(item_line, "LineExtensionAmount", row.net)
    price = net_price(order, line)
    off = cents(row.quantity * price) - row.net
    if line.discount_percent or line.discount_amount.amount:
        _allowance(item_line, off, "Korting")
    _amount(_group(item_line, "Price"), "PriceAmount", price)
    _item(item_line, order, line, code)


def net_price(order: SalesOrder, line: OrderLine) -> Decimal:
    """The price of one piece without VAT, before discount; EUR, to four decimals."""
    price = line.unit_price.amount
    if order.vat_mode == VatMode.INCLUSIVE:
        price = four(price * HUNDRED / (HUNDRED + line.vat_percent))
    return price


def _item(parent: ET.Element, order: SalesOrder, line: OrderLine, code: str) -> None:
    item = _group(parent, "Item")
    _text(item, "Name", " ".join(p for p in (line.description, line.colour_label, line.size_label) if p) or line.text)
    if line.article_number:
        _text(_group(item, "SellersItemIdentification"), "ID", line.article_number)
    if code:
        _text(_group(item, "StandardItemIdentification"), "ID", code, **({"schemeID": "0160"} if gtin(code) else {}))
    _category(_group(item, "ClassifiedTaxCategory"), vat_key(line, order.vat_mode))
    for name, value in (("Kleur", line.colour_label), ("Maat", line.size_label)):
        if value:
            extra = _group(item, "AdditionalItemProperty")
            _text(extra, "Name", name)
            _text(extra, "Value", value)


def _group(parent: ET.Element, name: str) -> ET.Element:
    return ET.SubElement(parent, f"{{{CAC}}}{name}")


def _text(parent: ET.Element, name: str, text: str, **attributes: str) -> None:
    """A value; what is empty is left out."""
    if text:
        ET.SubElement(parent, f"{{{CBC}}}{name}", attributes).text = text


def _amount(parent: ET.Element, name: str, amount: Decimal) -> None:
    """Two decimals; a price keeps its four where it has them."""
    shown = cents(amount) if amount == cents(amount) else amount
    ET.SubElement(parent, f"{{{CBC}}}{name}", {"currencyID": "EUR"}).text = f"{shown:f}"
