"""Whose data it is, is asked first: the organisation, then the account."""

import inspect
from collections.abc import Callable, Iterator
from types import ModuleType

import pytest

from store import accounts, calls, documents, invoice_lines, invoices, payments, portals, users

OF_ORGANISATION = (accounts, calls, documents, invoice_lines, invoices, payments, portals, users)
OF_ACCOUNT = (accounts, calls, documents, invoice_lines, invoices, payments)
BY_CONTENT = {"piece"}
"""Found by the digest that `documents.of_invoice` gave for an account's invoice."""


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


@pytest.mark.parametrize("module", OF_ORGANISATION, ids=lambda module: module.__name__)
def test_organisation_comes_first(module: ModuleType) -> None:
    found = list(queries(module))
    assert found
    assert [name for name, parameters in found if parameters[1] != "organisation_id"] == []


@pytest.mark.parametrize("module", OF_ACCOUNT, ids=lambda module: module.__name__)
def test_account_comes_second(module: ModuleType) -> None:
    found = [(name, parameters) for name, parameters in queries(module) if name not in BY_CONTENT]
    assert [name for name, parameters in found if parameters[2] != "account_id"] == []
