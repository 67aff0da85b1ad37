"""Prints which resource types moto's CloudFormation knows, and which of them it can update and delete, as JSON."""
import json

from moto.cloudformation.parsing import get_model_map


def can(model, what):
    return not hasattr(getattr(model, f"{what}_from_cloudformation_json"), "__isabstractmethod__")


print(json.dumps({name: {what: can(model, what) for what in ("update", "delete")} for name, model in get_model_map().items()}))
