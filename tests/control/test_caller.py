"""Who connects is told by the kernel, not by the client."""

from __future__ import annotations

import os
import pwd
import socket
import subprocess
import sys
from pathlib import Path

from lvstui.control.caller import of_socket

CONNECT = "import socket,sys,time; s=socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); time.sleep(9)"


def test_a_pair_of_our_own_is_us() -> None:
    left, right = socket.socketpair()
    with left, right:
        caller = of_socket(left)
    assert (caller.pid, caller.uid) == (os.getpid(), os.getuid())
    assert caller.who.startswith(pwd.getpwuid(os.getuid()).pw_name)


def test_another_process_is_named_with_where_it_comes_from(tmp_path: Path) -> None:
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(tmp_path / "s"))
    listener.listen()
    listener.settimeout(5)
    environment = {"PATH": os.environ["PATH"], "SSH_CLIENT": "192.0.2.7\x1b[2J 50000 22"}
    child = subprocess.Popen([sys.executable, "-c", CONNECT, str(tmp_path / "s")], env=environment)
    try:
        connection, _ = listener.accept()
        with connection:
            caller = of_socket(connection)
    finally:
        child.kill()
        child.wait()
        listener.close()
    assert caller.pid == child.pid
    assert "from 192.0.2.7" in caller.who
    assert "\x1b" not in caller.who
