"""Parameters that make no sense are refused before anything is made, and those that do are not."""

import json
import re
import unittest
from pathlib import Path

GOLDEN = json.loads((Path(__file__).parent.parent / "out" / "template.cfn.json").read_text(encoding="utf-8"))

HOST = "a1b2c3-ats.iot.eu-west-1.amazonaws.com"
GOOD = {"Stage": "prod", "IotEndpoint": HOST}
CERTIFICATE = "arn:aws:acm:eu-west-1:000000000000:certificate/c"

TAKEN = [
    {},
    {"LiveView": "false", "Budget": "false", "CommandDelivery": "publish"},
    {"OidcIssuer": "https://issuer.example/realms/home", "OidcClientId": "pages"},
    {"OidcIssuer": "http://127.0.0.1:4566/pool", "OidcClientId": "pages"},
    {"DomainName": "robots.example.org", "CertificateArn": CERTIFICATE},
    {"Budget": "true", "AlarmEmail": "you@example.org", "BudgetUsd": "25"},
    {"IngestConcurrency": "0", "EdgeJwt": "true", "SelfSignUp": "true"},
    {"IotEndpoint": "localhost:8883", "Architecture": "x86_64"},
    {"IotEndpoint": "robots.example.org", "MqttPort": "443", "MqttAuthority": "TUlJQg=="},
]
# What is refused, with the parameter or the rule that refuses it.
REFUSED = [
    ({"IotEndpoint": None}, "IotEndpoint"),
    ({"IotEndpoint": f"https://{HOST}"}, "IotEndpoint"),
    ({"MqttPort": "0"}, "MqttPort"),
    ({"MqttAuthority": "-----BEGIN CERTIFICATE-----"}, "MqttAuthority"),
    ({"Stage": "Prod"}, "Stage"),
    ({"Stage": None}, "Stage"),
    ({"CommandDelivery": "pigeon"}, "CommandDelivery"),
    ({"IngestConcurrency": "5000"}, "IngestConcurrency"),
    ({"BudgetUsd": "0"}, "BudgetUsd"),
    ({"LogRetentionDays": "2"}, "LogRetentionDays"),
    ({"AlarmEmail": "you"}, "AlarmEmail"),
    ({"DomainName": "https://robots.example.org", "CertificateArn": CERTIFICATE}, "DomainName"),
    ({"FleetProvisioning": "hook"}, "FleetProvisioning"),
    ({"OidcIssuer": "http://issuer.example", "OidcClientId": "pages"}, "OidcIssuer"),
    ({"OidcIssuer": "https://issuer.example"}, "IssuerNeedsClient"),
    ({"OidcIssuer": "https://issuer.example", "OidcClientId": "p", "SelfSignUp": "true"}, "IssuerNeedsClient"),
    ({"OidcClientId": "pages"}, "ClientNeedsIssuer"),
    ({"DomainName": "robots.example.org"}, "DomainNeedsCertificate"),
    ({"CertificateArn": CERTIFICATE}, "CertificateNeedsDomain"),
    ({"Budget": "true"}, "BudgetNeedsListener"),
]


def refusals(given):
    """The parameters that may not have their values, or else the rules that do not hold."""
    values = {**{name: p["Default"] for name, p in GOLDEN["Parameters"].items() if "Default" in p}, **GOOD, **given}
    values = {name: str(value) for name, value in values.items() if value is not None}
    bad = [name for name, p in GOLDEN["Parameters"].items() if name not in values or not may_be(p, values[name])]
    return bad or [name for name, rule in GOLDEN["Rules"].items() if not keeps(rule, values)]


def may_be(parameter, value):
    allowed = [str(allowed) for allowed in parameter.get("AllowedValues", [value])]
    number = float(value) if parameter["Type"] == "Number" else 0
    within = parameter.get("MinValue", number) <= number <= parameter.get("MaxValue", number)
    return value in allowed and within and re.search(parameter.get("AllowedPattern", ""), value) is not None


def keeps(rule, values):
    return not holds(rule["RuleCondition"], values) or all(holds(a["Assert"], values) for a in rule["Assertions"])


def holds(condition, values):
    [(function, arguments)] = condition.items()
    if function == "Fn::Not":
        return not holds(arguments[0], values)
    assert function == "Fn::Equals", function
    left, right = (values[side["Ref"]] if isinstance(side, dict) else side for side in arguments)
    return left == right


class Parameters(unittest.TestCase):
    def test_sense_is_taken(self):
        for given in TAKEN:
            self.assertEqual(refusals(given), [], given)

    def test_nonsense_is_refused_by_what_is_wrong(self):
        for given, by in REFUSED:
            self.assertEqual(refusals(given), [by], given)

    def test_every_rule_refuses_something(self):
        self.assertLessEqual(set(GOLDEN["Rules"]), {by for _, by in REFUSED})


if __name__ == "__main__":
    unittest.main()
