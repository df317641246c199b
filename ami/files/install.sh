# shellcheck shell=bash
# What the install scripts share. Sourced.

# retry COMMAND ...: networks fail; five tries over about a minute.
retry() {
  local try
  for try in 2 4 8 16 0; do
    "$@" && return 0
    ((try > 0)) || break
    echo "again in ${try} s: $*" >&2
    sleep "$try"
  done
  echo "failed five times: $*" >&2
  return 1
}

# download URL FILE
download() {
  retry curl -sSfL --proto '=https' --proto-redir '=https' --connect-timeout 10 -m 300 -o "$2" "$1"
}

# checked SHA256 FILE: nothing unverified is unpacked or run.
checked() {
  echo "$1  $2" | sha256sum -c --quiet - || { echo "wrong checksum of $2" >&2; return 1; }
}

install_packages() {
  retry apt-get -o DPkg::Lock::Timeout=120 install -y -q --no-install-recommends "$@"
}
