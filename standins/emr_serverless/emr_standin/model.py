"""Routes and checks of requests, from AWS's own description of the API, which botocore carries."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel
from botocore.validate import ParamValidator

from emr_standin.errors import ApiError, Invalid


class Unknown(ApiError):
    """A call that the stand-in does not speak."""

    status, name = 404, "UnknownOperationException"


@dataclass(frozen=True)
class Call:
    """One request, understood: which operation, with which parameters."""

    operation: str
    params: dict[str, Any]


def understand(method: str, target: str, body: bytes, spoken: Iterable[str]) -> Call:
    """The call that a request makes; Unknown for none of those `spoken`, Invalid where its parameters do not fit."""
    url = urlsplit(target)
    for name in spoken:
        operation = _service().operation_model(name)
        found = _pattern(operation.http["requestUri"]).fullmatch(url.path)
        if found and operation.http["method"] == method:
            params = {key: unquote(value) for key, value in found.groupdict().items()}
            params |= _query(operation, parse_qs(url.query)) | _body(body)
            _check(operation, params)
            return Call(name, params)
    raise Unknown(f"the stand-in for EMR Serverless does not know {method} {url.path}; it knows {', '.join(spoken)}")


@cache
def _service() -> ServiceModel:
    return ServiceModel(Loader().load_service_model("emr-serverless", "service-2"), "emr-serverless")


@cache
def _pattern(uri: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", uri))


def _query(operation: OperationModel, query: Mapping[str, list[str]]) -> dict[str, Any]:
    given: dict[str, Any] = {}
    members = operation.input_shape.members if operation.input_shape else {}
    for member, shape in members.items():
        values = query.get(str(shape.serialization.get("name", member)))
        if shape.serialization.get("location") == "querystring" and values:
            given[member] = {"list": values, "integer": _number(values[0])}.get(shape.type_name, values[0])
    return given


def _number(text: str) -> int | str:
    return int(text) if text.isdigit() else text


def _body(body: bytes) -> dict[str, Any]:
    if not body:
        return {}
    try:
        found = json.loads(body)
    except ValueError as error:
        raise Invalid(f"the body is no JSON: {error}") from None
    if not isinstance(found, dict):
        raise Invalid("the body is no JSON object")
    return found


def _check(operation: OperationModel, params: Mapping[str, Any]) -> None:
    shape = operation.input_shape
    if shape is None:
        return
    for name in params:
        if name not in shape.members:
            raise Invalid(f"{operation.name} has no parameter {name}")
    report = ParamValidator().validate(params, shape)
    if report.has_errors():
        raise Invalid(report.generate_report())
