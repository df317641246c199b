package io.mayfly.ec2;

/** One way to launch: an instance type, a subnet (and by it a zone) and a market. */
public record Offering(String instanceType, String subnet, CapacityType capacityType) {}
