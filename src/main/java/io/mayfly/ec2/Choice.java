package io.mayfly.ec2;

/** One way to launch: an instance type, a subnet (and by it a zone) and a market. */
public record Choice(String instanceType, String subnet, Market market) {}
