"""Enrolling: the pages that are open to somebody who must set up a second factor first."""

ENROLMENT = frozenset({"/security/factor", "/security/factor/confirm", "/security/proof", "/sign-out"})
