"""The deployed system with an owner and a home, one for all tests."""

import atexit
import copy
import functools
import os
import ssl
import types
import urllib.parse
import urllib.request

from botocore.exceptions import ClientError

from cloud import Cloud
from deployment import Deployment
from people import People
from stack import ANSWER_SECONDS, Api

OWNER = "owner@example.org"


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


def assert_guarded(cloud):
    """An emulator that denies nothing would let every test pass: who has no policy may do nothing."""
    iam = cloud.client("iam")
    iam.create_user(UserName="nobody")
    key = iam.create_access_key(UserName="nobody")["AccessKey"]
    credentials = {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}
    try:
        cloud.client("dynamodb", **credentials).list_tables()
    except ClientError as refusal:
        if refusal.response["Error"]["Code"] == "AccessDeniedException":
            return
        raise
    raise AssertionError("the emulator denies nothing, so it would prove nothing")


@functools.cache
def shared():
    """The one installation of this test run."""
    cloud = Cloud(os.environ["SWEEPLINE_DEPLOYED_DATA"])
    atexit.register(cloud.stop)
    cloud.wait()
    assert_guarded(cloud)
    return Installation(cloud)
