# The image of the lakehouse: Spark, Delta, S3A, and the project. `make image` builds it; docs/image.md tells of it.
# Targets: `runtime` (the default: Kubernetes, compose, any container engine) and `emr` (on EMR Serverless's own image).

ARG BASE_IMAGE=debian:bookworm-slim
ARG EMR_BASE_IMAGE=public.ecr.aws/emr-serverless/spark/emr-7.12.0:latest

# ---- What only builds. The shop of pip is told by the machine's own pip.conf, where it has one (a build secret).
FROM ${BASE_IMAGE} AS tools
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates curl python3.11 python3-pip python3-setuptools \
        python3-venv python3-wheel
ENV PIP_CERT=/etc/ssl/certs/ca-certificates.crt PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore

# ---- Java: of Debian's patched JDK the modules that Spark, Hadoop, the AWS SDK and JMX use.
FROM tools AS java
RUN mkdir -p /usr/share/man/man1 \
    && apt-get update && apt-get install -y --no-install-recommends openjdk-17-jdk-headless
RUN "$(dirname "$(dirname "$(readlink -f /usr/bin/javac)")")/bin/jlink" --output /opt/java \
        --add-modules java.se,jdk.crypto.ec,jdk.jcmd,jdk.jfr,jdk.management,jdk.management.agent,jdk.naming.dns,jdk.net,jdk.security.auth,jdk.unsupported,jdk.zipfs \
        --compress 2 --strip-java-debug-attributes --no-header-files --no-man-pages \
    # The certificates that Debian's Java trusts.
    && cp --dereference /etc/ssl/certs/java/cacerts /opt/java/lib/security/cacerts

# ---- Jars that Spark's wheel lacks.
FROM tools AS jars
ARG MAVEN_REPOSITORY=https://repo1.maven.org/maven2
COPY docker/get-jars.sh docker/jars.txt /build/
RUN /build/get-jars.sh /build/jars.txt /jars
COPY docker/extra-jars/ /extra-jars/
RUN find /extra-jars -name '*.jar' -exec cp -t /jars {} + && chmod 644 /jars/*

# ---- Python: exactly what the lock names.
FROM tools AS python
RUN apt-get update && apt-get install -y --no-install-recommends binutils \
    && python3.11 -m venv --without-pip /opt/venv
COPY locks/runtime.txt /build/
RUN --mount=type=cache,target=/root/.cache/pip --mount=type=secret,id=pip,target=/etc/pip.conf \
    # --target, not the environment's own pip: pyspark is built here, by the setuptools of Debian.
    python3 -m pip install --target /opt/venv/lib/python3.11/site-packages --no-deps --no-compile --require-hashes \
        --no-build-isolation --requirement /build/runtime.txt
COPY docker/trim.sh /build/
COPY docker/stubs/ /opt/venv/lib/python3.11/site-packages/
RUN sh /build/trim.sh /opt/venv/lib/python3.11/site-packages \
    # Compiled here, as nothing can be written where it runs; but for what a run hardly touches.
    && python3 -m compileall -q -j 2 --invalidation-mode unchecked-hash -x '/(duckdb|pygments|setuptools)/' \
        /opt/venv/lib/python3.11/site-packages
# Spark and the rest in layers of their own: the one changes seldom, the other with every update of a library.
RUN mv /opt/venv/lib/python3.11/site-packages/pyspark /opt/pyspark

# ---- The dashboards' JavaScript, made here as what makes it is 84 MB.
FROM tools AS vega
COPY locks/vega.txt spark_app/report/vega.py /build/
RUN --mount=type=cache,target=/root/.cache/pip --mount=type=secret,id=pip,target=/etc/pip.conf \
    python3 -m pip install --target /build/site --no-deps --require-hashes --requirement /build/vega.txt \
    && PYTHONPATH=/build/site python3 /build/vega.py /vega.js

# ---- On EMR Serverless: Spark, Hadoop, Delta and Java are the platform's and stay as they are.
FROM ${EMR_BASE_IMAGE} AS emr
USER root
RUN command -v python3.11 >/dev/null || { dnf install -y python3.11 && dnf clean all; }
COPY locks/emr.txt /build/
RUN --mount=type=secret,id=pip,target=/etc/pip.conf \
    python3.11 -m venv /opt/venv \
    && /opt/venv/bin/python -m pip install --no-cache-dir --no-deps --require-hashes --requirement /build/emr.txt \
    && /opt/venv/bin/python -m pip uninstall --yes --quiet pip && rm -r /build \
    # By a .pth file: PYTHONPATH is the platform's.
    && echo /opt/lakehouse >/opt/venv/lib/python3.11/site-packages/lakehouse.pth
ENV PYSPARK_PYTHON=/opt/venv/bin/python PYSPARK_DRIVER_PYTHON=/opt/venv/bin/python
COPY --from=vega /vega.js /opt/lakehouse/spark_app/report/script/
COPY conf/ /opt/lakehouse/conf/
COPY spark_app/ /opt/lakehouse/spark_app/
# As below: nothing can be written where it runs.
RUN /opt/venv/bin/python -m compileall -q --invalidation-mode unchecked-hash /opt/lakehouse/spark_app
USER hadoop:hadoop

# ---- The image.
FROM ${BASE_IMAGE} AS runtime
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates python3.11 tini \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/cache/debconf/*-old /var/log/* /var/lib/dpkg/*-old \
    && groupadd --gid 185 lakehouse \
    && useradd --uid 185 --gid 185 --home-dir /tmp --no-create-home --shell /usr/sbin/nologin lakehouse
COPY --from=java /opt/java /opt/java
COPY --from=python /opt/pyspark /opt/venv/lib/python3.11/site-packages/pyspark
COPY --from=jars /jars/ /opt/venv/lib/python3.11/site-packages/pyspark/jars/
COPY --from=python /opt/venv /opt/venv
COPY docker/spark/ /opt/venv/lib/python3.11/site-packages/pyspark/conf/
RUN ln -s /opt/venv/lib/python3.11/site-packages/pyspark /opt/spark
ENV JAVA_HOME=/opt/java SPARK_HOME=/opt/spark SPARK_CONF_DIR=/opt/spark/conf \
    PATH=/opt/venv/bin:/opt/java/bin:/usr/local/bin:/usr/bin:/bin \
    PYSPARK_PYTHON=/opt/venv/bin/python PYTHONPATH=/opt/lakehouse \
    PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    AWS_JAVA_V1_DISABLE_DEPRECATION_ANNOUNCEMENT=true \
    HOME=/tmp LANG=C.UTF-8 TZ=UTC
WORKDIR /opt/lakehouse
COPY docker/entrypoint.sh /opt/
COPY --from=vega /vega.js spark_app/report/script/
COPY conf/ conf/
COPY spark_app/ spark_app/
RUN python -m compileall -q --invalidation-mode unchecked-hash spark_app
USER 185
ENTRYPOINT ["/usr/bin/tini", "--", "/opt/entrypoint.sh"]
CMD ["help"]
ARG VERSION=0.0.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="lakehouse" \
    org.opencontainers.image.description="Daily CSV drops to an audited star schema, on Spark and Delta" \
    org.opencontainers.image.version="${VERSION}" \
    org.opencontainers.image.revision="${REVISION}" \
    org.opencontainers.image.base.name="docker.io/library/debian:bookworm-slim"
