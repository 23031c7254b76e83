"""The templates made for real in moto, as far as moto can: no budget, no application, no bucket or topic policies."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import yaml

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "aws"
LAKEHOUSE = FOLDER / "lakehouse.cfn.yaml"
ACCOUNT = "123456789012"


class Tags(yaml.SafeLoader):
    """Reads a template with CloudFormation's short forms as {"!Ref": "Lake"}."""


def _short(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return {f"!{suffix}": loader.construct_scalar(node)}
    if isinstance(node, yaml.SequenceNode):
        return {f"!{suffix}": loader.construct_sequence(node, deep=True)}
    assert isinstance(node, yaml.MappingNode)
    return {f"!{suffix}": loader.construct_mapping(node, deep=True)}


Tags.add_multi_constructor("!", _short)


def template(path: Path = LAKEHOUSE) -> dict[str, Any]:
    found: dict[str, Any] = yaml.load(path.read_text(), Tags)
    return found


@dataclass(frozen=True)
class Stack:
    """A stack that was made: clients for its account, its outputs, its resources by logical name."""

    endpoint: str | None

    @classmethod
    def make(cls, endpoint: str | None = None, **parameters: str) -> Stack:
        stack = cls(endpoint)
        stack.client("cloudformation").create_stack(
            StackName="lakehouse",
            TemplateBody=LAKEHOUSE.read_text(),
            Capabilities=["CAPABILITY_IAM"],
            Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
        )
        return stack

    def client(self, service: str) -> Any:
        return boto3.client(service, endpoint_url=self.endpoint, region_name="us-east-1")

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

    def policy(self, resource: str) -> dict[str, Any]:
        """A managed policy's document."""
        iam, arn = self.client("iam"), self.id(resource)
        version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        document = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
        return document if isinstance(document, dict) else json.loads(document)
