# Sourced by the scripts: creates the project's Python environment in .venv, or updates it when a requirements
# file changed. Usage: environment FILE…   (sets $root and $python)
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
    echo "Python 3.11 or newer is required; '$base' is older or missing (set PYTHON=…)." >&2
    exit 1
  }
  [ -x "$python" ] || "$base" -m venv "$root/.venv" || {
    echo "Could not create a virtual environment (on Debian: apt-get install python3-venv)." >&2
    exit 1
  }
  echo "Installing the pinned packages …" >&2
  files=""
  for file in "$@"; do files="$files -r $file"; done
  # shellcheck disable=SC2086
  "$python" -m pip install -qq --disable-pip-version-check --require-hashes $files
  echo "$wanted" >> "$stamp"
}

# The packages that the site needs with the settings of this environment.
site_environment() {
  if [ -n "${DATABASE_URL:-}${DATABASE_URL_FILE:-}" ]; then set -- requirements.txt; else set -- script/requirements.txt; fi
  [ -z "${MEDIA_STORAGE_URL:-}${MEDIA_STORAGE_URL_FILE:-}" ] || set -- "$@" script/requirements-s3.txt
  environment "$@"
}
