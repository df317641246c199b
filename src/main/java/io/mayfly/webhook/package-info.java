/** The way in for GitHub: signature, event, policy, and the answer. */
@NullMarked
package io.mayfly.webhook;

import org.jspecify.annotations.NullMarked;
