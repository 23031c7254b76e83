"""The CloudFormation templates: linted, made in moto, and what they made looked at as a client sees it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from cfnlint.api import lint_file
from moto import mock_aws

from spark_app.runtime.airflow_settings import AirflowSettings
from spark_app.runtime.session import DELTA
from spark_app.runtime.settings import conf_dir, load_settings
from tests.aws.templates import ACCOUNT, FOLDER, LAKEHOUSE, Stack, template

CHECKOUT = Path(__file__).resolve().parents[2]
BUCKETS = ("Landing", "Lake", "Logs")
COST_TAGS = {"project": "lakehouse", "environment": "test", "cost-center": "shop"}
STATIC = ("spark.sql.extensions", "spark.sql.catalog.spark_catalog")
CLOSED = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")


def properties(resource: str) -> dict[str, Any]:
    return template()["Resources"][resource]["Properties"]


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with mock_aws():
        yield Stack.make(Environment="test", AlertEmail="ops@example.com", CostCenter="shop")


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.name)
def test_the_linter_finds_nothing(path: Path) -> None:
    assert not lint_file(path)


def test_the_linter_would_find_something(tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text(LAKEHOUSE.read_text().replace("Type: SPARK", "Type: SPARK\n      Cores: 2"))
    assert "Cores" in str(lint_file(broken))


@pytest.mark.parametrize("bucket", BUCKETS)
def test_buckets_are_closed_and_encrypted(stack: Stack, bucket: str) -> None:
    s3, name = stack.client("s3"), stack.id(bucket)
    assert name == f"lakehouse-test-{bucket.lower()}-{ACCOUNT}-us-east-1"
    rules = s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rules[0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    tags = {tag["Key"]: tag["Value"] for tag in s3.get_bucket_tagging(Bucket=name)["TagSet"]}
    assert tags.items() >= COST_TAGS.items()
    given = properties(bucket)
    assert given["PublicAccessBlockConfiguration"] == dict.fromkeys(CLOSED, True)
    assert given["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}, "no access lists"


@pytest.mark.parametrize("bucket", BUCKETS)
def test_buckets_are_reached_by_tls_only(bucket: str) -> None:
    found = properties(f"{bucket}ByTls")
    assert found["Bucket"] == {"Ref": bucket}
    (statement,) = found["PolicyDocument"]["Statement"]
    assert (statement["Effect"], statement["Principal"], statement["Action"]) == ("Deny", "*", "s3:*")
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert statement["Resource"] == [{"Fn::GetAtt": [bucket, "Arn"]}, {"Fn::Sub": f"${{{bucket}.Arn}}/*"}]


@pytest.mark.parametrize("bucket", BUCKETS)
def test_unfinished_uploads_are_given_up(bucket: str) -> None:
    rules = properties(bucket)["LifecycleConfiguration"]["Rules"]
    assert {"DaysAfterInitiation": 1} in [rule.get("AbortIncompleteMultipartUpload") for rule in rules]


def test_what_loads_leave_behind_expires_and_nothing_else_of_the_lake() -> None:
    rules = properties("Lake")["LifecycleConfiguration"]["Rules"]
    assert [rule.get("Prefix") for rule in rules if "ExpirationInDays" in rule] == ["tmp/"]
    rules = properties("Landing")["LifecycleConfiguration"]["Rules"]
    assert not [rule for rule in rules if "ExpirationInDays" in rule]
    assert properties("Landing")["VersioningConfiguration"] == {"Status": "Enabled"}


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
    text = properties("KubernetesRole")["AssumeRolePolicyDocument"]["Fn::Sub"]
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
    """Every action is named; on everything (`*`) are Glue's own metrics, and looks at network and metrics alone."""
    for name, resource in template()["Resources"].items():
        given = resource["Properties"]
        documents = [one["PolicyDocument"] for one in given.get("Policies", [])]
        if resource["Type"] == "AWS::IAM::ManagedPolicy":
            documents.append(given["PolicyDocument"])
        for statement in [one for document in documents for one in document["Statement"]]:
            actions = [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]
            assert not [action for action in actions if "*" in action], name
            if statement["Resource"] == "*" and statement.get("Sid") == "LookAtTheNetwork":
                assert all(action.startswith("ec2:Describe") for action in actions), "which know no resources"
            elif statement["Resource"] == "*" and statement.get("Sid") == "CountRequests":
                assert actions == ["cloudwatch:GetMetricData"], "the same"
            elif statement["Resource"] == "*":
                assert (actions, list(statement["Condition"])) == (["cloudwatch:PutMetricData"], ["StringEquals"])


def test_the_application_has_limits_and_stops() -> None:
    found = properties("Application")
    assert found["AutoStopConfiguration"]["Enabled"] is True
    assert "InitialCapacity" not in found
    assert set(found["MaximumCapacity"]) == {"Cpu", "Memory", "Disk"}


def test_the_application_has_one_job_run_at_a_time_and_the_next_waits_for_it() -> None:
    assert properties("Application")["SchedulerConfiguration"] == {
        "MaxConcurrentRuns": 1,
        "QueueTimeoutMinutes": {"Ref": "QueueMinutes"},
    }
    longest = template()["Parameters"]["QueueMinutes"]["Default"]
    assert longest > AirflowSettings().timeout_minutes, "a night may wait for a backfill that takes its time"


def test_the_application_is_of_the_images_release_and_settings() -> None:
    """Release, Delta and Python are those that the image's target `emr` has."""
    dockerfile = (CHECKOUT / "Dockerfile").read_text()
    release = template()["Parameters"]["ReleaseLabel"]["Default"]
    assert f"ARG EMR_BASE_IMAGE=public.ecr.aws/emr-serverless/spark/{release}:latest\n" in dockerfile
    (defaults,) = properties("Application")["RuntimeConfiguration"]
    given = defaults["Properties"]
    assert {name: given[name] for name in STATIC} == {name: DELTA[name] for name in STATIC}
    (python,) = {value for name, value in given.items() if name.endswith("PYTHON")}
    assert f"ENV PYSPARK_PYTHON={python} PYSPARK_DRIVER_PYTHON={python}\n" in dockerfile


def test_alerts_reach_someone() -> None:
    found = properties("AlertsByEmail")
    assert (found["Protocol"], found["Endpoint"], found["TopicArn"]) == (
        "email",
        {"Ref": "AlertEmail"},
        {"Ref": "Alerts"},
    )
    told = [one["Subscribers"] for one in properties("Budget")["NotificationsWithSubscribers"]]
    assert told == [[{"SubscriptionType": "SNS", "Address": {"Ref": "Alerts"}}]] * 2
    (subscriber,) = properties("CostAnomaliesAreTold")["Subscribers"]
    assert subscriber == {"Type": "SNS", "Address": {"Ref": "Alerts"}}
    statements = properties("AlertsPolicy")["PolicyDocument"]["Statement"]
    services = {statement["Principal"]["Service"] for statement in statements}
    assert services == {"budgets.amazonaws.com", "costalerts.amazonaws.com"}, "else their alerts are lost"


def test_runs_may_ask_what_the_runs_before_cost() -> None:
    """cost.billed_by: the calls that costs/aws_jobs.py makes, of this application and these jobs alone."""
    allowed = {}
    for role in ("EmrRole", "GlueRole"):
        for policy in properties(role)["Policies"]:
            for statement in policy["PolicyDocument"]["Statement"]:
                if isinstance(statement["Action"], str):
                    allowed[statement["Action"]] = json.dumps(statement["Resource"])
    assert {"emr-serverless:ListJobRuns", "emr-serverless:GetJobRun", "glue:GetJobRuns"} <= set(allowed)
    assert "Application" in allowed["emr-serverless:ListJobRuns"]
    assert "${Project}-${Environment}-*" in allowed["glue:GetJobRuns"]


def test_all_that_can_cost_is_tagged() -> None:
    """Budget and bill are by these tags."""
    untagged = {"ManagedPolicy", "BucketPolicy", "TopicPolicy", "Subscription", "Budget"}
    tags_of = {"AWS::CE::AnomalyMonitor": "ResourceTags", "AWS::CE::AnomalySubscription": "ResourceTags"}
    for name, resource in template()["Resources"].items():
        if resource["Type"].rpartition("::")[2] not in untagged:
            assert [tag["Key"] for tag in resource["Properties"][tags_of.get(resource["Type"], "Tags")]] == list(
                COST_TAGS
            ), name


def test_the_repository_is_for_emr_serverless(stack: Stack) -> None:
    (found,) = stack.client("ecr").describe_repositories()["repositories"]
    assert (found["repositoryName"], found["imageTagMutability"]) == ("lakehouse-test", "IMMUTABLE")
    given = properties("Repository")
    assert given["ImageScanningConfiguration"] == {"ScanOnPush": True}
    (statement,) = given["RepositoryPolicyText"]["Statement"]
    assert statement["Principal"] == {"Service": "emr-serverless.amazonaws.com"}


def test_glue_jobs_are_of_each_script() -> None:
    loop = template(FOLDER / "glue-jobs.cfn.yaml")["Resources"]["Fn::ForEach::Jobs"]
    assert all((CHECKOUT / "spark_app" / "jobs" / f"{word}.py").is_file() for word in loop[1])
    job = loop[2]["Job${Word}"]["Properties"]
    assert (job["GlueVersion"], job["MaxRetries"]) == ("5.1", 0)
