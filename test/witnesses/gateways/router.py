"""Calls through the router of LiteLLM, one after the other. Usage: router.py CASE"""

import json
import os
import random
import sys
import time

import litellm
from litellm import Router

litellm.suppress_debug_info = True
# The router shuffles its deployments.
random.seed(1)

ONE = os.environ["OPENAI_BASE_URL"]
PRIMARY = os.environ.get("MOCK_OPENAI_PRIMARY_BASE_URL")
BACKUP = os.environ.get("MOCK_OPENAI_BACKUP_BASE_URL")


def deployment(name, base, key="sk-one"):
    return {"model_name": name, "litellm_params": {"model": "openai/gpt-4o", "api_base": base, "api_key": key}}


MAIN = {"model_list": [deployment("main", PRIMARY)]}
FALLBACK = {"model_list": [deployment("main", PRIMARY), deployment("spare", BACKUP)], "fallbacks": [{"main": ["spare"]}]}
GROUP = {"model_list": [deployment("main", PRIMARY), deployment("main", BACKUP)]}
KEYS = {"model_list": [deployment("main", ONE, "sk-alpha"), deployment("main", ONE, "sk-beta")]}

# Settings of the router, the number of calls, and the seconds between them.
CASES = {
    "fallback": ({**FALLBACK, "num_retries": 0}, 10, 0.1),
    "fallback after retries": ({**FALLBACK, "num_retries": 2}, 5, 0.1),
    "one deployment": ({**MAIN, "num_retries": 0}, 10, 0.1),
    "group without cooldowns": ({**GROUP, "num_retries": 2, "disable_cooldowns": True}, 30, 0.1),
    "keys": ({**KEYS, "num_retries": 2}, 20, 0.1),
    "keys without retries": ({**KEYS, "num_retries": 0}, 20, 0.1),
    "keys without cooldowns": ({**KEYS, "num_retries": 2, "disable_cooldowns": True}, 30, 0.1),
    "cooldowns": ({**FALLBACK, "num_retries": 0, "allowed_fails": 4, "cooldown_time": 5}, 55, 0.3),
    "no cooldowns": ({**FALLBACK, "num_retries": 0, "disable_cooldowns": True}, 60, 0.2),
}

settings, calls, apart = CASES[sys.argv[1]]
router = Router(**settings)
answered = 0
for at in range(calls):
    try:
        router.completion(model="main", messages=[{"role": "user", "content": f"Question {at}"}])
        answered += 1
    except litellm.exceptions.APIError:
        pass
    except litellm.exceptions.RateLimitError:
        pass
    except litellm.exceptions.ServiceUnavailableError:
        pass
    time.sleep(apart)
print("ANSWERED " + json.dumps({"answered": answered, "calls": calls}), flush=True)
