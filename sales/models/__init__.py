"""The tables of sales orders."""

from sales.models.history import Delivery, DeliveryLine, OrderVersion
from sales.models.order import OrderLine, OrderVat, SalesOrder
from sales.models.setup import DeliveryMethod, OrderType

__all__ = [
    "Delivery",
    "DeliveryLine",
    "DeliveryMethod",
    "OrderLine",
    "OrderType",
    "OrderVat",
    "OrderVersion",
    "SalesOrder",
]
