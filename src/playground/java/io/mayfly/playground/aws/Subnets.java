package io.mayfly.playground.aws;

import org.jspecify.annotations.Nullable;

/** Subnets exist as soon as somebody names them. */
final class Subnets {

    static final String REGION = "us-east-1";
    static final String VPC = "vpc-0a1b2c3d";
    private static final String ZONES = "abcdef";

    private Subnets() {}

    /** A zone that is always the same for a subnet: that of its last letter or digit. */
    static String zone(@Nullable String subnet) {
        int last = subnet == null || subnet.isEmpty() ? 0 : subnet.charAt(subnet.length() - 1);
        int letter = ZONES.indexOf(last);
        return REGION + (letter < 0 ? ZONES.charAt(last % ZONES.length()) : ZONES.charAt(letter));
    }
}
