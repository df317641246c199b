package io.mayfly.ec2;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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

@Timeout(60)
@EnabledOnOs(value = OS.LINUX, disabledReason = "boot.sh is for Linux instances")
class BootScriptTest {
    private static final String OFF = "shutdown -h now";
    private static final String RUN = "run.sh";
    /** Short enough to be found where the configuration was cut. */
    private static final String PIECE = BootMachine.JIT_CONFIG.substring(0, 40);

    private final BootMachine machine;

    BootScriptTest(@TempDir Path root) throws IOException {
        machine = new BootMachine(root);
    }

    @AfterEach
    void close() throws IOException {
        machine.close();
    }

    @Test
    void powersOffWhenTheJobIsDone() throws IOException {
        machine.start().awaitPowerOff().awaitConsole("job started").awaitEnd();

        assertThat(machine.story()).containsSubsequence(RUN, "worker started", "worker finished", OFF);
        assertThat(machine.story()).filteredOn(RUN::equals).hasSize(1);
        assertThat(machine.console()).contains("runner ended with 0", "powering off");
    }

    @Test
    void powersOffWhenTheRunnerFails() throws IOException {
        machine.runner("listen; exit 1", "").start().awaitPowerOff();

        assertThat(machine.story()).filteredOn(RUN::equals).hasSize(1);
        assertThat(machine.console()).contains("runner ended with 1");
    }

    @Test
    void startsARunnerThatNeverConnectedOnceMore() throws IOException {
        machine.runner("exit 1", "").start().awaitPowerOff();

        assertThat(machine.story()).filteredOn(RUN::equals).hasSize(2);
    }

    @Test
    void doesNotRepeatAVersionThatGitHubRefuses() throws IOException {
        machine.runner("exit 7", "").start().awaitPowerOff();

        assertThat(machine.story()).filteredOn(RUN::equals).hasSize(1);
        assertThat(machine.console()).contains("runner ended with 7");
    }

    @Test
    void powersOffWhenTheRunnerHangsWithoutConnecting() throws IOException {
        machine.runner("trap 'note interrupted; exit 0' INT; echo 'Runner connect error'; hang", "")
                .assign("MAYFLY_REGISTER_SECONDS", "3")
                .start()
                .awaitPowerOff();

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
                .awaitPowerOff();

        assertThat(machine.story()).doesNotContain(RUN);
        assertThat(machine.console()).contains("downloading actions-runner-linux-", "not connected after 3 s");
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
        machine.runner("trap 'note interrupted; exit 0' INT; listen; hang", "")
                .assign("MAYFLY_IDLE_SECONDS", "1")
                .start()
                .awaitPowerOff();

        assertThat(machine.story()).containsSubsequence(RUN, "interrupted", OFF);
        assertThat(machine.story()).filteredOn(RUN::equals).hasSize(1);
        assertThat(machine.console()).contains("no job for 1 s");
    }

    @Test
    void staysForAJobThatComesWhileTheListenerIsStopped() throws IOException {
        machine.runner("trap 'note interrupted; work; exit 0' INT; listen; hang", "sleep 1.5; note worker finished")
                .assign("MAYFLY_IDLE_SECONDS", "1")
                .assign("MAYFLY_GRACE_SECONDS", "5")
                .start()
                .awaitPowerOff();

        assertThat(machine.story()).containsSubsequence("interrupted", "worker started", "worker finished", OFF);
        assertThat(machine.console()).contains("a job came: staying");
    }

    @Test
    void staysForAWorkerThatOutlivesItsListener() throws IOException {
        machine.runner("trap 'work & sleep 0.3; exit 0' INT; listen; hang", "sleep 2.5; note worker finished")
                .assign("MAYFLY_IDLE_SECONDS", "1")
                .assign("MAYFLY_GRACE_SECONDS", "1")
                .start()
                .awaitPowerOff();

        assertThat(machine.story()).containsSubsequence("worker started", "worker finished", OFF);
    }

    @Test
    void doesNotTakeALongJobForIdling() throws IOException {
        machine.runner("trap 'note interrupted' INT; listen; work", "sleep 3.2; note worker finished")
                .assign("MAYFLY_IDLE_SECONDS", "1")
                .assign("MAYFLY_REGISTER_SECONDS", "3")
                .start()
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
                          exit 4
                        fi
                        work
                        """, "sleep 1.2; note worker finished")
                .assign("MAYFLY_IDLE_SECONDS", "1")
                .assign("MAYFLY_GRACE_SECONDS", "1")
                .start()
                .awaitPowerOff();

        assertThat(machine.story()).containsSubsequence(RUN, "worker started", "worker finished", OFF);
        assertThat(machine.story()).filteredOn(RUN::equals).hasSize(1);
        assertThat(machine.story()).doesNotContain("interrupted");
    }

    @Test
    void stopsAJobAtTheHardLimit() throws IOException {
        machine.runner("trap 'note interrupted; exit 0' INT; listen; work & wait; hang", "hang; note worker finished")
                .assign("MAYFLY_MAX_SECONDS", "3")
                .assign("MAYFLY_GRACE_SECONDS", "1")
                .start()
                .awaitPowerOff();

        assertThat(machine.story()).containsSubsequence("worker started", "interrupted", OFF);
        assertThat(machine.story()).doesNotContain("worker finished");
        assertThat(machine.console()).contains("hard limit of 3 s");
    }

    @Test
    void killsARunnerThatDoesNotStopInTime() throws IOException {
        machine.runner("trap '' INT; listen; work", "trap '' INT; hang; note worker finished")
                .assign("MAYFLY_MAX_SECONDS", "2")
                .assign("MAYFLY_GRACE_SECONDS", "1")
                .start()
                .awaitPowerOff();

        assertThat(machine.processes("cmdline"))
                .noneMatch(line -> line.contains(
                        machine.path("opt/actions-runner/bin/Runner.").toString()));
        assertThat(machine.story()).doesNotContain("worker finished");
    }

    @Test
    void stopsTheJobAtOnceWhenSpotIsInterrupted() throws IOException {
        machine.runner("trap 'note interrupted; exit 0' INT; listen; work & wait; hang", "hang")
                .assign("MAYFLY_MARKET", "spot")
                .assign("MAYFLY_GRACE_SECONDS", "1")
                .start()
                .awaitStory("worker started");
        machine.interruptSpot();
        machine.awaitPowerOff();

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
        machine.fake("useradd", "sleep 60")
                .assign("MAYFLY_REGISTER_SECONDS", "1")
                .start()
                .awaitPowerOff();

        assertThat(machine.story()).doesNotContain(RUN);
    }

    @Test
    void powersOffWhenTheScriptIsKilledWithoutAJob() throws IOException {
        machine.runner("trap 'exit 0' INT; listen; hang", "").start().awaitStory(RUN);
        machine.started().destroyForcibly();
        machine.awaitPowerOff();

        assertThat(machine.console()).contains("script is gone");
    }

    @Test
    void letsTheJobReportWhenTheMachineIsShutDownByOthers() throws IOException {
        machine.runner("trap 'note interrupted; exit 0' INT; listen; hang", "")
                .start()
                .awaitStory(RUN);
        machine.started().destroy();
        machine.awaitPowerOff();

        assertThat(machine.story()).containsSubsequence("interrupted", OFF);
    }

    @Test
    void findsAnotherWayOffWhenShutdownFails() throws IOException {
        machine.fake("shutdown", "exit 1").fake("systemctl", "exit 1").start().awaitStory("systemctl poweroff -ff");

        assertThat(machine.story()).containsSubsequence(OFF, "systemctl poweroff -f", "systemctl poweroff -ff");
        await().untilAsserted(
                        () -> assertThat(machine.path("proc/sysrq-trigger")).hasContent("o"));
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
        machine.runner("listen; work", "sleep 0.5").start();
        while (!machine.story().contains(OFF)) {
            assertThat(machine.processes("cmdline")).noneMatch(line -> line.contains(PIECE));
        }

        assertThat(machine.story()).noneMatch(line -> line.contains(PIECE));
        assertThat(machine.console()).doesNotContain(PIECE);
        assertThat(machine.output()).doesNotContain(PIECE);
    }

    @Test
    void keepsTheConfigurationOutOfItsOwnEnvironment() throws IOException {
        machine.runner("listen; work", "sleep 0.5")
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
        machine.runner("echo \"bad: $ACTIONS_RUNNER_INPUT_JITCONFIG\"; echo Current runner; listen; work", "")
                .start()
                .awaitPowerOff()
                .awaitConsole("job started");

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
