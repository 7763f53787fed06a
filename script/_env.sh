# Sourced by the scripts: creates a Python environment, or updates it when a requirements file changed. It is the
# project's own, in .venv, unless the script sets $venv to another folder. Usage: environment FILE…   (sets $root, $python)
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
export DETOX_VAR="${DETOX_VAR:-$root/var}"
export PYTHONDONTWRITEBYTECODE="${PYTHONDONTWRITEBYTECODE:-}"
venv="$root/.venv"

environment() {
  python="$venv/bin/python"
  stamp="$venv/installed"
  wanted=$(cat "$@" | cksum)
  if [ -x "$python" ] && [ -f "$stamp" ] && grep -qxF "$wanted" "$stamp"; then return; fi
  base="${PYTHON:-python3}"
  "$base" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || {
    echo "Python 3.11 or newer is required; '$base' is older or missing (set PYTHON=…)." >&2
    return 1
  }
  [ -x "$python" ] || "$base" -m venv "$venv" || {
    echo "Could not create a virtual environment (on Debian: apt-get install python3-venv)." >&2
    return 1
  }
  echo "Installing the pinned packages …" >&2
  files=""
  for file in "$@"; do files="$files -r $file"; done
  # shellcheck disable=SC2086
  "$python" -m pip install -qq --disable-pip-version-check --require-hashes $files || return 1
  echo "$wanted" >> "$stamp"
}

# The packages that the site needs with the settings of this environment.
site_environment() {
  if [ -n "${DATABASE_URL:-}${DATABASE_URL_FILE:-}" ]; then set -- requirements.txt; else set -- script/requirements.txt; fi
  [ -z "${MEDIA_STORAGE_URL:-}${MEDIA_STORAGE_URL_FILE:-}" ] || set -- "$@" script/requirements-s3.txt
  environment "$@"
}
