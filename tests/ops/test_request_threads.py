"""The threads of a web process: which one gets a request, what an error does, how they end."""

import threading

import pytest

from detoxsite.ops.request_threads import RequestThreads

SECONDS = 10  # of waiting, at most


class Task:
    """Notes the thread it ran in; waits for ``go_on`` if there is one."""

    def __init__(self, go_on: threading.Event | None = None, error: Exception | None = None) -> None:
        self.go_on, self.error = go_on, error
        self.began, self.is_canceled = threading.Event(), False

    def service(self):
        self.thread = threading.current_thread().name
        self.began.set()
        if self.go_on:
            assert self.go_on.wait(SECONDS)
        if self.error:
            raise self.error

    def cancel(self):
        self.is_canceled = True


@pytest.fixture
def threads():
    made = RequestThreads(4)
    yield made
    made.shutdown()


def idle(threads: RequestThreads, count: int) -> None:
    """Wait until so many threads are idle."""
    tick = threading.Event()
    for _ in range(SECONDS * 1000):
        if len(threads._idle) == count:
            return
        tick.wait(0.001)
    raise AssertionError(f"{len(threads._idle)} of {count} threads are idle")


def run(threads: RequestThreads, **options) -> Task:
    task = Task(**options)
    threads.add_task(task)
    assert task.began.wait(SECONDS)
    return task


def test_one_request_after_the_other_is_answered_by_the_same_thread(threads):
    names = set()
    for _ in range(20):
        idle(threads, 4)
        names.add(run(threads).thread)

    assert len(names) == 1


def test_requests_at_once_are_answered_at_once_and_one_more_when_a_thread_is_free(threads):
    go_on = threading.Event()
    running = [run(threads, go_on=go_on) for _ in range(4)]
    waiting = Task()
    threads.add_task(waiting)

    assert len({task.thread for task in running}) == 4
    assert not waiting.began.is_set()
    go_on.set()
    assert waiting.began.wait(SECONDS)


def test_a_thread_survives_an_error_and_says_so(threads, caplog):
    for _ in range(8):
        idle(threads, 4)
        run(threads, error=ValueError("broken"))
    idle(threads, 4)

    assert [record.message for record in caplog.records] == ["A request was not answered"] * 8
    caplog.clear()


def test_shutdown_ends_idle_threads_and_cancels_what_waits():
    threads, go_on = RequestThreads(1), threading.Event()
    running, waiting = run(threads, go_on=go_on), Task()
    threads.add_task(waiting)
    ending = threading.Thread(target=threads.shutdown)

    ending.start()
    go_on.set()
    ending.join(SECONDS)

    assert not ending.is_alive()
    assert (waiting.is_canceled, running.is_canceled, waiting.began.is_set()) == (True, False, False)
    assert not any(thread.is_alive() for thread in threads._threads)
