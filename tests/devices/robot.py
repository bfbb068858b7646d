"""A robot's identity: its key, its certificate, and what it was told when an owner claimed it."""

import pathlib

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from stack import until

RULES = {"tiles": "map_ingest", "run": "run_events", "status": "status", "ack": "command_outcome", "renewal": "renewal"}


def rule_topic(stage, robot, kind):
    """Where a robot publishes reports of a kind: the rule's own topic, for which no message is charged."""
    return f"$aws/rules/{stage}_{RULES[kind]}/r/{robot}/{kind}"


def new_key():
    return ec.generate_private_key(ec.SECP256R1())


def signing_request(key):
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a robot without an owner")])
    request = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, hashes.SHA256())
    return request.public_bytes(serialization.Encoding.PEM).decode()


def write_key(key, file):
    plain = serialization.NoEncryption()
    file.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))


class Robot:
    """A robot that was claimed with its code, as an owner does it."""

    def __init__(self, stack, name):
        self.stack = stack
        key = new_key()
        device = stack.api()
        _, claim = device.ask("POST", "/v1/provisioning/claims", {"csr": signing_request(key)}, expect=201)
        path, secret = f"/v1/provisioning/claims/{claim['id']}", {"Authorization": f"Claim {claim['secret']}"}
        self.waiting, _ = device.ask("GET", path, headers=secret)
        body = {"code": claim["code"], "name": name}
        _, robot = stack.owner.ask("POST", f"/v1/homes/{stack.home}/robots", body, expect=201)
        self.id = robot["id"]
        self.claimed = until("the claim is answered", lambda: self.answer(device, path, secret))
        self.pairing, self.stage = self.claimed["pairing"], self.claimed["stage"]
        self.host, self.port = self.claimed["mqtt"]["host"], self.claimed["mqtt"]["port"]
        self.write_files(key, pathlib.Path(stack.folder.name, self.id))

    @staticmethod
    def answer(device, path, secret):
        status, answer = device.ask("GET", path, headers=secret)
        return answer if status == 200 else None

    def write_files(self, key, folder):
        folder.mkdir()
        self.key, self.certificate, self.ca = folder / "key.pem", folder / "robot.pem", folder / "ca.pem"
        write_key(key, self.key)
        self.certificate.write_text(self.claimed["certificate"])
        self.ca.write_text(self.claimed["ca"])

    def topic(self, kind):
        """Where it publishes reports of a kind."""
        return rule_topic(self.stage, self.id, kind)

    def get(self, path=""):
        return self.stack.owner.get(f"/v1/robots/{self.id}{path}")

    def run(self, run):
        """One of its runs as the owner sees it, or nothing before it is known."""
        status, found = self.stack.owner.ask("GET", f"/v1/robots/{self.id}/runs/{run}")
        return found if status == 200 else None
