"""
Writes AWS's own models of the services as JSON, as botocore contains them: by service, its operations and shapes. service-models/validate.py reads the
same models with botocore's classes.
"""
import json
import sys

from botocore.loaders import Loader

MODELS = {"batch": "batch", "sfn": "stepfunctions", "sqs": "sqs", "s3": "s3"}

loader = Loader()
models = {service: loader.load_service_model(name, "service-2") for service, name in MODELS.items()}
json.dump({service: {"operations": model["operations"], "shapes": model["shapes"]} for service, model in models.items()}, sys.stdout)
