"""The ways in which code is made wrong: those of cosmic-ray that are no nonsense, and four of our own."""

from decimal import Decimal

from cosmic_ray.operators.operator import Example, Operator
from cosmic_ray.operators.provider import OperatorProvider
from parso.python.tree import Keyword, Name, PythonNode, String

# a sum made a difference is a fault that somebody makes; a sum made a shift of bits is caught by anything
ARITHMETIC = (
    "Add_Sub", "Sub_Add", "Mul_Div", "Div_Mul", "FloorDiv_Mul", "FloorDiv_Div", "Pow_Mul", "BitOr_BitAnd",
    "BitAnd_BitOr",
)  # fmt: skip
ORDER = ("Eq", "NotEq", "Lt", "LtE", "Gt", "GtE")
OTHERS = (
    "AddNot", "ReplaceTrueWithFalse", "ReplaceFalseWithTrue", "ReplaceAndWithOr", "ReplaceOrWithAnd",
    "ReplaceBreakWithContinue", "ReplaceContinueWithBreak", "ExceptionReplacer", "NumberReplacer", "RemoveDecorator",
    "ZeroIterationForLoop", "ReplaceUnaryOperator_Delete_Not", "ReplaceUnaryOperator_Delete_USub",
    "ReplaceComparisonOperator_Is_IsNot", "ReplaceComparisonOperator_IsNot_Is",
)  # fmt: skip
TRANSLATED = {"_", "gettext", "gettext_lazy"}  # Dutch stands in the source, so without these it stays Dutch
GROWN = {"+=", "-=", "*=", "|=", "&="}
ASKED = {"filter", "exclude", "get", "update", "Q"}


class Own(Operator):
    """A mutation in one way of every node that `fits`."""

    def mutation_positions(self, node):
        if self.fits(node):
            yield node.start_pos, node.end_pos


class StatementLeftOut(Own):
    """A call whose answer is not used, a raise, or what is written into something: left out."""

    def fits(self, node):
        if node.type != "simple_stmt":
            return False
        first = node.children[0]
        if first.type == "expr_stmt":
            return first.children[0].type == "atom_expr" or first.children[1].get_code().strip() in GROWN
        return first.type in ("raise_stmt", "del_stmt") or (first.type == "atom_expr" and _called(first))

    def mutate(self, node, index):
        first = node.children[0]
        node.children[0] = Keyword("pass", first.start_pos, first.get_first_leaf().prefix)
        return node

    @classmethod
    def examples(cls):
        return (
            Example("save(order)\n", "pass\n"),
            Example("order.paid = 3\n", "pass\n"),
            Example("raise Refusal('no')\n", "pass\n"),
        )


class CallLeftOut(Own):
    """f(x) becomes x: what was escaped, rounded, sorted or folded no longer is."""

    def fits(self, node):
        if node.type != "atom_expr" or not _called(node) or node.parent.type in ("simple_stmt", "raise_stmt"):
            return False
        given = node.children[-1].children[1:-1]
        plain = len(given) == 1 and given[0].type not in ("argument", "arglist")
        return plain and node.children[0].get_code().strip() not in TRANSLATED

    def mutate(self, node, index):
        given = node.children[-1].children[1].get_code().strip()
        return Name(f"({given})", node.start_pos, node.get_first_leaf().prefix)

    @classmethod
    def examples(cls):
        return (Example("x = escape(name)", "x = (name)"), Example("x = money.cents(a + b)", "x = (a + b)"))


class ConditionLeftOut(Own):
    """filter(a=1, b=2) becomes filter(a=1)."""

    def fits(self, node):
        if node.type != "argument" or len(node.children) != 3 or node.parent.type != "arglist":
            return False
        call = node.parent.parent.get_previous_sibling()
        named = call.children[-1] if call is not None and call.type == "trailer" else call
        return named is not None and named.type == "name" and named.value in ASKED

    def mutate(self, node, index):
        return Name("**{}", node.start_pos, node.get_first_leaf().prefix)

    @classmethod
    def examples(cls):
        return (Example("x.filter(a=1, b=2)", "x.filter(**{}, b=2)"),)


class DecimalReplacer(Own):
    """Decimal("0.01") becomes Decimal("0.02")."""

    def fits(self, node):
        above = node.parent
        return (
            isinstance(node, String)
            and above.type == "trailer"
            and above.get_previous_sibling().get_code().strip() == "Decimal"
            and node.value[1:-1].replace(".", "").isdecimal()
        )

    def mutate(self, node, index):
        value = Decimal(node.value[1:-1])
        node.value = f'"{value + Decimal(1).scaleb(value.as_tuple().exponent)}"'
        return node

    @classmethod
    def examples(cls):
        return (Example('x = Decimal("0.05")', 'x = Decimal("0.06")'),)


def _called(node: PythonNode) -> bool:
    last = node.children[-1]
    return last.type == "trailer" and last.children[0].value == "("


def every() -> list[Operator]:
    ours = [StatementLeftOut(), CallLeftOut(), ConditionLeftOut(), DecimalReplacer()]
    known = OperatorProvider()
    names = [f"ReplaceBinaryOperator_{pair}" for pair in ARITHMETIC] + list(OTHERS)
    names += [f"ReplaceComparisonOperator_{a}_{b}" for a in ORDER for b in ORDER if a != b]
    return [known[name]() for name in names] + ours
