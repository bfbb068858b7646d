"""Writes what CloudFormation gets: the template without SAM's short forms, as JSON.

    python transform.py TEMPLATE OUT
"""

import json
import os
import sys

from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

# Where `sam build` and `sam deploy` put the programs; which place that is makes no difference to the resources.
CODE = "s3://code/bootstrap.zip"


class NoManagedPolicies:
    """Roles are written out in the template, so that none of SAM's is looked up."""

    def load(self):
        return {}


def main(template, out):
    os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")
    with open(template, encoding="utf-8") as text:
        document = yaml_parse(text.read())
    functions = [r for r in document["Resources"].values() if r["Type"] == "AWS::Serverless::Function"]
    for function in [document["Globals"]["Function"], *(function["Properties"] for function in functions)]:
        function["CodeUri"] = CODE
    with open(out, "w", encoding="utf-8") as file:
        json.dump(transform(document, {}, NoManagedPolicies()), file, indent=2, sort_keys=True)
        file.write("\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
