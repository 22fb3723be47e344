"""Reads a MISP feed with PyMISP as an instance would, and holds every event against MISP's own templates.

Usage: read_feed.py URL, the credential on standard input. Prints one JSON object with how many objects and attributes
of each kind were read, or fails.
"""

import json
import sys
import warnings

import requests
from pymisp import MISPEvent, MISPObject

# What PyMISP does not like it says in warnings and goes on.
warnings.simplefilter("error")


def plain(value):
    """Without what PyMISP adds from its own copy, and with numbers as texts, as it writes them in one place or other."""
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items() if name != "protected"}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value if isinstance(value, (bool, str)) else str(value)


def judge(thing):
    """Holds an object against the template of its name, as strictly as PyMISP can."""
    strict = MISPObject(thing["name"], strict=True)
    strict.from_dict(**json.loads(json.dumps(thing)))
    assert strict.template_uuid == thing["template_uuid"]
    assert getattr(strict, "meta-category") == thing["meta-category"]
    for attribute in thing["Attribute"]:
        known = strict._definition["attributes"][attribute["object_relation"]]
        assert known["misp-attribute"] == attribute["type"], attribute
    # Judges what a template requires, and how often something may stand in it.
    strict.to_dict(strict=True)


def main():
    (url,) = sys.argv[1:]
    session = requests.Session()
    session.auth = ("anything", sys.stdin.read().strip())

    def get(name):
        reply = session.get(f"{url}/{name}", timeout=60)
        reply.raise_for_status()
        return reply.json()

    manifest = get("manifest.json")
    kinds = {}

    def count(kind):
        kinds[kind] = kinds.get(kind, 0) + 1

    for uuid, line in manifest.items():
        ours = get(f"{uuid}.json")
        event = MISPEvent()
        event.load(json.dumps(ours))
        assert plain(event.manifest) == plain({uuid: line}), (event.manifest, line)
        theirs = plain(event.to_feed(with_distribution=True))
        # A feed of PyMISP leaves out lists that are empty.
        mine = {"Event": {name: one for name, one in ours["Event"].items() if one != []}}
        for thing in theirs["Event"].get("Object", []):
            thing.pop("SharingGroup", None)
        assert theirs == plain(mine), f"{json.dumps(theirs, sort_keys=True)}\n{json.dumps(mine, sort_keys=True)}"
        for attribute in event.attributes:
            assert attribute.type in attribute.known_types
            fitting = attribute.describe_types["category_type_mappings"][attribute.category]
            assert attribute.type in fitting, (attribute.category, attribute.type)
            count("deleted" if attribute.get("deleted") else attribute.type)
        for thing in ours["Event"]["Object"]:
            judge(thing)
            for attribute in thing["Attribute"]:
                fitting = event.describe_types["category_type_mappings"][attribute["category"]]
                assert attribute["type"] in fitting, attribute
            count("deleted" if thing["deleted"] else thing["name"])
    print(json.dumps(kinds))


main()
