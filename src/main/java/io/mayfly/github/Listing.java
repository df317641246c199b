package io.mayfly.github;

import java.util.List;

/**
 * What GitHub has listed.
 *
 * @param entries those that were understood
 * @param whole whether that is all of them; without, nothing follows from the absence of one
 */
public record Listing<T>(List<T> entries, boolean whole) {}
