"""The CloudFormation templates: linted, made in moto, and what they made looked at as a client sees it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from moto import mock_aws

from spark_app.runtime.settings import conf_dir, load_settings
from tests.aws.templates import ACCOUNT, FOLDER, LAKEHOUSE, Stack, template

BUCKETS = ("Landing", "Lake", "Logs")


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with mock_aws():
        yield Stack.make(Environment="test", AlertEmail="ops@example.com", CostCenter="shop")


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.name)
def test_the_linter_finds_nothing(path: Path) -> None:
    linter = Path(sys.executable).parent / "cfn-lint"
    done = subprocess.run([str(linter), str(path)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_the_linter_would_find_something(tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text(LAKEHOUSE.read_text().replace("Type: SPARK", "Type: SPARK\n      Cores: 2"))
    linter = Path(sys.executable).parent / "cfn-lint"
    assert subprocess.run([str(linter), str(broken)], capture_output=True).returncode != 0


@pytest.mark.parametrize("bucket", BUCKETS)
def test_buckets_are_closed_and_encrypted(stack: Stack, bucket: str) -> None:
    s3, name = stack.client("s3"), stack.id(bucket)
    assert name == f"lakehouse-test-{bucket.lower()}-{ACCOUNT}-us-east-1"
    rules = s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rules[0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    assert all(s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"].values())
    tags = {tag["Key"]: tag["Value"] for tag in s3.get_bucket_tagging(Bucket=name)["TagSet"]}
    assert tags.items() >= {"project": "lakehouse", "environment": "test", "cost-center": "shop"}.items()
    lifecycle = s3.get_bucket_lifecycle_configuration(Bucket=name)["Rules"]
    assert any(rule.get("AbortIncompleteMultipartUpload", {}).get("DaysAfterInitiation") == 1 for rule in lifecycle)


@pytest.mark.parametrize("bucket", BUCKETS)
def test_buckets_are_reached_by_tls_only(bucket: str) -> None:
    """moto makes no bucket policies: the template itself."""
    found = template()["Resources"][f"{bucket}ByTls"]["Properties"]
    assert found["Bucket"] == {"!Ref": bucket}
    (statement,) = found["PolicyDocument"]["Statement"]
    assert (statement["Effect"], statement["Principal"], statement["Action"]) == ("Deny", "*", "s3:*")
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert statement["Resource"] == [{"!GetAtt": f"{bucket}.Arn"}, {"!Sub": f"${{{bucket}.Arn}}/*"}]


def test_what_loads_leave_behind_expires_and_nothing_else_of_the_lake(stack: Stack) -> None:
    s3 = stack.client("s3")
    rules = s3.get_bucket_lifecycle_configuration(Bucket=stack.id("Lake"))["Rules"]
    expiring = [rule.get("Prefix", rule.get("Filter", {}).get("Prefix")) for rule in rules if "Expiration" in rule]
    assert expiring == ["tmp/"]
    rules = s3.get_bucket_lifecycle_configuration(Bucket=stack.id("Landing"))["Rules"]
    assert not [rule for rule in rules if "Expiration" in rule]
    assert s3.get_bucket_versioning(Bucket=stack.id("Landing"))["Status"] == "Enabled"


@pytest.mark.parametrize("bucket", BUCKETS)
def test_buckets_outlive_the_stack(bucket: str) -> None:
    assert template()["Resources"][bucket]["DeletionPolicy"] == "Retain"


def test_the_outputs_are_the_settings(stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What an output's description begins with is where it goes in conf/aws.yaml; the settings then load."""
    conf = tmp_path / "conf"
    shutil.copytree(conf_dir(), conf)
    settings: dict[str, Any] = yaml.safe_load((conf / "aws.yaml").read_text())
    placed = 0
    for output in stack.outputs.values():
        key, found, _ = output["Description"].partition(": ")
        if not found or key.startswith("airflow."):
            continue
        *parents, last = key.split(".")
        inner = settings
        for parent in parents:
            inner = inner[parent]
        assert last in inner, f"{key} is no key of conf/aws.yaml"
        inner[last] = output["OutputValue"]
        placed += 1
    (conf / "aws.yaml").write_text(yaml.safe_dump(settings))
    monkeypatch.setenv("LAKEHOUSE_CONF", str(conf))
    loaded = load_settings("aws")
    assert loaded.lake == f"s3://lakehouse-test-lake-{ACCOUNT}-us-east-1/lake"
    assert loaded.redshift is not None
    assert loaded.redshift.iam_role == stack.output("RedshiftRoleArn")
    assert placed == 6


def test_airflows_outputs_are_its_settings(stack: Stack) -> None:
    from spark_app.runtime.airflow_settings import AirflowSettings

    given = {
        key: one["OutputValue"] for key, one in ((o["Description"].split(": ")[0], o) for o in stack.outputs.values())
    }
    runner = {
        key.rpartition(".")[2]: value for key, value in given.items() if key.startswith("airflow.emr_serverless.")
    }
    assert set(runner) == {"role", "log_uri"}, "application_id comes with an image"
    assert "application_id" in template()["Outputs"]["EmrApplicationId"]["Description"]
    made = AirflowSettings.model_validate(
        {"emr_serverless": {**runner, "application_id": "00abc"}, "alerts": {"sns": given["airflow.alerts.sns"]}}
    )
    assert made.emr_serverless is not None


@pytest.mark.parametrize(
    ("role", "services"),
    [
        ("EmrRole", "emr-serverless.amazonaws.com"),
        ("GlueRole", "glue.amazonaws.com"),
        ("RedshiftRole", ["redshift.amazonaws.com", "redshift-serverless.amazonaws.com"]),
    ],
)
def test_roles_are_for_one_service_in_this_account(stack: Stack, role: str, services: Any) -> None:
    found = stack.client("iam").get_role(RoleName=stack.id(role))["Role"]["AssumeRolePolicyDocument"]
    (statement,) = found["Statement"]
    assert statement["Principal"] == {"Service": services}
    assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": ACCOUNT}


def test_pods_get_their_role_by_one_service_account() -> None:
    """CloudFormation takes this document as text, moto does not: the text itself, filled in."""
    text = template()["Resources"]["KubernetesRole"]["Properties"]["AssumeRolePolicyDocument"]["!Sub"]
    for name, value in {
        "AWS::Partition": "aws",
        "AWS::AccountId": ACCOUNT,
        "OidcProvider": "oidc.eks.us-east-1.amazonaws.com/id/ABC",
        "KubernetesNamespace": "shop",
        "KubernetesServiceAccount": "lakehouse",
    }.items():
        text = text.replace(f"${{{name}}}", value)
    (statement,) = json.loads(text)["Statement"]
    issuer = "oidc.eks.us-east-1.amazonaws.com/id/ABC"
    assert statement["Principal"] == {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{issuer}"}
    assert statement["Condition"]["StringEquals"] == {
        f"{issuer}:aud": "sts.amazonaws.com",
        f"{issuer}:sub": "system:serviceaccount:shop:lakehouse",
    }


def test_no_policy_is_wide() -> None:
    """Every action is named, and on everything (`*`) there is but Glue's metrics, in its namespace."""
    for name, resource in template()["Resources"].items():
        properties = resource["Properties"]
        documents = [one["PolicyDocument"] for one in properties.get("Policies", [])]
        if resource["Type"] == "AWS::IAM::ManagedPolicy":
            documents.append(properties["PolicyDocument"])
        for statement in [one for document in documents for one in document["Statement"]]:
            actions = [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]
            assert not [action for action in actions if "*" in action], name
            if statement["Resource"] == "*":
                assert (actions, list(statement["Condition"])) == (["cloudwatch:PutMetricData"], ["StringEquals"])


def test_the_application_has_limits_and_stops() -> None:
    found = template()["Resources"]["Application"]["Properties"]
    assert found["AutoStopConfiguration"]["Enabled"] is True
    assert "InitialCapacity" not in found
    assert set(found["MaximumCapacity"]) == {"Cpu", "Memory", "Disk"}


def test_alerts_reach_someone(stack: Stack) -> None:
    topic = stack.output("AlertsArn")
    (found,) = stack.client("sns").list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    assert (found["Protocol"], found["Endpoint"]) == ("email", "ops@example.com")


def test_the_repository_is_for_emr_serverless(stack: Stack) -> None:
    ecr = stack.client("ecr")
    (found,) = ecr.describe_repositories()["repositories"]
    assert (found["imageTagMutability"], found["imageScanningConfiguration"]) == ("IMMUTABLE", {"scanOnPush": True})
    policy = json.loads(ecr.get_repository_policy(repositoryName=found["repositoryName"])["policyText"])
    assert policy["Statement"][0]["Principal"] == {"Service": "emr-serverless.amazonaws.com"}


def test_glue_jobs_are_of_each_script() -> None:
    loop = template(FOLDER / "glue-jobs.cfn.yaml")["Resources"]["Fn::ForEach::Jobs"]
    jobs = Path(__file__).resolve().parents[2] / "spark_app" / "jobs"
    assert all((jobs / f"{word}.py").is_file() for word in loop[1])
    job = loop[2]["Job${Word}"]["Properties"]
    assert (job["GlueVersion"], job["MaxRetries"]) == ("5.1", 0)
