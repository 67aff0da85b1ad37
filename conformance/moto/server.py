"""
Serves moto on a free port of the loopback interface. Writes {port, types} as JSON: the resource types that moto's CloudFormation knows, and
whether it can update and delete them. For each line on standard input it writes an inventory: how many resources of each type exist. Ends
when standard input ends.
"""
import json
import logging
import sys
from collections import Counter

from moto.cloudformation.parsing import get_model_map
from moto.core.base_backend import BackendDict, BaseBackend
from moto.core.common_models import CloudFormationModel
from moto.server import ThreadedMotoServer


def implements(model, method):
    return not hasattr(getattr(model, f"{method}_from_cloudformation_json"), "__isabstractmethod__")


def inventory():
    found = Counter()
    seen = set()

    def count(value):
        is_model = type(value).__module__.startswith("moto.") and hasattr(value, "__dict__") and not isinstance(value, BaseBackend)
        if not (is_model or isinstance(value, (dict, list, tuple, set))) or id(value) in seen:
            return
        seen.add(id(value))
        if isinstance(value, CloudFormationModel):
            found[value.cloudformation_type()] += 1
        for child in list(vars(value).values() if is_model else value.values() if isinstance(value, dict) else value):
            count(child)

    for backends in list(BackendDict._instances):
        # CloudFormation itself remembers the resources of stacks that were deleted.
        if backends.service_name != "cloudformation":
            for _, _, backend in list(backends.iter_backends()):
                for value in list(vars(backend).values()):
                    count(value)
    return found


logging.getLogger("werkzeug").setLevel(logging.ERROR)
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
types = {name: {method: implements(model, method) for method in ("update", "delete")} for name, model in get_model_map().items()}
print(json.dumps({"port": server.get_host_and_port()[1], "types": types}), flush=True)
for _ in sys.stdin:
    print(json.dumps(inventory()), flush=True)
