package io.mayfly.ec2;

import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 15, unit = MINUTES)
@EnabledOnOs(value = OS.LINUX, disabledReason = "boot.sh is for Linux instances")
class BootScriptTest {
    private static final String OFF = "shutdown -h now";
    private static final String RUN = "run.sh";
    /** A listener that waits for jobs until it is interrupted. */
    private static final String IDLE = "trap 'note interrupted; exit 0' INT; listen; hang";
    /** A listener whose job comes at once. */
    private static final String BUSY = "trap 'note interrupted; exit 0' INT; listen; work & wait; hang";
    /** A worker whose job takes until it is told to finish. */
    private static final String WORKS = "told finish; note worker finished";
    /** Short enough to be found where the configuration was cut. */
    private static final String PIECE = FakeClaims.JIT_CONFIG.substring(0, 40);

    private final BootMachine machine;

    BootScriptTest(@TempDir Path root) throws IOException, InterruptedException {
        machine = new BootMachine(root);
    }

    @AfterEach
    void close() throws IOException {
        machine.close();
    }

    @Test
    void powersOffWhenTheJobIsDone() throws IOException {
        machine.runner("listen; work", WORKS).start().awaitStory("worker started");
        machine.pass(1).awaitConsole("job started");
        machine.tell("finish").awaitPowerOff().awaitEnd();

        assertThat(machine.story()).containsSubsequence(RUN, "worker started", "worker finished", OFF);
        assertThat(machine.story()).filteredOn(RUN::equals).hasSize(1);
        assertThat(machine.console())
                .contains("runner ended with 0", "powering off")
                .doesNotContain("pgrep");
    }

    @Test
    void powersOffWhenTheRunnerFails() throws IOException {
        machine.runner("listen; exit 1", "").start().awaitSleep(2).pass(2).awaitPowerOff();

        assertThat(machine.story()).filteredOn(RUN::equals).hasSize(1);
        assertThat(machine.console()).contains("runner ended with 1");
    }

    @Test
    void startsARunnerThatNeverConnectedOnceMore() throws IOException {
        machine.runner("exit 1", "")
                .start()
                .awaitSleep(2)
                .pass(2)
                .awaitSleep(2)
                .pass(2)
                .awaitPowerOff();

        assertThat(machine.story()).filteredOn(RUN::equals).hasSize(2);
    }

    @Test
    void doesNotRepeatAVersionThatGitHubRefuses() throws IOException {
        machine.runner("exit 7", "").start().awaitSleep(2).pass(2).awaitPowerOff();

        assertThat(machine.story()).filteredOn(RUN::equals).hasSize(1);
        assertThat(machine.console()).contains("runner ended with 7");
    }

    @Test
    void powersOffWhenTheRunnerHangsWithoutConnecting() throws IOException {
        machine.runner("trap 'note interrupted; exit 0' INT; echo 'Runner connect error'; note waiting; hang", "")
                .assign("MAYFLY_REGISTER_SECONDS", "3")
                .start()
                .awaitStory("waiting")
                .pass(2);
        assertThat(machine.story()).doesNotContain("interrupted");
        machine.pass(1).awaitPowerOff();

        assertThat(machine.story()).containsSubsequence(RUN, "interrupted", OFF);
        assertThat(machine.story()).filteredOn(RUN::equals).hasSize(1);
        assertThat(machine.console()).contains("runner: Runner connect error", "not connected after 3 s");
    }

    @Test
    void powersOffWhenTheDownloadFails() throws IOException, InterruptedException {
        machine.stock().assign("MAYFLY_RUNNER_VERSION", "2.0.0").start().awaitPowerOff();

        assertThat(machine.story()).doesNotContain(RUN);
        assertThat(machine.console()).contains("failed: download: curl: (22)");
    }

    @Test
    void powersOffWhenTheDownloadHangs() throws IOException, InterruptedException {
        machine.network().stallDownloads();
        machine.stock()
                .assign("MAYFLY_REGISTER_SECONDS", "3")
                .start()
                .awaitConsole("downloading actions-runner-linux-")
                .pass(2);
        assertThat(machine.story()).doesNotContain(OFF);
        machine.pass(1).awaitPowerOff();

        assertThat(machine.story()).doesNotContain(RUN);
        assertThat(machine.console()).contains("not connected after 3 s");
    }

    @Test
    void runsNothingWithAnotherChecksum() throws IOException, InterruptedException {
        machine.stock()
                .assign("MAYFLY_RUNNER_SHA256_X64", "0".repeat(64))
                .assign("MAYFLY_RUNNER_SHA256_ARM64", "0".repeat(64))
                .start()
                .awaitPowerOff();

        assertThat(machine.story()).doesNotContain(RUN);
        assertThat(machine.console()).contains("failed: wrong checksum of actions-runner-linux-");
    }

    @Test
    void installsTheRunnerOnAStockImage() throws IOException, InterruptedException {
        machine.stock().start().awaitPowerOff();

        assertThat(machine.story())
                .containsSubsequence(
                        "useradd -m -U -s /bin/bash runner",
                        "chown -R runner: " + machine.path("opt/actions-runner"),
                        RUN,
                        "worker finished",
                        OFF);
    }

    @Test
    void takesRunnerAndUserFromAPreparedImage() throws IOException {
        Files.createFile(machine.path("user"));
        machine.start().awaitPowerOff();

        assertThat(machine.story()).noneMatch(call -> call.startsWith("useradd") || call.startsWith("chown"));
        assertThat(machine.story()).containsSubsequence(RUN, "worker finished", OFF);
        assertThat(machine.console()).doesNotContain("downloading");
    }

    @Test
    void stopsTheListenerThenPowersOffWhenNoJobComes() throws IOException {
        machine.runner(IDLE, "")
                .assign("MAYFLY_IDLE_SECONDS", "2")
                .start()
                .awaitStory("listening")
                .pass(2);
        assertThat(machine.story()).doesNotContain("interrupted");
        machine.pass(1).awaitPowerOff();

        assertThat(machine.story()).containsSubsequence(RUN, "interrupted", OFF);
        assertThat(machine.story()).filteredOn(RUN::equals).hasSize(1);
        assertThat(machine.console()).contains("no job for 2 s");
    }

    @Test
    void staysForAJobThatComesWhileTheListenerIsStopped() throws IOException {
        machine.runner("trap 'note interrupted; work; exit 0' INT; listen; hang", WORKS)
                .assign("MAYFLY_IDLE_SECONDS", "1")
                .assign("MAYFLY_GRACE_SECONDS", "5")
                .start()
                .awaitStory("listening")
                .pass(2)
                .awaitStory("worker started")
                .pass(5)
                .awaitConsole("a job came: staying");
        machine.tell("finish").awaitPowerOff();

        assertThat(machine.story()).containsSubsequence("interrupted", "worker started", "worker finished", OFF);
    }

    @Test
    void staysForAWorkerThatOutlivesItsListener() throws IOException {
        machine.runner("trap 'work & told leave; exit 0' INT; listen; hang", WORKS)
                .assign("MAYFLY_IDLE_SECONDS", "1")
                .assign("MAYFLY_GRACE_SECONDS", "1")
                .start()
                .awaitStory("listening")
                .pass(2)
                .awaitStory("worker started")
                .pass(1)
                .tell("leave")
                .awaitConsole("runner ended with 0")
                .pass(5)
                .awaitScriptAsleep();
        assertThat(machine.story()).doesNotContain(OFF);
        machine.tell("finish").awaitPowerOff();

        assertThat(machine.story()).containsSubsequence("worker started", "worker finished", OFF);
    }

    @Test
    void doesNotTakeALongJobForIdling() throws IOException {
        machine.runner("trap 'note interrupted' INT; listen; work", WORKS)
                .assign("MAYFLY_IDLE_SECONDS", "1")
                .assign("MAYFLY_REGISTER_SECONDS", "3")
                .start()
                .awaitStory("worker started")
                .pass(5)
                .tell("finish")
                .awaitPowerOff();

        assertThat(machine.story()).containsSubsequence("worker finished", OFF);
        assertThat(machine.story()).doesNotContain("interrupted");
    }

    @Test
    void doesNotTakeAnUpdateForTheEndOrForIdling() throws IOException {
        machine.runner("""
            trap 'note interrupted' INT
            listen
            if mkdir "$root/updated"; then
              echo 'Runner update in progress, do not shutdown runner.'
              note updating
              exit 4
            fi
            work
            """, WORKS)
                .assign("MAYFLY_IDLE_SECONDS", "1")
                .assign("MAYFLY_GRACE_SECONDS", "1")
                .start()
                .awaitStory("updating")
                .pass(5)
                .tell("relaunch")
                .awaitStory("worker started")
                .pass(5)
                .tell("finish")
                .awaitPowerOff();

        assertThat(machine.story()).containsSubsequence(RUN, "worker started", "worker finished", OFF);
        assertThat(machine.story()).filteredOn(RUN::equals).hasSize(1);
        assertThat(machine.story()).doesNotContain("interrupted");
    }

    @Test
    void stopsAJobAtTheHardLimit() throws IOException {
        machine.runner(BUSY, "hang; note worker finished")
                .assign("MAYFLY_MAX_SECONDS", "3")
                .assign("MAYFLY_GRACE_SECONDS", "1")
                .start()
                .awaitStory("worker started")
                .pass(2);
        assertThat(machine.story()).doesNotContain("interrupted");
        machine.pass(1).awaitStory("interrupted").pass(1).awaitPowerOff();

        assertThat(machine.story()).containsSubsequence("worker started", "interrupted", OFF);
        assertThat(machine.story()).doesNotContain("worker finished");
        assertThat(machine.console()).contains("hard limit of 3 s");
    }

    @Test
    void killsARunnerThatDoesNotStopInTime() throws IOException {
        machine.runner("trap '' INT; listen; work", "trap '' INT; hang; note worker finished")
                .assign("MAYFLY_MAX_SECONDS", "2")
                .assign("MAYFLY_GRACE_SECONDS", "5")
                .start()
                .awaitStory("worker started")
                .pass(2 + 4);
        assertThat(machine.story()).doesNotContain(OFF);
        machine.pass(1).awaitPowerOff().awaitNoRunner();

        assertThat(machine.story()).doesNotContain("worker finished");
    }

    @Test
    void stopsTheJobAtOnceWhenSpotIsInterrupted() throws IOException {
        machine.runner(BUSY, "hang")
                .assign("MAYFLY_MARKET", "spot")
                .assign("MAYFLY_GRACE_SECONDS", "1")
                .start()
                .awaitStory("worker started")
                .pass(5);
        assertThat(machine.story()).doesNotContain("interrupted");
        machine.network().interruptSpot();
        machine.pass(5).awaitStory("interrupted").pass(1).awaitPowerOff();

        assertThat(machine.story()).containsSubsequence("worker started", "interrupted", OFF);
        assertThat(machine.console()).contains("spot interruption");
    }

    @Test
    void powersOffWhenTheBootFailsHalfWay() throws IOException {
        machine.fake("useradd", "exit 9").start().awaitPowerOff().awaitEnd();

        assertThat(machine.story()).doesNotContain(RUN);
        assertThat(machine.console()).contains("useradd -m \"$group\" -s /bin/bash \"$user\"", "ended with 9");
    }

    @Test
    void powersOffWhenTheBootHangs() throws IOException {
        machine.fake("useradd", "hang")
                .assign("MAYFLY_REGISTER_SECONDS", "1")
                .start()
                .pass(1)
                .awaitPowerOff();

        assertThat(machine.story()).doesNotContain(RUN);
    }

    @Test
    void powersOffWhenTheScriptIsKilledWithoutAJob() throws IOException {
        machine.runner(IDLE, "").start().awaitStory("listening");
        machine.script().destroyForcibly();
        machine.awaitEnd().pass(1).awaitPowerOff();

        assertThat(machine.story()).containsSubsequence("interrupted", OFF);
        assertThat(machine.console()).contains("script is gone");
    }

    @Test
    void letsTheJobReportWhenTheMachineIsShutDownByOthers() throws IOException {
        machine.runner(IDLE, "").start().awaitStory("listening");
        machine.script().destroy();
        machine.awaitPowerOff();

        assertThat(machine.story()).containsSubsequence("interrupted", OFF);
    }

    @Test
    void findsAnotherWayOffWhenShutdownFails() throws IOException {
        machine.fake("shutdown", "exit 1")
                .fake("systemctl", "exit 1")
                .start()
                .awaitEnd()
                .awaitSleep(90)
                .skip(90)
                .awaitStory("systemctl poweroff -ff")
                .awaitSleep(90)
                .skip(90)
                .await("the kernel", () -> Files.exists(machine.path("proc/sysrq-trigger")));

        assertThat(machine.story()).containsSubsequence(OFF, "systemctl poweroff -f", "systemctl poweroff -ff");
        assertThat(machine.path("proc/sysrq-trigger")).hasContent("o");
    }

    @Test
    void endsAMachineThatBootsAgain() throws IOException {
        machine.start().awaitPowerOff();

        var again = machine.path("var/lib/cloud/scripts/per-boot/mayfly");
        assertThat(again).isExecutable();
        assertThat(again).content().contains("shutdown -h now");
    }

    @Test
    void showsTheConfigurationInNoCommandLineAndNoOutput() throws IOException {
        machine.runner("listen; work", WORKS).start().tell("finish").await(OFF, () -> {
            assertThat(machine.processes("cmdline")).noneMatch(line -> line.contains(PIECE));
            return machine.story().contains(OFF);
        });

        assertThat(machine.story()).noneMatch(line -> line.contains(PIECE));
        assertThat(machine.console()).doesNotContain(PIECE);
        assertThat(machine.output()).doesNotContain(PIECE);
    }

    @Test
    void keepsTheConfigurationOutOfItsOwnEnvironment() throws IOException {
        machine.runner("listen; work", WORKS)
                .fake("useradd", "touch \"$root/user\"; env >\"$root/useradd.env\"")
                .start()
                .awaitStory("worker started");

        assertThat(machine.path("useradd.env"))
                .content()
                .contains("BOOT_MACHINE=")
                .doesNotContain(PIECE);
        assertThat(machine.processes("environ"))
                .filteredOn(environment -> environment.contains("BOOT_MACHINE=" + machine.path("")))
                .isNotEmpty()
                .noneMatch(environment -> environment.contains(PIECE));
    }

    @Test
    void givesTheRunnerItsConfigurationAndACleanEnvironment() throws IOException {
        machine.start().awaitPowerOff();

        var environment = machine.runnerEnvironment();
        assertThat(environment)
                .containsEntry("ACTIONS_RUNNER_INPUT_JITCONFIG", FakeClaims.JIT_CONFIG)
                .containsEntry("USER", "runner")
                .containsEntry("HOME", machine.path("home/runner").toString())
                .containsEntry("LANG", "C.UTF-8")
                .containsEntry("RUNNER_MANUALLY_TRAP_SIG", "1")
                .doesNotContainKey("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT");
        assertThat(environment.keySet()).noneMatch(name -> name.startsWith("MAYFLY_") || name.startsWith("BOOT_"));
    }

    @Test
    void doesWithoutLibicuWhereTheImageHasNone() throws IOException {
        machine.fake("ldconfig", "echo 'libc.so.6 => /lib64/libc.so.6'").start().awaitPowerOff();

        assertThat(machine.runnerEnvironment()).containsEntry("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "1");
    }

    @Test
    void showsOnTheConsoleNeitherJobNamesNorWhatLooksLikeAKey() throws IOException {
        machine.runner("echo \"bad: $ACTIONS_RUNNER_INPUT_JITCONFIG\"; echo Current runner; listen; work", WORKS)
                .start()
                .awaitStory("worker started")
                .pass(1)
                .awaitConsole("job started");
        machine.tell("finish").awaitPowerOff();

        assertThat(machine.console()).contains("runner: Current runner").doesNotContain("secret plans", "bad:", PIECE);
    }

    @Test
    void tellsTheConsoleHowFarItCame() throws IOException {
        machine.start().awaitPowerOff();

        assertThat(machine.console().lines())
                .allMatch(Pattern.compile("mayfly: \\d+ .+").asMatchPredicate());
        assertThat(machine.console().lines().map(line -> line.split(" ", 3)[2]))
                .containsSubsequence(
                        "boot, sudo true",
                        "metadata closed",
                        "claimed mayfly-i-0abc",
                        "runner, attempt 1",
                        "runner ended with 0",
                        "powering off: ended with 0");
        assertThat(machine.output()).contains("boot, sudo true");
    }

    @Test
    void runsTheRunnerAsAnUnprivilegedUser() throws IOException {
        machine.start().awaitPowerOff();

        assertThat(machine.story())
                .contains("setpriv --reuid runner --regid 1001 --init-groups -- "
                        + machine.path("opt/actions-runner/run.sh"));
    }

    @Test
    void takesOverARunnerOfAnotherUser() throws IOException {
        machine.ownedBy("ubuntu").start().awaitPowerOff();

        assertThat(machine.story()).containsSubsequence("chown -R runner: " + machine.path("opt/actions-runner"), RUN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-w", "-x"})
    void endsWhenTheUserCanNotUseTheRunner(String access) throws IOException {
        machine.fake(
                        "test",
                        "[[ $* != *actions-runner*" + access + "* && \"$1 $2\" != \"" + access
                                + " $root/opt/actions-runner\" ]]")
                .start()
                .awaitPowerOff();

        assertThat(machine.story()).doesNotContain(RUN);
        assertThat(machine.console()).contains("failed: runner can't use " + machine.path("opt/actions-runner"));
    }

    @Test
    void givesTheUserAHomeWhereItHasNone() throws IOException {
        var home = machine.path("home/runner");
        Files.delete(home);
        machine.fake("getent", "[[ $1 == passwd ]] && echo runner:x:1001:1001::/nonexistent:/bin/bash")
                .start()
                .awaitPowerOff();

        assertThat(home).isDirectory();
        assertThat(machine.story())
                .containsSubsequence("usermod -d " + home + " runner", "chown -R runner: " + home, RUN);
        assertThat(machine.runnerEnvironment()).containsEntry("HOME", home.toString());
    }

    @Test
    void stopsTheImagesOwnUpdatesBeforeTheJob() throws IOException {
        machine.start().awaitPowerOff();

        assertThat(machine.story())
                .containsSubsequence(
                        "systemctl mask --runtime --now --no-block apt-daily.timer apt-daily.service"
                                + " apt-daily-upgrade.timer apt-daily-upgrade.service dnf-automatic.timer"
                                + " dnf-automatic.service dnf-makecache.timer dnf-makecache.service"
                                + " unattended-upgrades.service packagekit.service",
                        RUN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"dpkg/lock-frontend", "apt/lists/lock"})
    void waitsForTheLockThatAnUpdateHolds(String file) throws IOException {
        hold(file);
        machine.start().awaitSleep(5).pass(4);
        assertThat(machine.story()).doesNotContain(RUN);
        Files.writeString(machine.path("proc/locks"), "");
        machine.pass(1).awaitPowerOff();

        assertThat(machine.story()).contains(RUN);
        assertThat(machine.console()).contains("waiting for the image's updates");
    }

    @Test
    void doesNotWaitForALockForEver() throws IOException {
        hold("dpkg/lock-frontend");
        machine.start();
        for (var i = 0; i < 60; i++) {
            machine.awaitSleep(5).skip(5);
        }
        machine.awaitPowerOff();

        assertThat(machine.story()).contains(RUN);
    }

    @Test
    void doesNotWaitForALookerWhereNobodyMayLook() throws IOException {
        machine.network().hold(in(3600));
        machine.start().awaitPowerOff();

        assertThat(machine.console()).doesNotContain("held");
        assertThat(machine.story())
                .contains("systemctl stop --no-block snap.amazon-ssm-agent.amazon-ssm-agent amazon-ssm-agent");
    }

    @Test
    void startsTheAgentAndKeepsTheMachineAfterItsJobUntilTheHoldIsOver() throws IOException {
        machine.network().hold(in(3600) + " arn:aws:sts::1:assumed-role/Admin/somebody@example.com");
        machine.assign("MAYFLY_CONNECT", "true").start().awaitSleep(10);
        assertThat(machine.console())
                .contains(
                        "connect: agent snap.amazon-ssm-agent.amazon-ssm-agent",
                        "powering off: ended with 0",
                        "held for ")
                .doesNotContain("somebody");
        machine.skip(3000).awaitSleep(10);
        assertThat(machine.story()).doesNotContain(OFF);
        machine.skip(700).awaitPowerOff();
    }

    @Test
    void endsAtOnceWhenTheHoldIsReleased() throws IOException {
        machine.network().hold(in(3600));
        machine.assign("MAYFLY_CONNECT", "true").start().awaitSleep(10);
        machine.network().hold(in(-1) + " released");
        machine.skip(10).awaitPowerOff();
    }

    @ParameterizedTest
    @ValueSource(strings = {"999999999999", "99999999999 x"})
    void holdsForFourHoursAtMost(String absurd) throws IOException {
        machine.network().hold(absurd);
        machine.assign("MAYFLY_CONNECT", "true").start().awaitSleep(10);
        assertThat(machine.console()).contains("held for 14400 s");
        machine.skip(14390).awaitSleep(10);
        assertThat(machine.story()).doesNotContain(OFF);
        machine.skip(10).awaitPowerOff();
    }

    @Test
    void holdsNotBeyondTheHardLimit() throws IOException {
        machine.network().hold(in(3600));
        machine.assign("MAYFLY_CONNECT", "true")
                .assign("MAYFLY_MAX_SECONDS", "30")
                .start()
                .awaitSleep(10);
        machine.skip(29).awaitSleep(10);
        assertThat(machine.story()).doesNotContain(OFF);
        machine.skip(10).awaitPowerOff();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "soon",
                "-1",
                "1e9",
                "9999999999999",
                "1795000000x",
                "$(touch told)",
                "a[$(touch told)]",
                "0",
                "08"
            })
    void takesNothingElseForAHold(String value) throws IOException {
        machine.network().hold(value);
        machine.assign("MAYFLY_CONNECT", "true").start().awaitPowerOff();

        assertThat(machine.console()).doesNotContain("held for 1");
    }

    @Test
    void isHeldNotWhenTheMachineIsShutDownByOthers() throws IOException {
        machine.network().hold(in(3600));
        machine.assign("MAYFLY_CONNECT", "true").runner(IDLE, "").start().awaitStory("listening");
        machine.script().destroy();
        machine.awaitPowerOff();

        assertThat(machine.console()).doesNotContain("held for");
    }

    @Test
    void goesOnWithoutAnAgent() throws IOException {
        machine.assign("MAYFLY_CONNECT", "true")
                .fake("systemctl", "exit 5")
                .start()
                .awaitPowerOff();

        assertThat(machine.console()).contains("connect: agent none", "job started");
    }

    private static String in(long seconds) {
        return Long.toString(System.currentTimeMillis() / 1000 + seconds);
    }

    private void hold(String lock) throws IOException {
        var file = machine.path("var/lib").resolve(lock);
        Files.createDirectories(file.getParent());
        Files.createFile(file);
        Files.writeString(
                machine.path("proc/locks"),
                "1: POSIX  ADVISORY  WRITE 4711 08:01:%s 0 EOF\n".formatted(Files.getAttribute(file, "unix:ino")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "its own user, no child of the runner | false | exec -a \"$bin/Runner.Worker\" sleep 9999",
                "another user | true | exec -a \"$bin/Runner.Worker\" sleep 9999",
                "another path | false | exec -a /elsewhere/bin/Runner.Worker sleep 9999",
                "only an argument | false | exec tail -f /dev/null \"$bin/Runner.Worker\"",
                "of another listener | false | (exec -a \"$bin/Runner.Worker\" sleep 9999 & exec -a"
                        + " \"$bin/Runner.Listener\" sleep 9999)"
            })
    void isIdleBesideAProcessThatIsOnlyCalledRunnerWorker(String which, boolean stranger, String process)
            throws IOException {
        machine.runner(IDLE, "")
                .assign("MAYFLY_IDLE_SECONDS", "2")
                .assign("MAYFLY_GRACE_SECONDS", "1")
                .beside(process, stranger)
                .start()
                .awaitStory("listening")
                .pass(3)
                .awaitStory("interrupted")
                .pass(2)
                .awaitStory(OFF);

        assertThat(machine.console()).as(which).contains("no job for 2 s").doesNotContain("job started");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(exec -a \"$bin/Runner.Worker\" sleep 9999 &)",
                "(exec -a \"$bin/Runner.Listener\" bash -c 'exec -a \"$0\" sleep 9999 & wait' \"$bin/Runner.Worker\""
                        + " &)",
                "(cp \"$BASH\" \"$bin/../copy\"; exec -a \"$bin/Runner.Worker\" setsid sleep 9999 &)"
            })
    void powersOffWhenAJobLeavesAProcessCalledRunnerWorker(String left) throws IOException {
        machine.runner("listen; work", left + "; note left; " + WORKS)
                .assign("MAYFLY_GRACE_SECONDS", "1")
                .start()
                .awaitStory("left")
                .pass(2)
                .tell("finish")
                .awaitConsole("powering off: ended with 0")
                .awaitPowerOffByScript();
    }

    @Test
    void closesTheMetadataServiceBeforeTheRunnerStarts() throws IOException {
        machine.start().awaitPowerOff();

        assertThat(machine.story())
                .containsSubsequence(
                        "ip rule add pref 100 uidrange 1-4294967294 protocol kernel prohibit to 169.254.169.254", RUN);
        if (Files.exists(Path.of("/proc/net/if_inet6"))) {
            assertThat(machine.story())
                    .containsSubsequence(
                            "ip -6 rule add pref 100 uidrange 1-4294967294 protocol kernel prohibit to fd00:ec2::254",
                            RUN);
        }
    }

    @Test
    void closesTheMetadataServiceByIptablesWithoutPolicyRules() throws IOException {
        machine.fake("ip", "exit 2")
                .fake("iptables", "touch \"$root/closed\"")
                .start()
                .awaitPowerOff();

        assertThat(machine.story())
                .containsSubsequence(
                        "iptables -w -I OUTPUT -m owner ! --uid-owner 0 -j REJECT -d 169.254.169.254", RUN);
    }

    @Test
    void endsWhenTheMetadataServiceCannotBeClosed() throws IOException {
        machine.fake("ip", "exit 2").fake("iptables", "exit 4").start().awaitPowerOff();

        assertThat(machine.story()).doesNotContain(RUN);
        assertThat(machine.console()).contains("failed: metadata can't be closed");
    }

    @Test
    void endsWhenTheMetadataServiceStillAnswersTheRunner() throws IOException {
        machine.fake("ip", "").start().awaitPowerOff();

        assertThat(machine.story()).doesNotContain(RUN);
        assertThat(machine.console()).contains("failed: metadata is still open");
    }

    @Test
    void keepsItsOwnFilesFromTheRunner() throws IOException {
        machine.start().awaitStory(RUN);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(machine.path("run/mayfly"))))
                .isEqualTo("rwx------");
    }
}
