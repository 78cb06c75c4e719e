"""Simulation: years of certificates in minutes: the deciding code of `edge` and `store` under a virtual clock.

What is ours is the real code. The CA, the DNS and the people are made up here, and know nothing of it.
"""
