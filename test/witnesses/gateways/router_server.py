"""The router of LiteLLM as a gateway: one path, one thread for each request. Usage: router_server.py PORT MOCK_PORT SETTINGS"""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import litellm
from litellm import Router

litellm.suppress_debug_info = True

PORT, MOCK_PORT, SETTINGS = int(sys.argv[1]), int(sys.argv[2]), json.loads(sys.argv[3])


def deployment(name, provider):
    base = f"http://127.0.0.1:{MOCK_PORT}/s/{provider}/v1"
    return {"model_name": name, "litellm_params": {"model": "openai/gpt-4o", "api_base": base, "api_key": "sk-one"}}


MODELS = [deployment("gpt-4o", "primary"), deployment("spare", "backup")]
router = Router(model_list=MODELS, **SETTINGS)


class Gateway(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.answer(200, {"ok": True})

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        try:
            self.answer(200, router.completion(**asked).model_dump())
        except Exception as error:
            self.answer(getattr(error, "status_code", None) or 500, {"error": {"message": str(error)}})

    def answer(self, status, body):
        text = json.dumps(body, default=str).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


ThreadingHTTPServer(("127.0.0.1", PORT), Gateway).serve_forever()
