"""AWS on this machine: MiniStack as a child process, with credentials and policies enforced."""

import os
import pathlib
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import urllib.error
import urllib.request

import boto3

from certificates import write_server_certificate
from front import Proxy, serve
from stack import until

REGION = "us-east-1"
ISSUER_HOST = f"cognito-idp.{REGION}.amazonaws.com"
# The emulator's root of the account.
ROOT = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
START_SECONDS = 60
STOP_SECONDS = 20
# The end of a log that is shown when a step fails, bytes.
SHOWN = 6000


class Cloud:
    """The running emulator, in a folder of its own that outlives it for whoever looks for a failure."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        shutil.rmtree(self.folder, ignore_errors=True)
        (self.folder / "tmp").mkdir(parents=True)
        write_server_certificate(self.folder, ["localhost", ISSUER_HOST])
        self.port, self.mqtt_port = free_port(), free_port()
        self.base, self.authority = f"https://127.0.0.1:{self.port}", str(self.folder / "ca.pem")
        self.log = self.folder / "ministack.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "ministack"],
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def environment(self):
        """The emulator's settings, and the functions' surroundings, which it hands to them."""
        proxy = serve(Proxy, host=ISSUER_HOST, port=self.port)
        return os.environ | self.client_environment() | {
            "AUTH": "true",
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(self.port),
            "IOT_MTLS_PORT": str(self.mqtt_port),
            "LAMBDA_EXECUTOR": "local",
            "MINISTACK_SSL_CERT": str(self.folder / "server.pem"),
            "MINISTACK_SSL_KEY": str(self.folder / "server-key.pem"),
            "STATE_DIR": str(self.folder / "state"),
            "TMPDIR": str(self.folder / "tmp"),
            "USE_SSL": "1",
            "HTTPS_PROXY": f"http://127.0.0.1:{proxy}",
            "NO_PROXY": "127.0.0.1,localhost",
            "SSL_CERT_FILE": self.authority,
        }

    def client_environment(self):
        """What the command lines of AWS need."""
        return {
            "AWS_ACCESS_KEY_ID": ROOT["aws_access_key_id"],
            "AWS_SECRET_ACCESS_KEY": ROOT["aws_secret_access_key"],
            "AWS_CA_BUNDLE": self.authority,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ENDPOINT_URL": self.base,
        }

    def wait(self):
        until("the emulator is ready", self.is_ready, START_SECONDS)

    def is_ready(self):
        if self.process.poll() is not None:
            raise AssertionError(f"the emulator ended:\n{self.log_end()}")
        try:
            return self.get("/_ministack/ready") is not None
        except (OSError, urllib.error.URLError):
            return False

    def get(self, path):
        context = ssl.create_default_context(cafile=self.authority)
        with urllib.request.urlopen(self.base + path, timeout=START_SECONDS, context=context) as answer:
            return answer.read()

    def client(self, service, config=None, **credentials):
        """A client of a service, as the account's root unless there are other credentials."""
        credentials = credentials or ROOT
        return boto3.client(
            service, region_name=REGION, endpoint_url=self.base, verify=self.authority, config=config, **credentials
        )

    def log_end(self):
        return self.log.read_text(errors="replace")[-SHOWN:]

    def stop(self):
        """Ends the emulator and with it every function."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            pass
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait(STOP_SECONDS)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
