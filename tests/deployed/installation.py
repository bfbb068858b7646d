"""The deployed system with an owner and a home, one for all tests."""

import atexit
import copy
import functools
import json
import os
import signal
import ssl
import sys
import types
import urllib.parse
import urllib.request

from botocore.exceptions import ClientError

from cloud import Cloud
from deployment import Deployment
from people import People
from stack import ANSWER_SECONDS, Api

OWNER = "owner@example.org"
# How the services say that a grant is missing.
DENIED = {"AccessDenied", "AccessDeniedException", "ForbiddenException"}


class DeployedApi(Api):
    """A client of the deployed API, which the emulator tells from others by the name it is called by."""

    def __init__(self, installation, token=None):
        super().__init__(installation.cloud.base, token)
        self.host = installation.host
        self.context = ssl.create_default_context(cafile=installation.cloud.authority)

    def open(self, request):
        request.add_header("Host", self.host)
        return urllib.request.urlopen(request, timeout=ANSWER_SECONDS, context=self.context)


class Installation:
    """What an owner and a robot have of the deployed system, as `stack.Stack` gives it of the local one."""

    def __init__(self, cloud):
        self.cloud = cloud
        self.folder = types.SimpleNamespace(name=str(cloud.folder / "robots"))
        os.mkdir(self.folder.name)
        self.deployment = Deployment(cloud)
        atexit.register(self.deployment.save_logs)
        self.host = urllib.parse.urlsplit(self.deployment.outputs["Url"]).netloc
        self.people = People(cloud, self.deployment)
        self.password = self.people.add(OWNER)
        self.owner = self.api(self.people.tokens(OWNER, self.password)["AccessToken"])
        self.home = self.add_home("Home")

    def add_home(self, name):
        key = {"Idempotency-Key": name}
        return self.owner.ask("POST", "/v1/homes", {"name": name}, headers=key, expect=201)[1]["id"]

    def in_home(self, name):
        """The same with another home."""
        other = copy.copy(self)
        other.home = self.add_home(name)
        return other

    def map_path(self):
        """Where the map of the home's only floor is."""
        [floor] = self.owner.get(f"/v1/homes/{self.home}/floors")["items"]
        return f"/v1/homes/{self.home}/floors/{floor['id']}/map"

    def api(self, token=None):
        """A client that nobody has signed in on, or one with a token."""
        return DeployedApi(self, token)


def add_user(cloud, name, *actions):
    """An account's user who may do this to everything; gives its credentials."""
    iam = cloud.client("iam")
    iam.create_user(UserName=name)
    if actions:
        statement = {"Effect": "Allow", "Action": actions, "Resource": "*"}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        iam.put_user_policy(UserName=name, PolicyName="all-it-may", PolicyDocument=policy)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}


def assert_denied(call, **arguments):
    """Fails unless the service refuses the call for want of a grant."""
    try:
        call(**arguments)
    except ClientError as refusal:
        if refusal.response["Error"]["Code"] in DENIED:
            return
        raise
    raise AssertionError(f"{call.__name__} was not denied")


def assert_guarded(cloud):
    """An emulator that denies nothing would let every test pass: who has no policy may do nothing."""
    assert_denied(cloud.client("dynamodb", **add_user(cloud, "nobody")).list_tables)


def begin():
    # So that who ends the tests ends the emulator too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    cloud = Cloud(os.environ["SWEEPLINE_DEPLOYED_DATA"])
    atexit.register(cloud.stop)
    cloud.wait()
    assert_guarded(cloud)
    return Installation(cloud)


@functools.cache
def attempt():
    """The installation, or why there is none."""
    try:
        return begin(), None
    except Exception as failure:
        return None, failure


def shared():
    """The one installation of this test run; what has failed once is not tried again."""
    installation, failure = attempt()
    if failure:
        raise failure
    return installation
