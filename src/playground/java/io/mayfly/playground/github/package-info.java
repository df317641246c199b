/** The emulator of GitHub: its REST API for apps, jobs and self-hosted runners, and the state behind it. */
@NullMarked
package io.mayfly.playground.github;

import org.jspecify.annotations.NullMarked;
