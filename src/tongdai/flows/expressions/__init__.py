"""A small, safe expression language for flows: `contact.vip and number(amount) > 100`.

It sees variables (JSON values) and the functions of `functions.py`, and nothing of Python. There are no loops, so
the cost of a computation is bounded by the length of the source and by the limits in `values.py`. Every failure is
an ExpressionError with a column. ADR "flow expressions" says why it is our own.
"""

from tongdai.flows.expressions.functions import FUNCTIONS
from tongdai.flows.expressions.parser import Expression, parse
from tongdai.flows.expressions.values import Value, as_text, plain, truth

__all__ = ["FUNCTIONS", "Expression", "Value", "as_text", "parse", "plain", "truth"]
