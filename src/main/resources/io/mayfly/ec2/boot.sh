#!/bin/bash
# Serves one GitHub Actions job on an EC2 instance, then ends it.
# Follows assignments of MAYFLY_*. What stands between +connect and -connect is there for pools with connect only, what is between +closed
# and -closed for all others. cloud-init runs it late, as root, and waits for it: never wait for cloud-init here.
set -Eeuo pipefail
part=${MAYFLY_PART:-all}
[[ $part == none ]] || trap 'shutdown -h now' EXIT

register=${MAYFLY_REGISTER_SECONDS:-600} idle=${MAYFLY_IDLE_SECONDS:-300} max=${MAYFLY_MAX_SECONDS:-43200}
grace=${MAYFLY_GRACE_SECONDS:-60} clock=${MAYFLY_CLOCK:-/proc/uptime}
user=runner root=${MAYFLY_ROOT:-} imds=${MAYFLY_IMDS:-http://169.254.169.254}
sudoers=$root/etc/sudoers dir=$(readlink -m "${MAYFLY_HOME:-$root/opt/actions-runner}")
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
  { echo "$line" >>"$root/dev/console"; } 2>/dev/null || :
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
  #+connect
  # 143: somebody shuts the machine down.
  [[ $* == *' 143' ]] || hold
  #-connect
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

metadata() {
  curl -sf -m 2 -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' "$imds/latest/api/token" |
    sed 's/^/X-aws-ec2-metadata-token: /' | curl -sf --fail-early -m 2 -w '\n' -H @- "${@/#/$imds/latest/meta-data/}"
}

#+connect
# Somebody looks at this machine: mayfly:hold says until when. For 4 h at most, not beyond the hard limit, not when shut down.
hold() {
  local now most end=0 value last='' key=tags/instance/mayfly:hold
  tick
  most=$((now + 14400 < max ? now + 14400 : max))
  trap most=0 TERM INT HUP
  while :; do
    value=$(metadata $key || metadata $key) || value=$last
    if [[ $value != "$last" ]]; then
      last=$value end=0
      [[ ! $value =~ ^([0-9]{1,12})(\ |$) ]] || end=$((now + 10#${BASH_REMATCH[1]} - $(date +%s)))
      ((end < most)) || end=$most
      say "held for $((end > now ? end - now : 0)) s"
    fi
    ((now < end && now < most)) || break
    sleep 10
    tick
  done
  trap : TERM INT HUP
}
#-connect

spot_notice() {
  [[ ${MAYFLY_MARKET:-} == spot ]] && ((now % 5 == 0)) && metadata spot/instance-action >/dev/null
}

watchdog() {
  set +e
  trap - ERR
  echo -1000 >"/proc/$BASHPID/oom_score_adj"
  exec 3<"$log"
  local why now rest='' busy='' since='' resets=0
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

# A machine that boots again has lost its job.
end_next_boot() {
  local scripts=$root/var/lib/cloud/scripts/per-boot
  mkdir -p "$scripts"
  printf '#!/bin/sh\nshutdown -h now\n' >"$scripts/mayfly"
  chmod 755 "$scripts/mayfly"
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

# Says "STATUS RETRY-AFTER WORDS", or last what went wrong. Python is cloud-init's, 3.9 or newer. Tabs, for blanks are left out of the user data.
ask() {
  local role
  role=$(metadata placement/region services/domain identity-credentials/ec2/security-credentials/ec2-instance) ||
    { echo "no identity from the metadata service" && return 1; }
  URL=$MAYFLY_URL TICKET=$MAYFLY_TICKET ROLE=$role timeout 30 python3 -IS <<'PY'
import hashlib, hmac, json, os, re, time, urllib.request as web
url, ticket, role = map(os.environ.get, ('URL', 'TICKET', 'ROLE'))
region, domain, role = role.split(None, 2)
role = json.loads(role)
def sha(text): return hashlib.sha256(text.encode()).hexdigest()
def mac(key, text): return hmac.digest(key, text.encode(), 'sha256')
token, now = role['Token'], time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())
signed = {'content-type': 'application/x-www-form-urlencoded', 'host': f'sts.{region}.{domain}', 'x-amz-date': now,
	'x-amz-security-token': token, 'x-mayfly-audience': url.split('/')[2]}
lines = ['POST', '/', '', *map(':'.join, signed.items()), '', ';'.join(signed),
	sha('Action=GetCallerIdentity&Version=2011-06-15')]
scope = f'{now[:8]}/{region}/sts/aws4_request'
lines = ['AWS4-HMAC-SHA256', now, scope, sha('\n'.join(lines))]
key = f"AWS4{role['SecretAccessKey']}".encode()
for part in scope.split('/'): key = mac(key, part)
body = {'v': 1, 'key': role['AccessKeyId'], 'token': token, 'date': now, 'signature': mac(key, '\n'.join(lines)).hex()}
headers = {'content-type': 'application/json', 'x-mayfly-ticket': ticket}
web.HTTPRedirectHandler.redirect_request = lambda *_: None
try: answer = web.urlopen(web.Request(url + 'claim', json.dumps(body).encode(), headers))
except web.HTTPError as e: answer = e
after, words = answer.headers.get('retry-after', ''), str(answer.read(65536), 'latin1')
if answer.code == 200:
	words = '{runner} {jit}'.format(**json.loads(words))
	if not re.fullmatch('mayfly-[a-z0-9-]+ [A-Za-z0-9+/=_-]+', words): raise ValueError('no runner')
else: words = re.sub('[^!-~]+', ' ', re.sub(r'[\w+/=-]{40,}', '...', words.replace(ticket, '...')))
print(answer.code, *after.split()[:1] or '-', words)
PY
}

# Until there is a configuration for fd 4, or no hope. The watchdog ends the rest.
claim() {
  local answer status after words delay half=1 refused=0 delays=(10 30 60)
  while :; do
    answer=$(ask 2>&1) || answer=${answer:-no answer in 30 s}
    answer=${answer##*$'\n'}
    read -r status after words < <(echo "$answer")
    case $status in
      200) break ;;
      400 | 401) delay=${delays[refused++]:-} ;;
      403 | 410) delay='' ;;
      500) delay=30 ;;
      *)
        delay=$((half + RANDOM % half)).$((RANDOM % 10))
        ((half > 3)) || ((half *= 2))
        [[ ! $after =~ ^[1-9][0-9]{0,5}$ ]] || delay=$after
        ;;
    esac
    [[ $delay ]] || power_off "claim refused: $answer"
    say "claim: ${answer:0:240}, again in $delay s"
    sleep "$delay"
  done
  say "claimed ${words% *}"
  echo "${words#* }" >&4
}

install_runner() {
  [[ ! -x $dir/bin/Runner.Listener ]] || return 0
  local file error version=$MAYFLY_RUNNER_VERSION arch=arm64 sum=$MAYFLY_RUNNER_SHA256_ARM64
  [[ $(uname -m) != x86_64 ]] || arch=x64 sum=$MAYFLY_RUNNER_SHA256_X64
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
  export ACTIONS_RUNNER_INPUT_JITCONFIG=$jit
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
  say "boot, sudo ${MAYFLY_SUDO:=false}"
  local tool jit
  for tool in curl pgrep python3 setpriv useradd; do type -P $tool >/dev/null || die "no $tool"; done
  # Session Manager's agent is a way in. Stock Ubuntu has it as a snap.
  #+closed
  systemctl stop --no-block {snap.amazon-ssm-agent.,}amazon-ssm-agent &>/dev/null || :
  #-closed
  #+connect
  for tool in {snap.amazon-ssm-agent.,}amazon-ssm-agent none; do systemctl start --no-block "$tool" &>/dev/null && break; done || :
  say "connect: agent $tool"
  #-connect
  prepare_user
  end_next_boot
  close_metadata
  # Beside the download. Not before: a machine that can't serve leaves its runner unclaimed.
  exec 4< <(claim 4>&1 >&2)
  install_runner
  own_runner
  stop_updates
  read -r jit <&4 || die "no configuration"
  exec 4<&-
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
