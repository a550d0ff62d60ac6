"""What clients of Azure OpenAI in Python see.

Each client in each case prints a line of JSON: [client, case, what the client saw]. ENDPOINTS is JSON: an endpoint for each
case of a client.
"""

import json
import os
from concurrent.futures import ThreadPoolExecutor

WHOLE = os.environ["WHOLE"]
CALLS = int(os.environ["CALLS"])
API_VERSION = "2025-04-01-preview"
DEPLOYMENT = "mine"


def seen(act):
    try:
        text = act()
        return "answer" if text == WHOLE else json.dumps(text)
    except Exception as error:
        # Semantic Kernel wraps the error of the SDK.
        status = getattr(error, "status_code", None) or getattr(error.__cause__, "status_code", None)
        return type(error).__name__ if status is None else f"{type(error).__name__} {status}"


def tell(clients):
    for name, endpoints in json.loads(os.environ["ENDPOINTS"]).items():
        client = clients[name]
        for case, endpoint in endpoints.items():
            if case == "stream":
                saw = seen(lambda: client.stream(endpoint, "Hello"))
            elif case == "rate-limited":
                with ThreadPoolExecutor(CALLS) as pool:
                    asked = pool.map(lambda at: seen(lambda: client.ask(endpoint, f"Question {at}", True)), range(CALLS))
                    # Whatever text: the scenario says none.
                    saw = "answers" if all(each.startswith('"') for each in asked) else "errors"
            else:
                saw = seen(lambda: client.ask(endpoint, "Hello"))
            print("SEEN " + json.dumps([name, case, saw]), flush=True)
