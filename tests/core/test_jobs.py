"""Scheduled jobs: none keeps another from running, each leaves a record, and one that is overdue is named."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from detoxsite.core import jobs, leases
from detoxsite.core.leases import Leases
from detoxsite.core.models import JobRun
from intake.reception import journal

pytestmark = pytest.mark.django_db

NAMES = [job.name for job in jobs.registered()]
NOW = timezone.now()
CANARY = "Canary Name"


def fail():
    raise ValueError(CANARY)


def ask_the_impossible():
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 / 0")


def be_cut_off():
    raise OperationalError(CANARY)


@pytest.fixture
def _own_disk(settings, tmp_path):
    settings.VAR = tmp_path
    (tmp_path / "calls").mkdir()


@pytest.fixture
def make_job(monkeypatch):
    """Register a job for one test."""

    def make(run, name="a job", **options):
        options = {"every": timedelta(minutes=1), **options}
        monkeypatch.setitem(jobs._jobs, name, jobs.Job(name, run, **options))
        return jobs._jobs[name]

    return make


def run_all(*, broken, run):
    """Run one round of a worker in which the job called ``broken`` does something else; return each result."""
    registered = [replace(job, run=run) if job.name == broken else job for job in jobs.registered()]
    return {job.name: jobs.Runner(job).run_if_due() for job in registered}


def test_every_app_has_registered_its_jobs():
    assert {job.run.__module__ for job in jobs.registered()} == {
        "articles.held_pictures",
        "articles.jobs",
        "articles.notice_emails",
        "articles.schedule",
        "articles.versions",
        "detoxsite.dashboard.access_report_notice",
        "detoxsite.core.access_log.chain",
        "detoxsite.core.compaction",
        "detoxsite.core.public_changes",
        "detoxsite.core.public_forms.rate_limit",
        "detoxsite.core.redirects.counts",
        "detoxsite.core.sign_in.factor_secrets",
        "detoxsite.core.sign_in.sessions",
        "intake.jobs",
        "testimonials.jobs",
    }


@pytest.mark.usefixtures("_own_disk")
@pytest.mark.parametrize("failure", [fail, be_cut_off])
@pytest.mark.parametrize("broken", NAMES)
def test_a_job_that_raises_keeps_no_other_from_running(broken, failure, monkeypatch):
    monkeypatch.setattr("intake.assurance.synthetic_check.send", lambda: "ABCDEFGH")

    went = run_all(broken=broken, run=failure)

    assert went == {name: name != broken for name in NAMES}
    runs = {run.name: run for run in JobRun.objects.filter(name__in=NAMES)}
    assert set(runs) == set(NAMES)
    assert {name for name, run in runs.items() if run.last_succeeded_at is None} == {broken}
    assert runs[broken].last_error == ("ValueError" if failure is fail else "OperationalError")


@pytest.mark.usefixtures("_own_disk")
@pytest.mark.django_db(transaction=True)
def test_a_job_that_breaks_its_connection_keeps_no_other_from_running(monkeypatch):
    monkeypatch.setattr("intake.assurance.synthetic_check.send", lambda: "ABCDEFGH")

    def break_it():
        connection.set_autocommit(False)
        ask_the_impossible()

    first = NAMES[0]

    assert run_all(broken=first, run=break_it) == {name: name != first for name in NAMES}
    assert JobRun.objects.get(name=first).last_error == "DataError"


@pytest.mark.usefixtures("_own_disk")
def test_a_full_disk_in_one_job_keeps_no_other_from_running(monkeypatch):
    """A regression: eight jobs once shared one try, and those after the one that raised never ran."""
    monkeypatch.setattr("intake.assurance.synthetic_check.send", lambda: "ABCDEFGH")
    monkeypatch.setattr(journal, "read", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))

    went = run_all(broken="", run=None)

    assert [name for name, succeeded in went.items() if not succeeded] == ["request reconciliation"]


def test_a_record_has_the_last_error_and_success_and_no_content(make_job, caplog):
    job = make_job(fail)
    assert [jobs.run(job), jobs.run(job)] == [False, False]
    failed = jobs.report()["a job"]
    assert (failed["last_error"], failed["consecutive_failures"]) == ("ValueError", 2)
    assert failed["last_succeeded_at"] is None
    assert failed["last_error_at"] >= failed["last_started_at"] >= NOW

    assert jobs.run(replace(job, run=lambda: None)) is True

    recovered = jobs.report()["a job"]
    assert (recovered["last_error"], recovered["consecutive_failures"]) == ("ValueError", 0)
    assert recovered["last_succeeded_at"] >= recovered["last_error_at"]
    assert "Job “a job” failed: ValueError" in caplog.text
    assert CANARY not in caplog.text + str(failed) + str(recovered)


def test_an_overdue_job_turns_readyz_red_by_name_until_it_succeeds(make_job, client, time_machine):
    time_machine.move_to(NOW, tick=False)
    broken, well = make_job(fail, "retention of nothing"), make_job(lambda: None, "another")
    jobs.start_watching()

    def look(**passed):
        time_machine.move_to(NOW + timedelta(**passed), tick=False)
        jobs.run(well)
        for job in jobs.registered():
            if job.name in NAMES:
                jobs.record(job.name)
        answer = client.get("/readyz")
        return answer.status_code, answer.json()["jobs"], answer.json()["overdue"]

    jobs.run(broken)
    assert look(minutes=5) == (503, True, [])
    jobs.run(broken)
    assert look(minutes=5, seconds=1) == (503, False, ["retention of nothing"])
    runs = client.get("/readyz").json()["job_runs"]
    assert runs["retention of nothing"]["last_error"] == "ValueError"
    assert runs["another"]["last_succeeded_at"]

    jobs.run(replace(broken, run=lambda: None))
    assert look(minutes=5, seconds=2) == (503, True, [])  # red for the other checks, which no worker makes here


def test_a_job_is_expected_only_once_a_worker_runs(make_job, time_machine):
    time_machine.move_to(NOW, tick=False)
    make_job(fail)
    assert jobs.overdue(NOW + timedelta(days=1)) == []  # /readyz says that there is no worker
    jobs.start_watching()
    time_machine.move_to(NOW + timedelta(days=1), tick=False)
    assert "a job" in jobs.overdue()

    jobs.start_watching()

    assert jobs.overdue() == []


def test_a_worker_that_keeps_dying_does_not_hide_a_job_that_never_succeeds(make_job, time_machine):
    time_machine.move_to(NOW, tick=False)
    job = make_job(fail)
    for minute in range(7):
        time_machine.move_to(NOW + timedelta(minutes=minute), tick=False)
        jobs.start_watching()
        jobs.run(job)

    assert "a job" in jobs.overdue()


def test_a_job_that_this_process_does_not_need_is_neither_run_nor_expected(make_job):
    make_job(fail, is_needed=lambda: False)

    assert "a job" not in [job.name for job in jobs.registered()]
    jobs.start_watching(NOW - timedelta(days=1))
    assert "a job" not in jobs.overdue()


def test_a_job_runs_once_in_its_period_and_sooner_after_a_failure(make_job):
    moment, ran, is_well = [0.0], [], [True]

    def run():
        ran.append(moment[0])
        assert is_well[0]

    runner = jobs.Runner(make_job(run, every=timedelta(hours=1)), clock=lambda: moment[0])
    for second in range(0, 4 * 3600, 30):
        moment[0], is_well[0] = float(second), second != 3600
        runner.run_if_due()

    assert ran == [0, 3600, 3630, 7230, 10830]


def test_successes_of_a_job_that_runs_every_second_are_recorded_now_and_then(make_job, django_assert_num_queries):
    moment = [0.0]
    job = make_job(lambda: None, every=timedelta(seconds=1), has_own_thread=True)
    runner = jobs.Runner(job, clock=lambda: moment[0])
    runner.run_if_due()

    with django_assert_num_queries(0):
        for second in range(1, 30):
            moment[0] = float(second)
            assert runner.run_if_due() is True
    first = JobRun.objects.get().last_succeeded_at
    moment[0] = 30.0
    runner.run_if_due()

    assert JobRun.objects.get().last_succeeded_at > first


def test_two_workers_do_not_run_a_job_at_the_same_moment(make_job):
    ran, other = [], Leases()
    job = make_job(lambda: ran.append(1))
    assert other.take(job.name)
    assert jobs.run(job) is None
    assert ran == []
    other.release(job.name)

    assert jobs.run(job) is True
    assert jobs.run(job) is True
    assert ran == [1, 1]


def expire(job):
    JobRun.objects.filter(name=job.name).update(leased_until=timezone.now() - timedelta(days=1))


def test_another_worker_takes_over_what_a_dead_one_held(make_job):
    ran, dead = [], Leases()
    job = make_job(lambda: ran.append(1))
    assert dead.take(job.name)
    expire(job)

    assert jobs.run(job) is True

    assert ran == [1]


def test_a_lease_that_is_renewed_does_not_expire(make_job):
    ran, alive = [], Leases()
    job = make_job(lambda: ran.append(1))
    assert alive.take(job.name)
    expire(job)

    alive.renew()

    assert jobs.run(job) is None
    assert ran == []


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_was_held_up_cannot_go_on_with_a_job_that_another_took_over(make_job):
    """It was stopped, or its machine was, for longer than a lease lasts."""
    held_up, wrote = Leases(), []

    def work():
        JobRun.objects.create(name="before")
        expire(job)
        assert jobs.run(replace(job, run=lambda: wrote.append("another"))) is True
        held_up.renew()  # too late
        held_up._until[job.name] -= leases.LIFE.total_seconds()
        JobRun.objects.create(name="after")

    job = make_job(work)

    assert jobs.run(job, leases=held_up) is False

    assert wrote == ["another"]
    assert JobRun.objects.filter(name="before").exists()
    assert not JobRun.objects.filter(name="after").exists()
    assert jobs.report()[job.name]["last_error"] == "LeaseLost"


def test_a_job_that_another_worker_had_runs_here_soon_after(make_job, monkeypatch):
    """Each machine's worker looks after its own disk, also where two always start at the same moment."""
    moment, results = [0.0], [None, True, True]
    runner = jobs.Runner(make_job(lambda: None, every=timedelta(hours=1)), clock=lambda: moment[0])
    monkeypatch.setattr(jobs, "run", lambda job, **_: results.pop(0))

    ran = []
    for second in range(0, 2 * 3600, 30):
        moment[0] = float(second)
        if (result := runner.run_if_due()) or not ran:
            ran.append((second, result))

    assert ran == [(0, None), (30, True), (3630, True)]


def test_two_jobs_of_one_name_are_refused():
    with pytest.raises(ValueError, match="two jobs called 'alerts'"):
        jobs.register("alerts", fail, every=timedelta(minutes=1))


def test_a_success_that_could_not_be_recorded_is_repeated_soon(make_job, monkeypatch):
    """Else a job that runs once an hour stays overdue for another hour after the database is back."""
    moment, ran = [0.0], []
    runner = jobs.Runner(make_job(lambda: ran.append(1), every=timedelta(hours=1)), clock=lambda: moment[0])

    def cut_off(*args, **kwargs):
        raise OperationalError

    record = jobs.record
    monkeypatch.setattr(jobs, "record", cut_off)
    assert runner.run_if_due() is False
    monkeypatch.setattr(jobs, "record", record)
    moment[0] = 31.0

    assert runner.run_if_due() is True
    assert JobRun.objects.get(name="a job").last_succeeded_at
    assert len(ran) == 2
