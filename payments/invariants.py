"""What always holds for money: 2, 3, 11, 13 and 14 of what the database is asked (backoffice.core.invariants)."""

from backoffice.core.invariants import gapless_per_till, invariant, rows
from payments.models import TillSession

# what an incoming entry can give back: cash with the change and the rounding of its group (payments.services.refunding)
CAPACITY = """
e.amount + CASE WHEN e.method_kind <> 'cash' OR e.kind IN ('change', 'rounding') THEN 0 ELSE coalesce((
    SELECT sum(a.amount) FROM payments_ledgerentry a WHERE a."group" = e."group" AND a.order_id = e.order_id
    AND a.kind IN ('change', 'rounding') AND a.refunds_id IS NULL), 0) END
"""


@invariant(2, "paid = the sum of the order's ledger, between zero and the total")
def paid(cursor) -> list[str]:
    found = rows(
        cursor,
        "SELECT format('order %%s %%s: paid %%s, the ledger says %%s', o.id, o.number, o.paid_total,"
        " coalesce(e.total, 0)) FROM sales_salesorder o LEFT JOIN LATERAL (SELECT sum(amount) AS total"
        " FROM payments_ledgerentry WHERE order_id = o.id) e ON true"
        " WHERE @recent(o.changed_at) AND o.paid_total <> coalesce(e.total, 0) ORDER BY o.id",
    )
    return found + rows(
        cursor,
        "SELECT format('order %%s %%s: paid %%s of %%s', o.id, o.number, o.paid_total, o.gross) FROM sales_salesorder o"
        " WHERE @recent(o.changed_at) AND NOT o.paid_total BETWEEN least(o.gross, 0) AND greatest(o.gross, 0)"
        " ORDER BY o.id",
    )


@invariant(3, "every entry's postings add up to zero, and its VAT rows to its amount")
def balanced(cursor) -> list[str]:
    found = rows(
        cursor,
        "SELECT format('entry %%s of %%s: postings add up to %%s', e.id, e.amount, coalesce(sum(p.amount), 0))"
        " FROM payments_ledgerentry e LEFT JOIN payments_posting p ON p.entry_id = e.id WHERE @recent(e.at)"
        " GROUP BY e.id HAVING coalesce(sum(p.amount), 0) <> 0 OR (e.amount <> 0 AND count(p.id) < 2) ORDER BY e.id",
    )
    return found + rows(
        cursor,
        "SELECT format('entry %%s of %%s: VAT rows add up to %%s', e.id, e.amount, coalesce(sum(v.gross), 0))"
        " FROM payments_ledgerentry e LEFT JOIN payments_entryvat v ON v.entry_id = e.id"
        " WHERE e.order_id IS NOT NULL AND @recent(e.at)"
        " GROUP BY e.id HAVING coalesce(sum(v.gross), 0) <> e.amount ORDER BY e.id",
    )


@invariant(3, "the VAT of a paid order stands in the ledger, per code and percentage")
def vat_of_paid(cursor) -> list[str]:
    return rows(
        cursor,
        "SELECT format('order %%s %%s: %%s %%s is %%s with %%s VAT, the ledger says %%s with %%s', o.id, o.number,"
        " v.code, v.percent, sum(v.gross), sum(v.vat), sum(v.booked), sum(v.booked_vat))"
        " FROM sales_salesorder o JOIN LATERAL ("
        " SELECT code, percent, gross, vat, 0 AS booked, 0 AS booked_vat FROM sales_ordervat WHERE order_id = o.id"
        " UNION ALL SELECT p.code, p.percent, 0, 0, p.gross, p.vat FROM payments_entryvat p"
        " JOIN payments_ledgerentry e ON e.id = p.entry_id WHERE e.order_id = o.id) v ON true"
        " WHERE o.lifecycle = 'confirmed' AND o.payment_state = 'paid' AND @recent(o.changed_at)"
        " GROUP BY o.id, v.code, v.percent HAVING sum(v.gross) <> sum(v.booked) OR sum(v.vat) <> sum(v.booked_vat)"
        " ORDER BY o.id",
    )


@invariant(8, "Z numbers have no gap, per till and year")
def z_numbers(cursor) -> list[str]:
    return gapless_per_till(cursor, "Z", TillSession._meta.db_table, "z_number")


@invariant(11, "a cancelled order holds no money, and nothing is given back twice")
def given_back(cursor) -> list[str]:
    found = rows(
        cursor,
        "SELECT format('order %%s %%s is cancelled and holds %%s', o.id, o.number, o.paid_total)"
        " FROM sales_salesorder o WHERE o.status = 'cancelled'"
        " AND o.paid_total <> 0 AND @recent(o.changed_at) ORDER BY o.id",
    )
    return found + rows(
        cursor,
        f"SELECT format('entry %%s can give back %%s, %%s went back', e.id, {CAPACITY}, r.out)"  # noqa: S608
        " FROM (SELECT refunds_id, -sum(amount) AS out FROM payments_ledgerentry"
        " WHERE refunds_id IN (SELECT refunds_id FROM payments_ledgerentry WHERE refunds_id IS NOT NULL"
        " AND @recent(at)) AND kind <> 'suspense' GROUP BY 1) r"
        f" JOIN payments_ledgerentry e ON e.id = r.refunds_id WHERE r.out > {CAPACITY} ORDER BY e.id",
    )


@invariant(11, "store credit = its postings, never below zero")
def credit(cursor) -> list[str]:
    return rows(
        cursor,
        "SELECT format('customer %%s: credit %%s, the postings say %%s', coalesce(a.customer_id, p.customer_id),"
        " coalesce(a.balance, 0), coalesce(p.owed, 0))"
        " FROM payments_creditaccount a FULL JOIN (SELECT e.customer_id, -sum(p.amount) AS owed"
        " FROM payments_ledgerentry e JOIN payments_posting p ON p.entry_id = e.id AND p.account = 'credit'"
        " WHERE e.customer_id IS NOT NULL GROUP BY 1) p ON p.customer_id = a.customer_id"
        " WHERE coalesce(a.balance, 0) <> coalesce(p.owed, 0) OR a.balance < 0"
        " ORDER BY coalesce(a.customer_id, p.customer_id)",
    )


@invariant(11, "suspense is empty or on the worklist")
def suspense(cursor) -> list[str]:
    found = rows(
        cursor,
        "SELECT format('suspense holds %%s, the worklist names %%s', held, listed) FROM (SELECT"
        " (SELECT coalesce(-sum(amount), 0) FROM payments_posting WHERE account = 'suspense') AS held,"
        " (SELECT coalesce(sum(e.amount - sign(e.amount) * coalesce(r.gone, 0)), 0) FROM payments_ledgerentry e"
        " LEFT JOIN (SELECT refunds_id, sum(abs(amount)) AS gone FROM payments_ledgerentry"
        " WHERE kind = 'suspense' AND refunds_id IS NOT NULL GROUP BY 1) r ON r.refunds_id = e.id"
        " WHERE e.kind = 'suspense' AND e.order_id IS NULL AND e.refunds_id IS NULL) AS listed) s"
        " WHERE held <> listed",
    )
    found += rows(
        cursor,
        "SELECT format('entry %%s left %%s in suspense, %%s went away', e.id, e.amount, r.gone)"
        " FROM (SELECT refunds_id, sum(amount * CASE WHEN order_id IS NULL THEN -1 ELSE 1 END) AS gone"
        " FROM payments_ledgerentry WHERE kind = 'suspense' AND refunds_id IS NOT NULL GROUP BY 1) r"
        " JOIN payments_ledgerentry e ON e.id = r.refunds_id WHERE abs(r.gone) > abs(e.amount) ORDER BY e.id",
    )
    return found + rows(
        cursor,
        "SELECT format('terminal payment %%s was approved in a closed session and is on no list', t.id)"
        " FROM payments_terminalpayment t JOIN payments_tillsession s ON s.id = t.session_id"
        " WHERE t.state = 'approved' AND t.entry_id IS NULL AND s.closed_at IS NOT NULL AND EXISTS"
        " (SELECT 1 FROM payments_tillsession n WHERE n.till_id = s.till_id AND n.opened_at > t.changed_at)"
        " ORDER BY t.id",
    )


@invariant(13, "cash and PIN have a till session, and nothing lands in it after its close")
def sessions(cursor) -> list[str]:
    found = rows(
        cursor,
        "SELECT format('entry %%s is %%s without a session', e.id, e.method_kind) FROM payments_ledgerentry e"
        " WHERE e.method_kind IN ('cash', 'terminal') AND e.session_id IS NULL AND @recent(e.at) ORDER BY e.id",
    )
    found += rows(
        cursor,
        "SELECT format('till %%s has %%s open sessions', till_id, count(*)) FROM payments_tillsession"
        " WHERE closed_at IS NULL GROUP BY till_id HAVING count(*) > 1 ORDER BY till_id",
    )
    found += rows(
        cursor,
        "SELECT format('entry %%s landed in session %%s after its close', e.id, s.id) FROM payments_ledgerentry e"
        " JOIN payments_tillsession s ON s.id = e.session_id WHERE e.at > s.closed_at AND @recent(e.at) ORDER BY e.id",
    )
    found += rows(
        cursor,
        "SELECT format('terminal payment %%s of session %%s was booked in session %%s', t.id, t.session_id,"
        " e.session_id) FROM payments_terminalpayment t JOIN payments_ledgerentry e ON e.id = t.entry_id"
        " JOIN payments_tillsession s ON s.id = t.session_id JOIN payments_tillsession b ON b.id = e.session_id"
        " WHERE e.session_id <> t.session_id AND (s.closed_at IS NULL OR b.till_id <> s.till_id OR b.id < s.id)"
        " AND @recent(t.changed_at) ORDER BY t.id",
    )
    return found + rows(
        cursor,
        "SELECT format('session %%s was closed over terminal payment %%s, unforced', s.id, t.id)"
        " FROM payments_terminalpayment t JOIN payments_tillsession s ON s.id = t.session_id"
        " LEFT JOIN payments_ledgerentry e ON e.id = t.entry_id"
        " WHERE @recent(t.changed_at) AND s.closed_at IS NOT NULL AND (t.state IN ('waiting', 'unknown')"
        " OR (t.state = 'approved' AND e.session_id IS DISTINCT FROM s.id)) AND NOT EXISTS"
        " (SELECT 1 FROM core_journalentry j WHERE j.action = 'payments.session.closed'"
        " AND j.object_id = s.id::text AND j.data->'forced_over' @> to_jsonb(t.id)) ORDER BY t.id",
    )


@invariant(14, "day close: expected = float + cash of the session; the difference is its own entry")
def day_close(cursor) -> list[str]:
    return rows(
        cursor,
        "SELECT format('session %%s: expected %%s, the postings say %%s; counted %%s, difference booked %%s', s.id,"
        " s.expected_cash, c.cash, s.counted_cash, c.difference) FROM payments_tillsession s JOIN LATERAL ("
        " SELECT coalesce(sum(p.amount) FILTER (WHERE e.kind <> 'difference' AND NOT"
        " (e.kind = 'drop' AND e.reference = s.z_number)), 0) AS cash,"
        " coalesce(sum(p.amount) FILTER (WHERE e.kind = 'difference'), 0) AS difference"
        " FROM payments_ledgerentry e JOIN payments_posting p ON p.entry_id = e.id AND p.account = 'cash'"
        " WHERE e.session_id = s.id) c ON true WHERE s.closed_at IS NOT NULL AND @recent(s.closed_at)"
        " AND (s.expected_cash <> c.cash OR s.counted_cash - s.expected_cash <> c.difference) ORDER BY s.id",
    )
