"""Previews: what a batch brings, before anybody but an admin sees it. Each function is one bounded read.

sums.py        totals of its file, by kind and currency
months.py      its month beside the month before, customer by customer
findings.py    what belongs to nothing, and what does not add up
settlement.py  where the provider's status and due amount are others than ours would be
standing.py    which rows stand, once a batch is seen
"""

from store.previews.findings import Finding, orphans
from store.previews.months import Comparison, Customer, Month, comparison
from store.previews.settlement import Difference, Differences, differences
from store.previews.sums import Total, totals

__all__ = [
    "Comparison",
    "Customer",
    "Difference",
    "Differences",
    "Finding",
    "Month",
    "Total",
    "comparison",
    "differences",
    "orphans",
    "totals",
]
