"""The credentials that a function has, for whoever wants to know what they are good for."""

import io
import json
import zipfile

# A function of the tests' own that hands out what it was given to work with.
PROBE = b"""
import os

def handle(event, context):
    names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
    return {name.lower(): os.environ[name] for name in names}
"""


def credentials(installation, role):
    """What a function with a role of the stack signs its requests with."""
    cloud, name = installation.cloud, f"probe-of-{role}"
    arn = cloud.client("iam").get_role(RoleName=installation.deployment.resources[role])["Role"]["Arn"]
    functions = cloud.client("lambda")
    functions.create_function(
        FunctionName=name, Role=arn, Runtime="python3.12", Handler="probe.handle", Code={"ZipFile": package()}
    )
    answer = functions.invoke(FunctionName=name)
    return json.loads(answer["Payload"].read())


def package():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("probe.py", PROBE)
    return packed.getvalue()
