"""Reads every collection of a TAXII server as a platform's tools would, and judges every object.

Usage: read_all.py URL SCHEMA, the credential on standard input. Prints one JSON object with what was read, or fails.
"""

import json
import sys

import jsonschema
import requests
import stix2
from stix2validator import ValidationOptions, validate_instance
from taxii2client.v21 import Server, as_pages

class Bearer(requests.auth.AuthBase):
    """Sends the credential as a bearer token."""

    def __init__(self, credential):
        self.credential = credential

    def __call__(self, request):
        request.headers["Authorization"] = "Bearer " + self.credential
        return request


def faults(thing):
    """What the validator holds against an object."""
    options = ValidationOptions(version="2.1")
    result = validate_instance(thing, options)
    return [str(error) for error in result.errors or []]


def read(collection, per_request):
    """All objects, page by page."""
    found = []
    for page in as_pages(collection.get_objects, per_request=per_request):
        found.extend(page.get("objects", []))
    return found


def main():
    url, schema_path = sys.argv[1:]
    credential = sys.stdin.read().strip()
    with open(schema_path, encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    # Once with HTTP Basic and once with a bearer token.
    servers = [Server(url, user="anything", password=credential), Server(url, auth=Bearer(credential))]
    told = {}
    for server in servers:
        for root in server.api_roots:
            for collection in root.collections:
                if not collection.can_read:
                    continue
                objects = read(collection, 7)
                by_id = {thing["id"]: thing for thing in objects}
                assert len(by_id) == len(objects), "an object was given twice"
                manifest = []
                for page in as_pages(collection.get_manifest, per_request=5):
                    manifest.extend(page.get("objects", []))
                assert [one["id"] for one in manifest] == [thing["id"] for thing in objects]
                dates = [one["date_added"] for one in manifest]
                assert dates == sorted(set(dates)), "two objects were added at one moment"
                kinds = {}
                for thing in objects:
                    wrong = faults(thing)
                    assert not wrong, f"{wrong} in {json.dumps(thing)}"
                    stix2.parse(thing, allow_custom=False)
                    kinds[thing["type"]] = kinds.get(thing["type"], 0) + 1
                    named = [thing[name] for name in thing if name.endswith("_ref")]
                    named += [one for name in thing if name.endswith("_refs") for one in thing[name]]
                    lost = [one for one in named if one not in by_id]
                    assert thing.get("revoked") or not lost, f"{thing['id']} names {lost}, which are not here"
                    if thing["type"] == "threat-actor":
                        (extension,) = thing["extensions"].values()
                        jsonschema.validate(extension, schema)
                if objects:
                    last = objects[-1]
                    assert collection.get_object(last["id"])["objects"] == [last]
                    assert len(collection.object_versions(last["id"])["versions"]) == 1
                if collection.alias in told:
                    assert told[collection.alias] == kinds, "the two credentials read different things"
                told[collection.alias] = kinds
    print(json.dumps(told))


main()
