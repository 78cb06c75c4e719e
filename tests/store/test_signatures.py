"""Queries of what customers see ask for the account right after the organisation."""

import inspect
from collections.abc import Callable, Iterator
from types import ModuleType

import pytest

from store import (
    accounts,
    call_sums,
    calls,
    documents,
    invoice_lines,
    invoice_totals,
    invoices,
    payments,
)

OF_ACCOUNT = (accounts, call_sums, calls, documents, invoice_lines, invoice_totals, invoices, payments)
BY_CONTENT = {"piece", "id_of"}
"""Found by the digest that `documents.of_invoice` gave for an account's invoice; and an account by its reference."""


def queries(module: ModuleType) -> Iterator[tuple[str, list[str]]]:
    """The public functions that take a connection, with their parameters."""
    for name, function in vars(module).items():
        if not inspect.isfunction(function) or function.__module__ != module.__name__ or name.startswith("_"):
            continue
        parameters = list(_parameters(function))
        if parameters and parameters[0] == "db":
            yield name, parameters


def _parameters(function: Callable[..., object]) -> list[str]:
    return list(inspect.signature(function).parameters)


@pytest.mark.parametrize("module", OF_ACCOUNT, ids=lambda module: module.__name__)
def test_account_comes_second(module: ModuleType) -> None:
    found = [(name, parameters) for name, parameters in queries(module) if name not in BY_CONTENT]
    assert found
    assert [name for name, parameters in found if parameters[2] != "account_id"] == []
