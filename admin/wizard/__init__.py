"""Wizard: from a switched-off portal to a live address, one decision a step."""
