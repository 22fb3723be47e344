"""Verifies messages of webhooks as a receiver does that uses the reference package of Standard Webhooks.

Reads a JSON array of {"headers", "body", "secret"} from standard input, the body in base64. Prints an array that says of
each why it was refused, or null.
"""

import base64
import json
import sys

from standardwebhooks.webhooks import Webhook, WebhookVerificationError


def refusal(message):
    body = base64.b64decode(message["body"])
    try:
        read = Webhook(message["secret"]).verify(body, message["headers"])
    except WebhookVerificationError as error:
        return str(error)
    assert read == json.loads(body)
    return None


print(json.dumps([refusal(message) for message in json.load(sys.stdin)]))
