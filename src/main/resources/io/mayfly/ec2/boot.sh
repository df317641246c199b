#!/bin/bash
# Serves one GitHub Actions job on an EC2 instance, then ends it. Follows assignments of MAYFLY_*. cloud-init runs it
# late, as root, and waits for it: never wait for cloud-init here.
set -Eeuo pipefail
part=${MAYFLY_PART:-all}
[[ $part == none ]] || trap 'shutdown -h now' EXIT
export -n MAYFLY_JIT_CONFIG

register=${MAYFLY_REGISTER_SECONDS:-600} idle=${MAYFLY_IDLE_SECONDS:-600} max=${MAYFLY_MAX_SECONDS:-43200}
grace=${MAYFLY_GRACE_SECONDS:-60} clock=${MAYFLY_CLOCK:-/proc/uptime}
user=runner root=${MAYFLY_ROOT:-} imds=${MAYFLY_IMDS:-http://169.254.169.254}
sudoers=$root/etc/sudoers dir=$(readlink -m "${MAYFLY_HOME:-$root/opt/actions-runner}") console=$root/dev/console
run=$root/run/mayfly log=$run/runner.log stopping=$run/stopping
# An update makes "bin" a link to bin.VERSION.
own="^([^ ]*bash )?$dir/" bin='bin[^/ ]*/Runner\.'
listener="$own${bin}Listener( |\$)" worker="$own${bin}Worker( |\$)" any="$own($bin(Listener|Worker)|run(-helper)?\.sh)( |\$)"

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

# systemd waits for this script, not for its children.
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

find_all() { pgrep -U "$user" -f -- "$1" 2>/dev/null; }

signal() {
  local pids
  mapfile -t pids < <(find_all "$2")
  kill "-$1" "${pids[@]}" 2>/dev/null
}

# Only what is below our run.sh is a worker. Once seen there it may outlive its listener.
working() {
  local pid up ours='' found=1
  [[ ! -s $run/pid ]] || read -r ours <"$run/pid"
  for pid in $(find_all "$worker" || :); do
    up=$pid
    until [[ -e $run/worker.$pid ]]; do
      [[ $up != "$ours" ]] || : >"$run/worker.$pid"
      { read -r up <"/proc/$up/stat"; } 2>/dev/null || break
      up=${up##*\) ? } up=${up%% *}
      ((up > 1)) || break
    done
    [[ ! -e $run/worker.$pid ]] || found=0
  done
  return "$found"
}

# SIGINT: the listener cancels its job and reports it.
stop_runner() {
  local now end
  : >"$stopping"
  signal INT "$listener"
  tick
  end=$((now + grace))
  while find_all "$any" >/dev/null && ((now < end)); do
    sleep 1
    tick
  done
  signal KILL "$any"
}

# Reads on. Job names and keys stay off the console.
look() {
  local line
  tick
  while :; do
    IFS= read -r line <&3 || { rest+=$line && break; }
    line=$rest$line rest=''
    case $line in
      *'Running job'*) busy=1 && say "job started" ;;
      # An update idles anew, not for ever (actions/runner#1396)
      *'Listening for Jobs'* | *'Connected to GitHub'* | *'unner update in progress'*) ((resets++ > 5)) || since=$now ;;
    esac
    [[ $busy || ! $line || $line =~ [A-Za-z0-9+/=_-]{60} ]] || say "runner: ${line:0:200}"
  done
  ! working || busy=1
}

# False: stay. Frozen for the last look: SIGINT would cancel a job just taken. No listener: an update.
stop_idle() {
  local pids
  mapfile -t pids < <(find_all "$listener")
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
    find_all "$any" >/dev/null && ((now < end)) || return 0
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
    elif [[ ! -e $stopping ]] && ! kill -0 $$ 2>/dev/null && ! working; then
      why="script is gone"
    else
      continue
    fi
    power_off "$why"
  done
}

prepare_user() {
  local group=-U
  ! getent group "$user" >/dev/null || group=-g$user
  id -u "$user" &>/dev/null || useradd -m "$group" -s /bin/bash "$user"
  uid=$(id -u "$user")
  [[ $uid != 0 ]] || die "$user is root"
  rm -f "$sudoers.d/mayfly"
  [[ $MAYFLY_SUDO == true ]] || drop_rights
  as=("$(type -P setpriv)" --reuid "$user" --regid "$(id -g "$user")" --init-groups --)
  if [[ $MAYFLY_SUDO == true ]]; then allow_sudo; else check_no_sudo; fi
  home=$(getent passwd "$user" | cut -d: -f6)
  if ! "${as[@]}" test -w "$home/."; then
    home=$root/home/$user
    usermod -d "$home" "$user"
    mkdir -p "$home"
    chown -R "$user:" "$home"
  fi
}

allow_sudo() {
  mkdir -p "$sudoers.d"
  (umask 227 && echo "$user ALL=(ALL) NOPASSWD:ALL" >"$sudoers.d/mayfly")
  ! getent group docker >/dev/null || usermod -aG docker "$user"
  ! type -P sudo >/dev/null || "${as[@]}" sudo -n true || die "$user can't use sudo"
}

drop_rights() {
  local me="\"?%?($user|#$uid)\"?"
  getent group "$user" >/dev/null || groupadd "$user"
  usermod -g "$user" -G '' "$user"
  find "$sudoers" "$sudoers.d" -type f -exec sed -Ei -e ':a;/\\$/{N;s/\\\n//;ba}' -e ":b;s/,\s*$me(\s|,|\$)/\2/;tb" \
    -e "s/^(\s*(User_Alias.*=\s*)?)$me\s*,\s*/\1/;/^\s*$me\s/d" {} + 2>/dev/null || :
}

check_no_sudo() {
  local said
  said=$("${as[@]}" id -un) said+=" $("${as[@]}" id -Gn)"
  [[ $said == "$user $user" ]] || die "no sudo, but user and groups are $said"
  ! "${as[@]}" test -w "$root/run/docker.sock" || die "no sudo, but Docker is open to $user"
  type -P sudo >/dev/null || return 0
  said=$(LC_ALL=C sudo -n -l -U "$user" 2>&1) || :
  [[ $said == *"not allowed to run sudo"* ]] || die "no sudo, but: ${said##*$'\n'}"
}

# They hold the locks of a job's first apt-get.
stop_updates() {
  local lock tries=60
  systemctl mask --runtime --now --no-block {apt-daily{,-upgrade},dnf-{automatic,makecache}}.{timer,service} \
    unattended-upgrades.service packagekit.service &>/dev/null || :
  for lock in "$root"/var/lib/{dpkg/lock-frontend,apt/lists/lock}; do
    while [[ -e $lock ]] && grep -q ":$(stat -c %i "$lock") " "$root/proc/locks" && ((tries--)); do
      say "waiting for the image's updates"
      sleep 5
    done
  done
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
  local no="metadata can't be closed" rule=(pref 100 uidrange 1-4294967294 protocol kernel prohibit to)
  local reject=(-w -I OUTPUT -m owner ! --uid-owner 0 -j REJECT -d)
  ip rule add "${rule[@]}" 169.254.169.254 || iptables "${reject[@]}" 169.254.169.254 || die "$no"
  [[ ! -e /proc/net/if_inet6 ]] || ip -6 rule add "${rule[@]}" fd00:ec2::254 ||
    ip6tables "${reject[@]}" fd00:ec2::254 || die "$no"
  ! "${as[@]}" curl -s -m 2 -o /dev/null "$imds/" || die "metadata is still open"
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
}

own_runner() {
  [[ $(stat -c %U "$dir" "$dir"/* | sort -u) == "$user" ]] || chown -R "$user:" "$dir"
  "${as[@]}" test -w "$dir" -a -x "$dir/run.sh" || die "$user can't use $dir"
}

# Becomes run.sh. Anybody can read arguments, nobody its environment.
start_runner() {
  local name
  for name in $(compgen -e); do export -n "${name?}"; done
  export ACTIONS_RUNNER_INPUT_JITCONFIG=$MAYFLY_JIT_CONFIG
  export RUNNER_MANUALLY_TRAP_SIG=1 ACTIONS_RUNNER_RETURN_VERSION_DEPRECATED_EXIT_CODE=1
  export USER=$user LOGNAME=$user SHELL=/bin/bash LANG=C.UTF-8 HOME=$home
  # .NET without libicu. Jobs inherit it: only where it is missing.
  [[ $(ldconfig -p) == *libicuuc* ]] || export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
  export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/snap/bin
  ulimit -Sn 65536 || :
  umask 022
  cd "$dir"
  exec "${as[@]}" "$dir/run.sh"
}

serve() {
  local try code
  for try in 1 2; do
    say "runner, attempt $try"
    # Else a background process ignores SIGINT.
    set -m
    start_runner </dev/null &>>"$log" &
    set +m
    echo $! >"$run/pid"
    code=0
    wait $! || code=$?
    say "runner ended with $code"
    while working; do sleep 1; done
    ! grep -q 'Running job' "$log" || break
    # The watchdog brings its last words to the console.
    sleep 2
    # Refused now and then (actions/runner#2507); 7: GitHub no longer accepts this version.
    if [[ $code == 7 || -e $stopping ]] || grep -qE 'Connected to GitHub|Listening for Jobs' "$log"; then break; fi
  done
}

boot() {
  say "boot of ${MAYFLY_RUNNER:-?}, sudo ${MAYFLY_SUDO:=false}"
  local tool
  for tool in curl pgrep setpriv useradd; do type -P $tool >/dev/null || die "no $tool"; done
  prepare_user
  hide_user_data
  close_metadata
  install_runner
  own_runner
  stop_updates
  serve
}

# "watchdog" and "boot": an image with two units; "none": sourcing.
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
