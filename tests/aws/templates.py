"""The templates, as data and made for real in moto as far as it can: no budget, application, bucket or topic policies.

Of a bucket moto's CloudFormation makes name, encryption and tags, of a repository all but its scan and its policy.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import yaml
from cfnlint.decode import decode

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "aws"
LAKEHOUSE = FOLDER / "lakehouse.cfn.yaml"
ACCOUNT = "123456789012"
# What moto's CloudFormation passes over with a warning, and then cannot list the rest of the stack.
NOT_IN_MOTO = {
    "AWS::Budgets::Budget",
    "AWS::CE::AnomalyMonitor",
    "AWS::CE::AnomalySubscription",
    "AWS::S3::BucketPolicy",
    "AWS::SNS::TopicPolicy",
}


@cache
def template(path: Path = LAKEHOUSE) -> dict[str, Any]:
    """A template with the long forms of functions: {"Fn::GetAtt": ["Lake", "Arn"]}."""
    found, errors = decode(str(path))
    assert not errors
    return json.loads(json.dumps(found))


def for_moto() -> str:
    """The template without what moto does not make, which is all that has a condition, too."""
    found = template()
    kept = {
        name: one
        for name, one in found["Resources"].items()
        if one["Type"] not in NOT_IN_MOTO and "Condition" not in one
    }
    outputs = {name: one for name, one in found["Outputs"].items() if "Condition" not in one}
    return json.dumps(found | {"Resources": kept, "Outputs": outputs})


class Stack:
    """A stack that was made: clients for its account, its outputs, its resources by logical name."""

    @classmethod
    def make(cls, **parameters: str) -> Stack:
        stack = cls()
        stack.client("cloudformation").create_stack(
            StackName="lakehouse",
            TemplateBody=for_moto(),
            Capabilities=["CAPABILITY_IAM"],
            Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
        )
        return stack

    def client(self, service: str) -> Any:
        return boto3.client(service, region_name="us-east-1")

    @property
    def described(self) -> dict[str, Any]:
        return self.client("cloudformation").describe_stacks(StackName="lakehouse")["Stacks"][0]

    @property
    def outputs(self) -> dict[str, dict[str, str]]:
        return {one["OutputKey"]: one for one in self.described["Outputs"]}

    def output(self, name: str) -> str:
        return self.outputs[name]["OutputValue"]

    def id(self, resource: str) -> str:
        found = self.client("cloudformation").describe_stack_resource(StackName="lakehouse", LogicalResourceId=resource)
        return str(found["StackResourceDetail"]["PhysicalResourceId"])

    def rights(self, role: str) -> list[dict[str, Any]]:
        """All statements of a role's policies, its own and those attached to it."""
        iam, name = self.client("iam"), self.id(role)
        documents = [
            iam.get_role_policy(RoleName=name, PolicyName=own)["PolicyDocument"]
            for own in iam.list_role_policies(RoleName=name)["PolicyNames"]
        ]
        # moto attaches none: which, the template says.
        for attached in template()["Resources"][role]["Properties"].get("ManagedPolicyArns", []):
            arn = self.id(attached["Ref"])
            version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
            documents.append(iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"])
        # moto hands a role's own policies over as Python's text of them, which YAML reads.
        read = [yaml.safe_load(document) if isinstance(document, str) else document for document in documents]
        return [statement for document in read for statement in document["Statement"]]
