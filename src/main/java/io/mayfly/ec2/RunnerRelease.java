package io.mayfly.ec2;

/**
 * The release of actions/runner that a stock image fetches, pinned by version and checksum. GitHub refuses runners more
 * than 30 days behind a newer release; one that registers updates itself first.
 *
 * @see <a href="https://github.com/actions/runner/releases/tag/v2.338.0">the release and its checksums</a>
 */
final class RunnerRelease {

    static final String VERSION = "2.338.0";
    static final String SHA256_X64 = "af4b794c1bc41d73d40535e3fe092a39f9679cd8d965954c2aca25a05ca41d32";
    static final String SHA256_ARM64 = "628b4a7258487b80c1d3c221095a7ded349f5ae0175fd3dfab708d07428f041b";

    private RunnerRelease() {}
}
