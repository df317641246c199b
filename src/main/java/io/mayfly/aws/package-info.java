/** What all clients of AWS have in common, and Parameter Store. */
@NullMarked
package io.mayfly.aws;

import org.jspecify.annotations.NullMarked;
