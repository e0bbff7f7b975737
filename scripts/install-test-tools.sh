#!/usr/bin/env bash
# Brings what the tests drive besides Node (Debian and Ubuntu): other people's FTP and SFTP clients, languages with an FTP library,
# openssl, tmux, strace, FUSE and a browser, installed; other people's servers (FTP, SSH, rsyslog, ClamAV, Prometheus), only unpacked, in
# .test-tools/ of this clone: installing them would start them.
# What can't be had is named; under CI=true that is a failure, elsewhere those tests skip.
set -euo pipefail
cd "$(dirname "$0")/.."

# Each with what shows that it is there: a command, or a file below /usr/share or /usr/lib.
declare -A shown_by=(
  [curl]=curl [lftp]=lftp [rclone]=rclone [restic]=restic [python3]=python3 [openssl]=openssl [unzip]=unzip [tmux]=tmux [strace]=strace
  [chromium]=chromium
  [php-cli]=php [ruby]=ruby [default-jdk-headless]=javac [fuse3]=fusermount3
  [sshfs]=sshfs [vim]=vim [putty-tools]=psftp [ssh-audit]=ssh-audit
  [xfsprogs]=mkfs.xfs [zsh]=zsh [fish]=fish [groff]=preconv [systemd]=systemd-analyze [binutils]=strip [age]=age [openssh-client]=sftp
  [libcommons-net-java]=/usr/share/java/commons-net.jar
  [python3-aioftp]=/usr/lib/python3/dist-packages/aioftp
  [python3-cryptography]=/usr/lib/python3/dist-packages/cryptography
  [python3-fusepy]=/usr/lib/python3/dist-packages/fusepy.py
  [python3-paramiko]=/usr/lib/python3/dist-packages/paramiko
  [python3-asyncssh]=/usr/lib/python3/dist-packages/asyncssh
)
servers=(sbin/vsftpd sbin/proftpd sbin/pure-ftpd sbin/sshd sbin/rsyslogd sbin/clamd bin/promtool)
server_packages=(
  vsftpd proftpd-core proftpd-mod-crypto pure-ftpd pure-ftpd-common openssh-server openssh-sftp-server rsyslog rsyslog-gnutls
  prometheus clamav-daemon
)
# Only the benchmark wants it; no test misses it.
bench_packages=(python3-pyftpdlib python3-openssl)
directory=.test-tools
work=$(mktemp -d)

missing_tools() {
  local package shown
  for package in "${!shown_by[@]}"; do
    shown=${shown_by[$package]}
    [ -e "$shown" ] || command -v "$shown" >/dev/null || echo "$package"
  done
}

missing_servers() {
  local server
  for server in "${servers[@]}"; do [ -x "$directory/usr/$server" ] || echo "${server#*/}"; done
}

lacks_bench_packages() { [ ! -d "$directory/usr/lib/python3/dist-packages/pyftpdlib" ]; }

install_tools() {
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  # shellcheck disable=SC2046 # one word a tool
  apt-get install -y -qq --no-install-recommends $(missing_tools) ca-certificates
}

# Lists and packages go to a directory of their own, so that this needs no right on the system.
own_apt() {
  "$@" -o "Dir::State::Lists=$work/lists" -o "Dir::Cache=$work/cache" -o APT::Sandbox::User=root
}

# Packages that the servers need and that this system has not.
missing_libraries() {
  local package
  own_apt apt-cache depends --recurse --important "$@" | grep -E '^(lib|python3-)' | sort -u |
    while read -r package; do
      dpkg-query -W -f '${Status}\n' "$package" 2>/dev/null | grep -q ' installed$' || echo "$package"
    done
}

# Unpacks the packages, and what they need, into the directory.
unpack() {
  local package
  mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$work/packages"
  own_apt apt-get update -qq
  # shellcheck disable=SC2046 # one word a package
  (cd "$work/packages" && own_apt apt-get download -qq "$@" $(missing_libraries "$@"))
  mkdir -p "$directory"
  for package in "$work"/packages/*.deb; do dpkg -x "$package" "$directory"; done
}

finish() {
  local missing
  rm -rf "$work"
  missing=$(missing_tools; missing_servers)
  [ -z "$missing" ] && exit 0
  echo "Some tests need programs that are not here:" $missing >&2
  [ "${CI:-}" = true ] && exit 1
  exit 0
}
trap finish EXIT

command -v apt-get >/dev/null || exit
if [ -n "$(missing_tools)" ] && [ "$(id -u)" -eq 0 ]; then install_tools; fi
if [ -n "$(missing_servers)" ]; then unpack "${server_packages[@]}"; fi
if lacks_bench_packages; then unpack "${bench_packages[@]}" || echo "The benchmark goes without pyftpdlib" >&2; fi
