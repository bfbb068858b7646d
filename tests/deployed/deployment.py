"""The stack, deployed to the emulated AWS as README says: `sam build`, then `sam deploy`."""

import json
import os
import pathlib
import platform
import subprocess
import time

STAGE = "dev"
STACK = f"sweepline-{STAGE}"
ROOT = pathlib.Path(__file__).parents[2]
# The parts for which the emulator has no resources or calls, and the processor that the tests run on.
PARAMETERS = {
    "Stage": STAGE,
    "LiveView": "false",
    "Budget": "false",
    "CommandDelivery": "publish",
    "FleetProvisioning": "true",
    "Architecture": "arm64" if platform.machine() in ("aarch64", "arm64") else "x86_64",
}
# The emulator looks for these calls' certificate in the path, where it is not, and asks for a grant on everything
# instead; the template grants them on certificates alone.
UNPLACED = {"ApiRole": ["iot:AttachPolicy"], "RenewalRole": ["iot:AttachPolicy", "iot:DetachPolicy"]}


class Deployment:
    """The deployed stack's outputs and resources."""

    def __init__(self, cloud):
        self.cloud = cloud
        authority = cloud.get("/_ministack/iot/ca.pem").decode()
        endpoint = {
            "IotEndpoint": f"127.0.0.1:{cloud.port}",
            "MqttPort": str(cloud.mqtt_port),
            "MqttAuthority": "".join(authority.split("-----")[2].split()),
        }
        self.sam("build", "--beta-features", "--template", str(ROOT / "infra" / "template.yaml"))
        self.sam(
            "deploy",
            *("--stack-name", STACK, "--resolve-s3", "--capabilities", "CAPABILITY_IAM"),
            "--parameter-overrides",
            *(f"{name}={value}" for name, value in (PARAMETERS | endpoint).items()),
        )
        formation = cloud.client("cloudformation")
        [stack] = formation.describe_stacks(StackName=STACK)["Stacks"]
        self.outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
        pages = formation.get_paginator("list_stack_resources").paginate(StackName=STACK)
        resources = [resource for page in pages for resource in page["StackResourceSummaries"]]
        self.resources = {r["LogicalResourceId"]: r["PhysicalResourceId"] for r in resources}
        self.grant_unplaced()

    def grant_unplaced(self):
        for role, actions in UNPLACED.items():
            statement = {"Effect": "Allow", "Action": actions, "Resource": "*"}
            policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
            role = self.resources[role]
            self.cloud.client("iam").put_role_policy(RoleName=role, PolicyName="unplaced", PolicyDocument=policy)

    def save_logs(self):
        """Keeps what the functions logged, a file each, beside the emulator's log."""
        logs = self.cloud.client("logs")
        for name in [name for name in self.resources if name.endswith("Log")]:
            pages = logs.get_paginator("filter_log_events").paginate(logGroupName=self.resources[name])
            lines = [event["message"].rstrip() for page in pages for event in page["events"]]
            (self.cloud.folder / f"{name}.log").write_text("\n".join(lines))

    def sam(self, command, *arguments):
        """Runs SAM in the emulator's folder, where what it builds stays; shows its output when it fails."""
        start = time.monotonic()
        here = pathlib.Path(__file__).parent / "bin"
        environment = os.environ | self.cloud.client_environment() | {
            "PATH": f"{here}{os.pathsep}{os.environ['PATH']}",
            "SAM_CLI_TELEMETRY": "0",
        }
        done = subprocess.run(
            [os.environ["SWEEPLINE_SAM"], command, *arguments],
            cwd=self.cloud.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        (self.cloud.folder / f"sam-{command}.log").write_text(done.stdout)
        if done.returncode != 0:
            raise AssertionError(f"sam {command} failed:\n{done.stdout}\n{self.cloud.log_end()}")
        print(f"sam {command}: {time.monotonic() - start:.1f} s", flush=True)
