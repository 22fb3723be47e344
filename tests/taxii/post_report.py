"""Posts a report to a collection of a TAXII server as a brand's tools would.

Usage: post_report.py URL ALIAS SCHEMA, the credential on standard input. Prints the status as JSON, or fails.
"""

import json
import sys

import jsonschema
import stix2
from stix2validator import ValidationOptions, validate_instance
from taxii2client.v21 import Server

EXTENSION = "extension-definition--2d06d678-f69e-4f47-b3cf-91e8e88e6282"

CARRIED = {
    "infringement_type": "counterfeit_goods",
    "seller": {"identifiers": [{"type": "phone", "value": "+8613812341234"}]},
    "statement": {"good_faith": True, "signer": "Ada Analyst", "signed_on": "2026-05-01"},
}


def main():
    url, alias, schema_path = sys.argv[1:]
    credential = sys.stdin.read().strip()
    with open(schema_path, encoding="utf-8") as file:
        schema = json.load(file)
    shop = stix2.v21.UserAccount(account_type="taobao", user_id="shop88026001")
    page = stix2.v21.URL(value="https://bags.shop/item/1")
    report = stix2.v21.Report(
        name="Counterfeit bags",
        published="2026-05-01T09:00:00Z",
        created="2026-05-01T09:00:00Z",
        modified="2026-05-01T09:00:00Z",
        object_refs=[shop, page],
        object_marking_refs=["marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"],
        extensions={EXTENSION: {"extension_type": "property-extension", "report": CARRIED}},
    )
    objects = [json.loads(thing.serialize()) for thing in (report, shop, page)]
    for thing in objects:
        errors = validate_instance(thing, ValidationOptions(version="2.1")).errors
        assert not errors, [str(error) for error in errors]
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(objects[0]["extensions"][EXTENSION], schema)
    server = Server(url, user="anything", password=credential)
    (collection,) = [one for root in server.api_roots for one in root.collections if one.alias == alias]
    assert collection.can_write
    status = collection.add_objects({"objects": objects}, wait_for_completion=True)
    again = server.api_roots[0].get_status(status.id)
    assert (again.status, again.success_count) == (status.status, status.success_count)
    told = {"status": status.status, "success_count": status.success_count, "failures": status.failures}
    print(json.dumps(told))


main()
