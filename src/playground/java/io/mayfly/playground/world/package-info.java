/** A GitHub organization and an AWS account that fit together, and what goes on in them. */
@NullMarked
package io.mayfly.playground.world;

import org.jspecify.annotations.NullMarked;
