"""A kernel provisioner of jupyter_client that asks a server to fork a kernel.

jupyter_client's extension point for how a kernel process comes to be. Everything above it
(nbclient: time-outs, tags, errors, widgets) stays as it is, and so does a notebook's output.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from importlib.metadata import EntryPoint
from pathlib import Path

from jupyter_client.provisioning import KernelProvisionerBase, KernelProvisionerFactory

from livingreview.book.memory import ENVIRONMENT

NAME = "livingreview-forked"
AVAILABLE = (
    sys.platform == "linux"
)  # forking after imports is not safe on macOS, nor is it Windows'
SERVER = ("-P", "-m", "livingreview.book.kernel_server")  # -P: no module of the folder it runs in
PORTS = ("shell_port", "iopub_port", "stdin_port", "control_port", "hb_port")


class KernelServer:
    """The process that forks kernels.

    Parameters
    ----------
    preload : tuple of str
        What it imports or calls beforehand: ``"module"`` or ``"module:function"``.
    cwd : Path
        Folder that it runs in.
    """

    running: KernelServer | None = None

    def __init__(self, preload: tuple[str, ...], cwd: Path):
        # one request is one message, however long
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        # Kernels write their connections into a folder of their own: a file that a killed kernel
        # left behind would be read by the next one with the same process number, key and all.
        self._folder = tempfile.TemporaryDirectory(prefix="livingreview-kernels-")
        settings = {
            "PYTHONPATH": _path(Path(__file__).resolve().parents[2]),
            "PYTHONHASHSEED": "0",
        }
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, *SERVER, str(theirs.fileno()), *preload],
                cwd=cwd,
                env=os.environ | ENVIRONMENT | settings,
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )

    @classmethod
    def start(cls, preload: tuple[str, ...], cwd: Path) -> None:
        """Start the server, if this platform can fork and none runs, and make it the default."""
        if AVAILABLE and cls.running is None:
            cls.running = cls(preload, cwd)
            factory = KernelProvisionerFactory.instance()
            entry = EntryPoint(NAME, f"{__name__}:ForkedProvisioner", factory.GROUP_NAME)
            factory.provisioners[NAME] = entry
            factory.default_provisioner_name = NAME

    @classmethod
    def stop(cls) -> None:
        """End the server and its kernels, and let kernels start the ordinary way again."""
        if cls.running is not None:
            server, cls.running = cls.running, None
            KernelProvisionerFactory.instance().default_provisioner_name = "local-provisioner"
            server._control.close()
            # it may still be importing, and would notice only afterwards
            server._process.terminate()
            try:
                server._process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                server._process.kill()
                server._process.wait()
            server._folder.cleanup()

    def fork(self, request: dict) -> socket.socket:
        """Ask for a kernel and return its life line."""
        file = Path(self._folder.name) / f"{request['kernel']}.json"
        request = request | {"connection_file": str(file)}
        ours, theirs = socket.socketpair()
        with theirs:
            socket.send_fds(self._control, [json.dumps(request).encode()], [theirs.fileno()])
        ours.setblocking(False)
        return ours


def _path(package: Path) -> str:
    before = os.environ.get("PYTHONPATH", "")
    return os.pathsep.join(dict.fromkeys([str(package), *filter(None, before.split(os.pathsep))]))


class ForkedProvisioner(KernelProvisionerBase):
    """A kernel forked from the running `KernelServer`, held by its life line."""

    line: socket.socket | None = None
    pid: int | None = None

    @property
    def has_process(self) -> bool:
        """Whether a kernel was started and not given up."""
        return self.line is not None

    async def pre_launch(self, **kwargs) -> dict:
        """Keep the environment and folder of the kernel; there is no command to prepare."""
        return await super().pre_launch(cmd=[], **kwargs)

    async def launch_kernel(self, cmd: list[str], **kwargs) -> dict:
        """Fork a kernel and return where it listens, once its ports are bound.

        Raises
        ------
        RuntimeError
            If no kernel could be started.
        """
        manager = self.parent
        if KernelServer.running is None:
            raise RuntimeError("no server to fork a kernel from: KernelServer.start was not called")
        info = manager.get_connection_info()
        key = info["key"].decode() if isinstance(info["key"], bytes) else info["key"]
        self.line = KernelServer.running.fork(
            {
                "ip": info["ip"],
                "transport": info["transport"],
                "key": key,
                "kernel": self.kernel_id,
                "cwd": str(kwargs.get("cwd") or Path.cwd()),
                "env": dict(kwargs.get("env") or os.environ),
            }
        )
        loop, told = asyncio.get_running_loop(), b""
        while not told.endswith(b"\n"):
            part = await loop.sock_recv(self.line, 4096)
            if not part:
                raise RuntimeError("a kernel ended before it was ready; see its words above")
            told += part
        answer = json.loads(told)
        self.pid = answer["pid"]
        self.connection_info = {**info, "key": info["key"], **{p: answer[p] for p in PORTS}}
        return self.connection_info

    async def poll(self) -> int | None:
        """Return None while the kernel lives."""
        if self.line is None:
            return 0
        try:
            return None if self.line.recv(1) else 0
        except BlockingIOError:
            return None
        except OSError:
            return 0

    async def wait(self) -> int | None:
        """Wait for the end of the kernel."""
        while await self.poll() is None:
            await asyncio.sleep(0.01)
        if self.line is not None:
            self.line.close()
            self.line = None
        return 0

    async def send_signal(self, signum: int) -> None:
        """Send a signal to the kernel and what it started."""
        if self.line is not None and self.pid and await self.poll() is None:
            os.killpg(self.pid, signum)

    async def kill(self, restart: bool = False) -> None:
        """End the kernel at once."""
        await self.send_signal(signal.SIGKILL)

    async def terminate(self, restart: bool = False) -> None:
        """Ask the kernel to end."""
        await self.send_signal(signal.SIGTERM)

    async def cleanup(self, restart: bool = False) -> None:
        """Let go of the kernel."""
        if self.line is not None:
            self.line.close()
            self.line = None
