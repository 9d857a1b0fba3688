"""What may a buildpack's scripts not do?"""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cloud_controller.domain.staging import StagingFailedError
from cloud_controller.staging import discard, stage

if TYPE_CHECKING:
    from collections.abc import Callable

COMPILE = "BuildpackCompileFailed - App staging failed in the buildpack compile phase"


def failure(stager: Any, compile_script: str, **options: Any) -> str:
    with pytest.raises(StagingFailedError) as caught:
        stager.stage(stager.compiling(compile=compile_script), **options)
    return str(caught.value)


def answers(stager: Any, script: str, **options: Any) -> list[str]:
    """What a script prints when it may go on after failures."""
    stager.stage(stager.compiling(compile=f"set +e\n{script}\nexit 0"), **options)
    found: list[str] = stager.said
    return found


def processes_below(folder: Path) -> list[str]:
    """The processes that have anything to do with a directory."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            told = (entry / "cmdline").read_bytes() + os.fsencode((entry / "cwd").readlink())
        except OSError:
            continue
        if os.fsencode(folder) in told:
            found.append(entry.name)
    return found


def test_staging_ends_when_its_time_is_over(stager: Any) -> None:
    began = time.monotonic()
    script = "trap '' TERM INT; (setsid sleep 1000 &); sleep 1000"
    assert failure(stager, script, timeout_seconds=1.0) == (
        "StagingTimeExpired - Staging time expired: staging failed"
    )
    assert time.monotonic() - began < 30
    assert processes_below(stager.folder) == []


def test_staging_ends_at_once_when_it_is_cancelled(stager: Any) -> None:
    def log(begun: asyncio.Event) -> Callable[[str, bytes], None]:
        return lambda _, line: begun.set() if line == b"begun" else None

    async def cancelled() -> None:
        pack = stager.compiling(compile="echo begun; sleep 1000")
        request = stager.request(pack, app={"a": "b"})
        begun = asyncio.Event()
        running = asyncio.create_task(stage(request, stager.confinement, log(begun)))
        await begun.wait()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        await discard(request.work_dir)
        assert not request.work_dir.exists()

    asyncio.run(asyncio.wait_for(cancelled(), 30))
    assert processes_below(stager.folder) == []


def test_one_process_cannot_take_more_memory_than_allowed(stager: Any) -> None:
    script = "head -c 400m /dev/zero | tail -c 399m > /dev/null"
    assert failure(stager, f"set -o pipefail; {script}", memory_mb=128) == COMPILE


def test_many_processes_cannot_take_more_memory_together(stager: Any) -> None:
    hog = "(head -c 60m /dev/zero | tail -c 60m; sleep 1000) > /dev/null &"
    began = time.monotonic()
    assert failure(stager, f"for i in $(seq 8); do {hog} done; wait", memory_mb=128) == COMPILE
    assert time.monotonic() - began < 30
    assert "Killed: the memory limit of 128 MB was exceeded" in stager.said


def test_files_cannot_take_more_disk_than_allowed(stager: Any) -> None:
    assert failure(stager, "head -c 40m /dev/zero > $1/large", disk_mb=30) == COMPILE
    many = "for i in $(seq 8); do head -c 10m /dev/zero > /dev/shm/$i; done; sleep 1000"
    assert failure(stager, many, disk_mb=30) == COMPILE
    assert "Killed: the disk limit of 30 MB was exceeded" in stager.said
    stager.lines.clear()
    failure(stager, "for i in $(seq 8); do head -c 10m /dev/zero > ~/$i; done", disk_mb=30)
    assert "Killed: the disk limit of 30 MB was exceeded" in stager.said


def test_a_fork_bomb_is_bounded(stager: Any) -> None:
    began = time.monotonic()
    bomb = "bomb() { bomb | bomb & }; bomb; sleep 1000"
    failure(stager, bomb, timeout_seconds=5.0)
    assert time.monotonic() - began < 30
    assert processes_below(stager.folder) == []


def test_background_processes_end_with_the_script(stager: Any) -> None:
    stager.stage(stager.compiling(compile="(setsid sleep 1000 > /dev/null 2>&1 &) ; sleep 1000 &"))
    assert processes_below(stager.folder) == []


def test_a_flood_of_output_without_line_ends_is_cut_into_lines(stager: Any) -> None:
    stager.stage(stager.compiling(compile="head -c 1000000 /dev/zero"))
    assert sum(len(line) for line in stager.said if line.startswith("\0")) == 1_000_000
    assert max(len(line) for line in stager.said) <= 64 * 1024 + 16 * 1024


def test_the_flood_of_a_detect_script_is_cut_off(stager: Any) -> None:
    pack = stager.compiling(detect="head -c 3000000 /dev/zero | tr '\\0' x")
    assert len(stager.stage(pack).buildpacks[0].detect_output or "") == 1024 * 1024


def test_the_network_is_out_of_reach(stager: Any) -> None:
    said = answers(stager, "cat < /dev/tcp/127.0.0.1/22; ls /sys; cat /proc/net/dev")
    assert any("Connection refused" in line or "unreachable" in line for line in said)
    interfaces = [
        line.split(":")[0].strip() for line in said if ":" in line and "bytes" not in line
    ]
    assert "lo" in interfaces
    assert not any(name.startswith(("eth", "en", "wl")) for name in interfaces)


def test_the_machine_is_out_of_sight(stager: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_OF_THE_SERVER", "hush")
    (stager.folder / "token-key.pem").write_text("private")
    script = f"""
        cat /etc/shadow; ls {stager.folder}; cat {stager.folder}/token-key.pem
        ls /root /var /work /home/*; ps ax; env; tr '\\0' '\\n' < /proc/1/environ
        tr '\\0' '\\n' < /proc/1/cmdline; id -u; grep Cap /proc/self/status
    """
    text = "\n".join(answers(stager, script))
    assert "hush" not in text
    assert "private" not in text
    assert "root:" not in text
    for place in ("/etc/shadow", "/root", "/var", str(stager.folder)):
        assert f"{place}': No such file" in text or f"{place}: No such file" in text
    assert str(os.getpid()) not in [line.split()[0] for line in stager.said if line.split()]
    assert "\n0\n" not in text
    assert text.count("0000000000000000") == 5


def test_the_system_cannot_be_changed(stager: Any) -> None:
    said = answers(
        stager,
        """for place in /usr/x /x /etc/x /dev/x /proc/sys/kernel/hostname /tmp/buildpacks/x; do
          { echo x > $place; } 2> /dev/null && echo "written $place"
        done
        mount -t tmpfs none /tmp 2> /dev/null && echo mounted
        unshare -r true 2> /dev/null && echo unshared
        echo done""",
    )
    assert "done" in said
    assert [line for line in said if line.startswith("written")] == []
    assert "mounted" not in said


def test_preloaded_code_runs_with_the_scripts_rights_only(stager: Any) -> None:
    # Were it loaded before the user changes, bash would complain earlier and more often.
    said = answers(stager, "id -u", environment={"LD_PRELOAD": "/none.so"})
    assert not any("setpriv" in line or "prlimit" in line for line in said)
    assert "0" not in said


def test_links_that_scripts_leave_behind_are_not_followed(stager: Any) -> None:
    secret = stager.folder / "secret"
    secret.write_text("web: the secret\n")
    script = f"""
        ln -s {secret} $1/Procfile; ln -s {secret} $1/leak; ln -s {stager.folder} $1/folder
        ln -s /etc /tmp/contents/profile.d/etc
    """
    droplet = stager.stage(stager.compiling(compile=script))
    assert droplet.process_types == {"web": "serve"}
    assert b"the secret" not in b"".join(stager.files.values())


def test_directories_replaced_by_links_are_not_followed(stager: Any) -> None:
    secret = stager.folder / "secret"
    secret.mkdir()
    (secret / "key").write_text("private")
    script = f"""
        rm -r /tmp/contents/deps /tmp/contents/profile.d
        ln -s {secret} /tmp/contents/deps; ln -s {secret} /tmp/contents/profile.d
        rm -r $2; ln -s {secret} $2
    """
    stager.stage(stager.compiling(compile=script))
    assert b"private" not in b"".join(stager.files.values())
    stager.stage(stager.compiling(compile="cat $2/key || true"))
    assert "private" not in stager.said
    assert (secret / "key").read_text() == "private"


@pytest.mark.parametrize("name", ["app", "cache", "contents"])
def test_whole_places_replaced_by_links_are_not_followed(stager: Any, name: str) -> None:
    secret = stager.folder / "secret"
    for folder in ("deps/0", "final", "profile.d"):
        (secret / folder).mkdir(parents=True)
    (secret / "Procfile").write_text("web: private")
    (secret / "deps/0/launch.yml").write_text("processes: [{type: web, command: private}]")
    steal = f"rm -r /tmp/{name}; ln -s {secret} /tmp/{name}"
    pack = stager.compiling(detect=steal, release="echo 'default_process_types: {web: serve}'")
    with contextlib.suppress(StagingFailedError):
        stager.stage(pack)
    pack = stager.finalizing(supply=steal, finalize=":")
    droplet = stager.stage(stager.compiling(compile=steal))
    assert droplet.process_types == {"web": "serve"}
    droplet = stager.stage(pack, skip_detect=True)
    assert droplet.process_types == {"web": "serve"}
    assert b"private" not in b"".join(stager.files.values())
    stager.stage(stager.compiling(compile="cat $2/* ~/* || true"))
    assert "web: private" not in stager.said
    assert sorted(path.name for path in secret.rglob("*")) == sorted(
        ["deps", "0", "launch.yml", "final", "profile.d", "Procfile"]
    )


def test_what_scripts_make_inaccessible_is_removed_all_the_same(stager: Any) -> None:
    pack = stager.compiling(compile="mkdir -p ~/a/b/c; touch ~/a/b/c/d; chmod 0 ~/a/b/c ~/a/b ~/a")
    stager.stage(pack)


def test_great_depths_are_refused_and_removed(stager: Any) -> None:
    deep = "mkdir -p $(printf 'd/%.0s' $(seq 1500)); cd -P $(printf 'd/%.0s' $(seq 1500))"
    failure(stager, f"cd ~; {deep}; {deep}; cd /")
    assert "Killed: directories are nested too deep" in stager.said
    stager.stage(stager.compiling(compile=f"cd $2; {deep}"))
    stager.stage(stager.compiling())


def test_deep_zips_are_refused_and_removed(stager: Any) -> None:
    app = stager.zipped({"d/" * 1900 + "x": "deep"})
    with pytest.raises(StagingFailedError):
        stager.stage(stager.compiling(), app=app)


def test_what_cannot_be_copied_is_not_kept(stager: Any) -> None:
    stager.stage(stager.compiling(compile="mkfifo $2/pipe; echo x > $2/x"))
    stager.stage(stager.compiling(compile="ls $2; echo listed"))
    assert "listed" in stager.said


def test_files_without_a_name_count_as_well(stager: Any) -> None:
    script = """
        for i in 1 2 3 4; do exec {fd}> ~/f$i; rm ~/f$i; head -c 10m /dev/zero >&$fd; done
        sleep 1000
    """
    assert failure(stager, script, disk_mb=30) == COMPILE
    assert "Killed: the disk limit of 30 MB was exceeded" in stager.said


def test_what_is_hidden_in_closed_directories_counts_as_well(stager: Any) -> None:
    script = "for i in 1 2 3 4; do mkdir ~/$i; head -c 10m /dev/zero > ~/$i/f; chmod 0 ~/$i; done"
    assert failure(stager, f"{script}; sleep 1000", disk_mb=30) == COMPILE


def test_without_the_sandbox_the_limits_hold(bare: Any) -> None:
    began = time.monotonic()
    assert failure(bare, "sleep 1000 & sleep 1000", timeout_seconds=1.0).startswith(
        "StagingTimeExpired"
    )
    assert failure(bare, "head -c 40m /dev/zero > $1/large", disk_mb=30) == COMPILE
    script = "set -o pipefail; head -c 400m /dev/zero | tail -c 399m > /dev/null"
    assert failure(bare, script, memory_mb=128) == COMPILE
    assert time.monotonic() - began < 60
    assert processes_below(bare.folder) == []


def test_without_the_sandbox_the_servers_environment_stays_away(
    bare: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_OF_THE_SERVER", "hush")
    assert "SECRET_OF_THE_SERVER=hush" not in answers(bare, "env")
