/** A judge of IAM policies: what the function asks of AWS against the role that the template gives it. */
@NullMarked
package io.mayfly.policy;

import org.jspecify.annotations.NullMarked;
