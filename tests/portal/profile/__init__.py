# ruff: noqa: A005 - mirrors portal/profile
