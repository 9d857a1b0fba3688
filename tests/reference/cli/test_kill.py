"""What is left after kill -9?"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

Serve = Callable[..., Any]


def test_every_answered_write_survives_a_kill(serve: Serve) -> None:
    running = serve()
    token = running.token()
    answered: list[str] = []

    def write(thread: int) -> None:
        for number in range(1000):
            name = f"org-{thread}-{number}"
            try:
                status, _ = running.call("POST", "/v3/organizations", {"name": name}, token)
            except (OSError, ValueError):
                return
            if status == 201:
                answered.append(name)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    while len(answered) < 40 and any(thread.is_alive() for thread in threads):
        threads[0].join(0.01)
    running.process.kill()
    for thread in threads:
        thread.join(30)
    assert len(answered) >= 40

    again = serve()
    _, listed = again.call("GET", "/v3/organizations?per_page=5000", token=again.token())
    found = [entry["name"] for entry in listed["resources"]]
    assert set(answered) <= set(found)
    assert len(found) == len(set(found))


def test_an_accepted_job_is_done_after_a_kill(serve: Serve, until: Any) -> None:
    running = serve("--job-delay", "3600")
    token = running.token()
    _, organization = running.call("POST", "/v3/organizations", {"name": "doomed"}, token)
    path = f"/v3/organizations/{organization['guid']}"
    status, location = running.call("DELETE", path, token=token)
    assert status == 202
    running.process.kill()
    running.process.wait()

    again = serve()
    token = again.token()
    job = "/v3/jobs/" + location.rpartition("/")[2]
    until(lambda: again.call("GET", job, token=token)[1]["state"] == "COMPLETE", "the job is done")
    assert again.call("GET", path, token=token)[0] == 404
