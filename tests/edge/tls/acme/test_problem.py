from edge.tls.acme.errors import AcmeProblem
from edge.tls.acme.problem import Problem, parse_problem

COMPOUND = {
    "type": "urn:ietf:params:acme:error:compound",
    "detail": "Some of the identifiers were rejected",
    "instance": "https://ca.test/unpause",
    "subproblems": [
        {
            "type": "urn:ietf:params:acme:error:caa",
            "detail": "CAA forbids",
            "identifier": {"type": "dns", "value": "shop.customer.test"},
        },
        "nonsense",
    ],
}


def test_own_words_of_the_ca_are_kept() -> None:
    caa = Problem("urn:ietf:params:acme:error:caa", "CAA forbids", "shop.customer.test")
    found = parse_problem(COMPOUND)
    assert found is not None
    assert (found.code, found.instance, found.subproblems) == ("compound", "https://ca.test/unpause", (caa,))


def test_sentence_names_detail_code_and_parts() -> None:
    error = AcmeProblem(parse_problem(COMPOUND) or Problem("", ""), 403, 12.0)
    assert str(error) == (
        "Some of the identifiers were rejected (compound); shop.customer.test: CAA forbids (caa) [HTTP 403]"
    )
    assert (error.type, error.status, error.retry_after) == (COMPOUND["type"], 403, 12.0)


def test_problem_is_read_whatever_its_form() -> None:
    assert parse_problem({"type": 7, "detail": None, "subproblems": 3}) == Problem("about:blank", "")
    assert parse_problem(["no"]) is None


def test_long_detail_is_cut() -> None:
    found = parse_problem({"detail": "x" * 100_000})
    assert found is not None
    assert len(found.detail) == 2000
