#!/usr/bin/env bash
# Installs what the tests drive besides Node: other people's FTP clients, and openssl (Debian and Ubuntu).
# Without the right to install, it says what is missing; under CI=true that is a failure, elsewhere those tests skip.
set -euo pipefail

tools=(curl lftp rclone python3 openssl)
missing=()
for tool in "${tools[@]}"; do
  command -v "$tool" >/dev/null || missing+=("$tool")
done
[ ${#missing[@]} -eq 0 ] && exit 0

if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends "${missing[@]}" ca-certificates
  exit 0
fi

echo "Some tests need tools that are not here. Install them: apt-get install ${missing[*]}" >&2
[ "${CI:-}" = true ] && exit 1
exit 0
