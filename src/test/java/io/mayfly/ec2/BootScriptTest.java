package io.mayfly.ec2;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

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
    private static final String PIECE = BootMachine.JIT_CONFIG.substring(0, 40);

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
        assertThat(machine.console()).contains("runner ended with 0", "powering off");
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
        machine.stock()
                .stallDownloads()
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
                        "useradd -mU -s /bin/bash runner", "chown -R runner: .", RUN, "worker finished", OFF);
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
        machine.interruptSpot();
        machine.pass(5).awaitStory("interrupted").pass(1).awaitPowerOff();

        assertThat(machine.story()).containsSubsequence("worker started", "interrupted", OFF);
        assertThat(machine.console()).contains("spot interruption");
    }

    @Test
    void powersOffWhenTheBootFailsHalfWay() throws IOException {
        machine.fake("useradd", "exit 9").start().awaitPowerOff().awaitEnd();

        assertThat(machine.story()).doesNotContain(RUN);
        assertThat(machine.console()).contains("useradd -mU -s /bin/bash \"$user\"", "ended with 9");
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
                .containsEntry("ACTIONS_RUNNER_INPUT_JITCONFIG", BootMachine.JIT_CONFIG)
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
                        "boot of mayfly-4711-1, sudo true",
                        "metadata closed",
                        "runner, attempt 1",
                        "runner ended with 0",
                        "powering off: ended with 0");
        assertThat(machine.output()).contains("boot of mayfly-4711-1");
    }

    @Test
    void runsTheRunnerAsAnUnprivilegedUser() throws IOException {
        machine.start().awaitPowerOff();

        assertThat(machine.story())
                .contains("setpriv --reuid runner --regid 1001 --init-groups -- "
                        + machine.path("opt/actions-runner/run.sh"));
    }

    @Test
    void refusesToRunTheRunnerAsRoot() throws IOException {
        machine.fake("id", "echo 0").start().awaitPowerOff();

        assertThat(machine.story()).doesNotContain(RUN);
        assertThat(machine.console()).contains("failed: runner is root");
    }

    @Test
    void allowsSudoWhereThePoolDoes() throws IOException {
        machine.assign("MAYFLY_SUDO", "true").start().awaitPowerOff();

        var sudoers = machine.path("etc/sudoers.d/mayfly");
        assertThat(sudoers).hasContent("runner ALL=(ALL) NOPASSWD:ALL");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(sudoers)))
                .isEqualTo("r--r-----");
    }

    @Test
    void takesSudoAwayWhereThePoolDoesNotAllowIt() throws IOException {
        Files.writeString(machine.path("etc/sudoers.d/mayfly"), "runner ALL=(ALL) NOPASSWD:ALL");
        machine.assign("MAYFLY_SUDO", "false").start().awaitPowerOff();

        assertThat(machine.path("etc/sudoers.d/mayfly")).doesNotExist();
    }

    @Test
    void keepsTheRunnerOutOfTheDockerGroupWithoutSudo() throws IOException {
        machine.fake("getent", "echo runner:x:1001:1001::/home/runner:/bin/bash")
                .assign("MAYFLY_SUDO", "false")
                .start()
                .awaitPowerOff();

        assertThat(machine.story()).contains(RUN).doesNotContain("usermod -aG docker runner");
    }

    @Test
    void putsTheRunnerIntoTheDockerGroupWhereThereIsOne() throws IOException {
        machine.assign("MAYFLY_SUDO", "true")
                .fake("getent", "echo runner:x:1001:1001::/home/runner:/bin/bash")
                .start()
                .awaitPowerOff();

        assertThat(machine.story()).containsSubsequence("usermod -aG docker runner", RUN);
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
    void leavesNoCopyOfTheUserDataToTheRunner() throws IOException {
        machine.start().awaitStory(RUN);

        assertThat(List.of(
                        machine.path("var/lib/cloud/instances/i-1/user-data.txt"),
                        machine.path("var/lib/cloud/instances/i-1/scripts/part-001"),
                        machine.path("run/cloud-init/instance-data-sensitive.json")))
                .noneMatch(Files::exists);
        assertThat(PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(machine.path("var/lib/cloud/instances"))))
                .isEqualTo("rwx------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(machine.path("run/mayfly"))))
                .isEqualTo("rwx------");
    }

    @Test
    void leavesRoomForTheConfigurationInTheUserData() throws IOException {
        assertThat(BootMachine.bootScript().getBytes(UTF_8).length).isLessThanOrEqualTo(8704);
    }
}
