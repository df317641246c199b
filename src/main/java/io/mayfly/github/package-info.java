/** GitHub's REST API: the app's identity, installation tokens, registrations of runners, and jobs. */
@NullMarked
package io.mayfly.github;

import org.jspecify.annotations.NullMarked;
