#!/bin/bash
# Serves one GitHub Actions job on an EC2 instance, then ends it (its shutdown behaviour is "terminate"). As user data it
# follows assignments of MAYFLY_*. cloud-init runs it late, as root, and waits for it: never wait for cloud-init here.
set -Eeuo pipefail
part=${MAYFLY_PART:-all}
[[ $part == none ]] || trap 'shutdown -h now' EXIT
export -n MAYFLY_JIT_CONFIG

register=${MAYFLY_REGISTER_SECONDS:-600} idle=${MAYFLY_IDLE_SECONDS:-600} max=${MAYFLY_MAX_SECONDS:-43200}
grace=${MAYFLY_GRACE_SECONDS:-60} clock=${MAYFLY_CLOCK:-/proc/uptime}
user=runner root=${MAYFLY_ROOT:-} imds=${MAYFLY_IMDS:-http://169.254.169.254}
dir=$(readlink -m "${MAYFLY_HOME:-$root/opt/actions-runner}") console=${MAYFLY_CONSOLE:-$root/dev/console}
run=$root/run/mayfly log=$run/runner.log stopping=$run/stopping
# An update makes "bin" a link to bin.VERSION.
listener="$dir/bin[^/ ]*/Runner\.Listener" worker="$dir/bin[^/ ]*/Runner\.Worker"
any="$dir/(bin[^/ ]*/Runner\.(Listener|Worker)|run(-helper)?\.sh)"

# Seconds since boot.
tick() {
  read -r now _ <"$clock"
  now=${now%.*}
}

say() {
  local now line
  tick
  line="mayfly: $now $*"
  echo "$line" || :
  { echo "$line" >>"$console"; } 2>/dev/null || :
}

die() {
  say "failed: $*"
  exit 1
}

# systemd waits for this script, not for its children: the fallbacks.
power_off() {
  set +e
  trap - EXIT ERR
  trap : TERM INT HUP
  say "powering off: $*"
  stop_runner
  {
    sleep 90
    systemctl poweroff -ff
    sleep 90
    echo o >"$root/proc/sysrq-trigger"
  } </dev/null &>/dev/null &
  shutdown -h now || systemctl poweroff -f
  exit
}

# False: no such process.
signal() { pkill "-$1" -f -- "$2"; }

# SIGINT: the listener cancels its job and reports it. What is left after a while is killed.
stop_runner() {
  local now end
  : >"$stopping"
  signal INT "$listener"
  tick
  end=$((now + grace))
  while signal 0 "$any" && ((now < end)); do
    sleep 1
    tick
  done
  signal KILL "$any"
}

# Reads on in the runner's output. Job names and keys stay off the console.
look() {
  local line
  tick
  while :; do
    IFS= read -r line <&3 || { rest+=$line && break; }
    line=$rest$line rest=''
    case $line in
      *'Running job'*) busy=1 && say "job started" ;;
      # An update starts idling anew, but not for ever (actions/runner#1396)
      *'Listening for Jobs'* | *'Connected to GitHub'* | *'unner update in progress'*) ((resets++ > 5)) || since=$now ;;
    esac
    [[ $busy || ! $line || $line =~ [A-Za-z0-9+/=_-]{60} ]] || say "runner: ${line:0:200}"
  done
  ! signal 0 "$worker" || busy=1
}

# False: stay. The listener is frozen for the last look: SIGINT would cancel a job just taken. None: an update.
stop_idle() {
  local pids
  mapfile -t pids < <(pgrep -f -- "$listener")
  kill -STOP "${pids[@]}" || ((now - since >= idle + 60)) || return 1
  look
  if [[ ! $busy ]]; then
    say "stopping idle listener"
    : >"$stopping"
    kill -INT "${pids[@]}"
  fi
  # By number: a child may be a worker by now.
  kill -CONT "${pids[@]}"
  local end=$((now + grace))
  while [[ ! $busy ]]; do
    signal 0 "$any" && ((now < end)) || return 0
    sleep 1
    look
  done
  say "a job came: staying"
  return 1
}

spot_notice() {
  [[ ${MAYFLY_MARKET:-} == spot ]] && ((now >= spot)) || return 1
  spot=$((now + 5))
  local token=(-X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' "$imds/latest/api/token")
  curl -sf -m 2 "${token[@]}" | sed 's/^/X-aws-ec2-metadata-token: /' |
    curl -sf -m 2 -o /dev/null -H @- "$imds/latest/meta-data/spot/instance-action"
}

watchdog() {
  set +e
  trap - ERR
  unset MAYFLY_JIT_CONFIG
  echo -1000 >"/proc/$BASHPID/oom_score_adj"
  exec 3<"$log"
  local why now rest='' busy='' since='' resets=0 spot=0
  while :; do
    sleep 1
    look
    if ((now >= max)); then
      why="hard limit of $max s"
    elif spot_notice; then
      why="spot interruption"
    elif [[ ! $busy && ! $since ]] && ((now >= register)); then
      why="not connected after $register s"
    elif [[ ! $busy && $since ]] && ((now - since >= idle)) && stop_idle; then
      why="no job for $idle s"
    elif [[ ! -e $stopping ]] && ! kill -0 $$ 2>/dev/null && ! signal 0 "$worker"; then
      why="script is gone"
    else
      continue
    fi
    power_off "$why"
  done
}

prepare_user() {
  local sudoers=$root/etc/sudoers.d/mayfly
  id -u "$user" &>/dev/null || useradd -mU -s /bin/bash "$user"
  [[ $(id -u "$user") != 0 ]] || die "$user is root"
  rm -f "$sudoers"
  if [[ $MAYFLY_SUDO == true ]]; then
    (umask 227 && echo "$user ALL=(ALL) NOPASSWD:ALL" >"$sudoers")
    ! getent group docker >/dev/null || usermod -aG docker "$user"
  fi
  as_user=("$(type -P setpriv)" --reuid "$user" --regid "$(id -g "$user")" --init-groups --)
}

# cloud-init keeps copies of the user data. A machine that boots again has lost its job.
hide_user_data() {
  local cloud=$root/var/lib/cloud
  rm -f "$cloud"/instance/{user-data.txt*,obj.pkl,scripts/part-*} "$root/run/cloud-init/instance-data-sensitive.json"
  mkdir -p "$cloud"/{instances,scripts/per-boot}
  chmod 700 "$cloud/instances"
  printf '#!/bin/sh\nshutdown -h now\n' >"$cloud/scripts/per-boot/mayfly"
  chmod 755 "$cloud/scripts/per-boot/mayfly"
}

# For all but root. "protocol kernel": systemd-networkd drops other rules when it restarts.
close_metadata() {
  local rule=(pref 100 uidrange 1-4294967294 protocol kernel prohibit to)
  local reject=(-w -I OUTPUT -m owner ! --uid-owner 0 -j REJECT -d)
  ip rule add "${rule[@]}" 169.254.169.254 || iptables "${reject[@]}" 169.254.169.254 || die "metadata can't be closed"
  [[ ! -e /proc/net/if_inet6 ]] || ip -6 rule add "${rule[@]}" fd00:ec2::254 ||
    ip6tables "${reject[@]}" fd00:ec2::254 || die "metadata can't be closed"
  ! "${as_user[@]}" curl -s -m 2 -o /dev/null "$imds/" || die "metadata is still open"
  say "metadata closed"
}

install_runner() {
  [[ ! -x $dir/bin/Runner.Listener ]] || return 0
  local arch sum file error version=$MAYFLY_RUNNER_VERSION
  case $(uname -m) in
    x86_64) arch=x64 sum=$MAYFLY_RUNNER_SHA256_X64 ;;
    *) arch=arm64 sum=$MAYFLY_RUNNER_SHA256_ARM64 ;;
  esac
  file=actions-runner-linux-$arch-$version.tar.gz
  say "downloading $file"
  mkdir -p "$dir"
  cd "$dir"
  error=$(curl -sSfL --proto-redir =https --connect-timeout 10 -m 240 --retry "${MAYFLY_RETRIES:-5}" --retry-all-errors \
    -o "$file" "${MAYFLY_DOWNLOAD_URL:-https://github.com/actions/runner/releases/download}/v$version/$file" 2>&1) ||
    die "download: ${error##*$'\n'}"
  sha256sum -c --status <<<"$sum  $file" || die "wrong checksum of $file"
  tar -xzf "$file"
  rm "$file"
  chown -R "$user:" .
}

# Becomes run.sh. The configuration goes by environment: anybody can read arguments.
start_runner() {
  local name
  for name in $(compgen -e); do export -n "${name?}"; done
  export ACTIONS_RUNNER_INPUT_JITCONFIG=$MAYFLY_JIT_CONFIG
  export RUNNER_MANUALLY_TRAP_SIG=1 ACTIONS_RUNNER_RETURN_VERSION_DEPRECATED_EXIT_CODE=1
  export USER=$user LOGNAME=$user SHELL=/bin/bash LANG=C.UTF-8 HOME
  HOME=$(getent passwd "$user" | cut -d: -f6)
  # .NET without libicu (packages need port 80 and a lock). Jobs inherit it: only where it is missing.
  [[ $(ldconfig -p) == *libicuuc* ]] || export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
  export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/snap/bin
  ulimit -Sn 65536 || :
  umask 022
  cd "$dir"
  exec "${as_user[@]}" "$dir/run.sh"
}

serve() {
  local try code
  for try in 1 2; do
    say "runner, attempt $try"
    # Without job control a background process ignores SIGINT.
    set -m
    start_runner </dev/null &>>"$log" &
    set +m
    code=0
    wait $! || code=$?
    say "runner ended with $code"
    while signal 0 "$worker"; do sleep 1; done
    ! grep -q 'Running job' "$log" || break
    # The watchdog brings its last words to the console.
    sleep 2
    # A new runner is refused now and then (actions/runner#2507); 7 is a version GitHub no longer accepts.
    if [[ $code == 7 || -e $stopping ]] || grep -qE 'Connected to GitHub|Listening for Jobs' "$log"; then break; fi
  done
}

boot() {
  say "boot of ${MAYFLY_RUNNER:-?}, sudo ${MAYFLY_SUDO:=false}"
  type -P curl pkill setpriv >/dev/null
  prepare_user
  hide_user_data
  close_metadata
  install_runner
  serve
}

# "watchdog" and "boot" are for an image with two units, "none" is for sourcing.
if [[ $part != none ]]; then
  trap 'power_off "ended with $?"' EXIT
  trap 'exit 143' TERM INT HUP
  trap 'say "line $LINENO: $BASH_COMMAND"' ERR
  mkdir -p "$run"
  chmod 700 "$run"
  : >>"$log"
  if [[ $part == all ]]; then
    watchdog &
    part=boot
  fi
  "$part"
fi
