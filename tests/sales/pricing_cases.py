"""The pricing table: every figure worked out by hand, with the arithmetic in the note. Amounts in EUR.

A row of `vat` reads "percent: net vat gross"; rows stand highest rate first, and the totals are their sums.
"""

from dataclasses import dataclass, field
from decimal import Decimal

from sales.pricing import PricedLine


@dataclass(frozen=True)
class Case:
    name: str
    mode: str
    lines: list[PricedLine]
    line_totals: str
    vat: list[str]
    total: str  # "net vat gross"
    note: str = ""
    percent: str = "0"
    euro: str = "0"
    euro_mode: str | None = None
    discount: str = "0.00"
    unit_prices: list[str] = field(default_factory=list)


def line(quantity, unit_price, vat, percent="0", euro="0", cancelled="0", mode=None, discount_mode=None):
    return PricedLine(
        quantity=Decimal(quantity),
        unit_price=Decimal(unit_price),
        vat_percent=Decimal(vat),
        discount_percent=Decimal(percent),
        discount_amount=Decimal(euro),
        cancelled=Decimal(cancelled),
        entered_mode=mode,
        discount_mode=discount_mode,
    )


INC, EXC, REV, NON = "inclusive", "exclusive", "reverse_charge", "none"
SHIRT = line("1", "49.95", "21")
THREE = [line("1", "121.00", "21"), line("1", "109.00", "9"), line("1", "50.00", "0")]

# fmt: off
PLAIN = [
    Case("one shirt", INC, [SHIRT], "49.95", ["21: 41.28 8.67 49.95"], "41.28 8.67 49.95", "1048.95/121 = 8.669"),
    Case("two shirts", INC, [line("2", "49.95", "21")], "99.90", ["21: 82.56 17.34 99.90"], "82.56 17.34 99.90",
         "2097.90/121 = 17.338"),
    Case("three socks", INC, [line("3", "19.99", "21")], "59.97", ["21: 49.56 10.41 59.97"], "49.56 10.41 59.97",
         "1259.37/121 = 10.408"),
    Case("round figures", INC, [line("1", "121.00", "21")], "121.00", ["21: 100.00 21.00 121.00"],
         "100.00 21.00 121.00"),
    Case("low rate", INC, [line("1", "109.00", "9")], "109.00", ["9: 100.00 9.00 109.00"], "100.00 9.00 109.00"),
    Case("repair at 9", INC, [line("1", "24.95", "9")], "24.95", ["9: 22.89 2.06 24.95"], "22.89 2.06 24.95",
         "224.55/109 = 2.0601"),
    Case("rate zero", INC, [line("1", "10.00", "0")], "10.00", ["0: 10.00 0.00 10.00"], "10.00 0.00 10.00"),
    Case("one cent", INC, [line("1", "0.01", "21")], "0.01", ["21: 0.01 0.00 0.01"], "0.01 0.00 0.01", "0.0017"),
    Case("three cents", INC, [line("1", "0.03", "21")], "0.03", ["21: 0.02 0.01 0.03"], "0.02 0.01 0.03", "0.0052"),
    Case("free line", INC, [line("1", "0.00", "21")], "0.00", ["21: 0.00 0.00 0.00"], "0.00 0.00 0.00"),
    Case("no lines", INC, [], "", [], "0.00 0.00 0.00"),
    Case("exclusive hundred", EXC, [line("1", "100.00", "21")], "100.00", ["21: 100.00 21.00 121.00"],
         "100.00 21.00 121.00"),
    Case("exclusive half cent up", EXC, [line("1", "0.50", "21")], "0.50", ["21: 0.50 0.11 0.61"], "0.50 0.11 0.61",
         "0.105 goes up; half-even would say 0.10"),
    Case("exclusive half cent up again", EXC, [line("1", "2.50", "21")], "2.50", ["21: 2.50 0.53 3.03"],
         "2.50 0.53 3.03", "0.525 goes up; half-even would say 0.52"),
    Case("exclusive half cent at 9", EXC, [line("1", "0.50", "9")], "0.50", ["9: 0.50 0.05 0.55"], "0.50 0.05 0.55",
         "0.045 goes up"),
    Case("exclusive shirt", EXC, [line("1", "41.28", "21")], "41.28", ["21: 41.28 8.67 49.95"], "41.28 8.67 49.95",
         "8.6688"),
    Case("reverse charge", REV, [line("1", "100.00", "21")], "100.00", ["0: 100.00 0.00 100.00"],
         "100.00 0.00 100.00"),
    Case("no VAT", NON, [line("2", "12.34", "9")], "24.68", ["0: 24.68 0.00 24.68"], "24.68 0.00 24.68"),
    Case("largest line", INC, [line("99999", "999.99", "21")], "99998000.01",
         ["21: 82642975.21 17355024.80 99998000.01"], "82642975.21 17355024.80 99998000.01",
         "99999000.00 - 999.99; /121 = 826429.752149; x 21 = 17355024.795"),
]

FRACTIONS = [
    Case("metre and a half", INC, [line("1.5", "9.99", "21")], "14.99", ["21: 12.39 2.60 14.99"], "12.39 2.60 14.99",
         "14.985 goes up; 314.79/121 = 2.6016"),
    Case("a third", INC, [line("0.333", "12.00", "9")], "4.00", ["9: 3.67 0.33 4.00"], "3.67 0.33 4.00",
         "3.996; 36/109 = 0.330"),
    Case("exclusive fabric", EXC, [line("2.75", "8.50", "21")], "23.38", ["21: 23.38 4.91 28.29"], "23.38 4.91 28.29",
         "23.375 goes up; 4.9098"),
    Case("a thousandth", INC, [line("0.001", "4.99", "21")], "0.00", ["21: 0.00 0.00 0.00"], "0.00 0.00 0.00",
         "0.00499"),
    Case("an eighth", INC, [line("0.125", "3.96", "9")], "0.50", ["9: 0.46 0.04 0.50"], "0.46 0.04 0.50",
         "0.495 goes up; 4.50/109 = 0.0413"),
]

RETURNS = [
    Case("return", INC, [line("-1", "49.95", "21")], "-49.95", ["21: -41.28 -8.67 -49.95"], "-41.28 -8.67 -49.95",
         "mirrors one shirt"),
    Case("return of a half cent", INC, [line("-1.5", "9.99", "21")], "-14.99", ["21: -12.39 -2.60 -14.99"],
         "-12.39 -2.60 -14.99", "-14.985 goes away from zero"),
    Case("exclusive return", EXC, [line("-1", "0.50", "21")], "-0.50", ["21: -0.50 -0.11 -0.61"], "-0.50 -0.11 -0.61",
         "-0.105 goes away from zero"),
    Case("return bought at 10 % off", INC, [line("-2", "20.00", "21", percent="10")], "-36.00",
         ["21: -29.75 -6.25 -36.00"], "-29.75 -6.25 -36.00", "756/121 = 6.248"),
    Case("return bought at 5 euro off", INC, [line("-1", "50.00", "21", euro="5.00")], "-45.00",
         ["21: -37.19 -7.81 -45.00"], "-37.19 -7.81 -45.00", "945/121 = 7.8099"),
    Case("exchange for dearer", INC, [line("1", "59.95", "21"), line("-1", "49.95", "21")], "59.95 -49.95",
         ["21: 8.26 1.74 10.00"], "8.26 1.74 10.00", "210/121 = 1.7355"),
    Case("exchange between rates", INC, [line("1", "10.90", "9"), line("-1", "12.10", "21")], "10.90 -12.10",
         ["21: -10.00 -2.10 -12.10", "9: 10.00 0.90 10.90"], "0.00 -1.20 -1.20"),
    Case("even exchange", INC, [SHIRT, line("-1", "49.95", "21")], "49.95 -49.95", ["21: 0.00 0.00 0.00"],
         "0.00 0.00 0.00"),
    Case("return partly cancelled", INC, [line("-3", "10.00", "21", euro="3.00", cancelled="-1")], "-18.00",
         ["21: -14.88 -3.12 -18.00"], "-14.88 -3.12 -18.00", "-20 + 3 x 2/3; 378/121 = 3.124"),
]

LINE_PERCENT = [
    Case("10 % off", INC, [line("1", "49.95", "21", percent="10")], "44.96", ["21: 37.16 7.80 44.96"],
         "37.16 7.80 44.96", "44.955 goes up; 944.16/121 = 7.803"),
    Case("15 % off three", INC, [line("3", "19.99", "21", percent="15")], "50.97", ["21: 42.12 8.85 50.97"],
         "42.12 8.85 50.97", "59.97 x 0.85 = 50.9745; 1070.37/121 = 8.846"),
    Case("100 % off", INC, [line("2", "15.00", "21", percent="100")], "0.00", ["21: 0.00 0.00 0.00"],
         "0.00 0.00 0.00"),
    Case("a third off", INC, [line("3", "10.00", "21", percent="33.33")], "20.00", ["21: 16.53 3.47 20.00"],
         "16.53 3.47 20.00", "30 x 0.6667 = 20.001; 420/121 = 3.471"),
    Case("an eighth off four cents", INC, [line("1", "0.04", "21", percent="12.5")], "0.04", ["21: 0.03 0.01 0.04"],
         "0.03 0.01 0.04", "0.035 goes up; 0.0069"),
    Case("half off five cents", INC, [line("1", "0.05", "9", percent="50")], "0.03", ["9: 0.03 0.00 0.03"],
         "0.03 0.00 0.03", "0.025 goes up; 0.0025"),
    Case("exclusive 25 % off", EXC, [line("2", "79.90", "21", percent="25")], "119.85", ["21: 119.85 25.17 145.02"],
         "119.85 25.17 145.02", "159.80 x 0.75; 25.1685"),
    Case("10 % off what is not cancelled", INC, [line("5", "9.99", "9", percent="10", cancelled="2")], "26.97",
         ["9: 24.74 2.23 26.97"], "24.74 2.23 26.97", "29.97 x 0.9 = 26.973; 242.73/109 = 2.2269"),
]

LINE_EURO = [
    Case("5 euro off", INC, [line("1", "49.95", "21", euro="5.00")], "44.95", ["21: 37.15 7.80 44.95"],
         "37.15 7.80 44.95", "943.95/121 = 7.801"),
    Case("10 euro off the line, not each", INC, [line("4", "12.50", "21", euro="10.00")], "40.00",
         ["21: 33.06 6.94 40.00"], "33.06 6.94 40.00", "840/121 = 6.942"),
    Case("all off in euros", INC, [line("2", "15.00", "21", euro="30.00")], "0.00", ["21: 0.00 0.00 0.00"],
         "0.00 0.00 0.00"),
    Case("half cancelled, half the discount", INC, [line("4", "12.50", "21", euro="10.00", cancelled="2")], "20.00",
         ["21: 16.53 3.47 20.00"], "16.53 3.47 20.00", "25 - 5; 420/121 = 3.471"),
    Case("a third cancelled", INC, [line("3", "20.00", "21", euro="10.00", cancelled="1")], "33.33",
         ["21: 27.55 5.78 33.33"], "27.55 5.78 33.33", "40 - 6.6667; 699.93/121 = 5.7846"),
    Case("all cancelled", INC, [line("3", "20.00", "21", euro="10.00", cancelled="3")], "0.00",
         ["21: 0.00 0.00 0.00"], "0.00 0.00 0.00"),
    Case("percentage first, then euros", INC, [line("2", "50.00", "21", percent="10", euro="5.00")], "85.00",
         ["21: 70.25 14.75 85.00"], "70.25 14.75 85.00", "100 - 10 - 5; 1785/121 = 14.752"),
]

RATES = [
    Case("three rates", INC, THREE, "121.00 109.00 50.00",
         ["21: 100.00 21.00 121.00", "9: 100.00 9.00 109.00", "0: 50.00 0.00 50.00"], "250.00 30.00 280.00"),
    Case("VAT over the document, inclusive", INC, [line("1", "0.03", "21")] * 3, "0.03 0.03 0.03",
         ["21: 0.07 0.02 0.09"], "0.07 0.02 0.09", "1.89/121 = 0.0156; per line it would be 0.03"),
    Case("VAT over the document, exclusive", EXC, [line("1", "0.50", "21")] * 3, "0.50 0.50 0.50",
         ["21: 1.50 0.32 1.82"], "1.50 0.32 1.82", "0.315 goes up; per line it would be 0.33"),
    Case("three rates exclusive", EXC, [line("2", "19.95", "21"), line("3", "4.25", "9"), line("1", "7.50", "0")],
         "39.90 12.75 7.50", ["21: 39.90 8.38 48.28", "9: 12.75 1.15 13.90", "0: 7.50 0.00 7.50"],
         "60.15 9.53 69.68", "8.379; 1.1475"),
    Case("three rates under reverse charge make one row", REV, THREE, "121.00 109.00 50.00",
         ["0: 280.00 0.00 280.00"], "280.00 0.00 280.00"),
    Case("one rate written in two ways", INC, [line("1", "60.50", "21"), line("1", "60.50", "21.00")], "60.50 60.50",
         ["21: 100.00 21.00 121.00"], "100.00 21.00 121.00"),
]

ORDER_PERCENT = [
    Case("10 % off the order", INC, [line("2", "49.95", "21")], "99.90", ["21: 74.31 15.60 89.91"],
         "74.31 15.60 89.91", "1888.11/121 = 15.604", percent="10", discount="9.99"),
    Case("10 % over three rates", INC, THREE, "121.00 109.00 50.00",
         ["21: 90.00 18.90 108.90", "9: 90.00 8.10 98.10", "0: 45.00 0.00 45.00"], "225.00 27.00 252.00",
         "12.10 + 10.90 + 5.00", percent="10", discount="28.00"),
    Case("5 % without a cent left", INC, [line("1", "10.01", "21"), line("1", "10.01", "9"), line("1", "10.01", "0")],
         "10.01 10.01 10.01", ["21: 7.86 1.65 9.51", "9: 8.72 0.79 9.51", "0: 9.51 0.00 9.51"], "26.09 2.44 28.53",
         "3 x 0.5005 = 1.5015; 199.71/121 = 1.6505; 85.59/109 = 0.7852", percent="5", discount="1.50"),
    Case("two cents left go to the highest rates", INC,
         [line("1", "10.05", "0"), line("1", "10.05", "9"), line("1", "10.05", "21")], "10.05 10.05 10.05",
         ["21: 7.47 1.57 9.04", "9: 8.29 0.75 9.04", "0: 9.05 0.00 9.05"], "24.81 2.32 27.13",
         "3 x 1.005 = 3.015 -> 3.02 = 1.01 + 1.01 + 1.00; 189.84/121 = 1.5689; 81.36/109 = 0.7464",
         percent="10", discount="3.02"),
    Case("100 % off the order", INC, THREE, "121.00 109.00 50.00",
         ["21: 0.00 0.00 0.00", "9: 0.00 0.00 0.00", "0: 0.00 0.00 0.00"], "0.00 0.00 0.00",
         percent="100", discount="280.00"),
    Case("10 % exclusive over three rates", EXC,
         [line("2", "19.95", "21"), line("3", "4.25", "9"), line("1", "7.50", "0")], "39.90 12.75 7.50",
         ["21: 35.91 7.54 43.45", "9: 11.47 1.03 12.50", "0: 6.75 0.00 6.75"], "54.13 8.57 62.70",
         "3.99 + 1.275 + 0.75 = 6.015 -> 6.02 = 3.99 + 1.28 + 0.75; 7.5411; 1.0323", percent="10", discount="6.02"),
    Case("10 % on a return", INC, [line("-1", "100.00", "21")], "-100.00", ["21: -74.38 -15.62 -90.00"],
         "-74.38 -15.62 -90.00", "1890/121 = 15.6198", percent="10", discount="-10.00"),
    Case("10 % on an exchange between rates", INC, [line("1", "100.00", "21"), line("-1", "50.00", "9")],
         "100.00 -50.00", ["21: 74.38 15.62 90.00", "9: -41.28 -3.72 -45.00"], "33.10 11.90 45.00",
         "10 - 5; 405/109 = 3.7156", percent="10", discount="5.00"),
    Case("50 % on an almost even exchange", INC, [line("1", "1000.00", "21"), line("-1", "999.99", "9")],
         "1000.00 -999.99", ["21: 413.22 86.78 500.00", "9: -458.72 -41.28 -500.00"], "-45.50 45.50 0.00",
         "0.005 -> 0.01 = 500.00 - 499.99; 10500/121 = 86.777; 4500/109 = 41.284", percent="50", discount="0.01"),
    Case("5 % without VAT", NON, [line("1", "33.33", "21"), line("1", "66.67", "9")], "33.33 66.67",
         ["0: 95.00 0.00 95.00"], "95.00 0.00 95.00", percent="5", discount="5.00"),
    Case("six pairs and two wrappings", INC, [line("6", "89.95", "21"), line("2", "2.95", "9")], "539.70 5.90",
         ["21: 423.73 88.98 512.71", "9: 5.15 0.46 5.61"], "428.88 89.44 518.32",
         "26.985 + 0.295 = 27.28 = 26.99 + 0.29; 10766.91/121 = 88.983; 50.49/109 = 0.4632",
         percent="5", discount="27.28"),
    Case("line discount, then order discount", INC, [line("1", "49.95", "21", percent="10")], "44.96",
         ["21: 35.30 7.41 42.71"], "35.30 7.41 42.71", "44.96 x 0.05 = 2.248; 896.91/121 = 7.4125",
         percent="5", discount="2.25"),
]

ORDER_EURO = [
    Case("10 euro over three rates", INC, THREE, "121.00 109.00 50.00",
         ["21: 96.43 20.25 116.68", "9: 96.43 8.68 105.11", "0: 48.21 0.00 48.21"], "241.07 28.93 270.00",
         "4.3214 + 3.8929 + 1.7857 = 4.32 + 3.89 + 1.79; 2450.28/121 = 20.2503; 945.99/109 = 8.6788",
         euro="10.00", discount="10.00"),
    Case("the whole order off in euros", INC, THREE, "121.00 109.00 50.00",
         ["21: 0.00 0.00 0.00", "9: 0.00 0.00 0.00", "0: 0.00 0.00 0.00"], "0.00 0.00 0.00",
         euro="280.00", discount="280.00"),
    Case("15 euro exclusive", EXC, [line("2", "50.00", "21")], "100.00", ["21: 85.00 17.85 102.85"],
         "85.00 17.85 102.85", euro="15.00", discount="15.00"),
    Case("order discount entered inclusive", EXC, [line("1", "121.00", "21", mode=INC)], "100.00",
         ["21: 90.00 18.90 108.90"], "90.00 18.90 108.90", "12.10 x 100/121 = 10",
         euro="12.10", euro_mode=INC, discount="10.00", unit_prices=["100.0000"]),
    Case("order discount entered inclusive over two rates", EXC,
         [line("1", "121.00", "21", mode=INC), line("1", "109.00", "9", mode=INC)], "100.00 100.00",
         ["21: 90.00 18.90 108.90", "9: 90.00 8.10 98.10"], "180.00 27.00 207.00", "23 x 200/230 = 20 = 10 + 10",
         euro="23.00", euro_mode=INC, discount="20.00"),
    Case("half the order cancelled", INC, [line("2", "50.00", "21", cancelled="1")], "50.00",
         ["21: 37.19 7.81 45.00"], "37.19 7.81 45.00", "10 x 50/100; 945/121 = 7.8099",
         euro="10.00", discount="5.00"),
    Case("the whole order cancelled", INC, [line("2", "50.00", "21", cancelled="2")], "0.00",
         ["21: 0.00 0.00 0.00"], "0.00 0.00 0.00", euro="10.00", discount="0.00"),
    Case("a cancelled return does not make the discount grow", INC,
         [line("1", "100.00", "21"), line("-1", "90.00", "21", cancelled="-1")], "100.00 0.00",
         ["21: 74.38 15.62 90.00"], "74.38 15.62 90.00", "1890/121 = 15.6198", euro="10.00", discount="10.00"),
    Case("5 euro on a return", INC, [line("-1", "50.00", "21")], "-50.00", ["21: -37.19 -7.81 -45.00"],
         "-37.19 -7.81 -45.00", "945/121 = 7.8099", euro="5.00", discount="-5.00"),
    Case("percentage and euros off the order", INC, [line("1", "200.00", "21")], "200.00",
         ["21: 136.36 28.64 165.00"], "136.36 28.64 165.00", "20 + 15; 3465/121 = 28.636",
         percent="10", euro="15.00", discount="35.00"),
]

SWITCHED = [
    Case("exclusive price shown inclusive", INC, [line("1", "41.28", "21", mode=EXC)], "49.95",
         ["21: 41.28 8.67 49.95"], "41.28 8.67 49.95", "49.9488", unit_prices=["49.9488"]),
    Case("inclusive price shown exclusive", EXC, [line("2", "49.95", "21", mode=INC)], "82.56",
         ["21: 82.56 17.34 99.90"], "82.56 17.34 99.90", "41.28099; 82.562; 17.3376", unit_prices=["41.2810"]),
    Case("three lines move the total by a cent", EXC, [line("1", "9.99", "21", mode=INC)] * 3, "8.26 8.26 8.26",
         ["21: 24.78 5.20 29.98"], "24.78 5.20 29.98", "8.2562; 5.2038; inclusive it is 29.97",
         unit_prices=["8.2562"] * 3),
    Case("inclusive price under reverse charge", REV, [line("1", "121.00", "21", mode=INC)], "100.00",
         ["0: 100.00 0.00 100.00"], "100.00 0.00 100.00", unit_prices=["100.0000"]),
    Case("inclusive price without VAT", NON, [line("1", "49.95", "9", mode=INC)], "45.83", ["0: 45.83 0.00 45.83"],
         "45.83 0.00 45.83", "45.825688", unit_prices=["45.8257"]),
    Case("reverse charge price shown inclusive", INC, [line("1", "100.00", "21", mode=REV)], "121.00",
         ["21: 100.00 21.00 121.00"], "100.00 21.00 121.00", unit_prices=["121.0000"]),
    Case("exclusive price stays under reverse charge", REV, [line("3", "12.3456", "21", mode=EXC)], "37.04",
         ["0: 37.04 0.00 37.04"], "37.04 0.00 37.04", "37.0368", unit_prices=["12.3456"]),
    Case("euro discount follows its price", EXC, [line("1", "60.50", "21", euro="12.10", mode=INC)], "40.00",
         ["21: 40.00 8.40 48.40"], "40.00 8.40 48.40", "50 - 10"),
    Case("euro discount entered in another mode than its price", EXC,
         [line("1", "100.00", "21", euro="12.10", mode=EXC, discount_mode=INC)], "90.00", ["21: 90.00 18.90 108.90"],
         "90.00 18.90 108.90", "100 - 10"),
    Case("free stays free, where the unit price rounds down", EXC, [line("1000", "0.02", "21", euro="20.00", mode=INC)],
         "0.00", ["21: 0.00 0.00 0.00"], "0.00 0.00 0.00", "16.50 - 16.5289", unit_prices=["0.0165"]),
    Case("free stays free, where the unit price rounds up", EXC, [line("1000", "0.01", "21", euro="10.00", mode=INC)],
         "0.00", ["21: 0.00 0.00 0.00"], "0.00 0.00 0.00", "8.30 - 8.2645", unit_prices=["0.0083"]),
]

LONG = [
    Case("500 lines of a euro", INC, [line("1", "1.00", "21")] * 500, " ".join(["1.00"] * 500),
         ["21: 413.22 86.78 500.00"], "413.22 86.78 500.00", "10500/121 = 86.777"),
    Case("500 lines over three rates, 10 % off", INC, [line("1", "0.99", ("21", "9", "0")[i % 3]) for i in range(500)],
         " ".join(["0.99"] * 500),
         ["21: 122.98 25.82 148.80", "9: 136.51 12.29 148.80", "0: 147.90 0.00 147.90"], "407.39 38.11 445.50",
         "167, 167 and 166 lines: 165.33, 165.33, 164.34; off 16.533 + 16.533 + 16.434 = 16.53 + 16.53 + 16.44; "
         "3124.80/121 = 25.825; 1339.20/109 = 12.286", percent="10", discount="49.50"),
    Case("500 lines of 1 to 500 pieces, exclusive", EXC, [line(str(n), "0.10", "21") for n in range(1, 501)],
         " ".join(f"{n // 10}.{n % 10}0" for n in range(1, 501)), ["21: 12525.00 2630.25 15155.25"],
         "12525.00 2630.25 15155.25", "500 x 501 / 2 = 125250 pieces"),
]

CASES = [
    *PLAIN, *FRACTIONS, *RETURNS, *LINE_PERCENT, *LINE_EURO, *RATES, *ORDER_PERCENT, *ORDER_EURO, *SWITCHED, *LONG,
]
