package io.mayfly.ec2;

import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The user that the job runs as, and what it may: before anything else is done. */
@Timeout(value = 15, unit = MINUTES)
@EnabledOnOs(value = OS.LINUX, disabledReason = "boot.sh is for Linux instances")
class BootUserTest {
    private static final String PREPARED = "prepared";

    private final BootMachine machine;

    BootUserTest(@TempDir Path root) throws IOException, InterruptedException {
        machine = new BootMachine(root);
    }

    @AfterEach
    void close() throws IOException {
        machine.close();
    }

    @Test
    void refusesToRunTheRunnerAsRoot() throws IOException {
        machine.fake("id", "echo 0").prepareUser();

        assertThat(machine.console()).doesNotContain(PREPARED);
        assertThat(machine.console()).contains("failed: runner is root");
    }

    @Test
    void allowsSudoWhereThePoolDoes() throws IOException {
        machine.assign("MAYFLY_SUDO", "true").prepareUser();

        var sudoers = machine.path("etc/sudoers.d/mayfly");
        assertThat(sudoers).hasContent("runner ALL=(ALL) NOPASSWD:ALL");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(sudoers)))
                .isEqualTo("r--r-----");
    }

    @Test
    void takesSudoAwayWhereThePoolDoesNotAllowIt() throws IOException {
        Files.writeString(machine.path("etc/sudoers.d/mayfly"), "runner ALL=(ALL) NOPASSWD:ALL");
        machine.assign("MAYFLY_SUDO", "false").prepareUser();

        assertThat(machine.path("etc/sudoers.d/mayfly")).doesNotExist();
    }

    @Test
    void keepsTheRunnerOutOfTheDockerGroupWithoutSudo() throws IOException {
        machine.withGroups("docker").assign("MAYFLY_SUDO", "false").prepareUser();

        assertThat(machine.console()).contains(PREPARED);
        assertThat(machine.story()).doesNotContain("usermod -aG docker runner");
    }

    @Test
    void putsTheRunnerIntoTheDockerGroupWhereThereIsOne() throws IOException {
        machine.withGroups("docker").prepareUser();

        assertThat(machine.story()).containsSubsequence("usermod -aG docker runner");
    }

    @Test
    void takesTheImagesUserOutOfEveryGroupButItsOwnWithoutSudo() throws IOException {
        machine.inGroups("users", "sudo", "docker", "lxd")
                .assign("MAYFLY_SUDO", "false")
                .prepareUser();

        assertThat(machine.story()).containsSubsequence("groupadd runner", "usermod -g runner -G  runner", "id -Gn");
    }

    @ParameterizedTest
    @ValueSource(strings = {"runner docker", "docker", "runner wheel adm", ""})
    void endsWhenTheUserCanNotBeTakenOutOfItsGroups(String groups) throws IOException {
        machine.inGroups(groups)
                .fake("usermod", "")
                .assign("MAYFLY_SUDO", "false")
                .prepareUser();

        assertThat(machine.console()).doesNotContain(PREPARED);
        assertThat(machine.console()).contains("failed: no sudo, but user and groups are runner " + groups);
    }

    @Test
    void endsWhenTheUserIsAnotherByItsIdWithoutSudo() throws IOException {
        machine.fake("id", "[[ $1 == -un ]] && echo ubuntu || echo 1000")
                .assign("MAYFLY_SUDO", "false")
                .prepareUser();

        assertThat(machine.console()).doesNotContain(PREPARED);
        assertThat(machine.console()).contains("failed: no sudo, but user and groups are ubuntu 1000");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "runner ALL=(ALL) NOPASSWD:ALL",
                "\trunner\tALL=(root) NOPASSWD: /usr/bin/docker",
                "%runner ALL=(ALL) ALL",
                "#1001 ALL=(ALL) NOPASSWD: ALL",
                "runner ALL=(ALL) \\\n  NOPASSWD: \\\n  ALL",
                "\"runner\" ALL=ALL",
                "%sudo ALL=(ALL) NOPASSWD: ALL"
            })
    void takesTheUserOutOfARuleOfTheImageWithoutSudo(String rule) throws IOException {
        for (var file : List.of("etc/sudoers", "etc/sudoers.d/90-image")) {
            Files.writeString(machine.path(file), "ubuntu ALL=(ALL) NOPASSWD:ALL\n" + rule + "\nroot ALL=(ALL) ALL\n");
        }
        machine.inGroups("runner", "sudo").assign("MAYFLY_SUDO", "false").prepareUser();

        assertThat(machine.console()).contains(PREPARED);
        for (var file : List.of("etc/sudoers", "etc/sudoers.d/90-image")) {
            assertThat(Files.readAllLines(machine.path(file)))
                    .startsWith("ubuntu ALL=(ALL) NOPASSWD:ALL")
                    .endsWith("root ALL=(ALL) ALL")
                    .noneMatch(line -> line.contains("runner") || line.contains("#1001"));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ubuntu, runner ALL=(ALL) NOPASSWD:ALL | ubuntu ALL=(ALL) NOPASSWD:ALL",
                "runner, ubuntu ALL=(ALL) NOPASSWD:ALL | ubuntu ALL=(ALL) NOPASSWD:ALL",
                "a,runner , b ALL=ALL | a , b ALL=ALL",
                "User_Alias CI = ubuntu, runner | User_Alias CI = ubuntu",
                "User_Alias CI = runner, ubuntu | User_Alias CI = ubuntu",
                "ubuntu ALL=(runner) ALL | ubuntu ALL=(runner) ALL",
                "runners ALL=ALL | runners ALL=ALL"
            })
    void leavesToOthersTheRulesThatTheyHaveWithoutSudo(String rule, String left) throws IOException {
        Files.writeString(machine.path("etc/sudoers.d/90-image"), rule + "\n");
        machine.assign("MAYFLY_SUDO", "false").prepareUser();

        assertThat(machine.console()).contains(PREPARED);
        assertThat(machine.path("etc/sudoers.d/90-image")).hasContent(left);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "echo '    (ALL) NOPASSWD: ALL'",
                "echo 'sudo: unable to initialize policy plugin' >&2; exit 1",
                "exit 0"
            })
    void endsWhenSudoDoesNotSayThatTheUserHasNoRule(String sudo) throws IOException {
        machine.fake("sudo", sudo).assign("MAYFLY_SUDO", "false").prepareUser();

        assertThat(machine.console()).doesNotContain(PREPARED);
        assertThat(machine.console()).contains("failed: no sudo, but: ");
    }

    @Test
    void endsWhenARuleForAllIsLeftWithoutSudo() throws IOException {
        Files.writeString(machine.path("etc/sudoers"), "ALL ALL=(ALL) NOPASSWD: ALL\n");
        machine.assign("MAYFLY_SUDO", "false").prepareUser();

        assertThat(machine.console()).doesNotContain(PREPARED);
        assertThat(machine.console()).contains("failed: no sudo, but:     ALL ALL=(ALL) NOPASSWD: ALL");
    }

    @Test
    void endsWhenDockerIsOpenToTheUserWithoutSudo() throws IOException {
        Files.createFile(machine.path("run/docker.sock"));
        machine.assign("MAYFLY_SUDO", "false").prepareUser();

        assertThat(machine.console()).doesNotContain(PREPARED);
        assertThat(machine.console()).contains("failed: no sudo, but Docker is open to runner");
    }

    @Test
    void endsWhenSudoDoesNotWorkWhereThePoolPromisesIt() throws IOException {
        machine.fake("sudo", "exit 1").prepareUser();

        assertThat(machine.console()).doesNotContain(PREPARED);
        assertThat(machine.console()).contains("failed: runner can't use sudo");
    }

    @Test
    void makesTheFolderOfRulesWhereTheImageHasNone() throws IOException {
        Files.delete(machine.path("etc/sudoers.d"));
        machine.prepareUser();

        assertThat(machine.console()).contains(PREPARED);
        assertThat(machine.path("etc/sudoers.d/mayfly")).hasContent("runner ALL=(ALL) NOPASSWD:ALL");
    }

    @Test
    void doesWithoutAFolderOfRulesWithoutSudo() throws IOException {
        Files.delete(machine.path("etc/sudoers.d"));
        machine.assign("MAYFLY_SUDO", "false").prepareUser();

        assertThat(machine.console()).contains(PREPARED);
    }

    @Test
    void makesTheUserInTheGroupOfItsNameWhereThereIsOne() throws IOException {
        machine.withGroups("runner").prepareUser();

        assertThat(machine.story()).containsSubsequence("useradd -m -grunner -s /bin/bash runner");
    }

    @Test
    void givesTheUserAHomeWhereItsOwnIsAnothers() throws IOException {
        machine.fake("test", "[[ $* != *home/runner* ]]").prepareUser();

        assertThat(machine.story()).containsSubsequence("chown -R runner: " + machine.path("home/runner"));
    }
}
