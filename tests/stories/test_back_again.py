"""Figures that go back to what they were have changed: a new version, and rows that say so."""

from homes import TestHome
from storyhome import StoryHome, called, put_calls


class Published(StoryHome):
    run = TestHome.run
    query = TestHome.query


def test_a_content_seen_before_is_no_silent_return(home: TestHome) -> None:
    centre = Published.at(home.root)
    centre.only_sources("calls")
    centre.expecting("none", "calls")
    put_calls(centre, "2024-01-10", called("A", "2024-01-10"), called("B", "2024-01-10", "90,000"))
    first = centre.run("2024-01-31").version
    policy = ("phone_house_2024,phone,*,2020-01-01,,20", "phone_house_2024,phone,*,2020-01-01,,95")
    centre.edit_register("service_level_policy", *policy)
    centre.run("2024-01-31")
    centre.edit_register("service_level_policy", *reversed(policy))
    third = centre.run("2024-01-31").version
    assert first is not None and third is not None
    # the same content as at first, but a version of its own that follows the second
    assert third.manifest["content"] == first.manifest["content"] and third.id != first.id
    # one of two calls within 20 s, both within 95 s, and one again
    assert centre.query(
        "select old_value, new_value from ops.restatements where id = 'service_level' "
        "and table_name = 'metric.monthly' order by version"
    ) == [(0.5, 1.0), (1.0, 0.5)]
