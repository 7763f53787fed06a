# Sourced by the scripts: the project's own Python environment in .venv, made or brought up to date when
# a requirements file changed. Usage: environment FILE…   (leaves $root and $python set)
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
export DETOX_VAR="${DETOX_VAR:-$root/var}"
export PYTHONDONTWRITEBYTECODE="${PYTHONDONTWRITEBYTECODE:-}"
python="$root/.venv/bin/python"

environment() {
  stamp="$root/.venv/installed"
  wanted=$(cat "$@" | cksum)
  if [ -x "$python" ] && [ -f "$stamp" ] && grep -qxF "$wanted" "$stamp"; then return; fi
  base="${PYTHON:-python3}"
  "$base" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || {
    echo "This needs Python 3.11 or newer; '$base' is not (name one with PYTHON=…)." >&2
    exit 1
  }
  [ -x "$python" ] || "$base" -m venv "$root/.venv" || {
    echo "No virtual environment could be made (on Debian: apt-get install python3-venv)." >&2
    exit 1
  }
  echo "Installing the pinned packages …" >&2
  files=""
  for file in "$@"; do files="$files -r $file"; done
  # shellcheck disable=SC2086
  "$python" -m pip install -qq --disable-pip-version-check --require-hashes $files
  echo "$wanted" >> "$stamp"
}
