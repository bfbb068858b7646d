"""Every rule of sweepline.guard fails on a template that breaks it; else a rule that never fires would pass."""

import copy
import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).parent
RULES = HERE / "sweepline.guard"
GOLDEN = json.loads((HERE.parent / "out" / "template.cfn.json").read_text(encoding="utf-8"))

# A change of one property for each rule: resource, path, new value. None takes the property away.
BREAKS = {
    "table_is_paid_by_use_encrypted_restorable_and_kept": ("Table", "DeletionPolicy", "Delete"),
    "queue_is_encrypted_and_keeps_for_two_weeks": ("RuleFailures", "Properties/SqsManagedSseEnabled", None),
    "function_has_its_limits_its_role_and_its_log": ("FoldFunction", "Properties/LoggingConfig/LogGroup", None),
    "ingest_has_reserved_concurrency": ("MapIngestFunction", "Properties/ReservedConcurrentExecutions", None),
    "role_is_for_one_service_and_names_its_actions": (
        "FoldRole",
        "Properties/Policies/0/PolicyDocument/Statement/0/Resource",
        "*",
    ),
    "permission_names_account_and_source": ("StatusRulePermission", "Properties/SourceAccount", None),
    "topic_rule_keeps_what_it_cannot_hand_over": ("StatusRule", "Properties/TopicRulePayload/ErrorAction", None),
    "iot_policy_allows_named_actions_on_named_resources": (
        "DevicePolicy",
        "Properties/PolicyDocument/Statement/0/Resource",
        "*",
    ),
    "log_group_ends": ("FoldLog", "Properties/RetentionInDays", None),
    "alarm_reaches_somebody_and_says_what_it_means": ("FoldLagAlarm", "Properties/AlarmActions", []),
    "invocation_that_fails_for_good_is_kept": (
        "StatusFunctionEventInvokeConfig",
        "Properties/DestinationConfig",
        None,
    ),
    "stream_that_fails_for_good_is_kept": ("FoldSource", "Properties/MaximumRetryAttempts", -1),
    "stage_is_throttled_and_logged": ("HttpApiStage", "Properties/AccessLogSettings", None),
    "people_sign_in_with_a_code_and_no_secret": ("UserPoolClient", "Properties/GenerateSecret", True),
    "accounts_outlive_the_stack": ("UserPool", "DeletionPolicy", None),
}


def broken(resource, path, value):
    template = copy.deepcopy(GOLDEN)
    *folders, last = path.split("/")
    place = template["Resources"][resource]
    for folder in folders:
        place = place[int(folder) if isinstance(place, list) else folder]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return template


def failed_rules(templates):
    """The rules that each of these templates breaks."""
    with tempfile.TemporaryDirectory() as folder:
        for name, template in templates.items():
            Path(folder, f"{name}.json").write_text(json.dumps(template), encoding="utf-8")
        arguments = ["--rules", RULES, "--data", folder, "--structured", "--output-format", "json", "--show-summary", "none"]
        ran = subprocess.run([os.environ["CFN_GUARD"], "validate", *arguments], capture_output=True, check=False)
    reports = json.loads(ran.stdout)
    return {Path(report["name"]).stem: [rule["Rule"]["name"] for rule in report["not_compliant"]] for report in reports}


class Rules(unittest.TestCase):
    def test_each_is_broken_by_what_it_forbids_and_by_nothing_else(self):
        templates = {rule: broken(*change) for rule, change in BREAKS.items()}
        failed = failed_rules(templates)
        self.assertEqual(failed, {rule: [rule] for rule in BREAKS})

    def test_each_has_an_example(self):
        lines = RULES.read_text(encoding="utf-8").splitlines()
        rules = [line.split()[1] for line in lines if line.startswith("rule ")]
        self.assertEqual(rules, list(BREAKS))


if __name__ == "__main__":
    unittest.main()
