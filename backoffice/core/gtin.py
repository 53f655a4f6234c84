"""GTIN: the number of an article that its barcode carries, written with 8, 12, 13 or 14 figures.

Source: GS1 General Specifications, 1.4 (a shorter GTIN is filled up to 14 figures with zeros in front where it is
stored) and 7.9 (check digit: from the right, figures weigh 1 and 3 in turn, and the sum is a multiple of ten).
"""

LENGTHS = (8, 12, 13, 14)
STORED = 14


def is_figures(code: str) -> bool:
    """Whether the code has the form of a GTIN: as many figures, whatever its check digit."""
    return len(code) in LENGTHS and code.isascii() and code.isdigit()


def check_digit_fits(figures: str) -> bool:
    """Whether the last of these ASCII figures is the check digit of those before it."""
    return (sum(map(int, figures[-1::-2])) + 3 * sum(map(int, figures[-2::-2]))) % 10 == 0


def gtin(code: str) -> str | None:
    """The GTIN of a code in 14 figures ("191169335949" and "0191169335949": "00191169335949"); None where it is none.

    What is all zeros is the filling of an empty field, and no GTIN.
    """
    if is_figures(code) and code.strip("0") and check_digit_fits(code):
        return code.zfill(STORED)
    return None


def is_misread(code: str) -> bool:
    """Whether a code looks like a GTIN and has another check digit than it must."""
    return is_figures(code) and not check_digit_fits(code)
