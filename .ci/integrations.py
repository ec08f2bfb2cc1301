"""Reads what .ci/integrations made, as the programs do that it is for."""

import hashlib
import json
import re
import sys
import zipfile
from pathlib import Path
from urllib.parse import unquote


def die(message):
    sys.exit(f"integrations: {message}")


def expect(truth, message):
    if not truth:
        die(message)


def findings_of(path):
    """The findings of a report of the format json; none for /dev/null."""
    text = Path(path).read_text(encoding="utf-8")
    return json.loads(text)["findings"] if text else []


def place_of(finding):
    start = finding["span"]["start"]
    return finding["path"], start["line"], start["column"], finding["rule"]


# Workflow commands, as the runner of GitHub finds them in a log.

NEW = re.compile(r"\s*::(?P<name>[a-zA-Z][a-zA-Z-]*)(?: (?P<properties>[^\n]*?))?::(?P<data>.*)", re.S)
OLD = re.compile(r"##\[(?P<name>[a-zA-Z-]+)(?: (?P<properties>[^\]]*))?\](?P<data>.*)", re.S)


def unescaped(text, signs):
    for sign, code in signs:
        text = text.replace(code, sign)
    return text


DATA = [("\r", "%0D"), ("\n", "%0A"), ("%", "%25")]
PROPERTY = [("\r", "%0D"), ("\n", "%0A"), (":", "%3A"), (",", "%2C"), ("%", "%25")]


def commands(log):
    """The commands that the runner would carry out: name, properties and data of each."""
    token = None
    # The runner reads lines as .NET does, for which a carriage return ends one too.
    for line in re.split(r"\r\n|\r|\n", log):
        if token is not None:
            if line.strip() == f"::{token}::":
                token = None
            continue
        match = NEW.match(line) or OLD.search(line)
        if match is None:
            continue
        name, data = match["name"].lower(), unescaped(match["data"], DATA)
        if name == "stop-commands":
            token = data
            continue
        pairs = (pair.split("=", 1) for pair in (match["properties"] or "").split(",") if "=" in pair)
        yield name, {key.strip(): unescaped(value, PROPERTY) for key, value in pairs}, data
    expect(token is None, "the log ends while commands are stopped")


def annotations(log, findings, workspace, folder):
    """Every finding is an annotation at its place, and nothing else is a command."""
    levels = {"error", "warning", "notice"}
    found = list(commands(Path(log).read_text(encoding="utf-8")))
    for _, properties, _ in found:
        # What starts a command in the name of a file is shown, not meant.
        if "file" in properties:
            properties["file"] = properties["file"].replace("#\\u{23}[", "##[")
    for name, properties, _ in found:
        expect(name in levels and "file" in properties, f"a command {name} {properties}")
        file = Path(workspace, properties["file"])
        expect(file.is_file(), f"an annotation of {file}")
        lines = file.read_text(encoding="utf-8").count("\n") + 1
        expect(int(properties["line"]) <= int(properties["endLine"]) <= lines, f"no such line: {properties}")
    shown = [
        (properties["file"], int(properties["line"]), int(properties["col"]), properties["title"])
        for _, properties, _ in found
    ]
    wanted = [place_of(finding) for finding in findings_of(findings)]
    expect(len(shown) == len(wanted), f"{len(shown)} annotations of {len(wanted)} findings")
    for file, line, column, rule in wanted:
        matching = (
            title
            for path, *place, title in shown
            if path == f"{folder}/{file}" and place == [line, column] and rule in title
        )
        expect(next(matching, None), f"no annotation of {rule} in {shown}")


def failed(log, output=None):
    """A failure is told once, by a message that no input can get out of."""
    found = list(commands(Path(log).read_text(encoding="utf-8")))
    names = [(name, properties.get("title")) for name, properties, _ in found]
    expect(names == [("error", "iamsim")], f"commands {found}")
    if output is not None:
        expect(outputs_of(output)["exit-code"] == "2", "the exit code of a failure")


def outputs_of(path):
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    pairs = [line.split("=", 1) for line in lines]
    expect(sorted(key for key, _ in pairs) == ["exit-code", "findings", "sarif-file"], f"outputs {lines}")
    return dict(pairs)


def outputs(path, findings, *wanted):
    got = outputs_of(path)
    number = str(len(findings_of(findings)))
    expect(got["findings"] == number, f"{got['findings']} findings in place of {number}")
    for pair in wanted:
        key, value = pair.split("=", 1)
        expect(got[key] == value, f"the output {key} is {got[key]}")


def summary(path, findings):
    text = Path(path).read_text(encoding="utf-8")
    for finding in findings_of(findings):
        expect(finding["rule"] in text, f"the summary lacks {finding['rule']}")


def sarif(output, findings, schema, workspace, folder):
    import jsonschema

    document = json.loads(Path(outputs_of(output)["sarif-file"]).read_text(encoding="utf-8"))
    schema = json.loads(Path(schema).read_text(encoding="utf-8"))
    validator = jsonschema.validators.validator_for(schema)
    validator(schema).validate(document)
    (run,) = document["runs"]
    shown = []
    for result in run["results"]:
        place = result["locations"][0]["physicalLocation"]
        path = unquote(place["artifactLocation"]["uri"])
        expect(Path(workspace, path).is_file(), f"a result in {path}")
        shown.append((path, place["region"]["startLine"], result["ruleId"]))
    wanted = []
    for finding in findings_of(findings):
        path, line, _, rule = place_of(finding)
        wanted.append((f"{folder}/{path}", line, rule))
    expect(sorted(shown) == sorted(wanted), f"{shown} in place of {wanted}")


def matcher(path, log, findings):
    """The matcher takes each line of a report apart, and into what the finding says."""
    (problem,) = json.loads(Path(path).read_text(encoding="utf-8"))["problemMatcher"]
    (pattern,) = problem["pattern"]
    regexp = re.compile(pattern["regexp"])
    shown = []
    for line in Path(log).read_text(encoding="utf-8").splitlines():
        match = regexp.search(line)
        expect(match, f"the matcher knows nothing of: {line}")
        parts = {key: match[group] for key, group in pattern.items() if key != "regexp"}
        expect(parts["message"], line)
        shown.append((parts["file"], int(parts["line"]), int(parts["column"]), parts["code"]))
    wanted = [place_of(finding) for finding in findings_of(findings)]
    expect(len(wanted) > 100, f"only {len(wanted)} findings")
    expect(sorted(shown) == sorted(wanted), "the matcher makes other places of a report")


def gitlab(path, number):
    issues = json.loads(Path(path).read_text(encoding="utf-8"))
    expect(len(issues) == int(number), f"{len(issues)} issues")
    fingerprints = {issue["fingerprint"] for issue in issues}
    expect(len(fingerprints) == len(issues), "equal fingerprints")
    for issue in issues:
        expect(Path(issue["location"]["path"]).is_file(), f"an issue in {issue['location']}")


def wheel(path, binary, version):
    """The wheel holds the binary that Cargo built, for any Python 3, and the licences."""
    name = Path(path).name
    expect(name.startswith(f"iamsim-{version}-py3-none-"), name)
    with zipfile.ZipFile(path) as archive:
        own = archive.read(f"iamsim-{version}.data/scripts/iamsim")
        names = archive.namelist()
    same = hashlib.sha256(own).digest() == hashlib.sha256(Path(binary).read_bytes()).digest()
    expect(same, "the wheel has another binary than the release build")
    for licence in ["LICENSE-MIT", "LICENSE-APACHE", "LICENSE-DATA"]:
        expect(any(name.endswith(f"/licenses/{licence}") for name in names), f"{licence} is not in the wheel")
    expect(not any(name.endswith(".py") for name in names), "the wheel has Python in it")


def read_yaml(*paths):
    import yaml

    for path in paths:
        expect(yaml.safe_load(Path(path).read_text(encoding="utf-8")), f"{path} is empty")


def documents(page, folder):
    """Writes the YAML that a page shows into files named for what it is."""
    import yaml

    text = Path(page).read_text(encoding="utf-8")
    folder = Path(folder)
    folder.mkdir()
    kinds = {"jobs": "github-{}.yml", "repos": "pre-commit-{}.yaml"}
    written = set()
    for number, block in enumerate(re.findall(r"^```yaml\n(.*?)^```$", text, re.S | re.M)):
        document = yaml.safe_load(block)
        for key, name in kinds.items():
            if key in document:
                (folder / name.format(number)).write_text(block, encoding="utf-8")
                written.add(key)
    expect(written == set(kinds), f"{page} shows only {written}")


def inputs(action, *workflows):
    """Workflows give the action nothing that it does not take, and read no output that it has not."""
    import yaml

    action = yaml.safe_load(Path(action).read_text(encoding="utf-8"))
    uses = 0
    for path in workflows:
        text = Path(path).read_text(encoding="utf-8")
        for job in yaml.safe_load(text)["jobs"].values():
            for step in job["steps"]:
                if step.get("uses", "").startswith("iamsim/iamsim@"):
                    uses += 1
                    unknown = set(step.get("with", {})) - set(action["inputs"])
                    expect(not unknown, f"{path} gives the action {unknown}")
        for output in re.findall(r"steps\.iamsim\.outputs\.([a-z-]+)", text):
            expect(output in action["outputs"], f"{path} reads the output {output}")
    expect(uses == len(workflows), f"{uses} uses of the action in {len(workflows)} workflows")


def other_files(folder):
    """JSON that is everywhere and no policy."""
    folder = Path(folder)
    statement = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    role = {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [statement]}}
    template = {"Resources": {"Role": {"Type": "AWS::IAM::Role", "Properties": role}}}
    packages = {
        f"node_modules/package-{number}": {"version": "1.0.0", "integrity": "sha512-" + "a" * 86}
        for number in range(60_000)
    }
    files = {
        "package.json": json.dumps({"name": "shop", "version": "1.0.0"}),
        "package-lock.json": json.dumps({"lockfileVersion": 3, "packages": packages}),
        "tsconfig.json": '{\n  // for the browser\n  "compilerOptions": {"strict": true,},\n}\n',
        "settings.jsonc": '{"editor.tabSize": 2, /* two */ "files.eol": "\\n"}\n',
        "template.json": json.dumps(template),
        "empty.json": "",
        "broken.json": '{"a": ',
        "list.json": "[1, 2, 3]",
        "conditions.json": '{"Effect": "strong"}',
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")


COMMANDS = {
    "annotations": annotations,
    "documents": documents,
    "failed": failed,
    "gitlab": gitlab,
    "inputs": inputs,
    "matcher": matcher,
    "other-files": other_files,
    "outputs": outputs,
    "sarif": sarif,
    "summary": summary,
    "wheel": wheel,
    "yaml": read_yaml,
}

if __name__ == "__main__":
    COMMANDS[sys.argv[1]](*sys.argv[2:])
