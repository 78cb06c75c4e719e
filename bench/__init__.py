"""Measurements of this machine, one file each; `python -m bench` runs them."""
