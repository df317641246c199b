/** The edge to Lambda: which invocations fail, so that Lambda's own failure handling sees them. */
@NullMarked
package io.mayfly.lambda;

import org.jspecify.annotations.NullMarked;
