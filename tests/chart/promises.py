"""What each value of the chart promises: where its effect shows, and what is there without it."""

from __future__ import annotations

from typing import Any

LABEL = "kubernetes\\.io"
CONTAINER = "spec.containers.0"
JOB = "CronJob nightly:spec.jobTemplate.spec"
MAINTENANCE = "CronJob maintenance:spec.jobTemplate.spec"
ROLE = "arn:aws:iam::123456789012:role/lakehouse"
LOGS = "s3a://lake/logs"
RANGE = {"from": "2024-01-01", "to": "2024-01-31"}
PEER = {"namespaceSelector": {"matchLabels": {"team": "data"}}}
SPOT = {"key": "spot", "operator": "Exists", "effect": "NoSchedule"}
SETTINGS = {
    "landing": "s3a://shop/landing",
    "lake": "s3a://shop/lake",
    "reports": "s3a://shop/reports",
    "warehouse": "none",
    "email_salt_secret": "shop/salt",
}
WATCH = {"watch": {"enabled": True}}
RULES = {"prometheusRule": {"enabled": True}}
DIGEST = "sha256:" + "0" * 64

# value, set to, where to look (object:path, `pod NAME:path`, `spark JOB:key`), found there, found where it is not set;
# what must be set besides.
PROMISES: list[tuple[str, Any, str, Any, Any, dict[str, Any]]] = [
    ("image.repository", "ecr/shop", f"pod CronJob nightly:{CONTAINER}.image", "ecr/shop:0.1.0", "lakehouse:0.1.0", {}),
    ("image.tag", "dev", "spark nightly:spark.kubernetes.container.image", "lakehouse:dev", "lakehouse:0.1.0", {}),
    ("image.digest", DIGEST, f"pod CronJob nightly:{CONTAINER}.image", f"lakehouse@{DIGEST}", "lakehouse:0.1.0", {}),
    (
        "image.pullPolicy",
        "Never",
        "spark nightly:spark.kubernetes.container.image.pullPolicy",
        "Never",
        "IfNotPresent",
        {},
    ),
    ("image.pullSecrets", ["ecr"], "pod executor:spec.imagePullSecrets", [{"name": "ecr"}], None, {}),
    ("environment", "prod", f"pod CronJob nightly:{CONTAINER}.args.2", "prod", "aws", {}),
    (
        "settings",
        SETTINGS,
        "settings",
        {**SETTINGS, "spark": {"fetch_jars": False}},
        None,
        {},
    ),
    ("env", {"A": "1"}, f"pod executor:{CONTAINER}.env", [{"name": "A", "value": "1"}], None, {}),
    (
        "secrets.aws",
        "keys",
        f"pod executor:{CONTAINER}.env.1.valueFrom.secretKeyRef",
        {"name": "keys", "key": "AWS_SECRET_ACCESS_KEY"},
        None,
        {},
    ),
    (
        "secrets.redshift",
        "house",
        f"pod CronJob nightly:{CONTAINER}.env.5.valueFrom.secretKeyRef",
        {"name": "house", "key": "LAKEHOUSE_REDSHIFT_PASSWORD"},
        None,
        {},
    ),
    (
        "secrets.emailSalt",
        "mail",
        f"pod CronJob nightly:{CONTAINER}.env.5.valueFrom.secretKeyRef",
        {"name": "mail", "key": "LAKEHOUSE_EMAIL_SALT"},
        None,
        {},
    ),
    (
        "alerts.secrets",
        ["tell"],
        f"pod CronJob nightly:{CONTAINER}.envFrom",
        [{"secretRef": {"name": "tell", "optional": True}}],
        None,
        {},
    ),
    (
        "alerts.ports",
        [587],
        "NetworkPolicy alerts:spec.egress.0.ports",
        [{"protocol": "TCP", "port": 587}],
        None,
        {},
    ),
    (
        "serviceAccount.roleArn",
        ROLE,
        "ServiceAccount executor:metadata.annotations.eks\\.amazonaws\\.com/role-arn",
        ROLE,
        None,
        {},
    ),
    ("serviceAccount.annotations", {"a": "b"}, "ServiceAccount:metadata.annotations.a", "b", None, {}),
    ("nightly.schedule", "30 3 * * *", "CronJob nightly:spec.schedule", "30 3 * * *", "0 2 * * *", {}),
    ("nightly.suspend", True, "CronJob nightly:spec.suspend", True, False, {}),
    ("nightly.allowMissing", True, f"pod CronJob nightly:{CONTAINER}.args.5", "--allow-missing", None, {}),
    ("nightly.deadlineSeconds", 3000000, "pod CronJob nightly:spec.activeDeadlineSeconds", 3000000, 14400, {}),
    ("nightly.retries", 0, f"{JOB}.backoffLimit", 0, 2, {}),
    ("nightly.driver", {"memory": "3g"}, "spark nightly:spark.driver.memory", "3g", "2g", {}),
    ("nightly.executor", {"max": 7}, "spark nightly:spark.dynamicAllocation.maxExecutors", "7", "4", {}),
    ("watch.enabled", True, f"pod Deployment watch:{CONTAINER}.args.0", "watch", None, {}),
    ("watch.batchSeconds", 120, "pod Deployment watch:spec.terminationGracePeriodSeconds", 120, 900, WATCH),
    ("watch.batchSeconds", 120, f"pod CronJob nightly:{CONTAINER}.args.6", "120s", "900s", WATCH),
    (
        "watch.silentSeconds",
        3600,
        f"pod Deployment watch:{CONTAINER}.livenessProbe.exec.command.2",
        "test $(($(date +%s) - $(stat -c %Y /tmp/watch-looked))) -lt 3600",
        "test $(($(date +%s) - $(stat -c %Y /tmp/watch-looked))) -lt 7200",
        WATCH,
    ),
    (
        "watch.driver",
        {"memory": "3g"},
        f"pod Deployment watch:{CONTAINER}.resources.limits.memory",
        "5120Mi",
        "4096Mi",
        WATCH,
    ),
    ("watch.executor", {"max": 1}, "spark watch:spark.dynamicAllocation.maxExecutors", "1", "4", WATCH),
    ("backfill.from", "2024-01-01", f"pod Job:{CONTAINER}.args.6", "2024-01-01", None, {"backfill": {**RANGE}}),
    ("backfill.to", "2024-01-31", f"pod Job:{CONTAINER}.args.8", "2024-01-31", None, {"backfill": {**RANGE}}),
    ("backfill.deadlineSeconds", 600, "pod Job:spec.activeDeadlineSeconds", 600, 86400, {"backfill": RANGE}),
    ("backfill.retries", 5, "Job:spec.backoffLimit", 5, 2, {"backfill": RANGE}),
    (
        "backfill.driver",
        {"cores": 3},
        f"pod Job:{CONTAINER}.resources.requests.cpu",
        "3",
        "1",
        {"backfill": RANGE},
    ),
    (
        "backfill.executor",
        {"max": 30},
        "spark backfill:spark.dynamicAllocation.maxExecutors",
        "30",
        "4",
        {"backfill": RANGE},
    ),
    ("maintenance.schedule", "0 6 * * 6", "CronJob maintenance:spec.schedule", "0 6 * * 6", "0 5 * * 0", {}),
    ("maintenance.suspend", True, "CronJob maintenance:spec.suspend", True, False, {}),
    ("maintenance.keepReleases", 90, f"pod CronJob maintenance:{CONTAINER}.args.6", "90", "30", {}),
    ("maintenance.deadlineSeconds", 600, f"{MAINTENANCE}.activeDeadlineSeconds", 29400, 43200, {}),
    ("maintenance.retries", 4, f"{MAINTENANCE}.backoffLimit", 4, 1, {}),
    ("maintenance.driver", {"memory": "1g"}, "spark maintenance:spark.driver.memory", "1g", "2g", {}),
    ("maintenance.executor", {"memory": "8g"}, "spark maintenance:spark.executor.memory", "8g", "4g", {}),
    ("driver.cores", "1500m", f"pod CronJob nightly:{CONTAINER}.resources.requests.cpu", "1500m", "1", {}),
    ("driver.coresLimit", 4, f"pod CronJob nightly:{CONTAINER}.resources.limits.cpu", "4", None, {}),
    ("driver.memory", "512m", f"pod CronJob nightly:{CONTAINER}.resources.limits.memory", "2560Mi", "4096Mi", {}),
    (
        "driver.memoryOverhead",
        "1g",
        f"pod CronJob nightly:{CONTAINER}.resources.requests.memory",
        "3072Mi",
        "4096Mi",
        {},
    ),
    ("driver.disk", "1Ti", f"pod CronJob nightly:{CONTAINER}.resources.requests.ephemeral-storage", "1Ti", "5Gi", {}),
    (
        "driver.allowSpot",
        True,
        "pod CronJob nightly:spec.affinity.nodeAffinity",
        None,
        {
            "requiredDuringSchedulingIgnoredDuringExecution": {
                "nodeSelectorTerms": [
                    {
                        "matchExpressions": [
                            {"key": "karpenter.sh/capacity-type", "operator": "NotIn", "values": ["spot"]},
                            {"key": "eks.amazonaws.com/capacityType", "operator": "NotIn", "values": ["SPOT"]},
                        ]
                    }
                ]
            }
        },
        {},
    ),
    ("driver.nodeSelector", {"a": "b"}, "pod CronJob nightly:spec.nodeSelector", {"a": "b"}, None, {}),
    ("driver.tolerations", [SPOT], "pod CronJob maintenance:spec.tolerations.2", SPOT, None, {}),
    ("driver.pendingSeconds", 600, f"{JOB}.activeDeadlineSeconds", 15000, 43200, {}),
    ("driver.unreachableSeconds", 9, "pod CronJob nightly:spec.tolerations.0.tolerationSeconds", 9, 60, {}),
    ("driver.priorityClassName", "high", "pod CronJob nightly:spec.priorityClassName", "high", None, {}),
    ("executor.min", 3, "spark nightly:spark.dynamicAllocation.minExecutors", "3", "1", {}),
    ("executor.max", 9, "spark maintenance:spark.dynamicAllocation.maxExecutors", "9", "4", {}),
    ("executor.cores", "3500m", "spark nightly:spark.executor.cores", "3", "2", {}),
    ("executor.coresLimit", "4", "spark nightly:spark.kubernetes.executor.limit.cores", "4", None, {}),
    ("executor.memory", "6g", "spark nightly:spark.executor.memory", "6g", "4g", {}),
    ("executor.memoryOverhead", "2g", "spark nightly:spark.executor.memoryOverhead", "2g", "1g", {}),
    ("executor.disk", "50Gi", f"pod executor:{CONTAINER}.resources.requests.ephemeral-storage", "50Gi", "20Gi", {}),
    (
        "executor.spot",
        "prefer",
        "pod executor:spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution.0.preference",
        {"matchExpressions": [{"key": "karpenter.sh/capacity-type", "operator": "In", "values": ["spot"]}]},
        None,
        {},
    ),
    (
        "executor.spot",
        "require",
        "pod executor:spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms.1",
        {"matchExpressions": [{"key": "eks.amazonaws.com/capacityType", "operator": "In", "values": ["SPOT"]}]},
        None,
        {},
    ),
    ("executor.nodeSelector", {"a": "b"}, "pod executor:spec.nodeSelector", {"a": "b"}, None, {}),
    ("executor.tolerations", [SPOT], "pod executor:spec.tolerations", [SPOT], None, {}),
    ("executor.priorityClassName", "low", "pod executor:spec.priorityClassName", "low", None, {}),
    ("arch", "arm64", f"pod executor:spec.nodeSelector.{LABEL}/arch", "arm64", None, {}),
    (
        "sparkConf",
        {"spark.network.timeout": "300s"},
        "spark maintenance:spark.network.timeout",
        "300s",
        None,
        {},
    ),
    ("podLabels", {"team": "data"}, "pod executor:metadata.labels.team", "data", None, {}),
    ("podAnnotations", {"a": "b"}, "pod CronJob nightly:metadata.annotations.a", "b", None, {}),
    ("ttlSecondsAfterFinished", 2000000, f"{JOB}.ttlSecondsAfterFinished", 2000000, 259200, {}),
    ("eventLog.dir", LOGS, "spark nightly:spark.eventLog.dir", LOGS, None, {}),
    ("historyServer.enabled", True, "Service history:spec.ports.0.port", 18080, None, {"eventLog": {"dir": LOGS}}),
    (
        "historyServer.memory",
        "2g",
        f"pod Deployment history:{CONTAINER}.resources.limits.memory",
        "3072Mi",
        "1536Mi",
        {"eventLog": {"dir": LOGS}, "historyServer": {"enabled": True}},
    ),
    (
        "historyServer.keepDays",
        7,
        "spark history:spark.history.fs.cleaner.maxAge",
        "7d",
        "30d",
        {"eventLog": {"dir": LOGS}, "historyServer": {"enabled": True}},
    ),
    (
        "metrics.enabled",
        True,
        "pod CronJob nightly:metadata.annotations.prometheus\\.io/path",
        "/metrics/prometheus/",
        None,
        {"networkPolicy": {"uiFrom": [PEER]}},
    ),
    (
        "metrics.podMonitor",
        True,
        "PodMonitor:spec.podMetricsEndpoints.1.path",
        "/metrics/executors/prometheus",
        None,
        {"metrics": {"enabled": True}, "networkPolicy": {"uiFrom": [PEER]}},
    ),
    (
        "metrics.podMonitorLabels",
        {"release": "p"},
        "PodMonitor:metadata.labels.release",
        "p",
        None,
        {"metrics": {"enabled": True, "podMonitor": True}, "networkPolicy": {"uiFrom": [PEER]}},
    ),
    ("prometheusRule.enabled", True, "PrometheusRule:spec.groups.0.rules.0.alert", "LakehouseNoGoodNight", None, {}),
    ("prometheusRule.labels", {"release": "p"}, "PrometheusRule:metadata.labels.release", "p", None, RULES),
    (
        "prometheusRule.lateHours",
        30,
        "PrometheusRule:spec.groups.0.rules.0.annotations.summary",
        "No night of lakehouse has ended well for 30 hours",
        "No night of lakehouse has ended well for 26 hours",
        RULES,
    ),
    ("prometheusRule.pendingMinutes", 5, "PrometheusRule:spec.groups.0.rules.5.for", "5m", "60m", RULES),
    ("networkPolicy.enabled", False, "NetworkPolicy in:spec.policyTypes", None, ["Ingress"], {}),
    (
        "networkPolicy.egressPorts",
        [443],
        "NetworkPolicy out:spec.egress.3.ports",
        [{"protocol": "TCP", "port": 443}],
        [{"protocol": "TCP", "port": port} for port in (443, 6443, 5439)],
        {},
    ),
    ("networkPolicy.egressTo", [PEER], "NetworkPolicy out:spec.egress.3.to", [PEER], None, {}),
    ("networkPolicy.uiFrom", [PEER], "NetworkPolicy in:spec.ingress.1.from", [PEER], None, {}),
]
