"""A tiny Lambda Runtime API loop for Python: loads LAMBDA_TASK_ROOT's _HANDLER and serves it.

Stands in for AWS's managed Python runtime, with less in it (http.client, no telemetry)."""
import http.client
import importlib
import json
import os
import sys
import traceback

PREFIX = "/2018-06-01/runtime/"


class Context:
    def __init__(self, headers):
        self.aws_request_id = headers["Lambda-Runtime-Aws-Request-Id"]
        self.invoked_function_arn = headers.get("Lambda-Runtime-Invoked-Function-Arn", "")
        self.deadline_ms = int(headers.get("Lambda-Runtime-Deadline-Ms", "0"))
        self.function_name = os.environ.get("AWS_LAMBDA_FUNCTION_NAME", "")


def error_body(e):
    return json.dumps({"errorType": type(e).__name__, "errorMessage": str(e),
                       "stackTrace": traceback.format_exception(type(e), e, e.__traceback__)}).encode()


def main():
    api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])

    def call(method, path, body=None):
        api.request(method, PREFIX + path, body, {"Content-Type": "application/json"} if body else {})
        r = api.getresponse()
        return r.headers, r.read()

    try:
        sys.path.insert(0, os.environ["LAMBDA_TASK_ROOT"])
        module, _, function = os.environ["_HANDLER"].rpartition(".")
        handler = getattr(importlib.import_module(module), function)
    except Exception as e:
        call("POST", "init/error", error_body(e))
        return 1
    while True:
        headers, event = call("GET", "invocation/next")
        rid = headers["Lambda-Runtime-Aws-Request-Id"]
        try:
            result = json.dumps(handler(json.loads(event), Context(headers))).encode()
        except Exception as e:
            traceback.print_exc()
            call("POST", "invocation/%s/error" % rid, error_body(e))
        else:
            call("POST", "invocation/%s/response" % rid, result)


if __name__ == "__main__":
    sys.exit(main())
