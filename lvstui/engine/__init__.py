"""The parent process: supervisor, watchdog, the one state tree, mail, the control socket's commands."""
