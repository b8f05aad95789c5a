from register.statistics import Arrivals, Handled, Handling, by_department, handling
from register.types import CaseKind

CAME = [Arrivals(CaseKind.INQUIRY, "县民政局", 3), Arrivals(CaseKind.REQUEST, "", 5)]


def done(days: int, department: str = "县民政局", cases: int = 1) -> Handled:
    return Handled(CaseKind.INQUIRY, department, days * 24, cases)


def test_the_median_tells_how_long_half_of_the_cases_took() -> None:
    assert handling(CAME, [done(1), done(2), done(90)]) == Handling(came=8, answered=3, median_days=2)
    assert handling(CAME, [done(1, cases=3), done(5, cases=2)]) == Handling(came=8, answered=5, median_days=1)
    assert handling(CAME, []) == Handling(came=8, answered=0, median_days=None)


def test_each_department_has_its_own_figures_also_one_that_only_finished_old_cases() -> None:
    assert by_department(CAME, [done(1), done(3), done(4, "县人社局")]) == {
        "": Handling(5, 0, None),
        "县民政局": Handling(3, 2, 2),
        "县人社局": Handling(0, 1, 4),
    }
