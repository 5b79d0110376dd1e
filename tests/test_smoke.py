from homes import TestHome, call, calls_file


def test_a_first_call_reaches_the_scorecard(home: TestHome) -> None:
    home.only_sources("calls")
    home.put("calls/calls_20240115.csv", calls_file([call("A1"), call("A2", wait="25,0")]))
    ran = home.run("2024-01-20")
    assert ran.version is not None
    assert home.query(
        "select numerator, denominator from metric.monthly where metric_id = 'service_level' "
        "and channel = 'phone'"
    ) == [(1, 2)]
