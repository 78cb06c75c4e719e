"""What the DNS server was asked: the latest first, counted, and never more than is kept."""

from demo.questions import KEPT, Question, Questions
from store.hostname import Hostname

FOO, BAR = Hostname("foo.com"), Hostname("bar.com")


def asked(*questions: Question) -> Questions:
    made = Questions()
    for question in questions:
        made.note(question)
    return made


def test_domains_are_listed_the_latest_first() -> None:
    foo, bar = (Question(f"billing.{domain}", "A", domain, "NOERROR") for domain in (FOO, BAR))
    assert asked(foo, bar, foo, Question("com", "A", None, "NXDOMAIN")).domains() == [FOO, BAR]


def test_equal_questions_are_counted_and_others_kept_apart() -> None:
    before, after = (Question("billing.foo.com", "CNAME", FOO, how) for how in ("NXDOMAIN", "NOERROR"))
    other = Question("billing.bar.com", "CNAME", BAR, "NOERROR")
    questions = asked(before, before, other, after)
    assert questions.about(FOO, 10) == [(after, 1), (before, 2)]
    assert questions.about(FOO, 1) == [(after, 1)]


def test_old_questions_are_forgotten_but_counted() -> None:
    questions = asked(*(Question(f"{number}.foo.com", "A", FOO, "NOERROR") for number in range(KEPT + 1)))
    assert (questions.total, len(questions.recent)) == (KEPT + 1, KEPT)
    assert ("0.foo.com", "A") not in questions.counted()
