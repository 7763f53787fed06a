"""A short run of the fault harness. The long one: script/bench faults."""

import pytest

from tests import fault_injection


@pytest.mark.site
def test_while_everything_is_killed_no_acknowledged_request_is_lost(site):
    outcome = fault_injection.run(site, people=150, seed=20261123, max_delay=2.0)

    assert outcome.is_good, outcome.report()
    assert sum(outcome.faults.values()) >= 5, outcome.report()
    assert "Nothing is missing." in outcome.proofs[0]
