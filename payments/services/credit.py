"""Store credit (tegoed) of a customer: held and checked before it is spent, and written with its postings. EUR."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from backoffice.core import locks
from backoffice.core.errors import Refusal
from backoffice.core.formats import format_money
from backoffice.core.money import ZERO, money
from payments.models import CreditAccount, PaymentMethod, Posting
from sales.models import SalesOrder

Wise = PaymentMethod.Kind


def hold(order: SalesOrder, entries) -> CreditAccount | None:
    """Lock the customer's store credit where an entry moves it. Raises Refusal when it holds too little."""
    moved = sum((e.amount.amount for e in entries if e.method_kind == Wise.CREDIT), ZERO)
    if not any(entry.method_kind == Wise.CREDIT for entry in entries):
        return None
    account = hold_account(_customer_of(order), make=moved < 0)
    _check_balance(account, moved)
    return account


def check(order: SalesOrder, amounts: Sequence[tuple[str, Decimal]]) -> None:
    """Raises what booking these amounts [(kind of method, EUR)] would raise about store credit, without locking."""
    spent = [amount for kind, amount in amounts if kind == Wise.CREDIT]
    if spent:
        _check_balance(CreditAccount.objects.filter(customer_id=_customer_of(order)).first(), sum(spent, ZERO))


def _customer_of(order: SalesOrder) -> int:
    if order.customer_id is None:
        raise Refusal("payments.credit_customer", _("Tegoed vraagt een debiteur op de order."), "method")
    return order.customer_id


def _check_balance(account: CreditAccount | None, moved: Decimal) -> None:
    balance = account.balance.amount if account else ZERO
    if account is None or balance < moved:
        raise Refusal(
            "payments.credit_short",
            _("Er is %(balance)s tegoed; meer kan er niet van af.") % {"balance": format_money(balance)},
            "amount",
        )


def hold_account(customer_id: int, *, make: bool = False) -> CreditAccount | None:
    """Lock the store credit account of the customer; `make` opens it where there is none."""
    if make:
        CreditAccount.objects.bulk_create([CreditAccount(customer_id=customer_id)], ignore_conflicts=True)
    held = locks.take("credit", CreditAccount.objects.filter(customer_id=customer_id))
    return held[0] if held else None


def write(account: CreditAccount, sides: Iterable[tuple[str, int, Decimal]]) -> None:
    """The account follows its postings [(account, branch id, EUR)]: a debit of what the shop owes is what is spent."""
    moved = sum((amount for at, _branch, amount in sides if at == Posting.Account.CREDIT), ZERO)
    account.balance = money(account.balance.amount - moved)
    account.save(update_fields=["balance"])
