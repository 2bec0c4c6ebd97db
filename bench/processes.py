"""Servers that a benchmark starts and ends."""
import contextlib
import os
import resource
import shlex
import socket
import subprocess
import sys
import time


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def start(command, port):
    """The server's process, once it accepts connections."""
    p = subprocess.Popen([c.replace("{port}", str(port)) for c in command],
                         stdout=subprocess.DEVNULL, env=dict(os.environ, NODE_ENV="production"))
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            time.sleep(0.3)
            return p
        except OSError:
            if p.poll() is not None:
                break
            time.sleep(0.05)
    stop(p)
    sys.exit("does not listen: " + shlex.join(command))


def stop(p):
    p.terminate()
    try:
        p.wait(5)
    except subprocess.TimeoutExpired:
        p.kill()
        p.wait()


@contextlib.contextmanager
def running(command, port):
    process = start(command, port)
    try:
        yield process
    finally:
        stop(process)


@contextlib.contextmanager
def redis():
    """A Redis of its own that keeps nothing on disk, and its port. A driver's addresses are all of 127.0.0.0/8."""
    port = free_port()
    command = ["redis-server", "--port", "{port}", "--bind", "127.0.0.1", "--protected-mode", "no", "--save", "",
               "--loglevel", "warning"]
    with running(command, port) as process:
        yield process, port


def raise_descriptor_limit():
    """For this process and those that it starts: thousands of connections need as many descriptors."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def cpu_seconds(pid):
    """What the kernel has charged to the process so far."""
    with open(f"/proc/{pid}/stat") as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
