package io.mayfly.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyTest {

    private static final String BOX = "arn:aws:ec2:eu-west-1:123456789012:instance/i-1";

    private static Policy policy(String statements) {
        return Template.of("""
                        Resources:
                          P:
                            Type: AWS::IAM::RolePolicy
                            Properties:
                              PolicyDocument:
                                Statement:
                        """ + statements.indent(10), Map.of()).policy("P");
    }

    private static Policy allowing(String condition) {
        return policy("""
                - Sid: One
                  Effect: Allow
                  Action: ec2:TerminateInstances
                  Resource: arn:aws:ec2:eu-west-1:123456789012:instance/*
                """ + condition.indent(2));
    }

    @Test
    void deniesWhatNoStatementAllows() {
        var policy = allowing("");

        assertThat(policy.allows(new Access("ec2:TerminateInstances", BOX))).isTrue();
        assertThat(policy.allows(new Access("ec2:StopInstances", BOX))).isFalse();
        assertThat(policy.allows(new Access("ec2:TerminateInstances", "*"))).isFalse();
    }

    @Test
    void letsADenyWin() {
        var policy = policy("""
                - {Effect: Allow, Action: "ec2:*", Resource: "*"}
                - {Effect: Deny, Action: [ec2:TerminateInstances, ec2:Stop*], Resource: "*"}
                """);

        assertThat(policy.allows(new Access("ec2:RunInstances", BOX))).isTrue();
        assertThat(policy.allows(new Access("EC2:terminateinstances", BOX))).isFalse();
        assertThat(policy.allows(new Access("ec2:StopInstances", BOX))).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "*, true",
        "arn:aws:ec2:eu-west-1:123456789012:instance/*, true",
        "arn:aws:ec2:*:*:instance/i-?, true",
        "arn:aws:ec2:*:instance/i-1, false",
        "arn:aws:ec2:*:*:volume/*, false",
        "arn:aws:ec2:eu-west-1:*, false",
        "arn:aws:ec2:eu-west-1:123456789012:instance, false",
        "arn:aws:ec2:eu-west-2:123456789012:*, false"
    })
    void matchesArnsPartByPart(String pattern, boolean covers) {
        assertThat(Glob.covers(pattern, BOX)).isEqualTo(covers);
    }

    @Test
    void comparesOneValueThatMustBeThere() {
        var policy = allowing("Condition: {StringEquals: {aws:ResourceTag/t: [a, b]}}");
        var access = new Access("ec2:TerminateInstances", BOX);

        assertThat(policy.allows(access)).isFalse();
        assertThat(policy.allows(access.with("AWS:ResourceTag/T", "b"))).isTrue();
        assertThat(policy.allows(access.with("aws:ResourceTag/t", "c"))).isFalse();
        assertThat(policy.allows(access.with("aws:ResourceTag/t", "a*"))).isFalse();
    }

    @Test
    void knowsWildcardsOnlyInStringLike() {
        var policy = allowing("Condition: {StringLike: {aws:ResourceTag/t: a*}}");
        var access = new Access("ec2:TerminateInstances", BOX);

        assertThat(policy.allows(access.with("aws:ResourceTag/t", "abc"))).isTrue();
        assertThat(policy.allows(access.with("aws:ResourceTag/t", "b"))).isFalse();
        assertThat(policy.allows(access)).isFalse();
    }

    @Test
    void isTrueOfNoValuesForAllAndFalseForAny() {
        var all = allowing("Condition: {'ForAllValues:StringEquals': {aws:TagKeys: [x, y]}}");
        var any = allowing("Condition: {'ForAnyValue:StringEquals': {aws:TagKeys: [x, y]}}");
        var access = new Access("ec2:TerminateInstances", BOX);

        assertThat(all.allows(access)).isTrue();
        assertThat(any.allows(access)).isFalse();
        assertThat(all.allows(access.with("aws:TagKeys", "x", "y"))).isTrue();
        assertThat(all.allows(access.with("aws:TagKeys", "x", "z"))).isFalse();
        assertThat(any.allows(access.with("aws:TagKeys", "x", "z"))).isTrue();
    }

    @Test
    void asksWhetherAKeyIsThere() {
        var present = allowing("Condition: {'Null': {aws:TagKeys: 'false'}}");
        var absent = allowing("Condition: {'Null': {aws:TagKeys: 'true'}}");
        var access = new Access("ec2:TerminateInstances", BOX);

        assertThat(present.allows(access)).isFalse();
        assertThat(absent.allows(access)).isTrue();
        assertThat(present.allows(access.with("aws:TagKeys", "x"))).isTrue();
    }

    @Test
    void wantsAllConditions() {
        var policy = allowing("Condition: {StringEquals: {k: a, l: b}, ArnLike: {m: 'arn:aws:s:::x*'}}");
        var access = new Access("ec2:TerminateInstances", BOX)
                .with("k", "a")
                .with("l", "b")
                .with("m", "arn:aws:s:::xy");

        assertThat(policy.allows(access)).isTrue();
        assertThat(List.of(access.with("k", "z"), access.without("l"), access.with("m", "arn:aws:s:::y")))
                .noneMatch(policy::allows);
    }

    @Test
    void guessesNothingThatItDoesNotKnow() {
        var access = new Access("ec2:TerminateInstances", BOX).with("k", "a");

        assertThatThrownBy(() -> allowing("Condition: {DateLessThan: {k: a}}").allows(access))
                .hasMessageContaining("DateLessThan");
        assertThatThrownBy(() -> policy("- {Effect: Allow, NotAction: x, Resource: '*'}"))
                .hasMessageContaining("NotAction");
        assertThatThrownBy(() -> policy("- {Effect: Allow, Action: x, Resource: !Select [0, [a]]}"))
                .hasMessageContaining("Fn::Select");
        assertThatThrownBy(() -> policy("- {Effect: Allow, Action: x, Resource: !Ref Nobody}"))
                .hasMessageContaining("Nobody");
    }

    @Test
    void takesAwayOnePartAtATime() {
        var policy = policy("""
                - {Sid: A, Effect: Allow, Action: [x, y], Resource: [r, s]}
                - {Sid: B, Effect: Allow, Action: x, Resource: r}
                """);

        assertThat(policy.lessened()).containsOnlyKeys("A", "A x", "A y", "A r", "A s", "B");
    }
}
