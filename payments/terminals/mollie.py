"""Mollie Terminals: REST, polled (docs.mollie.com, point of sale). One payment per request id: its Idempotency-Key.

Where the answer to the start was lost, the payment is found again by the request id in its metadata. Money back to a
card is no request of a terminal there: it is declined, and goes back by another method.
"""

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from decimal import Decimal
from http.client import HTTPException
from typing import Any
from uuid import UUID

from payments.terminals import APPROVED, CANCELLED, DECLINED, UNKNOWN, WAITING, Answer, Silent

SECONDS = 20
LATEST = 250  # as many payments as one page of theirs holds
STATES = {
    "open": WAITING, "pending": WAITING, "authorized": WAITING, "paid": APPROVED, "canceled": CANCELLED,
    "expired": CANCELLED, "failed": DECLINED,
}  # fmt: skip


@dataclass(frozen=True)
class Mollie:
    """One terminal of a Mollie account. url: of the API, without a slash at the end."""

    url: str
    key: str
    terminal: str

    def start(self, request_id: UUID, amount: Decimal, description: str) -> Answer:
        if amount < 0:
            return Answer(DECLINED)
        return _answer(self._create(request_id, amount, description))

    def ask(self, request_id: UUID, reference: str = "") -> Answer:
        found = self._find(request_id, reference)
        return _answer(found) if found else Answer(UNKNOWN)

    def cancel(self, request_id: UUID, reference: str = "") -> Answer:
        found = self._find(request_id, reference)
        if found is None:  # it may still be on its way there: only what exists can be broken off
            return Answer(UNKNOWN)
        if STATES.get(found["status"]) == WAITING:
            try:
                found = self._call("DELETE", f"/v2/payments/{found['id']}")
            except Silent:
                found = self._call("GET", f"/v2/payments/{found['id']}")
        return _answer(found)

    def _create(self, request_id: UUID, amount: Decimal, description: str) -> dict[str, Any]:
        body = {
            "amount": {"currency": "EUR", "value": f"{amount:.2f}"},
            "description": description or str(request_id),
            "method": "pointofsale",
            "terminalId": self.terminal,
            "metadata": {"request_id": str(request_id)},
        }
        return self._call("POST", "/v2/payments", body, {"Idempotency-Key": str(request_id)})

    def _find(self, request_id: UUID, reference: str) -> dict[str, Any] | None:
        if reference:
            return self._call("GET", f"/v2/payments/{reference}")
        listed = self._call("GET", f"/v2/payments?limit={LATEST}")["_embedded"]["payments"]
        return next((row for row in listed if (row.get("metadata") or {}).get("request_id") == str(request_id)), None)

    def _call(self, method: str, path: str, body: dict | None = None, headers: dict | None = None) -> dict[str, Any]:
        """One request. Raises Silent for anything but an answer that can be read."""
        request = urllib.request.Request(  # noqa: S310 - the address is the shop's own setting
            self.url + path,
            method=method,
            data=json.dumps(body).encode() if body is not None else None,
            headers={"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"} | (headers or {}),
        )
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as response:  # noqa: S310
                return json.load(response)
        except (urllib.error.URLError, HTTPException, OSError, ValueError) as error:
            raise Silent from error


def _answer(payment: dict[str, Any]) -> Answer:
    details = payment.get("details") or {}
    return Answer(
        STATES.get(payment["status"], UNKNOWN),
        reference=payment["id"],
        brand=str(details.get("cardLabel") or "")[:30],
        last_four=str(details.get("cardNumber") or "")[-4:],
    )
