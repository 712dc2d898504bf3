"""One process that has imported everything, and forks a kernel from itself for each request.

Starting a kernel the ordinary way costs a second, nearly all of it the same imports again. Run as
``python -m livingreview.book.kernel_server FD [MODULE:FUNCTION ...]``: the server reads requests
from the socket FD, each a line of JSON with one socket attached. That socket is the kernel's life
line: the kernel writes its connection on it when its ports are bound, and ends when the other end
is closed, even if who held it was killed. The server ends in the same way.

Knows nothing of the book: what is to be imported or loaded beforehand is named by the caller.
"""

from __future__ import annotations

import builtins
import contextlib
import gc
import importlib
import json
import logging
import os
import signal
import socket
import sys
import threading
import traceback
import types

LINE = 1 << 20  # bytes that a request may have; it holds the environment of the kernel
# What a kernel imports while it starts.
KERNEL = (
    "ipykernel.ipkernel",
    "ipykernel.kernelapp",
    "ipykernel.debugger",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.logger",
    "IPython.core.oinspect",
    "IPython.core.pylabtools",
    "IPython.utils.wildcard",
    "IPython.extensions.storemagic",
    "faulthandler",
    "psutil",
    "sqlite3",
    "tornado.platform.asyncio",
    "zmq.utils.garbage",
)


def main(arguments: list[str]) -> None:
    """Preload, then fork a kernel for each request until the other end is closed."""
    # as a kernel does that is started by itself
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    control = socket.socket(fileno=int(arguments[0]))
    gc.disable()  # hardly anything of what is loaded becomes garbage, and looking takes long
    preload(arguments[1:])
    gc.enable()
    # Objects made until now are never freed: no kernel shall copy their pages to count them.
    gc.collect()
    gc.freeze()
    # by the hundred, figures and tables make Python look for garbage that is hardly there
    gc.set_threshold(50_000, 50, 100)
    signal.signal(signal.SIGCHLD, _reap)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        line, sockets, _, _ = socket.recv_fds(control, LINE, 1)
        if not line:
            return
        if os.fork() == 0:
            control.close()
            _run(socket.socket(fileno=sockets[0]), json.loads(line))
        os.close(sockets[0])


def preload(names: list[str]) -> None:
    """Import the kernel, and call what the caller names, such as ``pandas`` or ``module:function``.

    A failure is kept quiet: the kernel meets the same one, where it is told with its cell.
    """
    # the debugger would say that it cannot stop in frozen modules; nobody debugs a chapter here
    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")
    for name in KERNEL:
        importlib.import_module(name)
    # pandas looks once, when it is imported, whether it is in a kernel or in a terminal.
    builtins.get_ipython = lambda: types.SimpleNamespace(kernel=None)
    for name in names:
        module, _, function = name.partition(":")
        with contextlib.suppress(Exception):
            loaded = importlib.import_module(module)
            if function:
                getattr(loaded, function)()
    del builtins.get_ipython
    # The inline backend connects to the shell that is there when it is imported; with none, every
    # figure is lost without a word. The kernel imports it again.
    for name in [name for name in sys.modules if name.startswith("matplotlib_inline")]:
        del sys.modules[name]


def _reap(*_) -> None:
    """Take note of the end of kernels, so that their time counts as that of the build."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _run(line: socket.socket, request: dict) -> None:
    """Become a kernel; never return."""
    code = 1
    try:
        os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.chdir(request["cwd"])
        os.environ.clear()
        os.environ.update(request["env"])
        for module in ("random", "numpy.random"):
            if module in sys.modules:
                sys.modules[module].seed()
        _kernel(line, request).start()
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def _kernel(line: socket.socket, request: dict):
    """Return a kernel application with its ports bound and told."""
    from ipykernel.kernelapp import IPKernelApp

    application = IPKernelApp.instance(
        ip=request["ip"],
        transport=request["transport"],
        connection_file=request["connection_file"],
        parent_handle=os.getppid(),  # as a kernel that was started by a program has it
        log_level=logging.ERROR,  # it warns of unencrypted messages, which stay on this machine
    )
    application.session.key = request["key"].encode()
    application.initialize([])
    ports = ("shell_port", "iopub_port", "stdin_port", "control_port", "hb_port")
    told = {port: getattr(application, port) for port in ports} | {"pid": os.getpid()}
    line.sendall(json.dumps(told).encode() + b"\n")
    threading.Thread(target=_end_with, args=(line,), daemon=True).start()
    return application


def _end_with(line: socket.socket) -> None:
    """Wait until the other end of the life line is closed, then end this process at once."""
    while line.recv(1):
        pass
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1:])
