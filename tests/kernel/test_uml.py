from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.kernel import uml

pytestmark = pytest.mark.kernel


def test_status_output_and_environment_come_out(tmp_path: Path) -> None:
    script = 'echo "$GREETING from $(uname -r) in $PWD"; echo left > "$SHARE/file"; exit 7'
    result = uml.boot(script, timeout=60, share=tmp_path, env={"GREETING": 'it\'s "me"'})
    assert result.status == 7, result.console
    assert result.output.startswith('it\'s "me" from 6.')
    assert result.output.rstrip().endswith(f"in {uml.ROOT}")
    assert (tmp_path / "file").read_text() == "left\n"


def test_what_hangs_is_killed_and_its_output_kept(tmp_path: Path) -> None:
    started = time.monotonic()
    result = uml.boot("echo begun; sleep 600", timeout=8, share=tmp_path)
    assert (result.status, result.output) == (uml.TIMED_OUT, "begun\n")
    assert time.monotonic() - started < 20
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            assert str(tmp_path).encode() not in process.read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            continue


def test_python_and_its_loops_work_inside(tmp_path: Path) -> None:
    script = tmp_path / "program"
    script.write_text(
        '#!/bin/sh\nexec "$LVSTUI_PYTHON" - <<"END"\n'
        "import asyncio, os, time, uvloop\n"
        "async def main():\n"
        "    process = await asyncio.create_subprocess_exec('echo', 'child', stdout=-1)\n"
        "    print((await process.communicate())[0].decode().strip())\n"
        "    started = time.monotonic(); await asyncio.sleep(0.5); print(0.45 < time.monotonic() - started < 0.9)\n"
        "asyncio.run(main()); uvloop.run(main())\n"
        "print(abs(time.time() - float(os.environ['NOW'])) < 60, os.path.isdir('/dev/pts'), os.openpty() != ())\n"
        "END\n"
    )
    script.chmod(0o755)
    result = uml.boot(script, timeout=60, share=tmp_path, env={"NOW": str(time.time())})
    assert result.output.split() == ["child", "True", "child", "True", "True", "True", "True"], result
