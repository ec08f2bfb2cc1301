#!/usr/bin/env bash
# The step of action.yml: gets iamsim, runs `iamsim lint`, and tells GitHub what came of it.
#
# All inputs are in the environment. Bash 3.2 is enough, which is what macOS has.
set -euo pipefail

# The inputs that mean something else where they are empty.
format=${INPUT_FORMAT:-annotations}
summary=${INPUT_SUMMARY:-true}
iamsim=${INPUT_IAMSIM:-${IAMSIM:-}}

# Text as the message of a workflow command, so that no part of it is a command of its own.
escaped() {
  local text=$1
  text=${text//'%'/%25}
  text=${text//$'\r'/%0D}
  text=${text//$'\n'/%0A}
  printf '%s' "$text"
}

fail() {
  printf '::error title=iamsim::%s\n' "$(escaped "$1")"
  exit 2
}

# Prints a file that may hold text of a pull request, while no line of it can be a workflow command.
print_quoted() {
  [ -s "$1" ] || return 0
  local token
  token=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  printf '::stop-commands::%s\n' "$token"
  cat "$1"
  printf '\n::%s::\n' "$token"
}

# The lines of a text that are not blank become `lines`.
lines=()
read_lines() {
  local line
  lines=()
  while IFS= read -r line || [ -n "$line" ]; do
    line=${line%$'\r'}
    if [[ $line =~ [^[:space:]] ]]; then
      lines+=("$line")
    fi
  done <<<"$1"
}

install() {
  local version=${INPUT_VERSION-} python venv=$folder/venv
  [[ $version =~ ^[0-9]+(\.[0-9]+)*[0-9A-Za-z.+-]*$ ]] || fail "the input version is not a version: $version"
  python=$(command -v python3 || command -v python) || fail 'iamsim is installed with Python, and there is none; actions/setup-python brings it'
  "$python" -m venv "$venv"
  # On Windows the programs are elsewhere.
  local programs=$venv/bin
  [ -d "$programs" ] || programs=$venv/Scripts
  # Wheels alone: nothing is to be run in order to install.
  "$programs/python" -m pip install --quiet --disable-pip-version-check --no-input --no-deps \
    --only-binary :all: "iamsim==$version" || fail "iamsim $version could not be installed"
  iamsim=$programs/iamsim
}

case $format in
annotations | sarif | none) ;;
*) fail "the input format is one of annotations, sarif and none, not: $format" ;;
esac
case $summary in
true | false) ;;
*) fail "the input summary is true or false, not: $summary" ;;
esac

# It stays, since later steps upload the SARIF file.
folder=$(mktemp -d "${RUNNER_TEMP:-${TMPDIR:-/tmp}}/iamsim.XXXXXX")
if [ -z "$iamsim" ]; then
  install
elif [[ $iamsim == */* ]]; then
  [ -f "$iamsim" ] || fail "there is no iamsim at: $iamsim"
  iamsim=$(cd -- "$(dirname -- "$iamsim")" && pwd)/$(basename -- "$iamsim")
else
  # A name is looked for in PATH alone, since the working directory belongs to the pull request.
  iamsim=$(type -P -- "$iamsim") || fail "there is no iamsim in PATH called: $iamsim"
fi

arguments=(lint "--output=jsonl=$folder/findings.jsonl")
sarif_file=
case $format in
annotations) arguments+=(--format=github) ;;
sarif)
  sarif_file=$folder/iamsim.sarif
  arguments+=(--format=concise "--output=sarif=$sarif_file")
  ;;
none) arguments+=(--format=full) ;;
esac
if [ "$summary" = true ]; then
  arguments+=("--output=markdown=$folder/summary.md")
fi
if [ -n "${INPUT_CONFIG-}" ]; then
  arguments+=("--config=$INPUT_CONFIG")
fi
if [ -n "${INPUT_BASELINE-}" ]; then
  arguments+=("--baseline=$INPUT_BASELINE")
fi
if [ -n "${INPUT_FAIL_ON-}" ]; then
  arguments+=("--fail-on=$INPUT_FAIL_ON")
fi
read_lines "${INPUT_ARGS-}"
for line in ${lines[@]+"${lines[@]}"}; do
  if [[ $line =~ ^-[^=[:space:]]*[[:space:]] ]]; then
    fail "the input args has one argument a line, so write --option=value for: $line"
  fi
  arguments+=("$line")
done
read_lines "${INPUT_PATHS-}"
arguments+=(-- ${lines[@]+"${lines[@]}"})

if [ -n "${INPUT_WORKING_DIRECTORY-}" ]; then
  cd -- "$INPUT_WORKING_DIRECTORY" 2>/dev/null || fail "there is no folder: $INPUT_WORKING_DIRECTORY"
fi

exit_code=0
# The summary is written below, once.
env -u GITHUB_STEP_SUMMARY "$iamsim" "${arguments[@]}" \
  </dev/null >"$folder/stdout" 2>"$folder/stderr" || exit_code=$?

if [ "$format" = annotations ]; then
  cat "$folder/stdout"
else
  print_quoted "$folder/stdout"
fi
print_quoted "$folder/stderr"

findings=
if [ -f "$folder/findings.jsonl" ]; then
  findings=$(wc -l <"$folder/findings.jsonl" | tr -d ' ')
fi
if [ ! -f "$sarif_file" ]; then
  # There is nothing to upload.
  sarif_file=
fi
if [ -n "${GITHUB_OUTPUT-}" ]; then
  {
    printf 'sarif-file=%s\n' "$sarif_file"
    printf 'findings=%s\n' "$findings"
    printf 'exit-code=%s\n' "$exit_code"
  } >>"$GITHUB_OUTPUT"
fi

if [ -f "$folder/summary.md" ] && [ -n "${GITHUB_STEP_SUMMARY-}" ]; then
  # iamsim keeps below what GitHub takes of a step.
  cat "$folder/summary.md" >>"$GITHUB_STEP_SUMMARY"
fi

if [ "$exit_code" -gt 1 ]; then
  fail 'iamsim could not do its work; the log of the step says why'
fi
exit "$exit_code"
