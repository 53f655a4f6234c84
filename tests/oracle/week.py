"""How likely each act is in a day: a day is like a shop's, and most of what is tried is done."""

from tests.oracle import acts_amend, acts_day, acts_desk, acts_till

ACTS = {
    # a till
    acts_till.scan: 12, acts_till.check_out: 16, acts_till.quantity: 4, acts_till.price: 3, acts_till.line_discount: 4,
    acts_till.basket_discount: 4, acts_till.remove: 3, acts_till.choose_customer: 5, acts_till.empty: 1,
    acts_till.park: 2, acts_till.resume: 3, acts_till.take_back: 8, acts_till.free_return: 1, acts_till.reprint: 2,
    acts_day.make_order: 4, acts_day.open_order: 4, acts_day.settle: 3, acts_day.put_away: 3,
    acts_day.open_till: 7, acts_day.close_till: 1, acts_day.cash: 1, acts_day.midnight: 1, acts_day.overnight: 1,
    acts_day.customer_changes: 2,
    # a desk
    acts_desk.draft: 5, acts_desk.more_lines: 2, acts_desk.change_draft: 4, acts_desk.draft_mode: 2,
    acts_desk.draft_customer: 2, acts_desk.confirm: 4, acts_desk.two_tabs: 2, acts_desk.discard: 1,
    acts_desk.deposit: 7, acts_desk.refund: 3, acts_desk.reverse: 3, acts_desk.deliver: 6, acts_desk.cancel_slip: 2,
    acts_desk.cancel: 3, acts_desk.undo_cancel: 1, acts_amend.amend: 5, acts_amend.amend_end: 2,
    # stories
    acts_amend.back_by_and_by: 2, acts_amend.blocked_since: 2, acts_amend.even_exchange: 2,
    acts_amend.ordered_and_back: 3, acts_amend.more_after_approval: 2, acts_amend.undo_after_discount: 2,
    acts_amend.cancelled_and_fetched: 2,
}  # fmt: skip
