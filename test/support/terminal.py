"""Runs a command on a terminal of its own (pty).

Usage: terminal.py COLUMNS ROWS COMMAND...
Standard input takes a JSON array a line: ["type", TEXT] or ["resize", COLUMNS, ROWS]. What the terminal is
sent goes to standard output. The exit code is the command's, or 128 and the number of the signal that ended it.
"""
import fcntl
import json
import os
import pty
import selectors
import struct
import sys
import termios


def resize(terminal, columns, rows):
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


columns, rows, *command = sys.argv[1:]
pid, terminal = pty.fork()
if pid == 0:
    resize(0, int(columns), int(rows))
    os.execvp(command[0], command)
resize(terminal, int(columns), int(rows))

selector = selectors.DefaultSelector()
selector.register(terminal, selectors.EVENT_READ)
selector.register(0, selectors.EVENT_READ)
pending = b""
is_open = True
while is_open:
    for key, _ in selector.select():
        if key.fd == terminal:
            try:
                data = os.read(terminal, 65536)
            except OSError:  # EIO: the last process has closed it.
                data = b""
            is_open = is_open and data != b""
            os.write(1, data)
            continue
        data = os.read(0, 65536)
        if data == b"":
            selector.unregister(0)
        *lines, pending = (pending + data).split(b"\n")
        for line in lines:
            kind, *rest = json.loads(line)
            if kind == "type":
                os.write(terminal, rest[0].encode())
            else:
                resize(terminal, *rest)
_, status = os.waitpid(pid, 0)
sys.exit(os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status))
