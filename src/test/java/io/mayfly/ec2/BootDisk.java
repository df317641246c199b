package io.mayfly.ec2;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/**
 * The files of a machine that boots: fakes before everything that would change the real machine, and a runner whose
 * listener and worker are small scripts. All write into one story, so that the order of events shows.
 */
final class BootDisk {
    /** Waits without a process of its own, so that a signal is handled at once. */
    private static final String WAITING = """
        pause() { read -rt 0.02 <>"$root/silence"; }
        hang() { while :; do pause; done; }
        """;

    /** Stands for a command: notes the call, then does what the scenario says, if anything. */
    private static final String FAKE = """
        #!/bin/bash
        root=${0%/fakes/*}
        echo "${0##*/} $*" >>"$root/story"
        """ + WAITING + """
        [[ ! -f $root/does/${0##*/} ]] || . "$root/does/${0##*/}"
        """;

    /** Sleeps by the machine's clock, and shows for whom and until when. */
    private static final String SLEEP = """
        #!/bin/bash
        root=${0%/fakes/*}
        """ + WAITING + """
        IFS=" ." read -r now _ <"$root/proc/uptime"
        whole=${1%.*}
        [[ $1 == "$whole" ]] || ((now++))
        echo "$1 $((now + whole)) ." >"$root/asleep/$PPID"
        until IFS=" ." read -r time _ <"$root/proc/uptime" && ((time >= now + whole)); do pause; done
        exit 0
        """;

    /** Its limit is of the machine's time. */
    private static final String TIMEOUT = """
        limit=$1
        IFS=" ." read -r now _ <"$root/proc/uptime"
        "${@:2}" <&0 &
        while kill -0 $! 2>/dev/null; do
          IFS=" ." read -r time _ <"$root/proc/uptime"
          ((time < now + limit)) || { kill $! && exit 124; }
          pause
        done
        wait $!
        """;

    /** All are of one user in truth: those of others are written down. */
    private static final String PGREP = """
        #!/bin/bash
        root=${0%/fakes/*}
        PATH=${PATH#*:}
        pgrep "${@:3}" | grep -vxFf <(echo none; cat "$root/strangers")
        """;

    /** Loops as the real one does: 2 is an error to try again, 3 and 4 are updates. */
    private static final String RUN = """
        #!/bin/bash
        dir=${0%/*} root=${0%/opt/*}
        """ + WAITING + """
        echo run.sh >>"$root/story"
        env >"$root/runner.env"
        while :; do
          "$dir/bin/Runner.Listener" run
          code=$?
          [[ $code == [234] ]] || exit "$code"
          until [[ -e $root/told/relaunch ]]; do pause; done
        done
        """;

    private static final String RUNNER = """
        #!/bin/bash
        bin=${0%/*} root=${0%/opt/*}
        """ + WAITING + """
        note() { echo "$*" >>"$root/story"; }
        told() { until [[ -e $root/told/$1 ]]; do pause; done; }
        listen() {
          printf '%s\n' "√ Connected to GitHub" "" "2026-11-24 10:00:00Z: Listening for Jobs"
          note listening
        }
        work() {
          echo "2026-11-24 10:00:01Z: Running job: secret plans"
          "$bin/Runner.Worker" spawnclient 105 108
        }
        """;

    private final Path root;

    BootDisk(Path root) throws IOException, InterruptedException {
        this.root = root;
        for (var directory : List.of(
                "fakes",
                "does",
                "asleep",
                "told",
                "dev",
                "proc",
                "run",
                "opt",
                "etc/sudoers.d",
                "home/runner",
                "var/lib/cloud/instances/i-1/scripts")) {
            Files.createDirectories(root.resolve(directory));
        }

        for (var command : List.of("shutdown", "systemctl", "groupadd", "iptables", "ip6tables")) {
            fake(command, ":");
        }
        run("mkfifo", root.resolve("silence").toString());
        script("fakes/sleep", SLEEP);
        script("fakes/pgrep", PGREP);
        write("etc/sudoers", "root ALL=(ALL:ALL) ALL\n");
        write("strangers", "");
        write("groups", "runner\n");
        fake("useradd", "touch \"$root/user\"");
        fake("usermod", "[[ $* != *' -G '* ]] || echo runner >\"$root/groups\"");
        fake("id", """
            case $1 in
              -un) echo runner ;;
              -Gn) cat "$root/groups" ;;
              *) [[ -e $root/user ]] && echo 1001 ;;
            esac
            """);
        fake("getent", """
            if [[ $1 == passwd ]]; then
              echo "runner:x:1001:1001::$root/home/runner:/bin/bash"
            else
              grep -qsx "$2" "$root/etc/group"
            fi
            """);
        fake("chown", "rm -f \"$root/owner\"");
        fake("stat", """
            if [[ $2 == %U ]]; then
              cat "$root/owner" 2>/dev/null || echo runner
            else
              PATH=${PATH#*:} exec stat "$@"
            fi
            """);
        fake("sudo", """
            all=$(cat "$root/etc/sudoers" "$root"/etc/sudoers.d/* 2>/dev/null)
            groups=$(cat "$root/groups")
            rules=$(grep -E "(^|, *)(runner|#1001|ALL|%(${groups// /|}))[ ,]" <<<"$all")
            [[ $1 == -n && $2 == true && $rules ]] && exit
            [[ $2 == -l ]] || exit 1
            [[ $rules ]] || echo "User runner is not allowed to run sudo on machine."
            [[ ! $rules ]] || printf 'User runner may run the following commands on machine:\\n    %s\\n' "$rules"
            """);
        fake("ip", "touch \"$root/closed\"");
        fake("ldconfig", "echo 'libicuuc.so.74 => /usr/lib/libicuuc.so.74'");
        fake("setpriv", """
            while [[ $1 != -- ]]; do
              [[ $1 != --reuid ]] || export AS=$2
              shift
            done
            exec "${@:2}"
            """);
        fake("timeout", TIMEOUT);
        // What is called python3 may be a slow wrapper.
        script("fakes/python3", "#!/bin/sh\nexec '" + KeptProcess.PYTHON + "' \"$@\"\n");
        // Its limits are those of real time.
        fake("curl", """
            [[ ! ${AS:-} || ! -e $root/closed ]] || exit 7
            arguments=()
            while (($#)); do
              if [[ $1 == -m || $1 == --connect-timeout ]]; then shift; else arguments+=("$1"); fi
              shift
            done
            PATH=${PATH#*:} exec curl "${arguments[@]}"
            """);
    }

    /** A command that notes its call, then does this. */
    void fake(String command, String does) throws IOException {
        script("fakes/" + command, FAKE);
        write("does/" + command, does + "\n");
    }

    /** What the runner's listener does, and what its worker does once the listener calls {@code work}. */
    void runner(String listener, String worker) throws IOException {
        script("opt/actions-runner/run.sh", RUN);
        script("opt/actions-runner/bin/Runner.Listener", RUNNER + listener + "\n");
        script("opt/actions-runner/bin/Runner.Worker", RUNNER + "note worker started\n" + worker + "\n");
    }

    /** Takes the runner off the machine. */
    byte[] packRunner() throws IOException, InterruptedException {
        var archive = root.resolve("runner.tar.gz");
        run("tar", "-czf", archive.toString(), "-C", root + "/opt/actions-runner", ".");
        for (var file : List.of("run.sh", "bin/Runner.Listener", "bin/Runner.Worker", "bin", "")) {
            Files.delete(root.resolve("opt/actions-runner").resolve(file));
        }
        return Files.readAllBytes(archive);
    }

    void write(String file, String text) throws IOException {
        Files.writeString(root.resolve(file), text);
    }

    /** Empty when it is gone, or not ours to read. */
    String read(String file) {
        return read(root.resolve(file));
    }

    static String read(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }

    private void script(String name, String text) throws IOException {
        var file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static void run(String... command) throws IOException, InterruptedException {
        if (new ProcessBuilder(command).inheritIO().start().waitFor() != 0) {
            throw new IOException(String.join(" ", command) + " failed");
        }
    }
}
